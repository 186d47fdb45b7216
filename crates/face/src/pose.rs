//! Direction of the head, from how the places of rigid points differ from those of an average face.
//!
//! An affine camera is fitted to the average face's points. Its depth column is the parallax between near and far
//! points, so it answers to a head that turns, and not to a flat photo that is tilted: tilting a photo squeezes
//! it, which the fit puts into the other two columns. That difference is what makes turns and nods a liveness check.

use std::sync::LazyLock;

use glam::{DMat4, DVec4};
use serde::{Deserialize, Serialize};

use crate::mesh::Landmarks;
use crate::points::{LEFT_EYE_OUTER, RIGHT_EYE_OUTER};

/// Direction of the head in degrees, seen from the subject.
///
/// Positive yaw: the subject turns to the own left (the nose moves towards the unmirrored image's right).
/// Positive pitch: the subject lowers the head. Positive roll: the subject tilts the head towards the own left
/// shoulder (the head turns clockwise in the unmirrored image). Zero is the average portrait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pose {
    /// Turning left (positive) or right.
    pub yaw: f32,
    /// Lowering (positive) or raising.
    pub pitch: f32,
    /// Tilting to the left shoulder (positive) or the right.
    pub roll: f32,
}

/// The fitted camera.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct HeadFit {
    pub pose: Pose,
    /// Pixels per unit of the average face across, over those along the face: below 1 when it is squeezed
    /// sideways, by a turn or by a tilted photo. Kept between 0.4 and 2.5.
    pub aspect: f32,
}

/// Rigid points: number in the mesh, then x, y, z of the average face. The distance of the outer corners of the eyes
/// is 1, their middle the origin; y points down, z away from the camera. The mean of five public-domain official
/// portraits of three people and their mirror images, measured with the mesh model itself.
const AVERAGE_FACE: [(usize, [f64; 3]); 21] = [
    (33, [-0.500, 0.000, 0.000]),
    (133, [-0.193, 0.007, -0.058]),
    (362, [0.193, 0.007, -0.058]),
    (263, [0.500, 0.000, 0.000]),
    (168, [0.000, -0.061, -0.250]),
    (6, [0.000, 0.010, -0.308]),
    (197, [0.000, 0.084, -0.370]),
    (195, [0.000, 0.155, -0.439]),
    (5, [0.000, 0.231, -0.511]),
    (4, [0.000, 0.326, -0.546]),
    (1, [0.000, 0.402, -0.527]),
    (2, [0.000, 0.478, -0.358]),
    (98, [-0.213, 0.446, -0.263]),
    (327, [0.213, 0.446, -0.263]),
    (127, [-0.785, 0.098, 0.549]),
    (356, [0.785, 0.098, 0.549]),
    (234, [-0.778, 0.261, 0.585]),
    (454, [0.778, 0.261, 0.585]),
    (93, [-0.771, 0.424, 0.572]),
    (323, [0.771, 0.424, 0.572]),
    (10, [0.000, -0.584, -0.148]),
];

/// Inverse of the normal matrix of the least squares, which is the same for every face.
static NORMAL_INVERSE: LazyLock<DMat4> = LazyLock::new(|| {
    let outer = |(_, [x, y, z]): &(usize, [f64; 3])| {
        let row = DVec4::new(*x, *y, *z, 1.0);
        DMat4::from_cols(row * row.x, row * row.y, row * row.z, row * row.w)
    };
    AVERAGE_FACE
        .iter()
        .map(outer)
        .fold(DMat4::ZERO, |sum, term| sum + term)
        .inverse()
});

/// Fits the camera to all 468 landmarks.
pub(crate) fn fit(landmarks: &Landmarks) -> HeadFit {
    let origin = landmarks.points[RIGHT_EYE_OUTER].middle(landmarks.points[LEFT_EYE_OUTER]);
    let (mut across, mut down) = (DVec4::ZERO, DVec4::ZERO);
    for (index, [x, y, z]) in AVERAGE_FACE {
        let (row, point) = (DVec4::new(x, y, z, 1.0), landmarks.points[index]);
        across += row * f64::from(point.x - origin.x);
        down += row * f64::from(point.y - origin.y);
    }
    let (across, down) = (*NORMAL_INVERSE * across, *NORMAL_INVERSE * down);
    let roll = down.x.atan2(across.x);
    let (sin, cos) = roll.sin_cos();
    let level = across * cos + down * sin;
    let upright = down * cos - across * sin;
    let pose = Pose {
        yaw: degrees(-level.z, level.x),
        pitch: degrees(-upright.z, upright.y),
        roll: degrees(sin, cos),
    };
    HeadFit {
        pose,
        aspect: single(level.x / upright.y.max(f64::EPSILON)).clamp(0.4, 2.5),
    }
}

fn degrees(sin: f64, cos: f64) -> f32 {
    single(sin.atan2(cos).to_degrees())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "angles and ratios need no more than single precision"
)]
fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::geometry::Point;
    use crate::mesh::LANDMARKS;

    /// The average face, turned by yaw (own left positive), then pitch (lowered positive), then roll, seen by a
    /// far camera.
    fn turned(yaw: f64, pitch: f64, roll: f64) -> Landmarks {
        let [yaw, pitch, roll] = [yaw, pitch, roll].map(f64::to_radians);
        let mut landmarks = Landmarks {
            points: vec![Point::default(); LANDMARKS],
            depth: vec![0.0; LANDMARKS],
        };
        for (index, [x, y, z]) in AVERAGE_FACE {
            let (x, z) = (x * yaw.cos() - z * yaw.sin(), x * yaw.sin() + z * yaw.cos());
            let y = y * pitch.cos() - z * pitch.sin();
            let (x, y) = (
                x * roll.cos() - y * roll.sin(),
                x * roll.sin() + y * roll.cos(),
            );
            landmarks.points[index] =
                Point::new(single(x * 100.0 + 240.0), single(y * 100.0 + 320.0));
        }
        landmarks
    }

    proptest! {
        #[test]
        fn one_turn_at_a_time_is_measured_with_its_sign(angle in -35.0_f64..35.0) {
            for axis in 0..3 {
                let mut wanted = [0.0; 3];
                wanted[axis] = angle;
                let pose = fit(&turned(wanted[0], wanted[1], wanted[2])).pose;
                let got = [pose.yaw, pose.pitch, pose.roll];
                for (got, wanted) in got.into_iter().zip(wanted) {
                    prop_assert!((f64::from(got) - wanted).abs() < 0.5, "{pose:?} for {wanted:?}");
                }
            }
        }

        #[test]
        fn a_squeezed_photo_is_not_turned(squeeze in 0.6_f32..1.0) {
            let mut photo = turned(0.0, 0.0, 0.0);
            photo.points.iter_mut().for_each(|p| p.x *= squeeze);
            let head = fit(&photo);
            prop_assert!(head.pose.yaw.abs() < 0.5, "{head:?}");
            prop_assert!((head.aspect - squeeze).abs() < 0.01, "{head:?}");
        }
    }
}
