//! Cases that wait for a reviewer.

use shiming_service::step::Step;
use shiming_verification::{
    fact::{FaceOutcome, Liveness},
    ids::CredentialId,
    policy::Policy,
    words::EngineGrade,
};

use super::{Browser, World, elements, staff::now};

/// A server that sends unclear faces to review.
pub async fn reviewing() -> World {
    World::with_policy(Policy {
        review_unclear_faces: true,
        ..Policy::default()
    })
    .await
}

/// A case that waits for a reviewer, with a claim that the registry has confirmed.
pub async fn in_review(world: &World) -> (Browser, String) {
    let (mut pc, path) = world.applicant().await;
    let company = &shiming_service::demo::seeded()[0];
    pc.post(world, &format!("{path}/elements"), &elements(company))
        .await;
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let case = world.services.cases.get(id).await.unwrap();
    assert_eq!(case.state.name(), "awaiting_scan", "{:?}", case.last_error);
    let services = &world.services;
    let phone = shiming_service::tokens::digest("phone");
    let token = case.invitation().unwrap().token;
    let consent = shiming_verification::case::Consent {
        notice_version: "1".to_owned(),
        language: "zh-CN".to_owned(),
        at: now(world),
    };
    let claim = Step::Claim {
        token,
        phone,
        match_code: "42".to_owned(),
    };
    let unclear = FaceOutcome::Unclear {
        grade: EngineGrade::Rated,
    };
    let credential = CredentialId::new(services.fresh_id().unwrap());
    for step in [
        claim,
        Step::Consent(phone, Some(consent)),
        Step::StartScan(phone),
        Step::Liveness(
            Liveness::Live,
            shiming_verification::risk::Signals::default(),
        ),
        Step::Face(unclear, credential),
    ] {
        services.cases.step(id, step).await.unwrap();
    }
    assert_eq!(world.state_of(&path).await, "in_review");
    (pc, path)
}
