-- Messages to people, by mail and SMS. `body` (whom, in which language, about what) is sealed with the data key of `key_owner`,
-- the case's. `address` is a keyed hash, by which limits count and wishes are found. `link` is the digest of the code in the
-- message's own link. A message goes with its case.
CREATE TABLE notification (
    id          UUID NOT NULL PRIMARY KEY,
    platform    UUID NOT NULL REFERENCES platform (id),
    case_id     UUID NOT NULL REFERENCES verification_case (id),
    occasion    TEXT NOT NULL,
    channel     TEXT NOT NULL CHECK (channel IN ('mail', 'sms')),
    address     BYTEA NOT NULL,
    key_owner   TEXT NOT NULL,
    body        BYTEA NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'refused', 'dropped')),
    reason      TEXT,
    link        BYTEA,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX notification_of_case ON notification (case_id, created_at);
CREATE INDEX notification_for_address ON notification (address, created_at);
CREATE INDEX notification_of_platform ON notification (platform, created_at);
CREATE UNIQUE INDEX notification_by_link ON notification (link) WHERE link IS NOT NULL;

-- What the owners of addresses want no more of: a verification's messages, a platform's notices, or all of a platform. The keyed
-- hash stays when the address has gone elsewhere, else the wish would be lost.
CREATE TABLE notification_block (
    address BYTEA NOT NULL,
    scope   TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (address, scope)
);
CREATE INDEX block_by_scope ON notification_block (scope);
