//! Placing the 468 landmarks of Face Mesh in a turned square around a face.

use crate::detect::Detection;
use crate::geometry::{Affine, FaceBox, Point};
use crate::models::{ModelError, Network};
use crate::picture::Picture;
use crate::points::{LEFT_EYE_OUTER, RIGHT_EYE_OUTER};

/// What is read from the network: the landmarks, and whether there is a face.
pub(crate) const OUTPUTS: [&str; 2] = ["output_mesh", "output_faceflag"];

/// How many landmarks there are.
pub const LANDMARKS: usize = 468;

/// Width and height of the square that the model looks at, in pixels.
pub(crate) const SIDE: usize = 192;
const SIDE_F32: f32 = 192.0;

/// The square is this much larger than the face.
const MARGIN: f32 = 1.5;

/// The landmarks of the face mesh in pixels of the frame; empty where there are none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Landmarks {
    /// Places in the image.
    pub points: Vec<Point>,
    /// Depth of each, smaller is nearer to the camera, in the scale of pixels.
    pub depth: Vec<f32>,
}

/// Where in the picture a face is looked for: a turned square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Region {
    centre: Point,
    size: f32,
    /// Clockwise on screen, in radians.
    angle: f32,
}

/// Landmarks and what they were read from.
#[derive(Clone, Debug)]
pub(crate) struct Mesh {
    pub landmarks: Landmarks,
    /// The same landmarks in pixels of the model's square, where the eyes are level.
    pub in_square: Vec<Point>,
    /// How sure the model is that there is a face, 0 to 1.
    pub presence: f32,
}

impl Landmarks {
    /// Distance of two landmarks, in pixels.
    pub(crate) fn gap(&self, a: usize, b: usize) -> f32 {
        self.points[a].distance(self.points[b])
    }

    /// The mean place of some landmarks.
    pub(crate) fn mean(&self, indices: &[usize]) -> Point {
        Point::mean(indices.iter().map(|i| self.points[*i]))
    }
}

impl Region {
    pub fn of_detection(face: &Detection) -> Self {
        let size = face.face_box.width.max(face.face_box.height) * MARGIN;
        Self {
            centre: face.face_box.centre(),
            size,
            angle: slope(face.right_eye, face.left_eye),
        }
    }

    /// From where the face was a moment ago.
    pub fn of_landmarks(landmarks: &Landmarks) -> Self {
        let points = &landmarks.points;
        let angle = slope(points[RIGHT_EYE_OUTER], points[LEFT_EYE_OUTER]);
        let level = Affine::from_square(1.0, Point::default(), 1.0, -angle);
        let turned: Vec<Point> = points.iter().map(|p| level.apply(*p)).collect();
        let around = FaceBox::around(&turned);
        let back = Affine::from_square(1.0, Point::default(), 1.0, angle);
        Self {
            centre: back.apply(around.centre()),
            size: around.width.max(around.height) * MARGIN,
            angle,
        }
    }

    fn to_source(self) -> Affine {
        Affine::from_square(SIDE_F32, self.centre, self.size / SIDE_F32, self.angle)
    }
}

/// Places the landmarks; the network's input holds the square afterwards.
pub(crate) fn place(
    network: &mut Network,
    picture: &Picture,
    region: Region,
) -> Result<Mesh, ModelError> {
    let to_source = region.to_source();
    network.fill(picture, &to_source);
    let outputs = network.run()?;
    let values = outputs.get(OUTPUTS[0], LANDMARKS * 3)?;
    let in_square: Vec<Point> = values
        .chunks_exact(3)
        .map(|p| Point::new(p[0], p[1]))
        .collect();
    let depth = values
        .chunks_exact(3)
        .map(|p| p[2] * to_source.scale())
        .collect();
    let points = in_square.iter().map(|p| to_source.apply(*p)).collect();
    let presence = outputs.get(OUTPUTS[1], 1)?[0];
    Ok(Mesh {
        landmarks: Landmarks { points, depth },
        in_square,
        presence,
    })
}

fn slope(from: Point, to: Point) -> f32 {
    (to.y - from.y).atan2(to.x - from.x)
}
