-- Jobs that wait for a person are counted at every scrape of the metrics.
CREATE INDEX job_dead ON job (due_at) WHERE dead;
