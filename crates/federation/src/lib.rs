//! What platforms say to each other: verified claims, signed credentials, status lists.
