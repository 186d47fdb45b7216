-- Photos named by rows of an import that could not be used; which ones stands among the import's errors.
ALTER TABLE registry_import ADD COLUMN bad_photos INTEGER NOT NULL DEFAULT 0;
