//! Turning a face upright, to the size and place that an embedding model was trained on.

use crate::geometry::{Affine, Point};
use crate::mesh::Landmarks;
use crate::models::Family;
use crate::points::{
    LEFT_EYE, LEFT_EYE_INNER, LEFT_EYE_OUTER, MOUTH_LEFT, MOUTH_RIGHT, NOSE_BASE, NOSE_TIP,
    RIGHT_EYE, RIGHT_EYE_INNER, RIGHT_EYE_OUTER,
};

/// Where eyes, nose tip and corners of the mouth lie in `ArcFace`'s chip of 112×112 pixels; the image's left first.
const ARCFACE: [Point; 5] = [
    Point::new(38.2946, 51.6963),
    Point::new(73.5318, 51.5014),
    Point::new(56.0252, 71.7366),
    Point::new(41.5493, 92.3655),
    Point::new(70.7299, 92.2041),
];

/// Where the corners of the eyes and the base of the nose lie in dlib's chip of 150×150 pixels with a quarter of
/// padding; the image's left first.
const DLIB: [Point; 5] = [
    Point::new(37.0575, 46.3727),
    Point::new(58.4085, 47.9064),
    Point::new(89.6060, 47.8969),
    Point::new(110.9567, 46.3498),
    Point::new(74.0112, 87.7798),
];

/// The five points of the field: middles of the subject's right and left eye, nose tip, right and left corner of
/// the mouth.
pub(crate) fn five_points(landmarks: &Landmarks) -> [Point; 5] {
    let point = |index: usize| landmarks.points[index];
    [
        landmarks.mean(&RIGHT_EYE),
        landmarks.mean(&LEFT_EYE),
        point(NOSE_TIP),
        point(MOUTH_RIGHT),
        point(MOUTH_LEFT),
    ]
}

/// From a pixel of the model's chip to the place in the picture; `None` if the landmarks lie all in one place.
pub(crate) fn chip_to_source(family: Family, landmarks: &Landmarks) -> Option<Affine> {
    match family {
        Family::DlibResNet => {
            let corners = [
                RIGHT_EYE_OUTER,
                RIGHT_EYE_INNER,
                LEFT_EYE_INNER,
                LEFT_EYE_OUTER,
                NOSE_BASE,
            ];
            inverse_similarity(&corners.map(|index| landmarks.points[index]), &DLIB)
        }
        _ => inverse_similarity(&five_points(landmarks), &ARCFACE),
    }
}

/// The best map from face to chip, turned round. Fitting in the other direction would weigh errors by the face's size.
fn inverse_similarity(face: &[Point; 5], chip: &[Point; 5]) -> Option<Affine> {
    Affine::similarity(face, chip)?.inverse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::LANDMARKS;

    #[test]
    fn a_face_that_lies_on_the_template_is_cut_where_it_is() {
        let mut landmarks = Landmarks {
            points: vec![Point::default(); LANDMARKS],
            depth: vec![0.0; LANDMARKS],
        };
        for index in RIGHT_EYE {
            landmarks.points[index] = ARCFACE[0];
        }
        for index in LEFT_EYE {
            landmarks.points[index] = ARCFACE[1];
        }
        for (index, place) in [
            (NOSE_TIP, ARCFACE[2]),
            (MOUTH_RIGHT, ARCFACE[3]),
            (MOUTH_LEFT, ARCFACE[4]),
        ] {
            landmarks.points[index] = place;
        }
        let map = chip_to_source(Family::MobileFaceNet, &landmarks).expect("five different places");
        let corner = map.apply(Point::new(111.0, 0.0));
        assert!(corner.distance(Point::new(111.0, 0.0)) < 1e-3, "{corner:?}");
    }

    #[test]
    fn a_face_without_extent_has_no_chip() {
        let nowhere = Landmarks {
            points: vec![Point::default(); LANDMARKS],
            depth: vec![0.0; LANDMARKS],
        };
        assert_eq!(chip_to_source(Family::DlibResNet, &nowhere), None);
    }
}
