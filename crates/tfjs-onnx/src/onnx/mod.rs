//! The few ONNX messages that a converted model needs.

pub(crate) use shiming_onnx::proto::{GraphProto, NodeProto, TensorProto, ValueInfoProto};

use prost::Message;
use shiming_onnx::proto::{
    AttributeProto, DimensionProto, ModelProto, OperatorSetIdProto, TensorShapeProto,
    TensorTypeProto, TypeProto, attribute_kind, data_type,
};

use crate::tensor::{Data, Tensor};

/// IR version 8 and operator set 13 are the oldest that hold everything written here: any runtime
/// since 2021 reads them.
const IR_VERSION: i64 = 8;
const OPERATOR_SET: i64 = 13;

/// An operator's attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Attribute {
    Int(i64),
    Ints(Vec<i64>),
}

/// One operator with a single output.
pub(crate) fn node(
    op: &str,
    inputs: Vec<String>,
    output: String,
    attributes: Vec<(&str, Attribute)>,
) -> NodeProto {
    NodeProto {
        name: output.clone(),
        input: inputs,
        output: vec![output],
        op_type: op.to_owned(),
        attribute: attributes
            .into_iter()
            .map(|(name, value)| attribute(name, value))
            .collect(),
        ..NodeProto::default()
    }
}

/// A constant of the graph.
pub(crate) fn initializer(name: String, tensor: &Tensor) -> TensorProto {
    let (data_type, raw_data) = match &tensor.data {
        Data::Float(values) => (
            data_type::FLOAT,
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        ),
        Data::Int(values) => (
            data_type::INT64,
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        ),
    };
    TensorProto {
        dims: tensor.dims.clone(),
        data_type,
        name,
        raw_data,
        ..TensorProto::default()
    }
}

/// A float32 input or output of the graph.
pub(crate) fn value_info(name: &str, dims: &[i64]) -> ValueInfoProto {
    let dim = dims
        .iter()
        .map(|&dim_value| DimensionProto {
            dim_value: Some(dim_value),
            dim_param: None,
        })
        .collect();
    let tensor = TensorTypeProto {
        elem_type: data_type::FLOAT,
        shape: Some(TensorShapeProto { dim }),
    };
    ValueInfoProto {
        name: name.to_owned(),
        value_type: Some(TypeProto {
            tensor_type: Some(tensor),
        }),
    }
}

/// The bytes of an ONNX file.
pub(crate) fn encode(graph: GraphProto) -> Vec<u8> {
    let model = ModelProto {
        ir_version: IR_VERSION,
        producer_name: "shiming-tfjs-onnx".to_owned(),
        graph: Some(graph),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: OPERATOR_SET,
        }],
    };
    model.encode_to_vec()
}

fn attribute(name: &str, value: Attribute) -> AttributeProto {
    let mut attribute = AttributeProto {
        name: name.to_owned(),
        ..AttributeProto::default()
    };
    match value {
        Attribute::Int(int) => (attribute.kind, attribute.int) = (attribute_kind::INT, Some(int)),
        Attribute::Ints(ints) => (attribute.kind, attribute.ints) = (attribute_kind::INTS, ints),
    }
    attribute
}
