-- What retention has deleted: the report that shows it.
CREATE TABLE retention_run (
    kind   TEXT NOT NULL,
    at     BIGINT NOT NULL,
    before BIGINT NOT NULL,
    erased BIGINT NOT NULL,
    PRIMARY KEY (at, kind)
);

ALTER TABLE consent_record ADD COLUMN withdrawn_at BIGINT;

-- When a case's personal data were erased; its story and its consents stay.
ALTER TABLE verification_case ADD COLUMN erased_at BIGINT;
-- Whose key is gone was erased before there was a place to say so.
UPDATE verification_case SET erased_at = updated_at WHERE key_owner NOT IN (SELECT owner FROM data_key);
CREATE INDEX case_over ON verification_case (updated_at) WHERE wake_at IS NULL AND erased_at IS NULL;

-- For finding what is kept of a person.
CREATE INDEX credential_of_person ON credential (id_index);
