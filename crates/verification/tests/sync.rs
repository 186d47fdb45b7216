//! One-click synchronisation as a table: away, back, and what the answer is worth.

mod support;

use chrono::Duration;
use shiming_identifiers::Uscc;
use shiming_verification::{
    case::{Renewal, RenewalKind},
    code::{Code, Refusal},
    credential::CredentialStatus,
    fact::{Fact, RegistryAnswer},
    ids::IssuerId,
    lifecycle::{Life, LifeFact, Revocation, Standing},
    sync::{Imported, SyncOutcome, SyncSource, SyncStanding, VerifiedElements},
    words::{AssuranceLevel, Method},
};
use support::{Story, claim, credential};
use uuid::Uuid;

const SISTER: IssuerId = IssuerId::new(Uuid::from_u128(3));
const OTHER: IssuerId = IssuerId::new(Uuid::from_u128(4));

fn imported(story: &Story) -> Imported {
    Imported {
        elements: VerifiedElements {
            id_number: None,
            ..claim().into()
        },
        assurance: AssuranceLevel::BankTransfer,
        source: SyncSource {
            issuer: SISTER,
            issuer_name: "示例姐妹平台".to_owned(),
            issuer_url: "https://sister.example".to_owned(),
            subject: "ent_1".to_owned(),
            trust_framework: "cn_enterprise_real_name".to_owned(),
            verification_process: "ver_1".to_owned(),
            verified_at: story.now - Duration::days(30),
            expires_at: story.now + Duration::days(300),
            status: None,
        },
    }
}

fn granted(story: &Story, registry: Option<RegistryAnswer>) -> SyncOutcome {
    SyncOutcome::Granted {
        imported: Box::new(imported(story)),
        registry,
    }
}

impl Story {
    fn away() -> Self {
        let mut story = Self::opened();
        story.hear(Fact::SyncStarted { issuer: SISTER }).unwrap();
        story
    }

    fn back(&mut self, outcome: SyncOutcome, standing: SyncStanding) -> Result<(), Refusal> {
        self.hear(Fact::SyncAnswered {
            issuer: SISTER,
            outcome,
            credential: credential(),
            standing,
        })
    }
}

#[test]
fn a_granted_answer_verifies_at_once_and_says_where_it_came_from() {
    let mut story = Story::away();
    assert_eq!(story.state(), "sync_pending");
    let outcome = granted(&story, Some(RegistryAnswer::Match));
    story.back(outcome, SyncStanding::default()).unwrap();
    assert_eq!(story.state(), "verified");
    let left = story.last.unwrap().credential.unwrap();
    assert_eq!(left.method, Method::Sync);
    assert_eq!(left.assurance, AssuranceLevel::BankTransfer);
    assert_eq!(left.status, CredentialStatus::Active);
    assert_eq!(left.claim.id_number, None);
    assert_eq!(left.source.unwrap().verification_process, "ver_1");
}

#[test]
fn refusals_use_no_try_and_lead_back_to_the_choice() {
    let bound = SyncStanding {
        bound_elsewhere: true,
        accounts_of_licence: 0,
    };
    let full = SyncStanding {
        bound_elsewhere: false,
        accounts_of_licence: 6,
    };
    let free = SyncStanding::default();
    let story = Story::away();
    let vouched = |answer| granted(&story, Some(answer));
    let table = [
        (SyncOutcome::Refused(Code::SyncDenied), free, "sync_denied"),
        (
            SyncOutcome::Refused(Code::SyncSourceUnverified),
            free,
            "sync_source_unverified",
        ),
        (granted(&story, None), bound, "already_verified_elsewhere"),
        (granted(&story, None), full, "licence_account_limit"),
        (
            vouched(RegistryAnswer::Mismatch),
            free,
            "sync_registry_mismatch",
        ),
        (
            vouched(RegistryAnswer::NotFound),
            free,
            "sync_registry_mismatch",
        ),
        (
            vouched(RegistryAnswer::Inactive),
            free,
            "registry_status_abnormal",
        ),
        (
            vouched(RegistryAnswer::Unavailable),
            free,
            "registry_unavailable",
        ),
    ];
    for (outcome, standing, code) in table {
        let mut story = Story::away();
        story.back(outcome, standing).unwrap();
        assert_eq!((story.state(), story.error()), ("draft", Some(code)));
        let change = story.last.unwrap();
        assert!(
            change.credential.is_none() && change.marks.is_empty(),
            "{code}"
        );
        assert!(!story.case.last_error.unwrap().try_used, "{code}");
    }
}

#[test]
fn without_a_policy_that_asks_the_registry_its_silence_is_no_objection() {
    let mut story = Story::away();
    let outcome = granted(&story, None);
    story.back(outcome, SyncStanding::default()).unwrap();
    assert_eq!(story.state(), "verified");
}

#[test]
fn a_renewal_keeps_its_credit_code() {
    let mut story = Story::away();
    let mut other = imported(&story);
    other.elements.uscc = Uscc::from_parts("91", "110000", "MATE0001").unwrap();
    story.case.renews = Some(Renewal {
        kind: RenewalKind::Change,
        uscc: claim().uscc,
    });
    let outcome = SyncOutcome::Granted {
        imported: Box::new(other),
        registry: Some(RegistryAnswer::Match),
    };
    story.back(outcome, SyncStanding::default()).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("subject_change_forbidden"))
    );
}

#[test]
fn an_answer_after_ten_minutes_counts_for_nothing() {
    let mut story = Story::away();
    let outcome = granted(&story, None);
    story.after(Duration::minutes(10));
    let late = story.back(outcome, SyncStanding::default());
    assert!(
        matches!(late, Err(Refusal::NotNow { state: "draft" })),
        "{late:?}"
    );
    story.hear(Fact::TimePassed).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("sync_denied"))
    );
}

#[test]
fn an_answer_nobody_waits_for_counts_for_nothing() {
    let mut story = Story::opened();
    let outcome = granted(&story, None);
    assert!(
        story
            .back(outcome.clone(), SyncStanding::default())
            .is_err()
    );
    story.hear(Fact::SyncStarted { issuer: OTHER }).unwrap();
    assert!(
        story
            .back(outcome.clone(), SyncStanding::default())
            .is_err()
    );
    story.hear(Fact::EditWanted).unwrap();
    story.hear(Fact::SyncStarted { issuer: SISTER }).unwrap();
    story
        .back(outcome.clone(), SyncStanding::default())
        .unwrap();
    assert!(story.back(outcome, SyncStanding::default()).is_err());
}

#[test]
fn synchronising_is_no_method_to_choose() {
    let mut story = Story::opened();
    story.policy.methods.push(Method::Sync);
    let chosen = story.hear(Fact::Chosen {
        subject: claim().subject,
        method: Method::Sync,
    });
    assert!(chosen.is_err());
}

#[test]
fn a_source_that_has_ended_meanwhile_verifies_nobody() {
    let mut story = Story::away();
    let mut late = imported(&story);
    late.source.expires_at = story.now;
    let outcome = SyncOutcome::Granted {
        imported: Box::new(late),
        registry: None,
    };
    story.back(outcome, SyncStanding::default()).unwrap();
    assert_eq!(story.error(), Some("sync_source_unverified"));
}

#[test]
fn an_imported_status_ends_by_itself() {
    let mut story = Story::away();
    let outcome = granted(&story, None);
    story.back(outcome, SyncStanding::default()).unwrap();
    let left = story.last.as_ref().unwrap().credential.clone().unwrap();
    let end = left.source.as_ref().unwrap().expires_at;
    let life = Life::begin(&left, &story.policy);
    assert!(life.wakes_at().is_some_and(|at| at <= end));
    let change = life
        .decide(left.id, LifeFact::TimePassed, &story.policy, end)
        .unwrap();
    assert!(matches!(
        change.life.standing,
        Standing::Revoked {
            cause: Revocation::Expired,
            ..
        }
    ));
}
