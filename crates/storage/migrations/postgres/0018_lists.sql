-- Lists that hold at any length: every filter of the console has an index that ends in the list's own order, so that a page is read
-- off it and nothing is sorted.
DROP INDEX case_of_account;
CREATE INDEX case_of_account ON verification_case (platform, account_id, opened_at, id);
DROP INDEX case_of_platform;
CREATE INDEX case_of_platform ON verification_case (platform, opened_at, id);
DROP INDEX case_of_account_id;
CREATE INDEX case_of_account_id ON verification_case (account_id, opened_at, id);
CREATE INDEX case_by_realm ON verification_case (realm, opened_at, id);
CREATE INDEX case_by_method ON verification_case (method, opened_at, id) WHERE method IS NOT NULL;
CREATE INDEX case_by_code ON verification_case (last_code, opened_at, id) WHERE last_code IS NOT NULL;

-- What an action is about, the word before its dot: `case` of `case.revealed`.
ALTER TABLE audit_entry ADD COLUMN area TEXT GENERATED ALWAYS AS (split_part(action, '.', 1)) STORED;
CREATE INDEX audit_of_area ON audit_entry (area, seq);
CREATE INDEX audit_of_kind ON audit_entry (actor_kind, seq);

DROP INDEX job_dead;
CREATE INDEX job_dead ON job (due_at, job_key) WHERE dead;

CREATE INDEX import_by_time ON registry_import (started_at, id);

DROP INDEX transfer_outstanding;
CREATE INDEX transfer_outstanding ON bank_transfer (planned_at, id)
    WHERE status NOT IN ('settled', 'failed', 'returned');
