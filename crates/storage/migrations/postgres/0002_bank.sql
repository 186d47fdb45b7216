-- The bank method: branches, transfers, statements. Times, ids and hashes as in 0001.

-- The directory of bank branches (联行号). Public data. `search_key` is the name as it is searched: without spaces, lower case.
CREATE TABLE bank_branch (
    cnaps      TEXT NOT NULL PRIMARY KEY,
    bank       TEXT NOT NULL,
    name       TEXT NOT NULL,
    search_key TEXT NOT NULL,
    province   TEXT NOT NULL,
    city       TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX branch_of_city ON bank_branch (province, city, bank);

-- The outbox of transfers. `transfer_key` is the end-to-end id, or the reference of a reverse transfer. `account` is a keyed
-- hash of the account's number. `body` (account and amount) is sealed with the data key of `key_owner`, the case's.
CREATE TABLE bank_transfer (
    id           UUID NOT NULL PRIMARY KEY,
    case_id      UUID NOT NULL REFERENCES verification_case (id),
    seq          BIGINT NOT NULL,
    realm        TEXT NOT NULL CHECK (realm IN ('live', 'demo')),
    transfer_key TEXT NOT NULL UNIQUE,
    status       TEXT NOT NULL,
    reason       TEXT,
    account      BYTEA NOT NULL,
    key_owner    TEXT NOT NULL,
    body         BYTEA NOT NULL,
    planned_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    UNIQUE (case_id, seq)
);
CREATE INDEX transfer_of_account ON bank_transfer (account, planned_at);
CREATE INDEX transfer_outstanding ON bank_transfer (planned_at)
    WHERE status NOT IN ('settled', 'failed', 'returned');

-- Files of the bank that are stored whole.
CREATE TABLE bank_report (
    digest    BYTEA NOT NULL PRIMARY KEY,
    name      TEXT NOT NULL,
    records   BIGINT NOT NULL,
    stored_at BIGINT NOT NULL
);

-- Every entry that the bank has reported. `entry_key` is a keyed hash of what tells it from others. `body` is sealed with the
-- server's own key. `misfit` says why an entry belongs to no transfer; it is listed until somebody resolves it.
CREATE TABLE bank_entry (
    id          UUID NOT NULL PRIMARY KEY,
    entry_key   BYTEA NOT NULL UNIQUE,
    transfer_id UUID REFERENCES bank_transfer (id),
    misfit      TEXT,
    body        BYTEA NOT NULL,
    source      TEXT NOT NULL,
    booked_at   BIGINT NOT NULL,
    stored_at   BIGINT NOT NULL,
    resolved_at BIGINT,
    resolution  TEXT
);
CREATE INDEX entry_unmatched ON bank_entry (stored_at, id) WHERE misfit IS NOT NULL AND resolved_at IS NULL;
