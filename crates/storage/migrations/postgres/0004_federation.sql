-- Sister platforms. Times, ids and hashes as in 0001. Bodies are JSON, sealed with the data key of the owner system:federation.

-- Sister platforms whose word a platform takes.
CREATE TABLE federation_issuer (
    id         UUID NOT NULL PRIMARY KEY,
    platform   UUID NOT NULL REFERENCES platform (id),
    body       BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX issuer_of_platform ON federation_issuer (platform, created_at);

-- Sister platforms that may ask about a platform's accounts.
CREATE TABLE federation_party (
    id         UUID NOT NULL PRIMARY KEY,
    platform   UUID NOT NULL REFERENCES platform (id),
    body       BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX party_of_platform ON federation_party (platform, created_at);

-- Where a platform signs its users in for sister platforms.
CREATE TABLE federation_login (
    platform UUID NOT NULL PRIMARY KEY REFERENCES platform (id),
    url      TEXT NOT NULL
);

CREATE TABLE federation_key (
    created_at BIGINT NOT NULL PRIMARY KEY,
    body       BYTEA NOT NULL
);

-- Short-lived secrets: visits, requests, codes, access tokens.
CREATE TABLE federation_ticket (
    digest     BYTEA NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    parent     BYTEA,
    body       BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);
CREATE INDEX ticket_of_parent ON federation_ticket (parent) WHERE parent IS NOT NULL;
CREATE INDEX ticket_end ON federation_ticket (expires_at);

-- Which credential an account at a sister platform has left here: one account here for each account there. `subject` and
-- `process` are keyed hashes.
CREATE TABLE federation_link (
    issuer     UUID NOT NULL,
    subject    BYTEA NOT NULL,
    process    BYTEA NOT NULL,
    credential UUID NOT NULL REFERENCES credential (id),
    platform   UUID NOT NULL,
    account_id TEXT NOT NULL,
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX link_of_process ON federation_link (issuer, process);
CREATE INDEX link_of_credential ON federation_link (credential);
CREATE INDEX link_to_check ON federation_link (checked_at);

-- Who was told of a credential, and under which id of the account.
CREATE TABLE federation_grant (
    party      UUID NOT NULL,
    credential UUID NOT NULL REFERENCES credential (id),
    subject    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (credential, party)
);

-- Notices to those who were told, written with the change that they tell of.
CREATE TABLE federation_notice (
    id         UUID NOT NULL PRIMARY KEY,
    party      UUID NOT NULL,
    credential UUID NOT NULL REFERENCES credential (id),
    subject    TEXT NOT NULL,
    due_at     BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    at         BIGINT NOT NULL
);
CREATE INDEX notice_due ON federation_notice (due_at);

-- Places in the status lists.
CREATE TABLE status_place (
    list       BIGINT NOT NULL,
    idx        BIGINT NOT NULL,
    credential UUID NOT NULL UNIQUE REFERENCES credential (id),
    PRIMARY KEY (list, idx)
);
