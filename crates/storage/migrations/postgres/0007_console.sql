-- The audit trail: a hash chain without gaps. `detail` is JSON of texts; `seal` is a keyed hash of `hash`.
CREATE TABLE audit_entry (
    seq        BIGINT NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id   TEXT,
    action     TEXT NOT NULL,
    subject    TEXT,
    detail     TEXT NOT NULL,
    hash       BYTEA NOT NULL,
    seal       BYTEA NOT NULL
);
CREATE INDEX audit_of_subject ON audit_entry (subject, seq);
CREATE INDEX audit_of_actor ON audit_entry (actor_id, seq);
CREATE INDEX audit_of_action ON audit_entry (action, seq);
CREATE INDEX audit_at ON audit_entry (at, seq);

-- Its end; whoever appends holds this row.
CREATE TABLE audit_head (
    id   BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash BYTEA NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE audit_anchor (
    seq        BIGINT NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    hash       BYTEA NOT NULL,
    public_key TEXT NOT NULL,
    signature  TEXT NOT NULL
);

-- A guard against mistakes; against intent stands the chain.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is append-only';
END $$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- Staff. `roles` is JSON, `password` an Argon2 hash, `totp` a secret sealed with the operators' key.
CREATE TABLE operator (
    id          UUID NOT NULL PRIMARY KEY,
    login       TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    roles       TEXT NOT NULL,
    password    TEXT,
    totp        BYTEA,
    totp_step   BIGINT NOT NULL DEFAULT 0,
    sso_subject TEXT UNIQUE,
    created_at  BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE TABLE passkey (
    id           BYTEA NOT NULL PRIMARY KEY,
    operator     UUID NOT NULL REFERENCES operator (id),
    public_key   BYTEA NOT NULL,
    counter      BIGINT NOT NULL,
    label        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX passkey_of_operator ON passkey (operator, created_at);

-- `fresh_at` is when the operator last proved to be there.
CREATE TABLE operator_session (
    digest     BYTEA NOT NULL PRIMARY KEY,
    id         UUID NOT NULL UNIQUE,
    operator   UUID NOT NULL REFERENCES operator (id),
    method     TEXT NOT NULL,
    agent      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    fresh_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_of_operator ON operator_session (operator, created_at);

-- Links by which an operator sets up a way to sign in; without an operator, the one of the first administrator.
CREATE TABLE operator_link (
    digest     BYTEA NOT NULL PRIMARY KEY,
    operator   UUID REFERENCES operator (id),
    expires_at BIGINT NOT NULL
);

-- What a ceremony of signing in has to come back with, once.
CREATE TABLE sign_in_challenge (
    digest     BYTEA NOT NULL PRIMARY KEY,
    purpose    TEXT NOT NULL,
    state      BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Failed attempts; `scope` is a keyed hash of where they came from and whom they meant.
CREATE TABLE sign_in_failure (
    id    UUID NOT NULL PRIMARY KEY,
    scope BYTEA NOT NULL,
    at    BIGINT NOT NULL
);
CREATE INDEX failure_of_scope ON sign_in_failure (scope, at);

CREATE TABLE saved_view (
    id         UUID NOT NULL PRIMARY KEY,
    operator   UUID NOT NULL REFERENCES operator (id),
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX view_of_operator ON saved_view (operator, created_at);

-- Who looks at a case in review.
CREATE TABLE review_claim (
    case_id  UUID NOT NULL PRIMARY KEY REFERENCES verification_case (id),
    operator UUID NOT NULL REFERENCES operator (id),
    until    BIGINT NOT NULL
);

-- What operators tell each other about a case, sealed with the case's key; applicants never see it.
CREATE TABLE case_note (
    id       UUID NOT NULL PRIMARY KEY,
    case_id  UUID NOT NULL REFERENCES verification_case (id),
    operator UUID NOT NULL,
    body     BYTEA NOT NULL,
    at       BIGINT NOT NULL
);
CREATE INDEX note_of_case ON case_note (case_id, at);

-- The policies that were in force, each from its time on.
CREATE TABLE policy_version (
    seq    BIGINT NOT NULL PRIMARY KEY,
    at     BIGINT NOT NULL,
    body   TEXT NOT NULL
);

CREATE TABLE registry_import_error (
    import_id UUID NOT NULL,
    line      BIGINT NOT NULL,
    place     TEXT,
    reason    TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);

-- For the console's search and its lists.
ALTER TABLE verification_case ADD COLUMN name_index BYTEA;
ALTER TABLE verification_case ADD COLUMN method TEXT;
ALTER TABLE verification_case ADD COLUMN last_code TEXT;
CREATE INDEX case_of_licence ON verification_case (uscc_index) WHERE uscc_index IS NOT NULL;
CREATE INDEX case_of_person ON verification_case (id_index) WHERE id_index IS NOT NULL;
CREATE INDEX case_of_name ON verification_case (name_index) WHERE name_index IS NOT NULL;
CREATE INDEX case_of_account_id ON verification_case (account_id, opened_at);
CREATE INDEX case_by_time ON verification_case (opened_at, id);
CREATE INDEX case_by_state ON verification_case (state, opened_at, id);
CREATE INDEX event_by_time ON case_event (at, kind, code, case_id);
