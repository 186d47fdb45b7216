-- The id that what a keyed request makes will carry, so that a server that dies after making it and before answering leaves it to
-- be found. Requests from before have none.
ALTER TABLE idempotency ADD COLUMN makes UUID;
