//! Identifiers and names: parse, check, fold to a compare key.
