//! Messages to people: ordered with the commit, sent by a job, counted, refused, erased.

use chrono::Duration;
use shiming_storage::Storage;
use shiming_verification::{
    case::Digest,
    change::{Change, JobKind},
    fact::Fact,
    ids::NotificationId,
    lifecycle::LifeFact,
    notification::{
        Address, Block, Channel, Contact, EmailAddress, HandOffTallies, Occasion, Recipient,
        Status, Ways,
    },
    policy::Policy,
    ports::{CommitError, notifications::Notification},
    words::Language,
};

use crate::support::{Bench, DEMO, Hands, LIVE, at, claim};

fn mailing() -> Policy {
    let mut policy = Policy::default();
    policy.notification.ways = Ways {
        mail: true,
        sms: true,
        demo: true,
    };
    policy
}

fn address(text: &str) -> Address {
    Address::parse(Channel::Mail, text).expect("an address")
}

fn to(text: &str) -> Recipient {
    Recipient {
        address: address(text),
        language: Language::ZhCn,
    }
}

/// The change that sends a case's link to somebody.
async fn hand_off(hands: &Hands<'_>, receiver: &str) -> Change {
    let case = hands.load().await;
    let next = case.next_invitation();
    let mut token = [u8::try_from(next).expect("few"); 32];
    token[..2].copy_from_slice(&hands.n.to_be_bytes());
    let fact = Fact::HandOffWanted {
        to: Box::new(to(receiver)),
        invitation: Digest(token),
        tallies: HandOffTallies::default(),
    };
    case.decide(fact, &mailing(), hands.now)
        .expect("it follows")
}

/// A link that is on its way to somebody.
pub async fn sent(hands: &Hands<'_>, receiver: &str) -> Notification {
    let change = hand_off(hands, receiver).await;
    hands.storage.commit(&change).await.expect("stored");
    let all = hands.storage.notifications_of(hands.id()).await;
    all.expect("read").remove(0)
}

/// The messages whose jobs are due.
async fn due(storage: &dyn Storage, minute: i64) -> Vec<NotificationId> {
    let (now, until) = (at(minute), at(minute) + Duration::seconds(1));
    let jobs = storage
        .claim_jobs("w", 100, now, until)
        .await
        .expect("jobs");
    let of = |kind| match kind {
        JobKind::Notify { notification } => Some(notification),
        _ => None,
    };
    jobs.into_iter().filter_map(|job| of(job.kind)).collect()
}

pub async fn a_message_is_ordered_with_its_commit_and_sent_by_one_job(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.invite(claim(1)).await;
    let late = hand_off(&hands, "rep@example.cn").await;
    let stored = sent(&hands, "Rep@example.cn").await;
    assert_eq!((stored.platform, stored.case), (LIVE, hands.id()));
    assert_eq!(stored.order.to, to("Rep@example.cn"));
    assert_eq!(
        (stored.order.occasion, stored.order.invitation),
        (Occasion::HandOff, Some(2))
    );
    assert_eq!((stored.status, stored.finished_at), (Status::Pending, None));
    assert_eq!(due(storage, 0).await, [stored.id]);

    let refused = storage.commit(&late).await;
    assert!(matches!(refused, Err(CommitError::Conflict)), "{refused:?}");
    let all = storage.notifications_of(hands.id()).await.unwrap();
    assert_eq!(all.len(), 1, "what was not committed orders nothing");
    let found = storage.notification(stored.id).await.unwrap();
    assert_eq!(found, Some(stored));
}

pub async fn a_message_ends_once_and_is_found_by_its_own_link(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.invite(claim(1)).await;
    let stored = sent(&hands, "rep@example.cn").await;
    let link = Digest([9; 32]);
    assert_eq!(storage.notification_by_link(link).await.unwrap(), None);
    storage.link_notification(stored.id, link).await.unwrap();
    let found = storage.notification_by_link(link).await.unwrap();
    assert_eq!(found.map(|found| found.id), Some(stored.id));

    let refused = Some("550 5.1.1");
    storage
        .finish_notification(stored.id, Status::Refused, refused, at(3))
        .await
        .unwrap();
    storage
        .finish_notification(stored.id, Status::Sent, None, at(4))
        .await
        .unwrap();
    let ended = storage.notification(stored.id).await.unwrap().unwrap();
    assert_eq!(
        (ended.status, ended.reason.as_deref(), ended.finished_at),
        (Status::Refused, refused, Some(at(3))),
        "who is late changes nothing"
    );
}

pub async fn links_count_against_case_address_and_platform_for_a_day(bench: Bench) {
    let storage = &*bench.storage;
    let (one, other) = (Hands::new(storage, 1), Hands::new(storage, 2));
    let mut demo = Hands::new(storage, 3);
    demo.platform = DEMO;
    for (hands, n) in [(&one, 1), (&other, 2), (&demo, 3)] {
        hands.invite(claim(n)).await;
    }
    sent(&one, "rep@example.cn").await;
    let dropped = sent(&one, "rep@example.cn").await;
    sent(&other, "REP@example.cn").await;
    sent(&demo, "rep@example.cn").await;
    storage
        .finish_notification(dropped.id, Status::Dropped, Some("outdated"), at(1))
        .await
        .unwrap();

    let case = one.load().await;
    let day = Duration::hours(24);
    let tallies = |to: &'static str, now| {
        let case = case.clone();
        async move {
            let to = address(to);
            let tallies = storage.hand_off_tallies(&case, &to, now - day, now).await;
            tallies.expect("counted")
        }
    };
    let now = tallies("rep@example.cn", at(5)).await;
    assert_eq!(
        (now.case.count, now.address.count, now.platform.count),
        (1, 3, 2),
        "in any spelling, whoever asks; what was never sent does not count"
    );
    assert_eq!(now.address.until, Some(at(0) + day));
    let else_ = tallies("somebody@example.cn", at(5)).await;
    assert_eq!((else_.case.count, else_.address.count), (1, 0));
    let tomorrow = tallies("rep@example.cn", at(0) + day).await;
    assert_eq!(tomorrow, HandOffTallies::default());
}

pub async fn what_was_sent_counts_from_when_it_left(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.invite(claim(1)).await;
    let stored = sent(&hands, "rep@example.cn").await;
    let tallies = |now| async move {
        let (to, since) = (address("rep@example.cn"), now - Duration::hours(24));
        let tallies = storage.sent_tallies(LIVE, &to, since, now).await;
        let tallies = tallies.expect("counted");
        (tallies.address.count, tallies.platform.count)
    };
    assert_eq!(tallies(at(5)).await, (0, 0), "it waits");
    storage
        .finish_notification(stored.id, Status::Sent, None, at(60))
        .await
        .unwrap();
    assert_eq!(tallies(at(61)).await, (1, 1));
    assert_eq!(tallies(at(24 * 60 + 59)).await, (1, 1));
    assert_eq!(tallies(at(24 * 60 + 60)).await, (0, 0));
}

pub async fn whoever_refuses_is_known_by_any_spelling(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.invite(claim(1)).await;
    let (mine, theirs) = (address("Rep@example.cn"), address("other@example.cn"));
    let of = [
        Block::Case(hands.id()),
        Block::Notices(LIVE),
        Block::Platform(LIVE),
    ];
    assert_eq!(storage.blocked(&mine, &of).await.unwrap(), []);
    for block in [of[0], of[1], of[1]] {
        storage.block(&mine, block, at(1)).await.unwrap();
    }
    let spelt = address("rep@EXAMPLE.cn");
    assert_eq!(storage.blocked(&spelt, &of).await.unwrap(), of[..2]);
    assert_eq!(storage.blocked(&theirs, &of).await.unwrap(), []);
    let case = hands.load().await;
    let tallies = storage
        .hand_off_tallies(&case, &spelt, at(0), at(5))
        .await
        .unwrap();
    assert!(tallies.blocked);
    let elsewhere = Hands::new(storage, 2).invite(claim(2)).await;
    let tallies = storage
        .hand_off_tallies(&elsewhere, &spelt, at(0), at(5))
        .await
        .unwrap();
    assert!(!tallies.blocked, "a platform's notices are another thing");
}

/// A case whose platform has named a contact, led to its pass.
async fn with_contact(hands: &Hands<'_>) {
    let email = EmailAddress::parse("owner@example.cn").ok();
    let mut opening = hands.opening();
    opening.case.terms.contact = Contact::new(email, None, Language::En).ok();
    hands.storage.commit(&opening).await.expect("a new case");
    hands.hear(Hands::chosen()).await;
    hands.hear(hands.submitted(claim(hands.n))).await;
    hands.pass_on().await;
}

pub async fn a_credentials_owner_is_told_at_the_address_of_its_verification(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    with_contact(&hands).await;
    let silent = storage.notifications_of(hands.id()).await.unwrap();
    assert_eq!(silent, [], "the default policy sends nothing");

    let id = hands.credential();
    let living = storage.living(id).await.unwrap().unwrap();
    let due = living.life.due_at.unwrap();
    let change = living
        .life
        .decide(id, LifeFact::TimePassed, &mailing(), due)
        .unwrap();
    storage.commit_life(&change).await.unwrap();
    let told = storage.notifications_of(hands.id()).await.unwrap();
    let mut said: Vec<_> = told.iter().map(|one| one.order.occasion).collect();
    said.sort_by_key(|occasion| occasion.as_str());
    assert_eq!(said, [Occasion::GraceEnds, Occasion::ReverifyDue]);
    assert!(
        told.iter()
            .all(|one| one.order.to.address == address("owner@example.cn")
                && one.order.to.language == Language::En
                && one.order.credential == Some(id))
    );
    let again = storage.commit_life(&change).await;
    assert!(matches!(again, Err(CommitError::Conflict)), "{again:?}");
    assert_eq!(storage.notifications_of(hands.id()).await.unwrap().len(), 2);
}

pub async fn messages_and_refusals_go_with_their_case(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    with_contact(&hands).await;
    let invited = Hands::new(storage, 2);
    invited.invite(claim(2)).await;
    let stored = sent(&invited, "rep@example.cn").await;
    let (mine, other) = (Block::Case(invited.id()), Block::Platform(LIVE));
    for block in [mine, other] {
        let address = &stored.order.to.address;
        storage.block(address, block, at(1)).await.unwrap();
    }
    for case in [hands.id(), invited.id()] {
        assert!(storage.erase_case(case, at(2)).await.unwrap());
    }
    assert_eq!(storage.notification(stored.id).await.unwrap(), None);
    assert_eq!(storage.notifications_of(invited.id()).await.unwrap(), []);
    let left = storage
        .blocked(&stored.order.to.address, &[mine, other])
        .await
        .unwrap();
    assert_eq!(left, [other], "a wish outlives what caused it");

    let id = hands.credential();
    let living = storage.living(id).await.unwrap().unwrap();
    let fact = LifeFact::Suspended { told: None };
    let change = living.life.decide(id, fact, &mailing(), at(3)).unwrap();
    storage.commit_life(&change).await.unwrap();
    let told = storage.notifications_of(hands.id()).await.unwrap();
    assert_eq!(told, [], "nobody knows the address any more");
}
