-- The audit trail: a hash chain without gaps. `detail` is JSON of texts; `seal` is a keyed hash of `hash`.
CREATE TABLE audit_entry (
    seq        INTEGER NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   TEXT,
    action     TEXT NOT NULL,
    subject    TEXT,
    detail     TEXT NOT NULL,
    hash       BLOB NOT NULL,
    seal       BLOB NOT NULL
) STRICT;
CREATE INDEX audit_of_subject ON audit_entry (subject, seq);
CREATE INDEX audit_of_actor ON audit_entry (actor_id, seq);
CREATE INDEX audit_of_action ON audit_entry (action, seq);
CREATE INDEX audit_at ON audit_entry (at, seq);

-- Its end; whoever appends holds this row.
CREATE TABLE audit_head (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE audit_anchor (
    seq        INTEGER NOT NULL PRIMARY KEY,
    at         INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    public_key TEXT NOT NULL,
    signature  TEXT NOT NULL
) STRICT;

-- A guard against mistakes; against intent stands the chain.
CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_entry_remains BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

-- Staff. `roles` is JSON, `password` an Argon2 hash, `totp` a secret sealed with the operators' key.
CREATE TABLE operator (
    id          BLOB NOT NULL PRIMARY KEY,
    login       TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    roles       TEXT NOT NULL,
    password    TEXT,
    totp        BLOB,
    totp_step   INTEGER NOT NULL DEFAULT 0,
    sso_subject TEXT UNIQUE,
    created_at  INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE passkey (
    id           BLOB NOT NULL PRIMARY KEY,
    operator     BLOB NOT NULL REFERENCES operator (id),
    public_key   BLOB NOT NULL,
    counter      INTEGER NOT NULL,
    label        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;
CREATE INDEX passkey_of_operator ON passkey (operator, created_at);

-- `fresh_at` is when the operator last proved to be there.
CREATE TABLE operator_session (
    digest     BLOB NOT NULL PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE,
    operator   BLOB NOT NULL REFERENCES operator (id),
    method     TEXT NOT NULL,
    agent      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    fresh_at   INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_of_operator ON operator_session (operator, created_at);

-- Links by which an operator sets up a way to sign in; without an operator, the one of the first administrator.
CREATE TABLE operator_link (
    digest     BLOB NOT NULL PRIMARY KEY,
    operator   BLOB REFERENCES operator (id),
    expires_at INTEGER NOT NULL
) STRICT;

-- What a ceremony of signing in has to come back with, once.
CREATE TABLE sign_in_challenge (
    digest     BLOB NOT NULL PRIMARY KEY,
    purpose    TEXT NOT NULL,
    state      BLOB NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

-- Failed attempts; `scope` is a keyed hash of where they came from and whom they meant.
CREATE TABLE sign_in_failure (
    id    BLOB NOT NULL PRIMARY KEY,
    scope BLOB NOT NULL,
    at    INTEGER NOT NULL
) STRICT;
CREATE INDEX failure_of_scope ON sign_in_failure (scope, at);

CREATE TABLE saved_view (
    id         BLOB NOT NULL PRIMARY KEY,
    operator   BLOB NOT NULL REFERENCES operator (id),
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX view_of_operator ON saved_view (operator, created_at);

-- Who looks at a case in review.
CREATE TABLE review_claim (
    case_id  BLOB NOT NULL PRIMARY KEY REFERENCES verification_case (id),
    operator BLOB NOT NULL REFERENCES operator (id),
    until    INTEGER NOT NULL
) STRICT;

-- What operators tell each other about a case, sealed with the case's key; applicants never see it.
CREATE TABLE case_note (
    id       BLOB NOT NULL PRIMARY KEY,
    case_id  BLOB NOT NULL REFERENCES verification_case (id),
    operator BLOB NOT NULL,
    body     BLOB NOT NULL,
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX note_of_case ON case_note (case_id, at);

-- The policies that were in force, each from its time on.
CREATE TABLE policy_version (
    seq    INTEGER NOT NULL PRIMARY KEY,
    at     INTEGER NOT NULL,
    body   TEXT NOT NULL
) STRICT;

CREATE TABLE registry_import_error (
    import_id BLOB NOT NULL,
    line      INTEGER NOT NULL,
    place     TEXT,
    reason    TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
) STRICT, WITHOUT ROWID;

-- For the console's search and its lists.
ALTER TABLE verification_case ADD COLUMN name_index BLOB;
ALTER TABLE verification_case ADD COLUMN method TEXT;
ALTER TABLE verification_case ADD COLUMN last_code TEXT;
CREATE INDEX case_of_licence ON verification_case (uscc_index) WHERE uscc_index IS NOT NULL;
CREATE INDEX case_of_person ON verification_case (id_index) WHERE id_index IS NOT NULL;
CREATE INDEX case_of_name ON verification_case (name_index) WHERE name_index IS NOT NULL;
CREATE INDEX case_of_account_id ON verification_case (account_id, opened_at);
CREATE INDEX case_by_time ON verification_case (opened_at, id);
CREATE INDEX case_by_state ON verification_case (state, opened_at, id);
CREATE INDEX event_by_time ON case_event (at, kind, code, case_id);
