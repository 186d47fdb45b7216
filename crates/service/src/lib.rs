//! Use cases: open, submit, claim, consent, scan. Orchestrates ports.
