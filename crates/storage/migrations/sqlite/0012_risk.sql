-- What risk rules count. `scope` and `value` are keyed hashes or random ids; a row goes when no rule looks back so far.
CREATE TABLE risk_sign (
    scope BLOB NOT NULL,
    kind  TEXT NOT NULL,
    realm TEXT NOT NULL,
    value BLOB NOT NULL,
    at    INTEGER NOT NULL,
    PRIMARY KEY (scope, kind, realm, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX risk_sign_by_age ON risk_sign (at);
