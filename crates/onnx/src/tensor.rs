//! Constants of single precision.

use crate::proto::{TensorProto, data_type};

/// A constant of single precision: dimensions, values row-major.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    pub dims: Vec<i64>,
    pub values: Vec<f32>,
}

impl Tensor {
    pub fn new(dims: Vec<i64>, values: Vec<f32>) -> Self {
        Self { dims, values }
    }

    /// `None` unless it is of single precision and complete.
    pub fn read(proto: &TensorProto) -> Option<Self> {
        if proto.data_type != data_type::FLOAT {
            return None;
        }
        let values: Vec<f32> = if proto.raw_data.is_empty() {
            proto.float_data.clone()
        } else {
            let (words, rest) = proto.raw_data.as_chunks::<4>();
            if !rest.is_empty() {
                return None;
            }
            words.iter().map(|word| f32::from_le_bytes(*word)).collect()
        };
        (element_count(&proto.dims) == Some(values.len())).then(|| Self {
            dims: proto.dims.clone(),
            values,
        })
    }

    pub fn write(self, name: String) -> TensorProto {
        TensorProto {
            dims: self.dims,
            data_type: data_type::FLOAT,
            name,
            raw_data: self.values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            ..TensorProto::default()
        }
    }

    /// The values of one index of the first dimension.
    pub fn row_length(&self) -> usize {
        element_count(self.dims.get(1..).unwrap_or_default()).unwrap_or(0)
    }

    /// With zeros behind, until the first dimension is `rows`.
    pub fn with_rows(mut self, rows: i64) -> Self {
        let length = self.row_length();
        if let (Some(first), Ok(count)) = (self.dims.first_mut(), usize::try_from(rows)) {
            *first = rows;
            self.values.resize(count * length, 0.0);
        }
        self
    }

    /// With zeros behind each row, until the second dimension is `columns`.
    pub fn with_columns(self, columns: i64) -> Self {
        let [rows, old, rest @ ..] = self.dims.as_slice() else {
            return self;
        };
        let cell = element_count(rest).unwrap_or(0);
        let padded = element_count(&[columns]).unwrap_or(0) * cell;
        let dims = [&[*rows, columns], rest].concat();
        let old = element_count(&[*old]).unwrap_or(0) * cell;
        let mut values = Vec::with_capacity(padded * element_count(&[*rows]).unwrap_or(0));
        for row in self.values.chunks(old.max(1)) {
            values.extend_from_slice(row);
            values.resize(values.len() + padded.saturating_sub(old), 0.0);
        }
        Self { dims, values }
    }
}

/// Number of values in a tensor of these dimensions; `None` for a negative dimension or an absurd
/// size.
pub(crate) fn element_count(dims: &[i64]) -> Option<usize> {
    dims.iter().try_fold(1_usize, |count, &dim| {
        count.checked_mul(usize::try_from(dim).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_added_behind() {
        let tensor = Tensor::new(vec![2, 2, 1, 1], vec![1.0, 2.0, 3.0, 4.0]);
        let wider = tensor.with_columns(3).with_rows(3);
        assert_eq!(wider.dims, [3, 3, 1, 1]);
        assert_eq!(wider.values, [1.0, 2.0, 0.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn both_ways_of_storing_values_are_read() {
        let tensor = Tensor::new(vec![2], vec![0.5, -3.0]);
        let raw = tensor.clone().write("w".to_owned());
        let typed = TensorProto {
            raw_data: Vec::new(),
            float_data: vec![0.5, -3.0],
            ..raw.clone()
        };
        assert_eq!(Tensor::read(&raw), Some(tensor.clone()));
        assert_eq!(Tensor::read(&typed), Some(tensor));
    }

    #[test]
    fn an_incomplete_tensor_is_not_read() {
        let mut proto = Tensor::new(vec![2], vec![0.5, -3.0]).write("w".to_owned());
        proto.raw_data.truncate(4);
        assert_eq!(Tensor::read(&proto), None);
    }
}
