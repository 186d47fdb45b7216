//! Kept frames for whoever reviews: the pictures, and what the engine saw in them when it judged.

use serde::{Deserialize, Serialize};
use shiming_face::{FaceBox, FrameReport, Point, Pose};
use shiming_verification::ids::CaseId;

use super::keep::Left;
use crate::{Services, error::ServiceError, operators::Present};

/// What the engine saw in a picture. No embedding: a face's template is kept nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    /// Width and height of the picture, in pixels.
    pub size: (u32, u32),
    /// The face that was followed.
    pub face: Option<SeenFace>,
    /// Mean score of the passive detection, 0 to 1, where it judged this picture.
    pub passive: Option<f32>,
}

/// A face in a picture; places are pixels of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SeenFace {
    /// Tight box around the landmarks.
    pub face_box: FaceBox,
    /// Middles of the subject's right and left eye, nose tip, right and left corner of the mouth.
    pub points: [Point; 5],
    /// How sure the landmark model was that it looked at a face, 0 to 1.
    pub presence: f32,
    /// Direction of the head, in degrees.
    pub pose: Pose,
    /// Sharpness, as the limits of the policy count it.
    pub sharpness: f32,
    /// Mean luma of the face, 0 to 255.
    pub luminance: f32,
}

impl Seen {
    /// What of a report is kept with its picture.
    #[must_use]
    pub fn of(report: &FrameReport) -> Self {
        Self {
            size: report.size,
            face: report.face.as_ref().map(|face| SeenFace {
                face_box: face.face_box,
                points: face.five_points,
                presence: face.presence,
                pose: face.pose,
                sharpness: face.quality.sharpness,
                luminance: face.quality.luminance,
            }),
            passive: report.pad.map(shiming_face::PadScores::mean),
        }
    }
}

/// A picture that is kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeptFrame {
    /// Its number within the scan.
    pub seq: u32,
    /// Whether it was compared with the reference photo.
    pub compared: bool,
    /// What was seen in it.
    pub seen: Option<Seen>,
}

impl Services {
    /// The frames that are kept of a scan, in order; none if there are none any more.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn frames_of(
        &self,
        case: CaseId,
        record: u32,
    ) -> Result<Vec<KeptFrame>, ServiceError> {
        let kept = self.kept_scans.kept_scan(case, record).await?;
        let left = kept.as_deref().and_then(Left::from_bytes);
        Ok(left.map_or_else(Vec::new, |left| left.frames()))
    }

    /// One of them, as a JPEG. The look is recorded before anything is shown.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn frame(
        &self,
        by: &Present,
        case: CaseId,
        record: u32,
        seq: u32,
    ) -> Result<Vec<u8>, ServiceError> {
        let kept = self.kept_scans.kept_scan(case, record).await?;
        let left = kept.as_deref().and_then(Left::from_bytes);
        let jpeg = left.and_then(|left| left.picture(seq));
        let jpeg = jpeg.ok_or(ServiceError::NotFound)?;
        let place = format!("{record}/{seq}");
        self.recorded(by, "case.frame_seen", case, &[("frame", &place)])
            .await?;
        Ok(jpeg)
    }
}
