//! The ledger: cases, jobs, events, registry and reference photos in SQL.
