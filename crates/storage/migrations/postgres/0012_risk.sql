-- What risk rules count. `scope` and `value` are keyed hashes or random ids; a row goes when no rule looks back so far.
CREATE TABLE risk_sign (
    scope BYTEA NOT NULL,
    kind  TEXT NOT NULL,
    realm TEXT NOT NULL,
    value BYTEA NOT NULL,
    at    BIGINT NOT NULL,
    PRIMARY KEY (scope, kind, realm, value)
);
CREATE INDEX risk_sign_by_age ON risk_sign (at);
