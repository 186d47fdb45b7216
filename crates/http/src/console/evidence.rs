//! What a reviewer decides by: the registry's answers, the scores of the face scan, and its frames as long as they are kept.

use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use shiming_service::{
    ServiceError,
    scan::{KeptFrame, Seen, SeenFace},
};
use shiming_verification::{code::Code, ids::CaseId, ports::console::FieldAnswers};
use utoipa::ToSchema;

use super::{access::Staff, cases::id_of};
use crate::{
    problem::{Failure, Problem},
    state::AppState,
};

/// What the face scan measured, and what the registry says.
#[derive(Serialize, ToSchema)]
pub struct Evidence {
    /// Field by field, as the registry stands now; absent without a record or without elements.
    pub registry: Option<FieldsView>,
    /// Tries of the face scan, oldest first.
    pub scans: Vec<ScanTryView>,
}

/// What the registry says of each element.
#[derive(Serialize, ToSchema)]
#[allow(clippy::struct_excessive_bools, reason = "one answer for each element")]
pub struct FieldsView {
    /// Name of the enterprise.
    pub enterprise_name: bool,
    /// Name of the legal representative.
    pub legal_representative: bool,
    /// ID number.
    pub id_number: bool,
    /// Subject type; absent if the source does not tell it.
    pub subject_type: Option<bool>,
    /// Registered as active.
    pub active: bool,
}

impl From<FieldAnswers> for FieldsView {
    fn from(answers: FieldAnswers) -> Self {
        Self {
            enterprise_name: answers.enterprise_name,
            legal_representative: answers.legal_representative,
            id_number: answers.id_number,
            subject_type: answers.subject_type,
            active: answers.active,
        }
    }
}

/// One try of the face scan.
#[derive(Serialize, ToSchema)]
pub struct ScanTryView {
    /// Its number.
    pub seq: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// Scores, thresholds, versions.
    #[schema(value_type = Object)]
    pub record: serde_json::Value,
    /// Frames that are still kept of it, in order.
    pub frames: Vec<FrameView>,
}

/// A frame, and what the engine saw in it when it judged.
#[derive(Serialize, ToSchema)]
pub struct FrameView {
    /// Its number within the try.
    pub seq: u32,
    /// Whether it was compared with the reference photo.
    pub compared: bool,
    /// What was seen; absent in frames that were kept before this was noted.
    pub seen: Option<SeenView>,
}

/// What the engine saw in a frame.
#[derive(Serialize, ToSchema)]
pub struct SeenView {
    /// Width of the picture, in pixels.
    pub width: u32,
    /// Height of the picture, in pixels.
    pub height: u32,
    /// The face.
    pub face: Option<FaceView>,
    /// Score of the passive detection, 0 (attack) to 1 (live), where it judged this frame.
    pub passive: Option<f32>,
}

/// A face. Places are pixels of the picture.
#[derive(Serialize, ToSchema)]
pub struct FaceView {
    /// Left edge of the box around it.
    pub x: f32,
    /// Its top edge.
    pub y: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// Right and left eye, nose tip, right and left corner of the mouth, as the subject has them.
    pub points: Vec<PlaceView>,
    /// How sure it is that this is a face, 0 to 1.
    pub presence: f32,
    /// Turned to the left (positive) or right, in degrees.
    pub yaw: f32,
    /// Lowered (positive) or raised, in degrees.
    pub pitch: f32,
    /// Tilted to the left (positive) or right, in degrees.
    pub roll: f32,
    /// Sharpness, as the policy's limit counts it.
    pub sharpness: f32,
    /// Mean brightness, 0 to 255.
    pub luminance: f32,
}

/// A place in a picture.
#[derive(Serialize, ToSchema)]
pub struct PlaceView {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

impl From<KeptFrame> for FrameView {
    fn from(frame: KeptFrame) -> Self {
        Self {
            seq: frame.seq,
            compared: frame.compared,
            seen: frame.seen.map(SeenView::from),
        }
    }
}

impl From<Seen> for SeenView {
    fn from(seen: Seen) -> Self {
        Self {
            width: seen.size.0,
            height: seen.size.1,
            face: seen.face.map(FaceView::from),
            passive: seen.passive,
        }
    }
}

impl From<SeenFace> for FaceView {
    fn from(face: SeenFace) -> Self {
        let place = |point: &shiming_face::Point| PlaceView {
            x: point.x,
            y: point.y,
        };
        Self {
            x: face.face_box.x,
            y: face.face_box.y,
            width: face.face_box.width,
            height: face.face_box.height,
            points: face.points.iter().map(place).collect(),
            presence: face.presence,
            yaw: face.pose.yaw,
            pitch: face.pose.pitch,
            roll: face.pose.roll,
            sharpness: face.sharpness,
            luminance: face.luminance,
        }
    }
}

/// What the face scan measured, and what the registry says; the look is recorded.
#[utoipa::path(get, path = "/cases/{id}/evidence", params(("id" = String, Path)), extensions(("x-permission" = json!("cases.evidence"))), responses(
    (status = 200, body = Evidence), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn show(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path(id): Path<String>,
) -> Result<Json<Evidence>, Failure> {
    let case = state.services.cases.get(id_of(&id)?).await?;
    state
        .services
        .recorded(&by, "case.evidence_seen", case.id, &[])
        .await?;
    let console = &state.services.console;
    let registry = match &case.claim {
        Some(claim) => console.field_answers(claim, case.realm).await,
        None => Ok(None),
    };
    let registry = registry.map_err(ServiceError::from)?;
    Ok(Json(Evidence {
        registry: registry.map(FieldsView::from),
        scans: scans(&state, case.id).await?,
    }))
}

async fn scans(state: &AppState, case: CaseId) -> Result<Vec<ScanTryView>, Failure> {
    let records = state.services.console.scans_of(case).await;
    let mut scans = Vec::new();
    for (seq, at, record) in records.map_err(ServiceError::from)? {
        let frames = state.services.frames_of(case, seq).await?;
        scans.push(ScanTryView {
            seq,
            at,
            record: serde_json::from_str(&record).unwrap_or_default(),
            frames: frames.into_iter().map(FrameView::from).collect(),
        });
    }
    Ok(scans)
}

/// A frame of a try that is still kept; each look is recorded before anything is shown.
#[utoipa::path(get, path = "/cases/{id}/scans/{scan}/frames/{seq}",
    params(("id" = String, Path), ("scan" = u32, Path), ("seq" = u32, Path)), extensions(("x-permission" = json!("cases.reveal"))), responses(
    (status = 200, description = "The picture", body = Vec<u8>, content_type = "image/jpeg"), (status = 403, body = Problem), (status = 404, body = Problem),
))]
pub async fn frame(
    State(state): State<AppState>,
    Staff(by): Staff,
    Path((id, scan, seq)): Path<(String, String, String)>,
) -> Result<impl IntoResponse, Failure> {
    let number = |text: &str| text.parse::<u32>().map_err(|_| Failure::of(Code::NotFound));
    let (scan, seq) = (number(&scan)?, number(&seq)?);
    let jpeg = state.services.frame(&by, id_of(&id)?, scan, seq).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg))
}
