-- Perceptual hashes of scans' frames, by which a recording that is played again is recognised, whoever plays it. A hash
-- tells nothing about the face; the rows outlive the case's key and go after the retention of the policy.
CREATE TABLE scan_frame_hash (
    id      INTEGER PRIMARY KEY,
    case_id BLOB NOT NULL REFERENCES verification_case (id),
    hash    BLOB NOT NULL,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX frame_hash_by_age ON scan_frame_hash (at);
CREATE INDEX frame_hash_of_case ON scan_frame_hash (case_id);

-- Multi-index hashing: a hash is cut into bands of 32 bits. Two hashes that differ in fewer bits than there are bands
-- agree in one band at least, so a search looks up a few keys instead of all rows. `key` is the band's number and bits.
CREATE TABLE scan_frame_band (
    key     INTEGER NOT NULL,
    hash_id INTEGER NOT NULL REFERENCES scan_frame_hash (id) ON DELETE CASCADE,
    PRIMARY KEY (key, hash_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX frame_band_of_hash ON scan_frame_band (hash_id);

-- Where the sealed frames of a scan lie, while they are kept. `record` is the scan record's number in its case. Those that
-- are there for a reviewer go as soon as the review is decided.
CREATE TABLE kept_scan (
    case_id    BLOB NOT NULL REFERENCES verification_case (id),
    record     INTEGER NOT NULL,
    object     TEXT NOT NULL,
    keep_until INTEGER NOT NULL,
    for_review INTEGER NOT NULL CHECK (for_review IN (0, 1)),
    PRIMARY KEY (case_id, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX kept_scan_by_end ON kept_scan (keep_until);
