-- Times are UTC milliseconds since 1970. Ids are UUIDs of 16 bytes. Digests and keyed hashes have 32 bytes.

-- One wrapped key per owner; without the row, whatever it sealed is gone. `master_key` names the key that wraps it.
CREATE TABLE data_key (
    owner      TEXT NOT NULL PRIMARY KEY,
    master_key TEXT NOT NULL,
    wrapped    BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE platform (
    id         BLOB NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    realm      TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
    digest     BLOB NOT NULL PRIMARY KEY,
    platform   BLOB NOT NULL REFERENCES platform (id),
    prefix     TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;
CREATE INDEX api_key_of_platform ON api_key (platform, prefix);

-- `case` is a word of SQL, hence the longer name. `body` is the case as JSON, sealed with the data key of `key_owner`.
CREATE TABLE verification_case (
    id         BLOB NOT NULL PRIMARY KEY,
    platform   BLOB NOT NULL REFERENCES platform (id),
    account_id TEXT NOT NULL,
    realm      TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    version    INTEGER NOT NULL,
    state      TEXT NOT NULL,
    key_owner  TEXT NOT NULL,
    body       BLOB NOT NULL,
    token      BLOB,
    phone      BLOB,
    uscc_index BLOB,
    id_index   BLOB,
    wake_at    INTEGER,
    expires_at INTEGER NOT NULL,
    opened_at  INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX case_of_account ON verification_case (platform, account_id, opened_at);
CREATE INDEX case_of_platform ON verification_case (platform, opened_at);
CREATE UNIQUE INDEX case_of_token ON verification_case (token) WHERE token IS NOT NULL;
CREATE INDEX case_of_phone ON verification_case (phone) WHERE phone IS NOT NULL;

-- The case's story and audit trail; no personal data.
CREATE TABLE case_event (
    case_id BLOB NOT NULL REFERENCES verification_case (id),
    version INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    code    TEXT,
    at      INTEGER NOT NULL,
    PRIMARY KEY (case_id, version, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE consent_record (
    case_id        BLOB NOT NULL REFERENCES verification_case (id),
    case_version   INTEGER NOT NULL,
    notice_version TEXT NOT NULL,
    language       TEXT NOT NULL,
    at             INTEGER NOT NULL,
    PRIMARY KEY (case_id, case_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE scan_record (
    case_id BLOB NOT NULL REFERENCES verification_case (id),
    seq     INTEGER NOT NULL,
    body    BLOB NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (case_id, seq)
) STRICT;

-- Failures that count against an account, a credit code or an ID number.
CREATE TABLE mark (
    realm        TEXT NOT NULL,
    scope        TEXT NOT NULL,
    scope_key    BLOB NOT NULL,
    kind         TEXT NOT NULL,
    case_id      BLOB NOT NULL,
    case_version INTEGER NOT NULL,
    ordinal      INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (scope_key, scope, realm, kind, at, case_id, case_version, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
    id          BLOB NOT NULL PRIMARY KEY,
    case_id     BLOB NOT NULL REFERENCES verification_case (id),
    platform    BLOB NOT NULL,
    account_id  TEXT NOT NULL,
    realm       TEXT NOT NULL,
    uscc_index  BLOB NOT NULL,
    id_index    BLOB NOT NULL,
    status      TEXT NOT NULL,
    key_owner   TEXT NOT NULL,
    body        BLOB NOT NULL,
    verified_at INTEGER NOT NULL
) STRICT;
CREATE INDEX credential_of_account ON credential (platform, account_id, verified_at);
CREATE UNIQUE INDEX one_active_credential ON credential (platform, account_id) WHERE status = 'active';
CREATE INDEX credential_of_licence ON credential (realm, uscc_index, status);
CREATE INDEX credential_of_case ON credential (case_id);

-- What is to be done later. There is one row per kind and case: a newer job takes the place of the older one.
-- `due_at` is when a worker may take it: its time, or the end of the present worker's lease.
CREATE TABLE job (
    job_key    TEXT NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    payload    TEXT NOT NULL,
    due_at     INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    leased_by  TEXT,
    last_error TEXT,
    dead       INTEGER NOT NULL CHECK (dead IN (0, 1))
) STRICT;
CREATE INDEX job_due ON job (due_at) WHERE NOT dead;

CREATE TABLE client_secret (
    digest     BLOB NOT NULL PRIMARY KEY,
    case_id    BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

CREATE TABLE portal_session (
    digest     BLOB NOT NULL PRIMARY KEY,
    platform   BLOB NOT NULL,
    account_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE registry_import (
    id          BLOB NOT NULL PRIMARY KEY,
    realm       TEXT NOT NULL,
    source      TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    inserted    INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    unchanged   INTEGER NOT NULL,
    bad_rows    INTEGER NOT NULL,
    photos      INTEGER NOT NULL
) STRICT;
CREATE INDEX import_of_realm ON registry_import (realm, started_at);

-- The embedded registry. `representative` and `id_index` are keyed hashes. With a row id, so that a batch in any order
-- appends its rows and touches only the pages of a small index.
CREATE TABLE enterprise (
    realm          TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    uscc           TEXT NOT NULL,
    subject        TEXT,
    name           TEXT NOT NULL,
    name_key       TEXT NOT NULL,
    representative BLOB NOT NULL,
    id_index       BLOB NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('active', 'cancelled', 'revoked')),
    import_id      BLOB,
    updated_at     INTEGER NOT NULL,
    PRIMARY KEY (uscc, realm)
) STRICT;

-- Where a person's sealed photo lies; `content` is a keyed hash of the photo, to see whether another one comes.
CREATE TABLE reference_photo (
    realm      TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    id_index   BLOB NOT NULL,
    object     TEXT NOT NULL,
    content    BLOB NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (realm, id_index)
) STRICT, WITHOUT ROWID;
