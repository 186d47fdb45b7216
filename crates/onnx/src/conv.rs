//! What a convolution does, read from its operation and the shape of its weights.

use crate::graph::Graph;
use crate::node::node;
use crate::proto::NodeProto;
use crate::tensor::Tensor;

/// A convolution over images whose weights are constant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conv<'a> {
    pub node: &'a NodeProto,
    /// Dimensions of the weights: outputs, inputs of a group, rows, columns.
    pub dims: [i64; 4],
    pub groups: i64,
}

impl<'a> Conv<'a> {
    pub fn read(graph: &'a Graph, node: &'a NodeProto) -> Option<Self> {
        if node.op_type != "Conv" || !node.domain.is_empty() {
            return None;
        }
        let weights = graph.constants.get(node.operand(1))?;
        let bias = node.operand(2);
        if !bias.is_empty() && !graph.constants.contains_key(bias) {
            return None;
        }
        Some(Self {
            node,
            dims: weights.dims.as_slice().try_into().ok()?,
            groups: node.int("group", 1),
        })
    }

    /// Channels that come out.
    pub fn outputs(&self) -> i64 {
        self.dims[0]
    }

    /// Every output sees every input.
    pub fn is_dense(&self) -> bool {
        self.groups == 1
    }

    /// Every channel on its own.
    pub fn is_depthwise(&self) -> bool {
        self.dims[1] == 1 && self.groups == self.dims[0] && self.groups > 1
    }

    /// One factor a channel and nothing else.
    pub fn is_scaling(&self) -> bool {
        self.is_depthwise()
            && self.dims[2..] == [1, 1]
            && self.node.operand(2).is_empty()
            && self.node.ints("pads").iter().all(|&pad| pad == 0)
            && self.node.ints("strides").iter().all(|&stride| stride == 1)
    }

    /// Whether both windows have the same size and go to the same places.
    pub fn has_window_of(&self, other: &Self) -> bool {
        let settings = ["auto_pad", "dilations", "pads", "strides"];
        self.dims[2..] == other.dims[2..]
            && settings
                .iter()
                .all(|name| self.node.setting(name) == other.node.setting(name))
    }

    /// The bias, zeros where there is none; `None` if it can't be read.
    pub fn bias(&self, graph: &Graph) -> Option<Vec<f32>> {
        match self.node.operand(2) {
            "" => Some(vec![0.0; usize::try_from(self.outputs()).ok()?]),
            name => Some(graph.floats(name)?.values),
        }
    }
}

/// Multiplies each channel of `x` with its factor: a depthwise convolution, which onnxruntime
/// computes in its blocked order.
pub(crate) fn scaling(graph: &mut Graph, x: &str, factors: Vec<f32>, output: &str) -> NodeProto {
    let channels = i64::try_from(factors.len()).unwrap_or(i64::MAX);
    let weights = Tensor::new(vec![channels, 1, 1, 1], factors);
    let weights = graph.add_floats(weights);
    node("Conv", &[x, &weights], output)
        .with_int("group", channels)
        .with_ints("kernel_shape", &[1, 1])
}
