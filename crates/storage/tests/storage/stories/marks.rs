//! Failures, and against whom they count.

use chrono::{DateTime, Duration, Utc};
use shiming_storage::Storage;
use shiming_verification::{
    claim::Claim,
    code::Code,
    fact::{Fact, Liveness, RegistryAnswer, Tallies, Tally},
    words::Realm,
};

use crate::support::{Bench, DEMO, Hands, at, claim, id_number};

const DAY: i64 = 60 * 24;

async fn tallies(
    storage: &dyn Storage,
    hands: &Hands<'_>,
    claim: Option<&Claim>,
    now: DateTime<Utc>,
) -> Tallies {
    let since = now - Duration::minutes(DAY);
    let counted = storage
        .tallies(&hands.account(), claim, Realm::Live, since, now)
        .await;
    counted.expect("counted")
}

async fn mismatch(storage: &dyn Storage, n: u16, claim: Claim, minute: i64) {
    let mut hands = Hands::new(storage, n);
    hands.now = at(minute);
    hands.submit(claim).await;
    hands.hear(hands.answered(RegistryAnswer::Mismatch)).await;
}

fn once(minute: i64) -> Tally {
    Tally {
        count: 1,
        until: Some(at(minute + DAY)),
    }
}

pub async fn a_mismatch_counts_against_account_licence_and_person(bench: Bench) {
    let storage = &*bench.storage;
    mismatch(storage, 1, claim(1), 0).await;
    let (me, stranger) = (Hands::new(storage, 1), Hands::new(storage, 2));

    let same = tallies(storage, &me, Some(&claim(1)), at(1)).await;
    assert_eq!(
        [
            same.account_mismatches,
            same.uscc_mismatches,
            same.id_mismatches
        ],
        [once(0); 3]
    );

    let none = Tally::default();
    let unknown = tallies(storage, &stranger, Some(&claim(2)), at(1)).await;
    assert_eq!(
        [
            unknown.account_mismatches,
            unknown.uscc_mismatches,
            unknown.id_mismatches
        ],
        [none; 3]
    );

    let person_elsewhere = Claim {
        id_number: id_number(1),
        ..claim(2)
    };
    let elsewhere = tallies(storage, &stranger, Some(&person_elsewhere), at(1)).await;
    let counted = [
        elsewhere.account_mismatches,
        elsewhere.uscc_mismatches,
        elsewhere.id_mismatches,
    ];
    assert_eq!(counted, [none, none, once(0)]);

    let before_the_form = tallies(storage, &me, None, at(1)).await;
    assert_eq!(before_the_form.account_mismatches, once(0));
    assert_eq!(before_the_form.uscc_mismatches, none);
}

pub async fn a_failure_stops_counting_when_its_time_is_over(bench: Bench) {
    let storage = &*bench.storage;
    mismatch(storage, 1, claim(7), 0).await;
    mismatch(storage, 2, claim(7), 10).await;
    let stranger = Hands::new(storage, 3);
    let of_licence = async |now| {
        tallies(storage, &stranger, Some(&claim(7)), now)
            .await
            .uscc_mismatches
    };

    let both = Tally {
        count: 2,
        until: Some(at(DAY)),
    };
    assert_eq!(
        of_licence(at(11)).await,
        both,
        "until the oldest stops counting"
    );
    assert_eq!(of_licence(at(DAY - 1)).await, both);
    assert_eq!(of_licence(at(DAY)).await, once(10));
    assert_eq!(of_licence(at(DAY + 10)).await, Tally::default());
}

pub async fn face_failures_and_mismatches_are_counted_apart(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.film(claim(1)).await;
    let verdict = Liveness::NotLive(Code::LivenessFailed);
    hands
        .hear(Fact::LivenessJudged {
            verdict,
            tallies: Tallies::default(),
        })
        .await;
    let counted = tallies(storage, &hands, Some(&claim(1)), at(1)).await;
    assert_eq!(counted.id_face_failures, once(0));
    assert_eq!(counted.id_mismatches, Tally::default());
}

pub async fn the_demonstration_counts_for_itself(bench: Bench) {
    let storage = &*bench.storage;
    let mut demo = Hands::new(storage, 1);
    demo.platform = DEMO;
    demo.submit(claim(1)).await;
    demo.hear(demo.answered(RegistryAnswer::Mismatch)).await;
    let live = tallies(storage, &Hands::new(storage, 2), Some(&claim(1)), at(1)).await;
    assert_eq!(live.uscc_mismatches, Tally::default());
    let (since, claim) = (at(1) - Duration::minutes(DAY), claim(1));
    let demos = storage
        .tallies(&demo.account(), Some(&claim), Realm::Demo, since, at(1))
        .await;
    assert_eq!(demos.unwrap().uscc_mismatches, once(0));
}
