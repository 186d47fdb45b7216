//! Values of any column in a form that both engines share.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Value {
    Null,
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The values of a row, in the order of the table's columns.
pub(super) type Row = Vec<Value>;

/// Rows by their keys.
pub(super) type Keyed = HashMap<Row, Row>;

/// SHA-256 over a row; kinds and lengths go in, so that no two rows are told as one.
pub(super) fn digest(row: &Row) -> [u8; 32] {
    let mut hasher = Sha256::new();
    let mut add = |kind: u8, bytes: &[u8]| {
        hasher.update([kind]);
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    for value in row {
        match value {
            Value::Null => add(0, &[]),
            Value::Int(number) => add(1, &number.to_be_bytes()),
            Value::Text(text) => add(2, text.as_bytes()),
            Value::Bytes(bytes) => add(3, bytes),
        }
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_differ_in_kind_or_in_where_a_value_ends_have_other_digests() {
        let text = |text: &str| Value::Text(text.to_owned());
        let rows = [
            vec![text("ab"), text("c")],
            vec![text("a"), text("bc")],
            vec![Value::Bytes(b"ab".to_vec()), text("c")],
            vec![text("ab"), Value::Null],
            vec![Value::Int(0), text("c")],
        ];
        let digests: std::collections::HashSet<_> = rows.iter().map(digest).collect();
        assert_eq!(digests.len(), rows.len());
    }
}
