-- The platforms' own interface: test mode, keys, idempotency, public events, webhooks. Times, ids and hashes as in 0001.

-- A third realm, for test keys. Lifting a CHECK leaves the rows as they are, so the text of the table is all that has to change
-- (https://www.sqlite.org/lang_altertable.html, section 8).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '(''live'', ''demo'')', '(''live'', ''demo'', ''test'')')
    WHERE type = 'table' AND name IN ('platform', 'verification_case', 'bank_transfer');
PRAGMA writable_schema = RESET;

-- Test mode is a platform of its own beside the live one, so that no query can mix the two.
ALTER TABLE platform ADD COLUMN test_of BLOB REFERENCES platform (id);
CREATE UNIQUE INDEX test_platform ON platform (test_of) WHERE test_of IS NOT NULL;

-- Origins whose pages may frame the portal.
CREATE TABLE platform_origin (
    platform BLOB NOT NULL REFERENCES platform (id),
    origin   TEXT NOT NULL,
    PRIMARY KEY (platform, origin)
) STRICT, WITHOUT ROWID;

-- `scopes` is a JSON list. Keys from before there were scopes may do everything. `expires_at` ends the overlap of a rotation.
ALTER TABLE api_key ADD COLUMN id BLOB;
ALTER TABLE api_key ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN scopes TEXT NOT NULL
    DEFAULT '["verifications:read","verifications:write","credentials:read","events:read","webhooks:read","webhooks:write","platform:write"]';
ALTER TABLE api_key ADD COLUMN expires_at INTEGER;
UPDATE api_key SET id = substr(digest, 1, 16);
CREATE UNIQUE INDEX api_key_id ON api_key (id);

-- First answers to requests that carried an Idempotency-Key. `scope` is a hash of API key, method, path and value; `answer`
-- (status, kind, body) is sealed with the server's own key. Without an answer the request is running, at most until `held_until`.
CREATE TABLE idempotency (
    scope      BLOB NOT NULL PRIMARY KEY,
    request    BLOB NOT NULL,
    answer     BLOB,
    held_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_over ON idempotency (expires_at);

-- What platforms are told, numbered by platform without gaps in the order of the commits. Ids and states only. `stream` is what
-- the order of deliveries is kept for: the case, or the thing that the event is about.
CREATE TABLE feed_head (
    platform BLOB NOT NULL PRIMARY KEY REFERENCES platform (id),
    seq      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE public_event (
    platform BLOB NOT NULL REFERENCES platform (id),
    seq      INTEGER NOT NULL,
    id       BLOB NOT NULL UNIQUE,
    kind     TEXT NOT NULL,
    stream   BLOB NOT NULL,
    data     TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (platform, seq)
) STRICT;
CREATE INDEX event_of_stream ON public_event (stream, seq);

-- Where a platform wants to be told. `events` is a JSON list, empty for all; `secrets` is sealed with the key of `key_owner`.
CREATE TABLE webhook_endpoint (
    id            BLOB NOT NULL PRIMARY KEY,
    platform      BLOB NOT NULL REFERENCES platform (id),
    url           TEXT NOT NULL,
    description   TEXT NOT NULL,
    events        TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
    reason        TEXT,
    key_owner     TEXT NOT NULL,
    secrets       BLOB NOT NULL,
    created_at    INTEGER NOT NULL,
    paused_until  INTEGER NOT NULL DEFAULT 0,
    failing_since INTEGER
) STRICT;
CREATE INDEX endpoint_of_platform ON webhook_endpoint (platform, created_at);

-- One message for one endpoint. `round` counts the attempts of the present round, by which the schedule goes; a replay begins a
-- new one. `due_at` is when a sender may take it: its time, or the end of the present sender's lease.
CREATE TABLE webhook_delivery (
    id          BLOB NOT NULL PRIMARY KEY,
    endpoint    BLOB NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
    platform    BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    stream      BLOB NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    round       INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    finished_at INTEGER,
    UNIQUE (endpoint, seq)
) STRICT;
CREATE INDEX delivery_due ON webhook_delivery (due_at, endpoint) WHERE status = 'pending';
CREATE INDEX delivery_in_order ON webhook_delivery (endpoint, stream, seq) WHERE status = 'pending';

CREATE TABLE webhook_attempt (
    delivery BLOB NOT NULL REFERENCES webhook_delivery (id) ON DELETE CASCADE,
    nth      INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    took_ms  INTEGER NOT NULL,
    status   INTEGER,
    error    TEXT,
    PRIMARY KEY (delivery, nth)
) STRICT, WITHOUT ROWID;
