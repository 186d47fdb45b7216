//! One worker: a loaded set of networks, and the order of the stages.

use super::EngineError;
use crate::align::five_points;
use crate::detect::{self, Detection};
use crate::embed::{self, Embedding};
use crate::geometry::FaceBox;
use crate::mesh::{self, Mesh, Region};
use crate::models::{ModelError, Models};
use crate::picture::Picture;
use crate::points::{LEFT_EYE, RIGHT_EYE};
use crate::quality;
use crate::report::{FaceReport, FrameReport, Want};
use crate::track::Track;
use crate::{NoisePrint, PadScores, PerceptualHash, QualityPolicy, eyes, light, mouth, pad, pose};

/// Least certainty of the landmark model that what it follows is still a face.
const FOLLOWED: f32 = 0.5;

/// Landmarks whose eyes are further from the detector's, in distances of the eyes, may be on another face.
const STRAYED: f32 = 0.25;

/// Faces narrower than this share of the main face are no company: pictures on a wall, people far behind.
const COMPANY: f32 = 0.3;

/// Networks that one thread at a time may use.
pub(crate) struct Worker {
    models: Models,
}

/// A face in a single picture.
pub(crate) struct FoundFace {
    pub detection: Detection,
    pub report: FaceReport,
}

/// The face of one frame of a stream.
struct Followed {
    mesh: Mesh,
    /// The detector's box, if the detector looked.
    detected: Option<FaceBox>,
}

impl Worker {
    pub fn new(models: Models) -> Self {
        Self { models }
    }

    /// Every face of a picture, most prominent first, measured from freshly placed landmarks.
    pub fn faces(&mut self, picture: &Picture) -> Result<Vec<FoundFace>, ModelError> {
        let detector = self
            .models
            .photo_detector
            .as_mut()
            .unwrap_or(&mut self.models.detector);
        let detections = detect::detect(detector, picture)?;
        self.measured(detections, picture)
    }

    /// The same for a frame of a stream, whose faces are large enough for the stream's own detector.
    pub fn faces_of_frame(&mut self, picture: &Picture) -> Result<Vec<FoundFace>, ModelError> {
        let detections = detect::detect(&mut self.models.detector, picture)?;
        self.measured(detections, picture)
    }

    fn measured(
        &mut self,
        detections: Vec<Detection>,
        picture: &Picture,
    ) -> Result<Vec<FoundFace>, ModelError> {
        let measure = |detection: Detection| {
            let first = mesh::place(
                &mut self.models.mesh,
                picture,
                Region::of_detection(&detection),
            )?;
            // Placed again from where they are: the second look is level and centred, and recognition is better for it.
            let mut mesh = mesh::place(
                &mut self.models.mesh,
                picture,
                Region::of_landmarks(&first.landmarks),
            )?;
            // Where faces touch, the second look may slip to the neighbour's.
            if strays(&mesh, &detection) > STRAYED.max(strays(&first, &detection)) {
                let region = Region::of_detection(&detection);
                mesh = mesh::place(&mut self.models.mesh, picture, region)?;
            }
            Ok(FoundFace {
                report: self.report(&mesh, picture),
                detection,
            })
        };
        detections.into_iter().map(measure).collect()
    }

    pub fn embed(
        &mut self,
        picture: &Picture,
        face: &FaceReport,
    ) -> Result<Option<Embedding>, ModelError> {
        embed::embed(&mut self.models.embedding, picture, &face.landmarks)
    }

    /// `None` if the set has no such models.
    pub fn pad(
        &mut self,
        picture: &Picture,
        face: &FaceBox,
    ) -> Result<Option<PadScores>, ModelError> {
        self.models
            .pad
            .as_mut()
            .map(|models| pad::judge(models, picture, face))
            .transpose()
    }

    /// One frame of a stream.
    pub fn frame(
        &mut self,
        track: &mut Track,
        picture: &Picture,
        want: Want,
        policy: &QualityPolicy,
    ) -> Result<FrameReport, EngineError> {
        let followed = self.follow(track, picture, want.pad)?;
        let face = followed
            .as_ref()
            .map(|followed| self.report(&followed.mesh, picture));
        let motion = face
            .as_ref()
            .map_or(0.0, |face| track.follow(&face.landmarks));
        let faces = if face.is_some() {
            track.faces().max(1)
        } else {
            0
        };
        let mut report = FrameReport {
            size: picture.size(),
            faces,
            hint: policy.hint(faces, face.as_ref(), motion),
            face,
            hash: PerceptualHash::of(picture),
            noise: NoisePrint::of(picture),
            embedding: None,
            pad: None,
        };
        if let Some(face) = &report.face {
            if want.embedding {
                report.embedding = self.embed(picture, face)?;
            }
            if let Some(detected) = followed.and_then(|f| f.detected).filter(|_| want.pad) {
                report.pad = self.pad(picture, &detected)?;
            }
        }
        Ok(report)
    }

    /// Finds the face where it was, and looks at the whole frame only when it is time, when the face is gone, or when
    /// the detector's own box is needed.
    fn follow(
        &mut self,
        track: &mut Track,
        picture: &Picture,
        look_around: bool,
    ) -> Result<Option<Followed>, ModelError> {
        let mesh = match track.followed().map(Region::of_landmarks) {
            Some(region) => Some(mesh::place(&mut self.models.mesh, picture, region)?),
            None => None,
        };
        let mesh = mesh.filter(|mesh| mesh.presence >= FOLLOWED);
        if mesh.is_some() && !look_around && !track.should_look_around() {
            track.skipped_looking_around();
            return Ok(mesh.map(|mesh| Followed {
                mesh,
                detected: None,
            }));
        }
        let detections = detect::detect(&mut self.models.detector, picture)?;
        let Some(main) = main_face(&detections, mesh.as_ref()) else {
            track.looked_around(u32::from(mesh.is_some()));
            if mesh.is_none() {
                track.lost();
            }
            return Ok(mesh.map(|mesh| Followed {
                mesh,
                detected: None,
            }));
        };
        track.looked_around(company(&detections, main));
        let mesh = match mesh.filter(|mesh| lies_on(mesh, main)) {
            Some(mesh) => mesh,
            None => mesh::place(&mut self.models.mesh, picture, Region::of_detection(main))?,
        };
        Ok(Some(Followed {
            mesh,
            detected: Some(main.face_box),
        }))
    }

    /// Measures a face whose square is still in the landmark model's input.
    fn report(&self, mesh: &Mesh, picture: &Picture) -> FaceReport {
        let face_box = FaceBox::around(&mesh.landmarks.points);
        let head = pose::fit(&mesh.landmarks);
        let light = light::measure(self.models.mesh.input(), &mesh.in_square);
        FaceReport {
            face_box,
            five_points: five_points(&mesh.landmarks),
            presence: mesh.presence,
            pose: head.pose,
            eyes: eyes::openness(&mesh.landmarks, &head),
            mouth: mouth::openness(&mesh.landmarks, &head),
            quality: quality::assess(&mesh.landmarks, &face_box, &light, picture.size()),
            skin: light.skin,
            landmarks: mesh.landmarks.clone(),
        }
    }
}

/// How far the landmarks' eyes are from the detector's, in distances of the eyes.
fn strays(mesh: &Mesh, detection: &Detection) -> f32 {
    let apart = detection.right_eye.distance(detection.left_eye).max(1.0);
    let right = mesh
        .landmarks
        .mean(&RIGHT_EYE)
        .distance(detection.right_eye);
    let left = mesh.landmarks.mean(&LEFT_EYE).distance(detection.left_eye);
    f32::midpoint(right, left) / apart
}

/// The face that is followed, or else the most prominent.
fn main_face<'a>(detections: &'a [Detection], followed: Option<&Mesh>) -> Option<&'a Detection> {
    let same =
        followed.and_then(|mesh| detections.iter().find(|detection| lies_on(mesh, detection)));
    same.or(detections.first())
}

fn lies_on(mesh: &Mesh, detection: &Detection) -> bool {
    FaceBox::around(&mesh.landmarks.points).overlap(&detection.face_box) > 0.3
}

fn company(detections: &[Detection], main: &Detection) -> u32 {
    let wide = |d: &&Detection| d.face_box.width >= COMPANY * main.face_box.width;
    u32::try_from(detections.iter().filter(wide).count()).unwrap_or(u32::MAX)
}
