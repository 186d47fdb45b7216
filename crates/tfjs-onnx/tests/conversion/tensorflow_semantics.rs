//! Converted operations compute what TensorFlow's do, for all sizes, strides and paddings.

use crate::support::image::{Filter, Image, Steps};
use crate::support::tfjs::{Graph, numbers, texts, window};
use crate::support::{assert_close, run, run_single};
use proptest::prelude::*;
use serde_json::json;

/// Values from −2 to 2 that look random and are the same each time.
fn noise(seed: usize) -> impl FnMut() -> f32 {
    let mut state = u32::try_from(seed)
        .expect("a small seed")
        .wrapping_mul(2_654_435_769)
        | 1;
    move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from(u16::try_from(state >> 16).expect("16 bits")) / 16_384.0 - 2.0
    }
}

fn image(dims: [usize; 3], seed: usize) -> Image {
    let mut next = noise(seed);
    Image::from_fn(dims, |_, _, _| next())
}

fn values(count: usize, seed: usize) -> Vec<f32> {
    let mut next = noise(seed + 100);
    (0..count).map(|_| next()).collect()
}

fn filter(size: [usize; 2], inputs: usize, last: usize, seed: usize) -> Filter {
    Filter {
        size,
        inputs,
        last,
        values: values(size[0] * size[1] * inputs * last, seed),
    }
}

fn steps() -> impl Strategy<Value = Steps> {
    // TensorFlow knows no window that is both strided and dilated.
    let moves = prop_oneof![(1..=3_usize, Just(1)), (Just(1), 1..=2_usize)];
    (moves, any::<bool>()).prop_map(|((stride, dilation), same)| Steps {
        stride,
        dilation,
        same,
    })
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    Nothing,
    Relu,
    Relu6,
    Prelu,
}

fn after() -> impl Strategy<Value = After> {
    prop_oneof![
        Just(After::Nothing),
        Just(After::Relu),
        Just(After::Relu6),
        Just(After::Prelu)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_fused_convolution_adds_its_bias_and_then_bends(
        (height, width) in (5..12_usize, 5..12_usize),
        size in [1..=3_usize, 1..=3_usize],
        (inputs, outputs) in (1..=5_usize, 1..=5_usize),
        steps in steps(),
        after in after(),
        seed in 0..1000_usize,
    ) {
        let input = image([height, width, inputs], seed);
        let filter = filter(size, inputs, outputs, seed);
        let (bias, slopes) = (values(outputs, seed + 1), values(outputs, seed + 2));
        let (name, operands): (Option<&str>, &[&str]) = match after {
            After::Nothing => (None, &["x", "w", "b"]),
            After::Relu => (Some("Relu"), &["x", "w", "b"]),
            After::Relu6 => (Some("Relu6"), &["x", "w", "b"]),
            After::Prelu => (Some("Prelu"), &["x", "w", "b", "s"]),
        };
        let fused: Vec<&str> = std::iter::once("BiasAdd").chain(name).collect();
        let mut attr = window(steps.stride, steps.dilation, steps.same);
        attr["fused_ops"] = texts(&fused);
        let onnx = Graph::with_input(input.dims())
            .floats("w", &[size[0], size[1], inputs, outputs], &filter.values)
            .floats("b", &[outputs], &bias)
            .floats("s", &[1, 1, outputs], &slopes)
            .node("y", "_FusedConv2D", operands, &attr)
            .convert(&["y"])
            .expect("a conversion");

        let convolved = input.conv(&filter, steps);
        let biased = Image::from_fn(convolved.dims(), |y, x, c| convolved.at(y, x, c) + bias[c]);
        let expected = match after {
            After::Nothing => biased,
            After::Relu => biased.relu(),
            After::Relu6 => biased.map(|value| value.clamp(0.0, 6.0)),
            After::Prelu => biased.prelu(&slopes),
        };
        let (shape, found) = run_single(&onnx, &input);
        prop_assert_eq!(shape, nhwc(&expected));
        assert_close(&found, &expected.values);
    }

    #[test]
    fn a_depthwise_convolution_keeps_channels_apart(
        (height, width) in (5..12_usize, 5..12_usize),
        size in [1..=3_usize, 1..=3_usize],
        (inputs, multiplier) in (1..=5_usize, 1..=2_usize),
        steps in steps(),
        seed in 0..1000_usize,
    ) {
        let input = image([height, width, inputs], seed);
        let filter = filter(size, inputs, multiplier, seed);
        let attr = window(steps.stride, steps.dilation, steps.same);
        let onnx = Graph::with_input(input.dims())
            .floats("w", &[size[0], size[1], inputs, multiplier], &filter.values)
            .node("y", "DepthwiseConv2dNative", &["x", "w"], &attr)
            .convert(&["y"])
            .expect("a conversion");
        let expected = input.depthwise(&filter, steps);
        let (shape, found) = run_single(&onnx, &input);
        prop_assert_eq!(shape, nhwc(&expected));
        assert_close(&found, &expected.values);
    }

    #[test]
    fn padding_never_wins_a_maximum(
        (height, width, channels) in (5..12_usize, 5..12_usize, 1..=3_usize),
        size in [1..=3_usize, 1..=3_usize],
        (stride, same) in (1..=3_usize, any::<bool>()),
        seed in 0..1000_usize,
    ) {
        // All values negative: a zero from the border would be the largest.
        let input = image([height, width, channels], seed).map(|value| value - 3.0);
        let mut attr = window(stride, 1, same);
        attr["ksize"] = numbers(&[1, size[0], size[1], 1]);
        let onnx = Graph::with_input(input.dims())
            .node("y", "MaxPool", &["x"], &attr)
            .convert(&["y"])
            .expect("a conversion");
        let expected = input.max_pool(size, Steps { stride, dilation: 1, same });
        let (shape, found) = run_single(&onnx, &input);
        prop_assert_eq!(shape, nhwc(&expected));
        assert_close(&found, &expected.values);
    }

    #[test]
    fn an_image_is_padded_where_tensorflow_pads_it(
        dims in [1..5_usize, 1..5_usize, 1..4_usize],
        before in [0..3_usize, 0..3_usize, 0..3_usize],
        after in [0..3_usize, 0..3_usize, 0..3_usize],
        seed in 0..1000_usize,
    ) {
        let input = image(dims, seed);
        let pairs = before.iter().zip(&after).flat_map(|(&before, &after)| [before, after]);
        let pairs = pairs.map(|count| i32::try_from(count).expect("a small count"));
        let paddings: Vec<i32> = [0, 0].into_iter().chain(pairs).collect();
        let onnx = Graph::with_input(dims)
            .ints("p", &[4, 2], &paddings)
            .node("y", "Pad", &["x", "p"], &json!({}))
            .convert(&["y"])
            .expect("a conversion");
        let grown = [0, 1, 2].map(|axis| before[axis] + dims[axis] + after[axis]);
        let expected = input.padded(before, grown);
        let (shape, found) = run_single(&onnx, &input);
        prop_assert_eq!(shape, nhwc(&expected));
        assert_close(&found, &expected.values);
    }
}

fn nhwc(image: &Image) -> Vec<i64> {
    let dims = image
        .dims()
        .map(|dim| i64::try_from(dim).expect("a small image"));
    [vec![1], dims.to_vec()].concat()
}

#[test]
fn a_flattened_image_keeps_tensorflows_order() {
    let input = image([2, 3, 4], 1);
    let onnx = Graph::with_input(input.dims())
        .ints("shape", &[3], &[1, -1, 2])
        .node("flat", "Reshape", &["x", "shape"], &json!({}))
        .node("y", "Identity", &["flat"], &json!({}))
        .convert(&["y"])
        .expect("a conversion");
    assert_eq!(run_single(&onnx, &input), (vec![1, 12, 2], input.values));
}

#[test]
fn outputs_keep_their_names_and_order_and_unused_operations_are_left_out() {
    let input = image([2, 2, 2], 2);
    let onnx = Graph::with_input(input.dims())
        .ints("axis", &[], &[-1])
        .node("b", "Sigmoid", &["x"], &json!({}))
        .node("unused", "NoSuchOperation", &["x"], &json!({}))
        .node("joined", "ConcatV2", &["x", "sum", "axis"], &json!({}))
        .node("sum", "AddV2", &["x", "b"], &json!({}))
        .convert(&["joined", "b"])
        .expect("a conversion");
    let sigmoid = input.map(|value| 1.0 / (1.0 + (-value).exp()));
    let sum = input.plus(&sigmoid);
    let joined = input
        .padded([0; 3], [2, 2, 4])
        .plus(&sum.padded([0, 0, 2], [2, 2, 4]));
    let outputs = run(&onnx, &input);
    let names: Vec<&str> = outputs.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, ["joined_0", "b_0"]);
    assert_close(&outputs[0].2, &joined.values);
    assert_close(&outputs[1].2, &sigmoid.values);
}
