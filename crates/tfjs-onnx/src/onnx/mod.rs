//! The few ONNX messages that a converted model needs.

mod proto;

pub(crate) use proto::{GraphProto, NodeProto, TensorProto, ValueInfoProto};

use prost::Message;

use crate::tensor::{Data, Tensor};
use proto::{
    AttributeProto, DimensionProto, ModelProto, OperatorSetIdProto, TensorShapeProto,
    TensorTypeProto, TypeProto,
};

/// Values of `TensorProto.DataType`.
const FLOAT: i32 = 1;
const INT64: i32 = 7;
/// Values of `AttributeProto.AttributeType`.
const ATTRIBUTE_INT: i32 = 2;
const ATTRIBUTE_INTS: i32 = 7;

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
    }
}

/// A constant of the graph.
pub(crate) fn initializer(name: String, tensor: &Tensor) -> TensorProto {
    let (data_type, raw_data) = match &tensor.data {
        Data::Float(values) => (
            FLOAT,
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        ),
        Data::Int(values) => (
            INT64,
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
    }
}

/// A float32 input or output of the graph.
pub(crate) fn value_info(name: &str, dims: &[i64]) -> ValueInfoProto {
    let dim = dims
        .iter()
        .map(|&dim_value| DimensionProto {
            dim_value: Some(dim_value),
        })
        .collect();
    let tensor = TensorTypeProto {
        elem_type: FLOAT,
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
        Attribute::Int(int) => (attribute.kind, attribute.int) = (ATTRIBUTE_INT, Some(int)),
        Attribute::Ints(ints) => (attribute.kind, attribute.ints) = (ATTRIBUTE_INTS, ints),
    }
    attribute
}
