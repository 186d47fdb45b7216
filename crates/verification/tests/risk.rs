//! What broken risk rules do to a verification.

mod support;

use chrono::Duration;
use shiming_verification::{
    case::State,
    fact::{Fact, Liveness, RegistryAnswer},
    ids::{CredentialId, OperatorId},
    review::Verdict,
    risk::{RiskKind, Signals},
    words::{AssuranceLevel, EngineGrade, Realm},
};
use support::{PHONE, Story, a_match, claim, credential, token};
use uuid::Uuid;

fn seen(kind: RiskKind, count: u32) -> Signals {
    Signals::default().with(kind, count)
}

/// A story on its form, with a rule for forms from one browser.
fn with_rule(rule: &str) -> Story {
    let mut story = Story::opened();
    story.policy.risk.device = rule.parse().unwrap();
    story.choose().unwrap();
    story
}

fn submit_with(story: &mut Story, signals: Signals) {
    story.tallies.risk = signals;
    story.submit(claim()).unwrap();
    story.tallies.risk = Signals::default();
}

/// From the submitted form to the compared face.
fn pass(story: &mut Story) {
    story.answer(RegistryAnswer::Match).unwrap();
    story.claim_with(token(1), PHONE).unwrap();
    story.consent(true).unwrap();
    story.scan().unwrap();
    story.liveness(Liveness::Live).unwrap();
    story.face(a_match()).unwrap();
}

fn approve(story: &mut Story) {
    story
        .hear(Fact::Reviewed {
            verdict: Verdict::Approve,
            by: OperatorId::new(Uuid::from_u128(5)),
            credential: credential(),
        })
        .unwrap();
}

#[test]
fn a_note_is_written_down_and_holds_nobody_up() {
    let mut story = with_rule("note above 3 in 24h");
    submit_with(&mut story, seen(RiskKind::Device, 4));
    assert_eq!(story.case.risk[0].kind, RiskKind::Device);
    assert_eq!((story.case.risk[0].count, story.case.risk[0].limit), (4, 3));
    pass(&mut story);
    assert_eq!(story.state(), "verified");
}

#[test]
fn slow_holds_up_for_a_while_and_then_the_applicant_goes_on() {
    let mut story = with_rule("slow above 3 in 24h");
    submit_with(&mut story, seen(RiskKind::Device, 4));
    assert_eq!(
        (story.state(), story.error()),
        ("locked", Some("too_many_checks"))
    );
    let minutes = i64::from(story.policy.risk.slow_minutes);
    story
        .after(Duration::minutes(minutes))
        .hear(Fact::TimePassed)
        .unwrap();
    assert_eq!(story.state(), "draft");
    submit_with(&mut story, Signals::default());
    pass(&mut story);
    assert_eq!(story.state(), "verified", "what is over is over");
}

#[test]
fn refuse_is_final_and_tells_the_applicant_no_rule() {
    let mut story = with_rule("refuse above 3 in 24h");
    submit_with(&mut story, seen(RiskKind::Device, 4));
    assert_eq!(
        (story.state(), story.error()),
        ("rejected", Some("risk_rejected"))
    );
}

#[test]
fn review_lets_everything_happen_but_the_pass_and_keeps_what_was_proved() {
    let mut story = with_rule("review above 3 in 24h");
    submit_with(&mut story, seen(RiskKind::Device, 4));
    pass(&mut story);
    assert_eq!(story.state(), "in_review");
    assert!(story.last.as_ref().unwrap().credential.is_none());
    approve(&mut story);
    let left = story.last.unwrap().credential.unwrap();
    assert_eq!(
        left.grade,
        Some(EngineGrade::Rated),
        "as the engine had said"
    );
    assert_eq!(left.id, CredentialId::new(Uuid::from_u128(9)));
    assert_ne!(left.assurance, AssuranceLevel::BankTransfer);
}

#[test]
fn a_frame_of_somebody_elses_scan_is_looked_at_before_the_pass() {
    let mut story = Story::filming();
    story.tallies.risk = seen(RiskKind::SharedFrames, 1);
    story.liveness(Liveness::Live).unwrap();
    story.tallies.risk = Signals::default();
    assert!(matches!(
        story.case.state,
        State::FaceRunning {
            live_at: Some(_),
            ..
        }
    ));
    story.face(a_match()).unwrap();
    assert_eq!(story.state(), "in_review");
}

#[test]
fn the_last_count_of_a_rule_is_the_one_that_stands() {
    let mut story = with_rule("note above 3 in 24h");
    submit_with(&mut story, seen(RiskKind::Device, 4));
    story.answer(RegistryAnswer::Mismatch).unwrap();
    submit_with(&mut story, seen(RiskKind::Device, 5));
    let counts: Vec<_> = story.case.risk.iter().map(|one| one.count).collect();
    assert_eq!(counts, [5]);
}

#[test]
fn test_mode_knows_no_risk() {
    let mut story = with_rule("refuse above 0 in 24h");
    story.case.realm = Realm::Test;
    submit_with(&mut story, seen(RiskKind::Device, 99));
    assert_eq!(story.state(), "checking");
    assert!(story.case.risk.is_empty());
}
