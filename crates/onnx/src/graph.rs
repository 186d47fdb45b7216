//! A network while it is being rewritten.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::error::TuneError;
use crate::proto::{GraphProto, NodeProto, TensorProto, ValueInfoProto, attribute_kind, data_type};
use crate::tensor::{Tensor, element_count};

/// Operations (operands first), constants by name, inputs and outputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Graph {
    pub name: String,
    /// Version of ONNX's own operators.
    pub operator_set: i64,
    pub nodes: Vec<NodeProto>,
    pub constants: BTreeMap<String, TensorProto>,
    pub inputs: Vec<ValueInfoProto>,
    pub outputs: Vec<ValueInfoProto>,
    /// How many names were given to new values.
    named: u32,
}

impl Graph {
    /// Refuses what could get lost between reading and writing.
    pub fn read(proto: GraphProto, operator_set: i64) -> Result<Self, TuneError> {
        let constants: BTreeMap<_, _> = proto
            .initializer
            .into_iter()
            .map(|tensor| (tensor.name.clone(), tensor))
            .collect();
        // Old files list their constants among the inputs, where nobody feeds them.
        let inputs = proto
            .input
            .into_iter()
            .filter(|input| !constants.contains_key(&input.name))
            .collect();
        let graph = Self {
            name: proto.name,
            operator_set,
            nodes: proto.node,
            constants,
            inputs,
            outputs: proto.output,
            named: 0,
        };
        graph.constants.values().try_for_each(check_tensor)?;
        graph.nodes.iter().try_for_each(check_attributes)?;
        graph.check_operands()?;
        Ok(graph)
    }

    pub fn write(self) -> GraphProto {
        GraphProto {
            node: self.nodes,
            name: self.name,
            initializer: self.constants.into_values().collect(),
            input: self.inputs,
            output: self.outputs,
        }
    }

    /// For each value, the places in `nodes` of the operations that take it.
    pub fn users(&self) -> HashMap<String, Vec<usize>> {
        let mut users: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, node) in self.nodes.iter().enumerate() {
            for input in node.input.iter().filter(|input| !input.is_empty()) {
                users.entry(input.clone()).or_default().push(place);
            }
        }
        users
    }

    pub fn is_output(&self, value: &str) -> bool {
        self.outputs.iter().any(|output| output.name == value)
    }

    /// A constant of single precision.
    pub fn floats(&self, name: &str) -> Option<Tensor> {
        Tensor::read(self.constants.get(name)?)
    }

    /// Whether a name is a complete constant of single precision.
    pub fn is_floats(&self, name: &str) -> bool {
        let complete = |tensor: &TensorProto| {
            let stored = tensor.raw_data.len() / 4 + tensor.float_data.len();
            tensor.data_type == data_type::FLOAT && element_count(&tensor.dims) == Some(stored)
        };
        self.constants.get(name).is_some_and(complete)
    }

    /// A constant of integers.
    pub fn ints(&self, name: &str) -> Option<Vec<i64>> {
        let tensor = self.constants.get(name)?;
        if tensor.data_type != data_type::INT64 {
            return None;
        }
        let (words, _) = tensor.raw_data.as_chunks::<8>();
        Some(if words.is_empty() {
            tensor.int64_data.clone()
        } else {
            words.iter().map(|w| i64::from_le_bytes(*w)).collect()
        })
    }

    /// Adds a constant; returns the name that it got.
    pub fn add_floats(&mut self, tensor: Tensor) -> String {
        let name = self.new_name("const");
        self.constants
            .insert(name.clone(), tensor.write(name.clone()));
        name
    }

    /// Adds a list of integers; returns the name that it got.
    pub fn add_ints(&mut self, values: &[i64]) -> String {
        let name = self.new_name("const");
        let tensor = TensorProto {
            dims: vec![i64::try_from(values.len()).unwrap_or(i64::MAX)],
            data_type: data_type::INT64,
            name: name.clone(),
            raw_data: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            ..TensorProto::default()
        };
        self.constants.insert(name.clone(), tensor);
        name
    }

    /// A name that no value has and that is given only once.
    pub fn new_name(&mut self, kind: &str) -> String {
        loop {
            self.named += 1;
            let name = format!("tuned_{kind}_{}", self.named);
            if !self.has(&name) {
                return name;
            }
        }
    }

    fn has(&self, name: &str) -> bool {
        let given = |node: &NodeProto| node.output.iter().any(|output| output == name);
        self.constants.contains_key(name)
            || self.inputs.iter().any(|input| input.name == name)
            || self.nodes.iter().any(given)
    }

    /// Puts other operations in the places of some; none of them takes the operation away.
    pub fn replace(&mut self, mut replacements: HashMap<usize, Vec<NodeProto>>) {
        let old = std::mem::take(&mut self.nodes);
        for (place, node) in old.into_iter().enumerate() {
            match replacements.remove(&place) {
                Some(new) => self.nodes.extend(new),
                None => self.nodes.push(node),
            }
        }
    }

    /// Lets everyone who takes `old` take `new`.
    pub fn redirect(&mut self, old: &str, new: &str) {
        for input in self.nodes.iter_mut().flat_map(|node| &mut node.input) {
            if input == old {
                new.clone_into(input);
            }
        }
    }

    fn check_operands(&self) -> Result<(), TuneError> {
        let mut known: HashSet<&str> = self.constants.keys().map(String::as_str).collect();
        known.extend(self.inputs.iter().map(|input| input.name.as_str()));
        known.insert("");
        for node in &self.nodes {
            if let Some(value) = node.input.iter().find(|i| !known.contains(i.as_str())) {
                return Err(TuneError::Missing {
                    node: node.op_type.clone(),
                    value: value.clone(),
                });
            }
            known.extend(node.output.iter().map(String::as_str));
        }
        Ok(())
    }
}

fn check_tensor(tensor: &TensorProto) -> Result<(), TuneError> {
    let stored = tensor.raw_data.len()
        + tensor.float_data.len()
        + tensor.int32_data.len()
        + tensor.int64_data.len();
    let empty = element_count(&tensor.dims) == Some(0);
    if tensor.data_location != 0 || (stored == 0 && !empty) {
        let what = format!("the way in which the constant `{}` is stored", tensor.name);
        return Err(TuneError::Unsupported(what));
    }
    Ok(())
}

fn check_attributes(node: &NodeProto) -> Result<(), TuneError> {
    let known = [
        attribute_kind::FLOAT,
        attribute_kind::INT,
        attribute_kind::TEXT,
        attribute_kind::TENSOR,
        attribute_kind::FLOATS,
        attribute_kind::INTS,
    ];
    match node.attribute.iter().find(|a| !known.contains(&a.kind)) {
        Some(attribute) => Err(TuneError::Unsupported(format!(
            "attribute `{}` of operation {}",
            attribute.name, node.op_type
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::AttributeProto;

    fn relu(input: &str) -> GraphProto {
        GraphProto {
            node: vec![NodeProto {
                op_type: "Relu".to_owned(),
                input: vec![input.to_owned()],
                output: vec!["y".to_owned()],
                ..NodeProto::default()
            }],
            input: vec![ValueInfoProto {
                name: "x".to_owned(),
                value_type: None,
            }],
            ..GraphProto::default()
        }
    }

    #[test]
    fn what_would_get_lost_is_refused() {
        assert!(Graph::read(relu("x"), 13).is_ok());
        let missing = Graph::read(relu("z"), 13).expect_err("nothing gives z");
        assert!(missing.to_string().contains("`z`"), "{missing}");
        let mut subgraph = relu("x");
        subgraph.node[0].attribute = vec![AttributeProto {
            name: "body".to_owned(),
            kind: 5,
            ..AttributeProto::default()
        }];
        let lost = Graph::read(subgraph, 13).expect_err("a subgraph");
        assert!(lost.to_string().contains("`body`"), "{lost}");
        let mut external = relu("x");
        external.initializer = vec![TensorProto {
            dims: vec![4],
            data_location: 1,
            name: "w".to_owned(),
            ..TensorProto::default()
        }];
        let elsewhere = Graph::read(external, 13).expect_err("another file");
        assert!(elsewhere.to_string().contains("`w`"), "{elsewhere}");
    }

    #[test]
    fn a_new_name_is_nobodys() {
        let mut proto = relu("x");
        proto.node[0].output[0] = "tuned_relu_2".to_owned();
        let mut graph = Graph::read(proto, 13).expect("a graph");
        let names = [(); 3].map(|()| graph.new_name("relu"));
        assert_eq!(names, ["tuned_relu_1", "tuned_relu_3", "tuned_relu_4"]);
    }
}
