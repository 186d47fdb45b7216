//! The life of a credential: what each fact does in each standing, and what holds for every course of facts.

mod support;

use chrono::{DateTime, Duration, TimeZone, Utc};
use proptest::prelude::*;
use shiming_verification::{
    code::Refusal,
    credential::CredentialStatus,
    fact::RegistryAnswer,
    ids::CredentialId,
    lifecycle::{Life, LifeChange, LifeEvent, LifeFact, Revocation, Standing, Suspension},
    policy::Policy,
};
use uuid::Uuid;

fn day(days: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 9, 0, 0).unwrap() + Duration::days(days)
}

fn fresh() -> Life {
    Life {
        version: 1,
        standing: Standing::Active,
        due_at: Some(day(365)),
        ends_at: None,
        next_check_at: Some(day(7)),
        leapt_seconds: 0,
    }
}

fn try_step(life: &Life, fact: LifeFact, now: DateTime<Utc>) -> Result<LifeChange, Refusal> {
    life.decide(
        CredentialId::new(Uuid::nil()),
        fact,
        &Policy::default(),
        now,
    )
}

fn step(life: &Life, fact: LifeFact, now: DateTime<Utc>) -> (Life, Option<LifeEvent>) {
    let change = try_step(life, fact, now).expect("accepted");
    (change.life, change.event)
}

fn registry(answer: RegistryAnswer) -> LifeFact {
    LifeFact::RegistryAnswered(answer)
}

#[test]
fn a_year_passes_then_thirty_days_of_grace_then_it_is_suspended() {
    assert_eq!(
        try_step(&fresh(), LifeFact::TimePassed, day(364)),
        Err(Refusal::NothingDue)
    );
    let (due, event) = step(&fresh(), LifeFact::TimePassed, day(365));
    assert_eq!(event, Some(LifeEvent::ReverifyDue));
    assert!(due.status().is_valid());
    assert_eq!(
        try_step(&due, LifeFact::TimePassed, day(394)),
        Err(Refusal::NothingDue)
    );
    let (over, event) = step(&due, LifeFact::TimePassed, day(395));
    assert_eq!(event, Some(LifeEvent::Suspended));
    assert!(!over.status().is_valid());
}

#[test]
fn an_enterprise_struck_off_is_suspended_and_comes_back_with_its_record() {
    let (off, event) = step(&fresh(), registry(RegistryAnswer::Inactive), day(7));
    assert_eq!(event, Some(LifeEvent::Suspended));
    assert!(matches!(
        off.standing,
        Standing::Suspended {
            cause: Suspension::Registry,
            ..
        }
    ));
    assert_eq!(off.next_check_at, Some(day(14)));
    let (on, event) = step(&off, registry(RegistryAnswer::Match), day(14));
    assert_eq!(event, Some(LifeEvent::Reinstated));
    assert_eq!(on.status(), CredentialStatus::Active);
}

#[test]
fn the_registry_does_not_lift_what_an_operator_has_stopped() {
    let (stopped, _) = step(&fresh(), LifeFact::Suspended { told: None }, day(1));
    let (still, event) = step(&stopped, registry(RegistryAnswer::Match), day(7));
    assert_eq!((still.status(), event), (CredentialStatus::Suspended, None));
    let (lifted, event) = step(&still, LifeFact::Lifted, day(8));
    assert_eq!(
        (lifted.status(), event),
        (CredentialStatus::Active, Some(LifeEvent::Reinstated))
    );
}

#[test]
fn what_the_source_has_stopped_comes_back_with_the_source_and_by_nothing_else() {
    let (stopped, event) = step(&fresh(), LifeFact::SuspendedAtSource, day(1));
    assert_eq!(event, Some(LifeEvent::Suspended));
    let (still, event) = step(&stopped, registry(RegistryAnswer::Match), day(7));
    assert_eq!((still.status(), event), (CredentialStatus::Suspended, None));
    let (back, event) = step(&still, LifeFact::ValidAtSource, day(8));
    assert_eq!(
        (back.status(), event),
        (CredentialStatus::Active, Some(LifeEvent::Reinstated))
    );
    let (operator, _) = step(&fresh(), LifeFact::Suspended { told: None }, day(1));
    let id = CredentialId::new(Uuid::from_u128(9));
    let unmoved = operator.decide(id, LifeFact::ValidAtSource, &Policy::default(), day(8));
    assert_eq!(unmoved, Err(Refusal::NothingDue));
}

#[test]
fn no_answer_and_no_record_change_nothing_but_the_next_look() {
    for (answer, hours) in [
        (RegistryAnswer::Unavailable, 24),
        (RegistryAnswer::NotFound, 168),
    ] {
        let (life, event) = step(&fresh(), registry(answer), day(7));
        assert_eq!(
            (life.status(), event),
            (CredentialStatus::Active, None),
            "{answer:?}"
        );
        assert_eq!(
            life.next_check_at,
            Some(day(7) + Duration::hours(hours)),
            "{answer:?}"
        );
    }
}

#[test]
fn another_record_calls_for_a_new_verification() {
    let (life, event) = step(&fresh(), registry(RegistryAnswer::Mismatch), day(7));
    assert_eq!(event, Some(LifeEvent::ReverifyDue));
    assert!(life.status().is_valid());
}

#[test]
fn lifting_after_the_due_date_gives_a_new_grace() {
    let (stopped, _) = step(&fresh(), LifeFact::Suspended { told: None }, day(300));
    let (lifted, _) = step(&stopped, LifeFact::Lifted, day(400));
    assert_eq!(
        lifted.standing,
        Standing::ReverifyDue {
            grace_until: day(430)
        }
    );
}

#[test]
fn an_act_that_does_not_fit_is_refused() {
    let active = fresh();
    assert_eq!(
        try_step(&active, LifeFact::Lifted, day(1)),
        Err(Refusal::NotNow { state: "active" })
    );
    let (stopped, _) = step(&active, LifeFact::Suspended { told: None }, day(1));
    assert_eq!(
        try_step(&stopped, LifeFact::Suspended { told: None }, day(2)),
        Err(Refusal::NotNow { state: "suspended" })
    );
}

fn any_fact() -> impl Strategy<Value = LifeFact> {
    prop_oneof![
        Just(registry(RegistryAnswer::Match)),
        Just(registry(RegistryAnswer::Mismatch)),
        Just(registry(RegistryAnswer::NotFound)),
        Just(registry(RegistryAnswer::Inactive)),
        Just(registry(RegistryAnswer::Unavailable)),
        Just(LifeFact::Suspended { told: None }),
        Just(LifeFact::Lifted),
        Just(LifeFact::Revoked {
            cause: Revocation::Operator,
            told: None
        }),
        Just(LifeFact::TimePassed),
    ]
}

proptest! {
    #[test]
    fn the_end_is_final_and_versions_count(
        course in prop::collection::vec((any_fact(), 1_i64..60), 1..40)
    ) {
        let (mut life, mut now) = (fresh(), day(0));
        for (fact, days) in course {
            now += Duration::days(days);
            let was_over = life.is_over();
            if let Ok(change) = try_step(&life, fact.clone(), now) {
                prop_assert!(!was_over, "{fact:?} moved what was over");
                prop_assert_eq!(change.life.version, life.version + 1);
                life = change.life;
            } else {
                let revoked = matches!(fact, LifeFact::Revoked { .. });
                prop_assert!(was_over || !revoked, "what stands can be revoked");
            }
            prop_assert!(!life.is_over() || life.wakes_at().is_none());
        }
    }
}

mod renewals {
    use super::*;
    use shiming_verification::{
        case::RenewalKind, code::Code, credential::Credential, fact::Liveness,
        lifecycle::renewal_of,
    };

    use crate::support::{Story, a_match, claim};

    fn verified_on_day_0() -> Credential {
        let mut story = Story::filming();
        story.liveness(Liveness::Live).unwrap();
        story.face(a_match()).unwrap();
        let left = story.last.unwrap().credential.unwrap();
        Credential {
            verified_at: day(0),
            ..left
        }
    }

    fn of(standing: Standing, now: DateTime<Utc>) -> Result<Option<RenewalKind>, Code> {
        let credential = verified_on_day_0();
        let life = Life {
            standing,
            ..fresh()
        };
        match renewal_of(&credential, &life, &Policy::default(), now) {
            Ok(renewal) => Ok(renewal.map(|renewal| {
                assert_eq!(renewal.uscc, claim().uscc);
                renewal.kind
            })),
            Err(Refusal::Ruled(notice)) => Err(notice.code),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_change_waits_thirty_days() {
        assert_eq!(of(Standing::Active, day(29)), Err(Code::ChangeCoolingOff));
        assert_eq!(of(Standing::Active, day(30)), Ok(Some(RenewalKind::Change)));
    }

    #[test]
    fn what_is_due_or_stopped_by_itself_is_verified_again_at_once() {
        let due = Standing::ReverifyDue {
            grace_until: day(9),
        };
        assert_eq!(of(due, day(1)), Ok(Some(RenewalKind::Reverify)));
        for cause in [
            Suspension::Registry,
            Suspension::Overdue,
            Suspension::Source,
        ] {
            let stopped = Standing::Suspended {
                cause,
                at: day(1),
                told: None,
            };
            assert_eq!(
                of(stopped, day(1)),
                Ok(Some(RenewalKind::Reverify)),
                "{cause:?}"
            );
        }
    }

    #[test]
    fn nobody_verifies_past_an_operators_stop() {
        let cause = Suspension::Operator;
        let stopped = Standing::Suspended {
            cause,
            at: day(1),
            told: None,
        };
        assert_eq!(of(stopped, day(99)), Err(Code::RiskRejected));
    }

    #[test]
    fn an_ended_credential_leaves_the_account_free() {
        let cause = Revocation::Operator;
        let ended = Standing::Revoked {
            cause,
            at: day(1),
            told: None,
        };
        assert_eq!(of(ended, day(1)), Ok(None));
    }
}

#[test]
fn time_that_is_made_to_pass_brings_nearer_all_that_lies_ahead() {
    let by = Duration::days(300);
    let (older, _) = step(&fresh(), LifeFact::Leapt { by }, day(0));
    assert_eq!(older.due_at, Some(day(65)));
    assert_eq!(older.leapt_seconds, by.num_seconds());
    let (due, event) = step(&older, LifeFact::Leapt { by }, day(0));
    assert_eq!(event, Some(LifeEvent::ReverifyDue));
    let (_, event) = step(&due, LifeFact::Leapt { by }, day(0));
    assert_eq!(event, Some(LifeEvent::Suspended));
}
