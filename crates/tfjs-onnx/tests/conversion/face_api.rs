//! face-api's two architectures, against a description of them on its own.
//!
//! Random weights would need a slow model of convolution. Here every filter takes the mean of the
//! pixel in its middle over all channels, which is quick to compute and still shows a wrong order,
//! a wrong stride, a forgotten rectifier or a zero in the wrong place.

use shiming_tfjs_onnx::Conversion;

use crate::support::image::Image;
use crate::support::tfjs::Weights;
use crate::support::{assert_close, run};

/// A filter that takes the mean over its inputs in its middle.
fn mean_filter(size: usize, inputs: usize, outputs: usize) -> Vec<f32> {
    let mut values = vec![0.0; size * size * inputs * outputs];
    let middle = size * size / 2 * inputs * outputs;
    let share = 1.0 / u16::try_from(inputs).map(f32::from).expect("few channels");
    values[middle..middle + inputs * outputs].fill(share);
    values
}

/// What such a filter does: the pixel at stride × place + offset, averaged.
fn mean_conv(x: &Image, size: usize, stride: usize, offset: usize, outputs: usize) -> Image {
    let count = u16::try_from(x.channels)
        .map(f32::from)
        .expect("few channels");
    Image::from_fn([size, size, outputs], |row, column, _| {
        let pixel = |c| x.at(row * stride + offset, column * stride + offset, c);
        (0..x.channels).map(pixel).sum::<f32>() / count
    })
}

mod recognition {
    use super::*;

    const BLOCKS: [(&str, usize); 14] = [
        ("conv32_1", 32),
        ("conv32_2", 32),
        ("conv32_3", 32),
        ("conv64_down", 64),
        ("conv64_1", 64),
        ("conv64_2", 64),
        ("conv64_3", 64),
        ("conv128_down", 128),
        ("conv128_1", 128),
        ("conv128_2", 128),
        ("conv256_down", 256),
        ("conv256_1", 256),
        ("conv256_2", 256),
        ("conv256_down_out", 256),
    ];

    /// Bias, scale and shift of convolution number `index`: different for each.
    fn constants(index: usize) -> [f32; 3] {
        let index = u16::try_from(index).map(f32::from).expect("29 of them");
        [
            (index * 0.7).sin() * 0.3,
            0.8 + (index * 1.3).cos() * 0.2,
            (index * 2.1).sin() * 0.4,
        ]
    }

    fn scaled_conv(
        weights: &mut Weights,
        name: &str,
        [size, inputs, outputs]: [usize; 3],
        index: usize,
    ) {
        let [bias, scale, shift] = constants(index);
        let filter = mean_filter(size, inputs, outputs);
        weights.floats(
            &format!("{name}/conv/filters"),
            &[size, size, inputs, outputs],
            &filter,
        );
        for (part, value) in [
            ("conv/bias", bias),
            ("scale/weights", scale),
            ("scale/biases", shift),
        ] {
            weights.floats(&format!("{name}/{part}"), &[outputs], &vec![value; outputs]);
        }
    }

    fn weights() -> Weights {
        let mut weights = Weights::default();
        scaled_conv(&mut weights, "conv32_down", [7, 3, 32], 0);
        let mut inputs = 32;
        for (number, (name, outputs)) in BLOCKS.into_iter().enumerate() {
            scaled_conv(
                &mut weights,
                &format!("{name}/conv1"),
                [3, inputs, outputs],
                2 * number + 1,
            );
            scaled_conv(
                &mut weights,
                &format!("{name}/conv2"),
                [3, outputs, outputs],
                2 * number + 2,
            );
            inputs = outputs;
        }
        weights.floats("fc", &[256, 128], &fc());
        weights
    }

    /// Descriptor value j takes channels j and 255 − j, so that old and new channels both count.
    fn fc() -> Vec<f32> {
        let weight = |channel: usize, value: usize| match channel {
            _ if channel == value => 1.0,
            _ if channel == 255 - value => -0.5,
            _ => 0.0,
        };
        (0..256 * 128)
            .map(|index| weight(index / 128, index % 128))
            .collect()
    }

    fn affine(x: &Image, index: usize) -> Image {
        let [bias, scale, shift] = constants(index);
        x.map(|value| (value + bias) * scale + shift)
    }

    fn block(x: &Image, outputs: usize, halve: bool, number: usize) -> Image {
        let size = if halve {
            (x.height - 3) / 2 + 1
        } else {
            x.height
        };
        let (stride, offset) = if halve { (2, 1) } else { (1, 0) };
        let first = affine(&mean_conv(x, size, stride, offset, outputs), 2 * number + 1).relu();
        let second = affine(&mean_conv(&first, size, 1, 0, outputs), 2 * number + 2);
        if !halve {
            return second.plus(x).relu();
        }
        let half = x.height / 2;
        let shortcut = Image::from_fn([half, half, x.channels], |row, column, c| {
            let corner = |dy, dx| x.at(2 * row + dy, 2 * column + dx, c);
            (corner(0, 0) + corner(0, 1) + corner(1, 0) + corner(1, 1)) / 4.0
        });
        let dims = [half, half, outputs];
        second
            .padded([0; 3], dims)
            .plus(&shortcut.padded([0; 3], dims))
            .relu()
    }

    fn expected(input: &Image) -> Vec<f32> {
        let stem = affine(&mean_conv(input, 72, 2, 3, 32), 0).relu();
        let mut x = Image::from_fn([35, 35, 32], |row, column, c| {
            let places =
                (0..9).map(|place| stem.at(2 * row + place / 3, 2 * column + place % 3, c));
            places.fold(f32::NEG_INFINITY, f32::max)
        });
        for (number, (name, outputs)) in BLOCKS.into_iter().enumerate() {
            x = block(&x, outputs, name.contains("down"), number);
        }
        let area = u16::try_from(x.height * x.width)
            .map(f32::from)
            .expect("a small image");
        let mean: Vec<f32> = (0..256)
            .map(|c| x.values.iter().skip(c).step_by(256).sum::<f32>() / area)
            .collect();
        (0..128)
            .map(|value| mean[value] - 0.5 * mean[255 - value])
            .collect()
    }

    #[test]
    fn the_residual_network_is_wired_as_face_api_wires_it() {
        let onnx = weights()
            .convert(Conversion::FaceApiRecognition)
            .expect("a conversion");
        let input = Image::from_fn([150, 150, 3], |row, column, c| {
            let place = u16::try_from(row * 7 + column * 3 + c * 50).expect("small");
            (f32::from(place) * 0.05).sin()
        });
        let outputs = run(&onnx, &input);
        let (name, shape, values) = &outputs[0];
        assert_eq!(
            (name.as_str(), shape.as_slice()),
            ("descriptor", [1, 128].as_slice())
        );
        assert_close(values, &expected(&input));
    }
}

mod landmarks68 {
    use super::*;

    fn bias(block: usize, conv: usize) -> f32 {
        let index = u16::try_from(block * 4 + conv)
            .map(f32::from)
            .expect("16 of them");
        (index * 1.7 + 0.4).sin() * 0.6
    }

    fn weights() -> Weights {
        let mut weights = Weights::default();
        let mut inputs = 3;
        for (block, outputs) in [32, 64, 128, 256].into_iter().enumerate() {
            for conv in 0..4 {
                let name = format!("dense{block}/conv{conv}");
                if (block, conv) == (0, 0) {
                    weights.floats(
                        &format!("{name}/filters"),
                        &[3, 3, 3, 32],
                        &mean_filter(3, 3, 32),
                    );
                } else {
                    // Depthwise: one input each, all channels in a row.
                    let middle = mean_filter(3, 1, inputs);
                    weights.floats(
                        &format!("{name}/depthwise_filter"),
                        &[3, 3, inputs, 1],
                        &middle,
                    );
                    let pointwise = mean_filter(1, inputs, outputs);
                    weights.floats(
                        &format!("{name}/pointwise_filter"),
                        &[1, 1, inputs, outputs],
                        &pointwise,
                    );
                }
                weights.floats(
                    &format!("{name}/bias"),
                    &[outputs],
                    &vec![bias(block, conv); outputs],
                );
                inputs = outputs;
            }
        }
        weights.floats("fc/weights", &[256, 136], &fc());
        weights.floats(
            "fc/bias",
            &[136],
            &(0..136_u8).map(f32::from).collect::<Vec<_>>(),
        );
        weights
    }

    /// Every landmark value takes one channel.
    fn fc() -> Vec<f32> {
        (0..256 * 136)
            .map(|index| if index / 136 == index % 136 { 2.0 } else { 0.0 })
            .collect()
    }

    fn expected(input: &Image) -> Vec<f32> {
        let mut x = input.clone();
        for (block, channels) in [32, 64, 128, 256].into_iter().enumerate() {
            let size = x.height / 2;
            let step = |x: &Image, stride, offset, conv| {
                mean_conv(x, size, stride, offset, channels).map(|value| value + bias(block, conv))
            };
            let out1 = step(&x, 2, 1, 0).relu();
            let out2 = step(&out1, 1, 0, 1);
            let out3 = step(&out1.plus(&out2).relu(), 1, 0, 2);
            let out4 = step(&out1.plus(&out2).plus(&out3).relu(), 1, 0, 3);
            x = out1.plus(&out2).plus(&out3).plus(&out4).relu();
        }
        let mean = x.values.iter().step_by(256).sum::<f32>() / 49.0;
        (0..136_u8)
            .map(|value| 2.0 * mean + f32::from(value))
            .collect()
    }

    #[test]
    fn each_dense_block_adds_up_what_came_before() {
        let onnx = weights()
            .convert(Conversion::FaceApiLandmarks68)
            .expect("a conversion");
        let input = Image::from_fn([112, 112, 3], |row, column, c| {
            let place = u16::try_from(row * 5 + column * 11 + c * 40).expect("small");
            (f32::from(place) * 0.03).cos()
        });
        let outputs = run(&onnx, &input);
        let (name, shape, values) = &outputs[0];
        assert_eq!(
            (name.as_str(), shape.as_slice()),
            ("landmarks", [1, 136].as_slice())
        );
        assert_close(values, &expected(&input));
    }
}
