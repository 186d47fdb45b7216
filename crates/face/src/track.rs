//! Following one face through a stream, so that it need not be searched for in every frame.

use crate::geometry::Point;
use crate::mesh::Landmarks;
use crate::points::{LEFT_EYE, RIGHT_EYE};

/// After this many frames the detector looks again at the whole frame, for faces that came in beside the followed one.
const LOOK_AROUND_EVERY: u32 = 5;

/// What is remembered from frame to frame of one stream.
#[derive(Clone, Debug, Default)]
pub struct Track {
    followed: Option<Landmarks>,
    faces: u32,
    since_detection: u32,
}

impl Track {
    /// The landmarks of the last frame, if the face can be followed without looking at the whole frame.
    pub(crate) fn followed(&self) -> Option<&Landmarks> {
        self.followed.as_ref()
    }

    /// Whether it is time to look at the whole frame.
    pub(crate) fn should_look_around(&self) -> bool {
        self.followed.is_none() || self.since_detection + 1 >= LOOK_AROUND_EVERY
    }

    /// Faces in the frame as of the last look around.
    pub(crate) fn faces(&self) -> u32 {
        self.faces
    }

    pub(crate) fn looked_around(&mut self, faces: u32) {
        self.faces = faces;
        self.since_detection = 0;
    }

    pub(crate) fn skipped_looking_around(&mut self) {
        self.since_detection += 1;
    }

    pub(crate) fn lost(&mut self) {
        self.followed = None;
    }

    /// Remembers where the face is, and says how far it went since the last frame, in distances of the eyes.
    pub(crate) fn follow(&mut self, landmarks: &Landmarks) -> f32 {
        let motion = self
            .followed
            .as_ref()
            .map_or(0.0, |before| way(before, landmarks));
        self.followed = Some(landmarks.clone());
        motion
    }
}

fn way(before: &Landmarks, now: &Landmarks) -> f32 {
    let eyes = |l: &Landmarks| -> (Point, Point) { (l.mean(&RIGHT_EYE), l.mean(&LEFT_EYE)) };
    let ((r0, l0), (r1, l1)) = (eyes(before), eyes(now));
    r0.middle(l0).distance(r1.middle(l1)) / r1.distance(l1).max(1.0)
}
