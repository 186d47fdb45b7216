-- How a credential stands, as JSON without personal data; `life_version` guards every change of it. What was verified before
-- there was such a thing stays valid until somebody ends it.
ALTER TABLE credential ADD COLUMN life TEXT NOT NULL
    DEFAULT '{"version":0,"standing":{"name":"active"},"due_at":null,"next_check_at":null}';
ALTER TABLE credential ADD COLUMN life_version BIGINT NOT NULL DEFAULT 0;

-- Whether a case renews a credential that its account holds: 'change' or 'reverify'.
ALTER TABLE verification_case ADD COLUMN renews TEXT CHECK (renews IN ('change', 'reverify'));

-- The story of a credential; no personal data.
CREATE TABLE credential_event (
    credential UUID NOT NULL REFERENCES credential (id),
    version    BIGINT NOT NULL,
    kind       TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (credential, version)
);
