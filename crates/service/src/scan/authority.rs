//! The embedded identity authority: our store of reference photos, compared by our engine.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::json;
use shiming_face::{Decision, EngineInfo, EnrolError, FaceDecision, Rating};
use shiming_verification::{
    claim::Claim,
    fact::FaceOutcome,
    ports::{Authority, Comparison, ReferencePhotos},
    words::{EngineGrade, Realm},
};

use super::FacePool;

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

#[async_trait]
impl Authority for EmbeddedAuthority {
    async fn compare(&self, claim: &Claim, realm: Realm, stills: &[Vec<u8>]) -> Comparison {
        let photo = match self.photos.photo(&claim.id_number, realm).await {
            Ok(Some(photo)) => photo,
            Ok(None) => return unanswered(FaceOutcome::ReferenceMissing, "no reference photo"),
            Err(error) => return unanswered(FaceOutcome::Unavailable, &error.to_string()),
        };
        let stills = stills.to_vec();
        let judged = self.pool.run(move |engine| {
            let reference = engine.enrol(&photo).map_err(Failed::Reference)?;
            let stills: Vec<&[u8]> = stills.iter().map(Vec::as_slice).collect();
            engine
                .judge(&reference, &stills)
                .map_err(|error| Failed::Engine(error.to_string()))
        });
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
