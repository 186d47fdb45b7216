//! Reading and writing single operations.

use crate::proto::{AttributeProto, NodeProto, attribute_kind};

/// An operation with one output.
pub(crate) fn node(op: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        name: output.to_owned(),
        input: inputs.iter().map(|&input| input.to_owned()).collect(),
        output: vec![output.to_owned()],
        op_type: op.to_owned(),
        ..NodeProto::default()
    }
}

impl NodeProto {
    /// The same operation with an integer setting.
    #[must_use]
    pub(crate) fn with_int(mut self, name: &str, value: i64) -> Self {
        self.attribute.retain(|attribute| attribute.name != name);
        self.attribute.push(AttributeProto {
            name: name.to_owned(),
            int: Some(value),
            kind: attribute_kind::INT,
            ..AttributeProto::default()
        });
        self
    }

    /// The same operation with a setting of several integers.
    #[must_use]
    pub(crate) fn with_ints(mut self, name: &str, values: &[i64]) -> Self {
        self.attribute.retain(|attribute| attribute.name != name);
        self.attribute.push(AttributeProto {
            name: name.to_owned(),
            ints: values.to_vec(),
            kind: attribute_kind::INTS,
            ..AttributeProto::default()
        });
        self
    }

    pub(crate) fn setting(&self, name: &str) -> Option<&AttributeProto> {
        self.attribute.iter().find(|a| a.name == name)
    }

    /// An integer setting, or what holds where there is none.
    pub(crate) fn int(&self, name: &str, otherwise: i64) -> i64 {
        self.setting(name).and_then(|a| a.int).unwrap_or(otherwise)
    }

    /// A setting of several integers; empty where there is none.
    pub(crate) fn ints(&self, name: &str) -> &[i64] {
        self.setting(name).map_or(&[], |a| a.ints.as_slice())
    }

    /// The first output's name.
    pub(crate) fn result(&self) -> &str {
        self.output.first().map_or("", String::as_str)
    }

    /// The name of operand number `index`; empty if it is left out.
    pub(crate) fn operand(&self, index: usize) -> &str {
        self.input.get(index).map_or("", String::as_str)
    }
}
