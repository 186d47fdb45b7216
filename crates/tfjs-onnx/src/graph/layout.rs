//! Operations that change how elements are arranged, and the graph's outputs.

use super::{GraphBuilder, Shape, Value};
use crate::error::GraphError;
use crate::onnx::{self, Attribute};
use crate::tensor::{Tensor, element_count};

impl GraphBuilder {
    /// Joins images along their channels.
    pub fn concat_channels(&mut self, parts: &[Value]) -> Result<Value, GraphError> {
        let (size, _) = parts
            .first()
            .ok_or_else(|| GraphError::mismatch("concatenation", "at least one input", 0))?
            .image()?;
        let mut channels = 0;
        for part in parts {
            let (part_size, part_channels) = part.image()?;
            if part_size != size {
                return Err(GraphError::mismatch(
                    "size of a concatenated image",
                    size,
                    part_size,
                ));
            }
            channels += part_channels;
        }
        let inputs = parts.iter().map(|part| part.name.clone()).collect();
        let shape = Shape::Image {
            height: size[0],
            width: size[1],
            channels,
        };
        Ok(self.operation("Concat", inputs, vec![("axis", Attribute::Int(1))], shape))
    }

    /// The same elements, in TensorFlow's order, under other dimensions; one may be −1 for the
    /// rest.
    pub fn reshape(&mut self, x: &Value, dims: &[i64]) -> Result<Value, GraphError> {
        let (name, from) = self.flat(x);
        let dims = resolve(dims, &from)?;
        let rank = i64::try_from(dims.len())
            .map_err(|_| GraphError::Unsupported("this many dimensions".to_owned()))?;
        let target = self.constant(&Tensor::int(vec![rank], dims.clone()));
        Ok(self.operation("Reshape", vec![name, target], vec![], Shape::Flat(dims)))
    }

    /// Makes `x` an output called `name`, with TensorFlow's axis order.
    pub fn output(&mut self, x: &Value, name: &str) {
        let (inner, dims) = self.flat(x);
        self.graph.output.push(onnx::value_info(name, &dims));
        self.graph
            .node
            .push(onnx::node("Identity", vec![inner], name.to_owned(), vec![]));
    }

    /// Name and dimensions of `x` as a plain tensor: NHWC if it is an image.
    fn flat(&mut self, x: &Value) -> (String, Vec<i64>) {
        match &x.shape {
            Shape::Flat(dims) => (x.name.clone(), dims.clone()),
            &Shape::Image {
                height,
                width,
                channels,
            } => {
                let dims = vec![1, height, width, channels];
                let perm = vec![("perm", Attribute::Ints(vec![0, 2, 3, 1]))];
                let shape = Shape::Flat(dims.clone());
                (
                    self.operation("Transpose", vec![x.name.clone()], perm, shape)
                        .name,
                    dims,
                )
            }
        }
    }
}

/// Fills in a −1 and checks that no element is lost.
fn resolve(dims: &[i64], from: &[i64]) -> Result<Vec<i64>, GraphError> {
    let misfit =
        || GraphError::mismatch("new shape", format!("as many elements as {from:?}"), dims);
    let count = element_count(from).ok_or_else(misfit)?;
    let known = element_count(
        &dims
            .iter()
            .copied()
            .filter(|&dim| dim != -1)
            .collect::<Vec<_>>(),
    )
    .ok_or_else(misfit)?;
    let rest = count
        .checked_div(known)
        .and_then(|rest| i64::try_from(rest).ok())
        .ok_or_else(misfit)?;
    let resolved: Vec<i64> = dims
        .iter()
        .map(|&dim| if dim == -1 { rest } else { dim })
        .collect();
    if element_count(&resolved) == Some(count) {
        Ok(resolved)
    } else {
        Err(misfit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reshape_keeps_every_element() {
        let from = [1, 4, 4, 6];
        let cases: [(&[i64], Option<&[i64]>); 6] = [
            (&[1, 32, 3], Some(&[1, 32, 3])),
            (&[-1, 96], Some(&[1, 96])),
            (&[1, -1], Some(&[1, 96])),
            (&[-1, 5], None),
            (&[-1, -1], None),
            (&[0, -1], None),
        ];
        for (dims, expected) in cases {
            assert_eq!(resolve(dims, &from).ok().as_deref(), expected, "{dims:?}");
        }
    }
}
