//! One operation of a TFJS topology, and its attributes.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::error::{Failure, GraphError};
use crate::graph::{Padding, Window};

/// An operation as `model.json` describes it.
#[derive(Deserialize)]
pub(super) struct Node {
    pub name: String,
    pub op: String,
    #[serde(default)]
    input: Vec<String>,
    #[serde(default)]
    attr: HashMap<String, Attr>,
}

/// An attribute's value: TensorFlow's JSON has numbers as text, and text in Base64.
#[derive(Default, Deserialize)]
struct Attr {
    s: Option<String>,
    list: Option<AttrList>,
    shape: Option<AttrShape>,
}

#[derive(Default, Deserialize)]
struct AttrList {
    #[serde(default)]
    s: Vec<String>,
    #[serde(default)]
    i: Vec<String>,
}

#[derive(Deserialize)]
struct AttrShape {
    #[serde(default)]
    dim: Vec<AttrDim>,
}

#[derive(Deserialize)]
struct AttrDim {
    size: String,
}

impl Node {
    /// Names of the nodes whose values this one takes.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.input
            .iter()
            .filter(|input| !input.starts_with('^'))
            .map(|input| node_name(input))
    }

    /// Name of the node that gives operand number `index`.
    pub fn input(&self, index: usize) -> Result<&str, GraphError> {
        self.inputs()
            .nth(index)
            .ok_or_else(|| GraphError::Missing(format!("operand {index}")))
    }

    /// A text attribute; `None` where the node doesn't have it.
    pub fn text(&self, attribute: &str) -> Result<Option<String>, GraphError> {
        let encoded = self.attr.get(attribute).and_then(|attr| attr.s.as_deref());
        encoded.map(|text| decode(attribute, text)).transpose()
    }

    /// A list of texts; empty where the node doesn't have it.
    pub fn texts(&self, attribute: &str) -> Result<Vec<String>, GraphError> {
        let encoded = self.attr.get(attribute).and_then(|attr| attr.list.as_ref());
        encoded
            .iter()
            .flat_map(|list| &list.s)
            .map(|text| decode(attribute, text))
            .collect()
    }

    /// A list of numbers, one for each of N, H, W and C.
    pub fn nhwc(&self, attribute: &str) -> Result<[i64; 4], GraphError> {
        let list = self.attr.get(attribute).and_then(|attr| attr.list.as_ref());
        let texts = list
            .map(|list| list.i.iter().map(String::as_str))
            .into_iter()
            .flatten();
        four_numbers(attribute, texts)
    }

    /// A shape attribute of four dimensions.
    pub fn shape4(&self, attribute: &str) -> Result<[i64; 4], GraphError> {
        let shape = self
            .attr
            .get(attribute)
            .and_then(|attr| attr.shape.as_ref());
        four_numbers(
            attribute,
            shape
                .iter()
                .flat_map(|shape| &shape.dim)
                .map(|dim| dim.size.as_str()),
        )
    }

    /// How this operation's window moves over an NHWC image.
    pub fn window(&self) -> Result<Window, GraphError> {
        match self.text("data_format")?.as_deref() {
            None | Some("NHWC") => (),
            Some(other) => return Err(GraphError::Unsupported(format!("data format {other}"))),
        }
        let padding = match self.text("padding")?.as_deref() {
            Some("SAME") => Padding::Same,
            Some("VALID") => Padding::Valid,
            other => return Err(GraphError::Unsupported(format!("padding {other:?}"))),
        };
        let [_, down, right, _] = self.nhwc("strides")?;
        let dilated = self.attr.contains_key("dilations");
        let dilation = if dilated {
            self.nhwc("dilations")?
        } else {
            [1; 4]
        };
        Ok(Window {
            stride: [down, right],
            dilation: [dilation[1], dilation[2]],
            padding,
        })
    }

    /// `problem`, told as this node's.
    pub fn failure(&self, problem: GraphError) -> Failure {
        Failure::new(&self.op, &self.name, problem)
    }
}

/// The node in a reference such as `name` or `name:0`.
pub(super) fn node_name(reference: &str) -> &str {
    reference.strip_suffix(":0").unwrap_or(reference)
}

fn decode(attribute: &str, encoded: &str) -> Result<String, GraphError> {
    let bytes = STANDARD.decode(encoded).ok();
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| GraphError::Unsupported(format!("attribute {attribute} = `{encoded}`")))
}

fn four_numbers<'a>(
    attribute: &str,
    texts: impl Iterator<Item = &'a str>,
) -> Result<[i64; 4], GraphError> {
    let numbers: Option<Vec<i64>> = texts.map(|text| text.parse().ok()).collect();
    numbers
        .and_then(|numbers| numbers.try_into().ok())
        .ok_or_else(|| GraphError::Unsupported(format!("attribute {attribute} without 4 numbers")))
}
