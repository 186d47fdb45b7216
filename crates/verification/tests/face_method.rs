//! The face method, told as stories.

mod support;

use chrono::Duration;
use shiming_identifiers::Uscc;
use shiming_verification::{
    case::{Renewal, RenewalKind, State},
    change::{EventKind, JobKind, Mark},
    code::{Code, Refusal},
    fact::{FaceOutcome, Fact, Liveness, RegistryAnswer, Tally},
    ids::OperatorId,
    review::Verdict,
    words::{AssuranceLevel, EngineGrade},
};
use support::{OTHER_PHONE, PHONE, Story, a_match, claim, claim_of, credential, token};

fn code_of(refusal: Result<(), Refusal>) -> Code {
    match refusal {
        Err(Refusal::Ruled(notice)) => notice.code,
        other => panic!("expected a rule to refuse, got {other:?}"),
    }
}

#[test]
fn an_enterprise_is_verified() {
    let mut story = Story::filming();
    story.liveness(Liveness::Live).unwrap();
    story.face(a_match()).unwrap();
    assert_eq!(story.state(), "verified");
    let change = story.last.unwrap();
    let credential = change.credential.expect("a pass leaves a credential");
    assert_eq!(credential.assurance, AssuranceLevel::LegalRepFace);
    assert_eq!(credential.claim, claim().into());
    let kinds: Vec<_> = change.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::FaceMatched, EventKind::Verified]);
    let credential = credential.id;
    let jobs: Vec<_> = change.jobs.iter().map(|job| job.kind).collect();
    assert_eq!(
        jobs,
        [JobKind::TendCredential { credential }],
        "the case is finished, its credential is looked after"
    );
}

#[test]
fn a_renewal_keeps_the_credit_code() {
    let mut story = Story::opened();
    story.case.renews = Some(Renewal {
        kind: RenewalKind::Change,
        uscc: Uscc::parse("91110108MA01ABCD5T").expect("another code"),
    });
    story.choose().unwrap();
    assert_eq!(code_of(story.submit(claim())), Code::SubjectChangeForbidden);
    story.case.renews.as_mut().unwrap().uscc = claim().uscc;
    story.submit(claim()).unwrap();
    assert_eq!(story.state(), "checking");
}

#[test]
fn a_demo_grade_engine_can_not_reach_the_highest_assurance() {
    let mut story = Story::filming();
    story.liveness(Liveness::Live).unwrap();
    story
        .face(FaceOutcome::Match {
            grade: EngineGrade::DemoGrade,
        })
        .unwrap();
    let credential = story.last.unwrap().credential.unwrap();
    assert_eq!(credential.assurance, AssuranceLevel::RegistryOnly);
}

#[test]
fn the_registry_is_asked_by_a_job_stored_with_the_submission() {
    let mut story = Story::opened();
    story.choose().unwrap();
    story.submit(claim()).unwrap();
    assert_eq!(story.state(), "checking");
    let jobs = &story.last.as_ref().unwrap().jobs;
    assert!(
        jobs.iter()
            .any(|job| matches!(job.kind, JobKind::CheckRegistry { .. }))
    );
}

#[test]
fn mismatches_count_down_and_the_fifth_locks_for_a_day() {
    let mut story = Story::opened();
    story.choose().unwrap();
    for left in [4, 3, 2, 1] {
        story.submit(claim()).unwrap();
        story.answer(RegistryAnswer::Mismatch).unwrap();
        assert_eq!(story.state(), "draft");
        assert_eq!(
            story.case.last_error.as_ref().unwrap().tries_left,
            Some(left)
        );
        assert_eq!(story.last.as_ref().unwrap().marks, [Mark::ElementMismatch]);
        story.tallies.account_mismatches.count += 1;
    }
    story.submit(claim()).unwrap();
    story.answer(RegistryAnswer::Mismatch).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("locked", Some("too_many_checks"))
    );
    story
        .after(Duration::hours(24))
        .hear(Fact::TimePassed)
        .unwrap();
    assert_eq!(story.state(), "draft");
}

#[test]
fn a_credit_code_guessed_from_other_accounts_is_refused_with_its_time() {
    let mut story = Story::opened();
    story.choose().unwrap();
    let until = story.now + Duration::hours(7);
    story.tallies.uscc_mismatches = Tally {
        count: 5,
        until: Some(until),
    };
    let Err(Refusal::Ruled(notice)) = story.submit(claim()) else {
        panic!("must be refused")
    };
    assert_eq!(
        (notice.code, notice.retry_at),
        (Code::TooManyChecks, Some(until))
    );
    assert!(!notice.try_used);
}

#[test]
fn the_seventh_account_of_a_licence_is_refused() {
    let mut story = Story::opened();
    story.choose().unwrap();
    story.tallies.accounts_of_licence = 6;
    assert_eq!(code_of(story.submit(claim())), Code::LicenceAccountLimit);
}

#[test]
fn a_silent_registry_uses_no_try() {
    let mut story = Story::opened();
    story.choose().unwrap();
    story.submit(claim()).unwrap();
    story.answer(RegistryAnswer::Unavailable).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("registry_unavailable"))
    );
    assert!(story.last.unwrap().marks.is_empty());
}

#[test]
fn a_new_licence_is_looked_for_daily_until_it_appears() {
    use Fact::TimePassed;
    let mut story = Story::opened();
    story.choose().unwrap();
    story.submit(claim()).unwrap();
    story.answer(RegistryAnswer::NotFound).unwrap();
    assert_eq!(story.state(), "registry_pending");
    assert_eq!(story.hear(TimePassed), Err(Refusal::NothingDue));
    story.after(Duration::hours(24)).hear(TimePassed).unwrap();
    assert_eq!(story.state(), "checking");
    story.answer(RegistryAnswer::Unavailable).unwrap();
    assert_eq!(
        story.state(),
        "registry_pending",
        "a fault does not end the search"
    );
    story.after(Duration::hours(24)).hear(TimePassed).unwrap();
    story.answer(RegistryAnswer::Match).unwrap();
    assert_eq!(story.state(), "awaiting_scan");
}

#[test]
fn the_search_for_a_licence_ends_with_the_case() {
    use Fact::TimePassed;
    let mut story = Story::opened();
    story.choose().unwrap();
    story.submit(claim()).unwrap();
    story.answer(RegistryAnswer::NotFound).unwrap();
    for _ in 0..20 {
        let _ = story.after(Duration::hours(24)).hear(TimePassed);
        let _ = story.answer(RegistryAnswer::NotFound);
    }
    assert_eq!(story.state(), "expired");
}

#[test]
fn a_closed_enterprise_is_refused() {
    let mut story = Story::opened();
    story.choose().unwrap();
    story.submit(claim()).unwrap();
    story.answer(RegistryAnswer::Inactive).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("registry_status_abnormal"))
    );
}

#[test]
fn the_same_claim_is_not_checked_twice_within_a_day_but_another_is() {
    let mut story = Story::awaiting_scan();
    story.hear(Fact::EditWanted).unwrap();
    story.submit(claim()).unwrap();
    assert_eq!(story.state(), "awaiting_scan", "a passed check stays good");
    story.hear(Fact::EditWanted).unwrap();
    story.submit(claim_of("示例科技有限责任公司")).unwrap();
    assert_eq!(story.state(), "checking");
    story.answer(RegistryAnswer::Match).unwrap();
    story.hear(Fact::EditWanted).unwrap();
    story.after(Duration::hours(25));
    story.submit(claim_of("示例科技有限责任公司")).unwrap();
    assert_eq!(story.state(), "checking", "an old check is not");
}

#[test]
fn an_expired_code_can_not_be_claimed_but_renewed() {
    let mut story = Story::awaiting_scan();
    story.after(Duration::minutes(5));
    assert_eq!(code_of(story.claim_with(token(1), PHONE)), Code::QrExpired);
    story
        .hear(Fact::InvitationWanted {
            invitation: token(2),
        })
        .unwrap();
    assert_eq!(
        code_of(story.claim_with(token(1), PHONE)),
        Code::QrExpired,
        "the old code is dead"
    );
    story.claim_with(token(2), PHONE).unwrap();
    assert_eq!(story.state(), "scan_claimed");
}

#[test]
fn a_second_phone_is_refused_and_the_first_comes_back() {
    let mut story = Story::awaiting_scan();
    story.claim_with(token(1), PHONE).unwrap();
    assert_eq!(
        code_of(story.claim_with(token(1), OTHER_PHONE)),
        Code::QrAlreadyClaimed
    );
    assert_eq!(story.claim_with(token(1), PHONE), Err(Refusal::NothingDue));
    assert_eq!(story.state(), "scan_claimed");
}

#[test]
fn declining_frees_the_applicant_for_another_method() {
    let mut story = Story::awaiting_scan();
    story.claim_with(token(1), PHONE).unwrap();
    story.consent(false).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("consent_declined"))
    );
    assert_eq!(story.case.method, None);
    assert!(story.case.claim.is_some(), "what was entered is kept");
}

#[test]
fn a_consent_that_is_taken_back_ends_the_scan_and_whatever_waits_for_a_look_at_the_face() {
    let mut told = Story::awaiting_scan();
    told.claim_with(token(1), PHONE).unwrap();
    told.consent(true).unwrap();
    let mut left = Story::filming();
    let mut reviewed = Story::filming();
    reviewed.policy.review_unclear_faces = true;
    reviewed.policy.review_four_eyes = true;
    reviewed.liveness(Liveness::Live).unwrap();
    let grade = EngineGrade::Rated;
    reviewed.face(FaceOutcome::Unclear { grade }).unwrap();
    let by = OperatorId::new(uuid::Uuid::from_u128(1));
    let approved = |by| Fact::Reviewed {
        verdict: Verdict::Approve,
        by,
        credential: credential(),
    };
    reviewed.hear(approved(by)).unwrap();
    for story in [&mut told, &mut left, &mut reviewed] {
        story.hear(Fact::ConsentWithdrawn).unwrap();
        assert_eq!(
            (story.state(), story.error()),
            ("draft", Some("consent_declined"))
        );
        assert_eq!((story.case.method, story.case.session()), (None, None));
        assert_eq!(story.case.review.approvals, [], "no approval outlives it");
        assert!(matches!(story.scan(), Err(Refusal::NotNow { .. })));
    }
    assert!(matches!(
        reviewed.hear(approved(by)),
        Err(Refusal::NotNow { .. })
    ));
}

#[test]
fn a_consent_that_is_taken_back_later_is_told_and_undoes_nothing() {
    let mut passed = Story::filming();
    passed.liveness(Liveness::Live).unwrap();
    passed.face(a_match()).unwrap();
    let mut edited = Story::filming();
    edited.hear(Fact::EditWanted).unwrap();
    let mut canceled = Story::filming();
    canceled.hear(Fact::Canceled).unwrap();
    for story in [&mut passed, &mut edited, &mut canceled] {
        let before = story.case.state.clone();
        story.hear(Fact::ConsentWithdrawn).unwrap();
        assert_eq!(story.case.state, before);
        let change = story.last.as_ref().unwrap();
        let told: Vec<_> = change.events.iter().map(|event| event.kind).collect();
        assert_eq!(told, [EventKind::ConsentWithdrawn]);
        assert_eq!((&change.credential, &change.marks[..]), (&None, &[][..]));
    }
}

#[test]
fn declining_after_a_yes_takes_the_yes_back() {
    let mut story = Story::filming();
    story.consent(false).unwrap();
    let told = story.last.as_ref().unwrap().events[0];
    assert_eq!(
        (told.kind, told.code),
        (EventKind::ConsentWithdrawn, Some(Code::ConsentDeclined))
    );
    assert_eq!(story.state(), "draft");
}

#[test]
fn no_scan_without_consent() {
    let mut story = Story::awaiting_scan();
    story.claim_with(token(1), PHONE).unwrap();
    assert!(matches!(story.scan(), Err(Refusal::NotNow { .. })));
}

#[test]
fn a_failed_try_lets_the_same_phone_go_on_twice() {
    let mut story = Story::filming();
    for left in [2, 1] {
        story
            .liveness(Liveness::NotLive(Code::ActionTimeout))
            .unwrap();
        assert_eq!(
            (story.state(), story.error()),
            ("awaiting_scan", Some("action_timeout"))
        );
        assert_eq!(
            story.case.last_error.as_ref().unwrap().tries_left,
            Some(left)
        );
        assert_eq!(story.last.as_ref().unwrap().marks, [Mark::FaceFailure]);
        assert_eq!(
            code_of(story.claim_with(token(1), OTHER_PHONE)),
            Code::QrAlreadyClaimed
        );
        story.tallies.id_face_failures.count += 1;
        story.scan().unwrap();
    }
    story.liveness(Liveness::Live).unwrap();
    story.face(FaceOutcome::NoMatch).unwrap();
    assert_eq!(story.error(), Some("face_attempts_exceeded"));
    assert!(
        matches!(story.scan(), Err(Refusal::NotNow { .. })),
        "the session is over"
    );
    assert_eq!(code_of(story.claim_with(token(1), PHONE)), Code::QrExpired);
}

#[test]
fn the_tenth_failure_of_an_id_number_locks() {
    let mut story = Story::filming();
    story.tallies.id_face_failures.count = 9;
    story
        .liveness(Liveness::NotLive(Code::LivenessFailed))
        .unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("locked", Some("face_attempts_exceeded"))
    );
}

#[test]
fn faults_use_no_try() {
    let mut story = Story::filming();
    story
        .liveness(Liveness::NotJudged(Code::LightTooDark))
        .unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("awaiting_scan", Some("light_too_dark"))
    );
    assert!(story.last.as_ref().unwrap().marks.is_empty());
    story.scan().unwrap();
    story.liveness(Liveness::Live).unwrap();
    story.face(FaceOutcome::Unavailable).unwrap();
    assert!(story.last.as_ref().unwrap().marks.is_empty());
    assert_eq!(story.case.session().unwrap().failed_tries, 0);
}

#[test]
fn a_phone_that_never_finishes_frees_the_code_after_a_quarter_of_an_hour() {
    let mut story = Story::filming();
    story.after(Duration::minutes(15));
    story.hear(Fact::TimePassed).unwrap();
    assert_eq!(story.state(), "awaiting_scan");
    assert!(story.case.session().is_none());
}

#[test]
fn a_missing_photo_points_to_another_method() {
    let mut story = Story::filming();
    story.liveness(Liveness::Live).unwrap();
    story.face(FaceOutcome::ReferenceMissing).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("reference_photo_missing"))
    );
}

#[test]
fn an_unclear_face_fails_or_goes_to_a_person_as_the_policy_says() {
    let unclear = FaceOutcome::Unclear {
        grade: EngineGrade::Unrated,
    };
    let mut story = Story::filming();
    story.liveness(Liveness::Live).unwrap();
    story.face(unclear).unwrap();
    assert_eq!(story.error(), Some("face_mismatch"));

    let mut story = Story::filming();
    story.policy.review_unclear_faces = true;
    story.liveness(Liveness::Live).unwrap();
    story.face(unclear).unwrap();
    assert_eq!(story.state(), "in_review");
}

#[test]
fn a_finished_case_changes_no_more() {
    let mut story = Story::awaiting_scan();
    story.hear(Fact::Canceled).unwrap();
    assert!(matches!(story.case.state, State::Canceled { .. }));
    assert!(story.choose().is_err());
    assert!(story.hear(Fact::Canceled).is_err());
    assert_eq!(story.case.wakes_at(), None);
}
