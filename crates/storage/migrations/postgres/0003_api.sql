-- The platforms' own interface: test mode, keys, idempotency, public events, webhooks. Times, ids and hashes as in 0001.

-- A third realm, for test keys.
ALTER TABLE platform DROP CONSTRAINT platform_realm_check,
    ADD CONSTRAINT platform_realm_check CHECK (realm IN ('live', 'demo', 'test'));
ALTER TABLE verification_case DROP CONSTRAINT verification_case_realm_check,
    ADD CONSTRAINT verification_case_realm_check CHECK (realm IN ('live', 'demo', 'test'));
ALTER TABLE bank_transfer DROP CONSTRAINT bank_transfer_realm_check,
    ADD CONSTRAINT bank_transfer_realm_check CHECK (realm IN ('live', 'demo', 'test'));

-- Test mode is a platform of its own beside the live one, so that no query can mix the two.
ALTER TABLE platform ADD COLUMN test_of UUID REFERENCES platform (id);
CREATE UNIQUE INDEX test_platform ON platform (test_of) WHERE test_of IS NOT NULL;

-- Origins whose pages may frame the portal.
CREATE TABLE platform_origin (
    platform UUID NOT NULL REFERENCES platform (id),
    origin   TEXT NOT NULL,
    PRIMARY KEY (platform, origin)
);

-- `scopes` is a JSON list. Keys from before there were scopes may do everything. `expires_at` ends the overlap of a rotation.
ALTER TABLE api_key ADD COLUMN id UUID;
ALTER TABLE api_key ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE api_key ADD COLUMN scopes TEXT NOT NULL
    DEFAULT '["verifications:read","verifications:write","credentials:read","events:read","webhooks:read","webhooks:write","platform:write"]';
ALTER TABLE api_key ADD COLUMN expires_at BIGINT;
UPDATE api_key SET id = encode(substr(digest, 1, 16), 'hex')::uuid;
CREATE UNIQUE INDEX api_key_id ON api_key (id);

-- First answers to requests that carried an Idempotency-Key. `scope` is a hash of API key, method, path and value; `answer`
-- (status, kind, body) is sealed with the server's own key. Without an answer the request is running, at most until `held_until`.
CREATE TABLE idempotency (
    scope      BYTEA NOT NULL PRIMARY KEY,
    request    BYTEA NOT NULL,
    answer     BYTEA,
    held_until BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX idempotency_over ON idempotency (expires_at);

-- What platforms are told, numbered by platform without gaps in the order of the commits. Ids and states only. `stream` is what
-- the order of deliveries is kept for: the case, or the thing that the event is about.
CREATE TABLE feed_head (
    platform UUID NOT NULL PRIMARY KEY REFERENCES platform (id),
    seq      BIGINT NOT NULL
);
CREATE TABLE public_event (
    platform UUID NOT NULL REFERENCES platform (id),
    seq      BIGINT NOT NULL,
    id       UUID NOT NULL UNIQUE,
    kind     TEXT NOT NULL,
    stream   UUID NOT NULL,
    data     TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (platform, seq)
);
CREATE INDEX event_of_stream ON public_event (stream, seq);

-- Where a platform wants to be told. `events` is a JSON list, empty for all; `secrets` is sealed with the key of `key_owner`.
CREATE TABLE webhook_endpoint (
    id            UUID NOT NULL PRIMARY KEY,
    platform      UUID NOT NULL REFERENCES platform (id),
    url           TEXT NOT NULL,
    description   TEXT NOT NULL,
    events        TEXT NOT NULL,
    status        TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
    reason        TEXT,
    key_owner     TEXT NOT NULL,
    secrets       BYTEA NOT NULL,
    created_at    BIGINT NOT NULL,
    paused_until  BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT
);
CREATE INDEX endpoint_of_platform ON webhook_endpoint (platform, created_at);

-- One message for one endpoint. `round` counts the attempts of the present round, by which the schedule goes; a replay begins a
-- new one. `due_at` is when a sender may take it: its time, or the end of the present sender's lease.
CREATE TABLE webhook_delivery (
    id          UUID NOT NULL PRIMARY KEY,
    endpoint    UUID NOT NULL REFERENCES webhook_endpoint (id) ON DELETE CASCADE,
    platform    UUID NOT NULL,
    seq         BIGINT NOT NULL,
    stream      UUID NOT NULL,
    status      TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    round       BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (endpoint, seq)
);
CREATE INDEX delivery_due ON webhook_delivery (due_at, endpoint) WHERE status = 'pending';
CREATE INDEX delivery_in_order ON webhook_delivery (endpoint, stream, seq) WHERE status = 'pending';

CREATE TABLE webhook_attempt (
    delivery UUID NOT NULL REFERENCES webhook_delivery (id) ON DELETE CASCADE,
    nth      BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    took_ms  BIGINT NOT NULL,
    status   BIGINT,
    error    TEXT,
    PRIMARY KEY (delivery, nth)
);
