//! What risk rules count.

use chrono::Duration;
use shiming_storage::{Storage, api::PruneBefore};
use shiming_verification::{
    case::Digest,
    claim::Claim,
    ports::risk::Attempt,
    risk::{RiskKind, RiskPolicy, Signals},
};
use uuid::Uuid;

use crate::support::{Bench, Hands, at, claim, id_number};

/// The n-th form of a story, from a browser and a network.
async fn note(
    storage: &dyn Storage,
    hands: &Hands<'_>,
    nth: u128,
    claim: &Claim,
    minute: i64,
) -> Signals {
    let case = hands.load().await;
    let attempt = Attempt {
        id: Uuid::from_u128(nth),
        case: &case,
        claim,
        device: Some(Digest([1; 32])),
        address: Some("192.0.2.7"),
    };
    let noted = storage
        .note_form(&attempt, &RiskPolicy::default(), at(minute))
        .await;
    noted.expect("noted")
}

fn counts(signals: Signals) -> [u32; 6] {
    use RiskKind::{Account, Address, Device, Licence, Person, PersonLicences};
    [Account, Licence, Person, Device, Address, PersonLicences].map(|kind| signals.of(kind))
}

pub async fn forms_count_against_whatever_they_have_in_common(bench: Bench) {
    let storage = &*bench.storage;
    let (one, two) = (Hands::new(storage, 1), Hands::new(storage, 2));
    one.open().await;
    two.open().await;
    let first = note(storage, &one, 1, &claim(1), 1).await;
    assert_eq!(counts(first), [1, 1, 1, 1, 1, 1]);
    let again = note(storage, &one, 2, &claim(1), 2).await;
    assert_eq!(counts(again), [2, 2, 2, 2, 2, 1], "the same enterprise");
    let mut other = claim(2);
    other.id_number = id_number(1);
    let other = note(storage, &two, 3, &other, 3).await;
    assert_eq!(
        counts(other),
        [1, 1, 3, 3, 3, 2],
        "another account and enterprise, the same person"
    );
    let after_an_hour = note(storage, &two, 4, &claim(3), 64).await;
    assert_eq!(after_an_hour.of(RiskKind::Address), 1, "looks back an hour");
    assert_eq!(after_an_hour.of(RiskKind::Device), 4, "looks back a day");
}

pub async fn a_form_that_comes_at_once_was_typed_by_no_hand(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.open().await;
    let quick = note(storage, &hands, 1, &claim(1), 0).await;
    assert_eq!(quick.of(RiskKind::Tempo), 1);
    let typed = note(storage, &hands, 2, &claim(1), 1).await;
    assert_eq!(typed.of(RiskKind::Tempo), 0);
}

pub async fn other_people_are_counted_by_their_cases(bench: Bench) {
    let storage = &*bench.storage;
    let all: Vec<_> = (1..=4).map(|n| Hands::new(storage, n)).collect();
    for (hands, person) in all.iter().zip([1, 1, 2, 3]) {
        let mut claimed = claim(hands.n);
        claimed.id_number = id_number(person);
        hands.submit(claimed).await;
    }
    let ids: Vec<_> = all.iter().map(Hands::id).collect();
    let own = all[0].load().await;
    assert_eq!(
        storage.other_people(&own, &ids[1..]).await.unwrap(),
        2,
        "the second case is the same person's"
    );
    assert_eq!(storage.other_people(&own, &[]).await.unwrap(), 0);
}

pub async fn what_no_rule_looks_back_to_is_forgotten(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.open().await;
    note(storage, &hands, 1, &claim(1), 1).await;
    let before = PruneBefore {
        marks: at(0),
        frame_hashes: at(0),
        risk_signs: at(2),
    };
    storage.prune(at(2), before).await.unwrap();
    let anew = note(storage, &hands, 2, &claim(1), 3).await;
    assert_eq!(counts(anew), [1; 6]);
    assert!(RiskPolicy::default().memory() > Duration::zero());
}
