//! The embedded identity authority: our store of reference photos, compared by our engine.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use shiming_face::{Decision, EngineError, EngineInfo, EnrolError, FaceDecision, Rating};
use shiming_verification::{
    claim::Claim,
    fact::FaceOutcome,
    ports::{Authority, Comparison, ReferencePhotos},
    words::{EngineGrade, Realm},
};

use super::FacePool;
use crate::error::ServiceError;

/// Compares with the photos that the operator has imported.
pub struct EmbeddedAuthority {
    photos: Arc<dyn ReferencePhotos>,
    pool: FacePool,
}

impl EmbeddedAuthority {
    /// An authority over a store of photos.
    #[must_use]
    pub fn new(photos: Arc<dyn ReferencePhotos>, pool: FacePool) -> Self {
        Self { photos, pool }
    }
}

impl EmbeddedAuthority {
    /// Picture by picture, each when a worker is free, so that the frames of running scans come in between.
    async fn judge(&self, photo: Vec<u8>, stills: &[Vec<u8>]) -> Result<FaceDecision, Failed> {
        let reference = self.pool.run(move |engine| engine.enrol(&photo)).await?;
        let reference = reference.map_err(Failed::Reference)?;
        let mut embeddings = Vec::with_capacity(stills.len());
        for still in stills {
            let still = still.clone();
            match self
                .pool
                .run(move |engine| engine.embed_still(&still))
                .await?
            {
                Ok(embedding) => embeddings.push(embedding),
                Err(EngineError::NoFace) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(self.pool.engine()?.decide(&reference, &embeddings)?)
    }
}

#[async_trait]
impl Authority for EmbeddedAuthority {
    async fn compare(&self, claim: &Claim, realm: Realm, stills: &[Vec<u8>]) -> Comparison {
        let photo = match self.photos.photo(&claim.id_number, realm).await {
            Ok(Some(photo)) => photo,
            Ok(None) => return unanswered(FaceOutcome::ReferenceMissing, "no reference photo"),
            Err(error) => return unanswered(FaceOutcome::Unavailable, &error.to_string()),
        };
        let judged = self.judge(photo, stills);
        match judged.await {
            Ok(decision) => answered(&decision),
            Err(Failed::Reference(error)) => {
                unanswered(FaceOutcome::ReferenceMissing, &error.to_string())
            }
            Err(Failed::Engine(error)) => unanswered(FaceOutcome::Unavailable, &error),
        }
    }
}

enum Failed {
    Reference(EnrolError),
    Engine(String),
}

impl From<EngineError> for Failed {
    fn from(error: EngineError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl From<ServiceError> for Failed {
    fn from(error: ServiceError) -> Self {
        Self::Engine(error.to_string())
    }
}

fn answered(decision: &FaceDecision) -> Comparison {
    let grade = grade(&decision.engine);
    let outcome = match decision.decision {
        Decision::Accept => FaceOutcome::Match { grade },
        Decision::Review => FaceOutcome::Unclear { grade },
        Decision::Reject => FaceOutcome::NoMatch,
    };
    Comparison {
        outcome,
        record: json!({ "decision": decision }).to_string(),
    }
}

fn unanswered(outcome: FaceOutcome, why: &str) -> Comparison {
    Comparison {
        outcome,
        record: json!({ "unanswered": why }).to_string(),
    }
}

fn grade(engine: &EngineInfo) -> EngineGrade {
    match (engine.demo_grade, engine.thresholds.rating) {
        (true, _) => EngineGrade::DemoGrade,
        (false, Rating::Unrated) => EngineGrade::Unrated,
        (false, Rating::Rated) => EngineGrade::Rated,
    }
}
