//! JSON Lines: one object a line, its keys named as the columns.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

use super::{
    column::Column,
    report::Fault,
    row::{FIELDS, Row},
};

/// The fields of a line.
pub(super) fn read(line: &[u8]) -> Result<Row<'_>, Fault> {
    let object: Object<'_> = serde_json::from_slice(line).map_err(|_| Fault::whole("not_json"))?;
    Ok(object.0)
}

struct Object<'a>(Row<'a>);

/// A text, borrowed from the line where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
        let mut row: Row<'de> = [const { None }; FIELDS];
        while let Some(Text(key)) = map.next_key()? {
            if let Some(column) = Column::named(&key) {
                row[column as usize] = map.next_value::<Option<Text<'de>>>()?.map(|text| text.0);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Object(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_may_be_in_either_language_and_others_are_ignored() {
        let line =
            r#"{"统一社会信用代码":"A","id_number":"\u0031","extra":{"x":[1]},"photo":null}"#;
        let row = read(line.as_bytes()).expect("an object");
        assert_eq!(row[Column::Uscc as usize].as_deref(), Some("A"));
        assert_eq!(row[Column::IdNumber as usize].as_deref(), Some("1"));
        assert_eq!(row[Column::Photo as usize], None);
    }

    #[test]
    fn anything_but_an_object_of_texts_is_refused() {
        for line in [
            "",
            "[]",
            "{",
            "{\"uscc\":1}",
            "\"x\"",
            "{\"uscc\":\"A\"} tail",
        ] {
            let fault = read(line.as_bytes()).expect_err(line);
            assert_eq!(fault.reason, "not_json", "{line}");
        }
    }
}
