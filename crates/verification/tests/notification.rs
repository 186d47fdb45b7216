//! Who is told what, when, and what is no longer true by then.

mod support;

use chrono::{DateTime, Duration, Utc};
use shiming_verification::{
    bank::{FailReason, TransferReport},
    change::EventKind,
    code::{Code, Refusal},
    fact::{Fact, Tally},
    ids::CredentialId,
    lifecycle::{Life, LifeChange, LifeFact, Revocation, Standing},
    notification::{
        Address, Channel, Contact, EmailAddress, HandOffTallies, Occasion, Order, Recipient, Ways,
    },
    policy::Policy,
    review::{Message, Verdict},
    words::{Language, Realm},
};
use support::{
    PHONE, Story, a_match,
    bank::{AtTheBank, at_the_bank, details, underway},
    start, token,
};
use uuid::Uuid;

const MAIL: Ways = Ways {
    mail: true,
    sms: false,
    demo: false,
};

fn to(address: &str) -> Recipient {
    Recipient {
        address: Address::parse(Channel::Mail, address).unwrap(),
        language: Language::ZhCn,
    }
}

fn contact() -> Contact {
    let email = EmailAddress::parse("owner@example.cn").ok();
    Contact::new(email, None, Language::En).unwrap()
}

/// A story whose server sends mail, and whose platform has named a contact.
fn told(mut story: Story) -> Story {
    story.policy.notification.ways = MAIL;
    story.case.terms.contact = Some(contact());
    story
}

fn orders(story: &Story) -> Vec<Order> {
    story.last.as_ref().unwrap().notifications.clone()
}

fn occasions(story: &Story) -> Vec<Occasion> {
    orders(story).iter().map(|order| order.occasion).collect()
}

fn hand_off(story: &mut Story, tallies: HandOffTallies) -> Result<(), Refusal> {
    let invitation = token(story.case.next_invitation());
    story.hear(Fact::HandOffWanted {
        to: Box::new(to("rep@example.cn")),
        invitation,
        tallies,
    })
}

fn ruled(refusal: Result<(), Refusal>) -> (Code, Option<DateTime<Utc>>) {
    match refusal {
        Err(Refusal::Ruled(notice)) => (notice.code, notice.retry_at),
        other => panic!("expected a rule to refuse, got {other:?}"),
    }
}

#[test]
fn a_link_that_is_sent_is_a_fresh_code_with_more_time_and_still_for_one_phone() {
    let mut story = told(Story::awaiting_scan());
    hand_off(&mut story, HandOffTallies::default()).unwrap();
    let code = story.case.invitation().unwrap().clone();
    assert_eq!((code.seq, code.token), (2, token(2)));
    assert_eq!(code.expires_at, start() + Duration::minutes(60));
    let [order] = &orders(&story)[..] else {
        panic!("one message")
    };
    assert_eq!(
        (order.occasion, order.invitation, order.until),
        (Occasion::HandOff, Some(2), Some(code.expires_at))
    );
    assert_eq!(order.to, to("rep@example.cn"));
    let events = &story.last.as_ref().unwrap().events;
    assert!(events.iter().any(|event| event.kind == EventKind::LinkSent));

    assert!(order.fits_case(&story.case, story.now));
    story.after(Duration::minutes(59));
    assert!(
        story.claim_with(token(1), PHONE).is_err(),
        "the old code is dead"
    );
    story.claim_with(token(2), PHONE).unwrap();
    assert!(!order.fits_case(&story.case, story.now), "a phone has it");
}

#[test]
fn a_link_that_leads_nowhere_any_more_is_not_sent() {
    let mut story = told(Story::awaiting_scan());
    hand_off(&mut story, HandOffTallies::default()).unwrap();
    let order = orders(&story).remove(0);
    let over = story.now + Duration::minutes(60);
    assert!(!order.fits_case(&story.case, over));
    story
        .hear(Fact::InvitationWanted {
            invitation: token(3),
        })
        .unwrap();
    assert!(
        !order.fits_case(&story.case, story.now),
        "another code took its place"
    );
}

#[test]
fn limits_say_when_to_try_again_and_the_latest_counts() {
    let soon = start() + Duration::hours(2);
    let full = |count, hours| Tally {
        count,
        until: Some(start() + Duration::hours(hours)),
    };
    let none = HandOffTallies::default();
    let table = [
        (
            HandOffTallies {
                case: full(4, 2),
                ..none
            },
            None,
        ),
        (
            HandOffTallies {
                case: full(5, 2),
                ..none
            },
            Some(soon),
        ),
        (
            HandOffTallies {
                address: full(10, 2),
                ..none
            },
            Some(soon),
        ),
        (
            HandOffTallies {
                platform: full(2_000, 2),
                ..none
            },
            Some(soon),
        ),
        (
            HandOffTallies {
                case: full(5, 1),
                address: full(10, 2),
                ..none
            },
            Some(soon),
        ),
    ];
    for (tallies, opens_at) in table {
        let mut story = told(Story::awaiting_scan());
        let done = hand_off(&mut story, tallies);
        match opens_at {
            None => done.unwrap(),
            Some(_) => assert_eq!(
                ruled(done),
                (Code::LinkSentTooOften, opens_at),
                "{tallies:?}"
            ),
        }
    }
}

#[test]
fn whoever_wants_no_link_gets_none() {
    let mut story = told(Story::awaiting_scan());
    let blocked = HandOffTallies {
        blocked: true,
        ..HandOffTallies::default()
    };
    assert_eq!(
        ruled(hand_off(&mut story, blocked)).0,
        Code::RecipientRefuses
    );
    let mut elsewhere = Story::awaiting_scan();
    let unserved = hand_off(&mut elsewhere, HandOffTallies::default());
    assert_eq!(
        ruled(unserved).0,
        Code::InvalidInput,
        "no channel leads there"
    );
    let mut early = told(Story::opened());
    let none = hand_off(&mut early, HandOffTallies::default());
    assert!(
        matches!(none, Err(Refusal::NotNow { .. })),
        "there is no code yet"
    );
    let mut filming = told(Story::filming());
    let busy = hand_off(&mut filming, HandOffTallies::default());
    assert!(
        matches!(busy, Err(Refusal::NotNow { .. })),
        "a phone has it"
    );
}

#[test]
fn a_check_that_is_too_old_is_made_again_before_anything_is_sent() {
    let mut story = told(Story::awaiting_scan());
    story.after(Duration::hours(25));
    hand_off(&mut story, HandOffTallies::default()).unwrap();
    assert_eq!(story.state(), "checking");
    assert!(orders(&story).is_empty());
}

#[test]
fn a_pass_is_told_to_the_contact_and_to_nobody_without_one() {
    let mut story = told(Story::filming());
    story
        .liveness(shiming_verification::fact::Liveness::Live)
        .unwrap();
    assert!(orders(&story).is_empty(), "nothing to tell yet");
    story.face(a_match()).unwrap();
    let order = orders(&story).remove(0);
    assert_eq!(
        (order.occasion, order.not_before),
        (Occasion::Verified, story.now)
    );
    assert_eq!(order.to.language, Language::En);

    for silence in [
        |story: &mut Story| story.case.terms.contact = None,
        |story: &mut Story| story.policy.notification.ways = Ways::default(),
        |story: &mut Story| story.case.realm = Realm::Demo,
        |story: &mut Story| story.case.realm = Realm::Test,
    ] {
        let mut story = told(Story::filming());
        story
            .liveness(shiming_verification::fact::Liveness::Live)
            .unwrap();
        silence(&mut story);
        story.face(a_match()).unwrap();
        assert_eq!(story.state(), "verified");
        assert!(orders(&story).is_empty());
    }
}

#[test]
fn the_bank_method_calls_its_applicant_back() {
    let mut story = told(at_the_bank());
    story.give_account(details()).unwrap();
    story.confirm(1).unwrap();
    story.bank_says(1, TransferReport::Settled).unwrap();
    let order = orders(&story).remove(0);
    assert_eq!(order.occasion, Occasion::AmountWanted);
    assert!(order.until.is_some() && order.fits_case(&story.case, story.now));

    let mut story = told(underway());
    story.fails(1, FailReason::NameMismatch).unwrap();
    assert_eq!(occasions(&story), [Occasion::AccountWanted]);
    let order = orders(&story).remove(0);
    story.give_account(details()).unwrap();
    assert!(!order.fits_case(&story.case, story.now), "it is mended");
}

#[test]
fn a_reviewers_question_and_refusal_are_told() {
    let reviewed = |verdict| {
        let mut story = Story::filming();
        story.policy.review_unclear_faces = true;
        story
            .liveness(shiming_verification::fact::Liveness::Live)
            .unwrap();
        let grade = shiming_verification::words::EngineGrade::Rated;
        story
            .face(shiming_verification::fact::FaceOutcome::Unclear { grade })
            .unwrap();
        let mut story = told(story);
        story
            .hear(Fact::Reviewed {
                verdict,
                by: shiming_verification::ids::OperatorId::new(Uuid::from_u128(5)),
                credential: support::credential(),
            })
            .unwrap();
        story
    };
    let message = Message::parse("请说明").unwrap();
    let mut asked = reviewed(Verdict::AskForInfo { message });
    assert_eq!(occasions(&asked), [Occasion::InfoWanted]);
    let order = orders(&asked).remove(0);
    let answer = Message::parse("已变更").unwrap();
    asked.hear(Fact::InfoGiven { answer }).unwrap();
    assert!(!order.fits_case(&asked.case, asked.now), "it is answered");
    let refused = reviewed(Verdict::Reject {
        code: Code::RiskRejected,
        message: None,
    });
    assert_eq!(occasions(&refused), [Occasion::Rejected]);
}

fn day(days: i64) -> DateTime<Utc> {
    start() + Duration::days(days)
}

fn fresh() -> Life {
    Life {
        version: 1,
        standing: Standing::Active,
        due_at: Some(day(365)),
        ends_at: None,
        next_check_at: None,
        leapt_seconds: 0,
    }
}

fn lived(life: &Life, fact: LifeFact, now: DateTime<Utc>) -> LifeChange {
    let mut policy = Policy::default();
    policy.notification.ways = MAIL;
    let id = CredentialId::new(Uuid::from_u128(9));
    life.decide(id, fact, &policy, now).unwrap()
}

fn letters(change: &LifeChange) -> Vec<Order> {
    let order = |notice: &shiming_verification::notification::Notice| {
        notice.order(change.credential, &contact(), Realm::Live)
    };
    change.notices.iter().filter_map(order).collect()
}

#[test]
fn a_due_date_is_told_twice_and_the_second_time_only_if_it_still_holds() {
    let due = lived(&fresh(), LifeFact::TimePassed, day(365));
    let told = letters(&due);
    let said: Vec<_> = told
        .iter()
        .map(|order| (order.occasion, order.not_before))
        .collect();
    assert_eq!(
        said,
        [
            (Occasion::ReverifyDue, day(365)),
            (Occasion::GraceEnds, day(365 + 30 - 7)),
        ]
    );
    assert!(told.iter().all(|order| order.until == Some(day(395))));
    let reminder = &told[1];
    assert!(reminder.fits_life(&due.life));

    let stopped = lived(&due.life, LifeFact::Suspended { told: None }, day(370));
    assert!(!reminder.fits_life(&stopped.life));
    let back = lived(&stopped.life, LifeFact::Lifted, day(380));
    assert!(!reminder.fits_life(&back.life), "there is a new grace");
    let said: Vec<_> = letters(&back).iter().map(|order| order.occasion).collect();
    assert_eq!(said, [Occasion::Reinstated, Occasion::GraceEnds]);
    let over = lived(&due.life, LifeFact::TimePassed, day(395));
    assert_eq!(letters(&over)[0].occasion, Occasion::Suspended);
}

#[test]
fn an_end_is_told_unless_the_owner_has_closed_the_account() {
    let ended = |cause| {
        let fact = LifeFact::Revoked { cause, told: None };
        let change = lived(&fresh(), fact, day(1));
        letters(&change)
            .iter()
            .map(|order| order.occasion)
            .collect::<Vec<_>>()
    };
    for cause in [
        Revocation::Operator,
        Revocation::Platform,
        Revocation::Source,
        Revocation::Expired,
    ] {
        assert_eq!(ended(cause), [Occasion::Revoked], "{cause:?}");
    }
    assert_eq!(ended(Revocation::AccountClosed), []);
}

#[test]
fn nobody_is_told_of_an_invented_credential_where_the_demonstration_is_silent() {
    let change = lived(&fresh(), LifeFact::TimePassed, day(365));
    for realm in [Realm::Demo, Realm::Test] {
        let order = change.notices[0].order(change.credential, &contact(), realm);
        assert_eq!(order, None, "{realm:?}");
    }
}
