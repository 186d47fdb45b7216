//! Field encryption, blind index, key sources.
