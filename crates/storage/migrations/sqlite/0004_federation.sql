-- Sister platforms. Times, ids and hashes as in 0001. Bodies are JSON, sealed with the data key of the owner system:federation.

-- Sister platforms whose word a platform takes.
CREATE TABLE federation_issuer (
    id         BLOB NOT NULL PRIMARY KEY,
    platform   BLOB NOT NULL REFERENCES platform (id),
    body       BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX issuer_of_platform ON federation_issuer (platform, created_at);

-- Sister platforms that may ask about a platform's accounts.
CREATE TABLE federation_party (
    id         BLOB NOT NULL PRIMARY KEY,
    platform   BLOB NOT NULL REFERENCES platform (id),
    body       BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX party_of_platform ON federation_party (platform, created_at);

-- Where a platform signs its users in for sister platforms.
CREATE TABLE federation_login (
    platform BLOB NOT NULL PRIMARY KEY REFERENCES platform (id),
    url      TEXT NOT NULL
) STRICT;

CREATE TABLE federation_key (
    created_at INTEGER NOT NULL PRIMARY KEY,
    body       BLOB NOT NULL
) STRICT;

-- Short-lived secrets: visits, requests, codes, access tokens.
CREATE TABLE federation_ticket (
    digest     BLOB NOT NULL PRIMARY KEY,
    kind       TEXT NOT NULL,
    parent     BLOB,
    body       BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;
CREATE INDEX ticket_of_parent ON federation_ticket (parent) WHERE parent IS NOT NULL;
CREATE INDEX ticket_end ON federation_ticket (expires_at);

-- Which credential an account at a sister platform has left here: one account here for each account there. `subject` and
-- `process` are keyed hashes.
CREATE TABLE federation_link (
    issuer     BLOB NOT NULL,
    subject    BLOB NOT NULL,
    process    BLOB NOT NULL,
    credential BLOB NOT NULL REFERENCES credential (id),
    platform   BLOB NOT NULL,
    account_id TEXT NOT NULL,
    checked_at INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;
CREATE INDEX link_of_process ON federation_link (issuer, process);
CREATE INDEX link_of_credential ON federation_link (credential);
CREATE INDEX link_to_check ON federation_link (checked_at);

-- Who was told of a credential, and under which id of the account.
CREATE TABLE federation_grant (
    party      BLOB NOT NULL,
    credential BLOB NOT NULL REFERENCES credential (id),
    subject    TEXT NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (credential, party)
) STRICT;

-- Notices to those who were told, written with the change that they tell of.
CREATE TABLE federation_notice (
    id         BLOB NOT NULL PRIMARY KEY,
    party      BLOB NOT NULL,
    credential BLOB NOT NULL REFERENCES credential (id),
    subject    TEXT NOT NULL,
    due_at     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX notice_due ON federation_notice (due_at);

-- Places in the status lists.
CREATE TABLE status_place (
    list       INTEGER NOT NULL,
    idx        INTEGER NOT NULL,
    credential BLOB NOT NULL UNIQUE REFERENCES credential (id),
    PRIMARY KEY (list, idx)
) STRICT;
