-- Times are UTC milliseconds since 1970. Ids are UUIDs of 16 bytes. Digests and keyed hashes have 32 bytes.

-- One wrapped key per owner; without the row, whatever it sealed is gone. `master_key` names the key that wraps it.
CREATE TABLE data_key (
    owner      TEXT NOT NULL PRIMARY KEY,
    master_key TEXT NOT NULL,
    wrapped    BYTEA NOT NULL
);

CREATE TABLE platform (
    id         UUID NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL,
    realm      TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    created_at BIGINT NOT NULL
);

CREATE TABLE api_key (
    digest     BYTEA NOT NULL PRIMARY KEY,
    platform   UUID NOT NULL REFERENCES platform (id),
    prefix     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_key_of_platform ON api_key (platform, prefix);

-- `case` is a word of SQL, hence the longer name. `body` is the case as JSON, sealed with the data key of `key_owner`.
CREATE TABLE verification_case (
    id         UUID NOT NULL PRIMARY KEY,
    platform   UUID NOT NULL REFERENCES platform (id),
    account_id TEXT NOT NULL,
    realm      TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    version    BIGINT NOT NULL,
    state      TEXT NOT NULL,
    key_owner  TEXT NOT NULL,
    body       BYTEA NOT NULL,
    token      BYTEA,
    phone      BYTEA,
    uscc_index BYTEA,
    id_index   BYTEA,
    wake_at    BIGINT,
    expires_at BIGINT NOT NULL,
    opened_at  BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX case_of_account ON verification_case (platform, account_id, opened_at);
CREATE INDEX case_of_platform ON verification_case (platform, opened_at);
CREATE UNIQUE INDEX case_of_token ON verification_case (token) WHERE token IS NOT NULL;
CREATE INDEX case_of_phone ON verification_case (phone) WHERE phone IS NOT NULL;

-- The case's story and audit trail; no personal data.
CREATE TABLE case_event (
    case_id UUID NOT NULL REFERENCES verification_case (id),
    version BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    code    TEXT,
    at      BIGINT NOT NULL,
    PRIMARY KEY (case_id, version, ordinal)
);

CREATE TABLE consent_record (
    case_id        UUID NOT NULL REFERENCES verification_case (id),
    case_version   BIGINT NOT NULL,
    notice_version TEXT NOT NULL,
    language       TEXT NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (case_id, case_version)
);

CREATE TABLE scan_record (
    case_id UUID NOT NULL REFERENCES verification_case (id),
    seq     BIGINT NOT NULL,
    body    BYTEA NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (case_id, seq)
);

-- Failures that count against an account, a credit code or an ID number.
CREATE TABLE mark (
    realm        TEXT NOT NULL,
    scope        TEXT NOT NULL,
    scope_key    BYTEA NOT NULL,
    kind         TEXT NOT NULL,
    case_id      UUID NOT NULL,
    case_version BIGINT NOT NULL,
    ordinal      BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (scope_key, scope, realm, kind, at, case_id, case_version, ordinal)
);

CREATE TABLE credential (
    id          UUID NOT NULL PRIMARY KEY,
    case_id     UUID NOT NULL REFERENCES verification_case (id),
    platform    UUID NOT NULL,
    account_id  TEXT NOT NULL,
    realm       TEXT NOT NULL,
    uscc_index  BYTEA NOT NULL,
    id_index    BYTEA NOT NULL,
    status      TEXT NOT NULL,
    key_owner   TEXT NOT NULL,
    body        BYTEA NOT NULL,
    verified_at BIGINT NOT NULL
);
CREATE INDEX credential_of_account ON credential (platform, account_id, verified_at);
CREATE UNIQUE INDEX one_active_credential ON credential (platform, account_id) WHERE status = 'active';
CREATE INDEX credential_of_licence ON credential (realm, uscc_index, status);
CREATE INDEX credential_of_case ON credential (case_id);

-- What is to be done later. There is one row per kind and case: a newer job takes the place of the older one.
-- `due_at` is when a worker may take it: its time, or the end of the present worker's lease.
CREATE TABLE job (
    job_key    TEXT NOT NULL PRIMARY KEY,
    id         UUID NOT NULL UNIQUE,
    payload    TEXT NOT NULL,
    due_at     BIGINT NOT NULL,
    attempts   BIGINT NOT NULL,
    leased_by  TEXT,
    last_error TEXT,
    dead       BOOLEAN NOT NULL
);
CREATE INDEX job_due ON job (due_at) WHERE NOT dead;

CREATE TABLE client_secret (
    digest     BYTEA NOT NULL PRIMARY KEY,
    case_id    UUID NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT
);

CREATE TABLE portal_session (
    digest     BYTEA NOT NULL PRIMARY KEY,
    platform   UUID NOT NULL,
    account_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE registry_import (
    id          UUID NOT NULL PRIMARY KEY,
    realm       TEXT NOT NULL,
    source      TEXT NOT NULL,
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    inserted    BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    unchanged   BIGINT NOT NULL,
    bad_rows    BIGINT NOT NULL,
    photos      BIGINT NOT NULL
);
CREATE INDEX import_of_realm ON registry_import (realm, started_at);

-- The embedded registry. `representative` and `id_index` are keyed hashes.
CREATE TABLE enterprise (
    realm          TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    uscc           TEXT NOT NULL,
    subject        TEXT,
    name           TEXT NOT NULL,
    name_key       TEXT NOT NULL,
    representative BYTEA NOT NULL,
    id_index       BYTEA NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('active', 'cancelled', 'revoked')),
    import_id      UUID,
    updated_at     BIGINT NOT NULL,
    PRIMARY KEY (uscc, realm)
);

-- Where a person's sealed photo lies; `content` is a keyed hash of the photo, to see whether another one comes.
CREATE TABLE reference_photo (
    realm      TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    id_index   BYTEA NOT NULL,
    object     TEXT NOT NULL,
    content    BYTEA NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (realm, id_index)
);
