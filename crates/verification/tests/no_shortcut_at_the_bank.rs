//! Whatever is done in whatever order, the bank method is passed by its own way only.

mod support;

use chrono::Duration;
use proptest::prelude::*;
use shiming_verification::{
    bank::{FailReason, TransferReport},
    case::State,
    code::Refusal,
    fact::{Fact, RegistryAnswer},
    words::{BankDirection, Method},
};
use support::{
    Story,
    bank::{AtTheBank, RIGHT, WRONG, details_of},
    claim_of,
};

#[derive(Debug, Clone)]
enum Move {
    Method(Method),
    Submit(bool),
    Answer(RegistryAnswer),
    Edit,
    Account(bool),
    Confirm,
    Says(u32, TransferReport),
    Type(bool),
    Pay(u32, bool),
    Wait(i64),
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        2 => prop_oneof![5 => Just(Method::Bank), 1 => Just(Method::Face)].prop_map(Move::Method),
        3 => prop::bool::weighted(0.8).prop_map(Move::Submit),
        4 => prop_oneof![
            6 => Just(RegistryAnswer::Match),
            1 => Just(RegistryAnswer::Mismatch),
            1 => Just(RegistryAnswer::Unavailable),
        ].prop_map(Move::Answer),
        1 => Just(Move::Edit),
        4 => prop::bool::weighted(0.8).prop_map(Move::Account),
        4 => Just(Move::Confirm),
        5 => (1..4_u32, prop_oneof![
            3 => Just(TransferReport::Settled),
            1 => Just(TransferReport::Failed(FailReason::NameMismatch)),
        ]).prop_map(|(n, report)| Move::Says(n, report)),
        4 => prop::bool::weighted(0.4).prop_map(Move::Type),
        2 => (1..4_u32, any::<bool>()).prop_map(|(n, own)| Move::Pay(n, own)),
        1 => (0..3000_i64).prop_map(Move::Wait),
    ]
}

fn play(story: &mut Story, next: &Move) -> Result<(), Refusal> {
    let name = |own: bool| {
        if own {
            "示例科技有限公司"
        } else {
            "另一家示例有限公司"
        }
    };
    match next.clone() {
        Move::Method(method) => story.choose_method(method),
        Move::Submit(own) => story.submit(claim_of(name(own))),
        Move::Answer(answer) => story.answer(answer),
        Move::Edit => story.hear(Fact::EditWanted),
        Move::Account(own) => story.give_account(details_of(name(own))),
        Move::Confirm => {
            let n = story.case.bank.transfers_made + 1;
            story.confirm(n)
        }
        Move::Says(n, report) => story.bank_says(n, report),
        Move::Type(right) => story.type_in(if right { RIGHT } else { WRONG }),
        Move::Pay(n, own) => story.pay(n, name(own), "35000000000000002"),
        Move::Wait(minutes) => {
            story.after(Duration::minutes(minutes));
            story.hear(Fact::TimePassed)
        }
    }
}

/// What an onlooker knows who hears the same facts but not the case's mind.
#[derive(Debug, Default)]
struct Onlooker {
    matched: bool,
    ordered: u32,
    present: Option<u32>,
    arrived: bool,
}

impl Onlooker {
    fn see(&mut self, next: &Move, story: &Story, other_claim: bool) {
        if other_claim {
            *self = Self {
                ordered: self.ordered,
                ..Self::default()
            };
        }
        match next {
            Move::Answer(answer) => self.matched = *answer == RegistryAnswer::Match,
            Move::Confirm if story.last.as_ref().unwrap().transfer.is_some() => {
                self.ordered += 1;
                self.present = Some(self.ordered);
                self.arrived = false;
            }
            Move::Says(n, TransferReport::Settled) => {
                self.arrived |= self.present == Some(*n);
            }
            Move::Says(..) => self.arrived = false,
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn nobody_is_verified_by_a_shortcut_through_the_bank(
        reverse in any::<bool>(),
        game in prop::collection::vec(moves(), 1..60),
    ) {
        let mut story = Story::opened();
        if reverse {
            story.policy.bank_direction = BankDirection::Reverse;
        }
        let mut onlooker = Onlooker::default();
        let mut ordered = Vec::new();
        for next in game {
            let before = story.case.claim.clone();
            if play(&mut story, &next).is_err() {
                continue;
            }
            let other = story.case.claim != before;
            onlooker.see(&next, &story, other);
            ordered.extend(story.last.as_ref().unwrap().transfer.as_ref().map(|order| order.id));
            prop_assert!(
                story.case.bank.transfers_used <= story.policy.bank_transfers,
                "too many transfers"
            );
            if let State::Verified { .. } = story.case.state {
                let own = story.case.claim.clone().unwrap();
                prop_assert!(onlooker.matched, "no registry match: {onlooker:?}");
                prop_assert!(onlooker.present.is_some(), "no transfer: {onlooker:?}");
                prop_assert!(story.case.bank.details.as_ref().unwrap().is_of(&own));
                match next {
                    Move::Type(right) => prop_assert!(right && onlooker.arrived && !reverse),
                    Move::Pay(..) => prop_assert!(reverse),
                    other => prop_assert!(false, "verified by {other:?}"),
                }
                break;
            }
        }
        let once: std::collections::HashSet<_> = ordered.iter().collect();
        prop_assert_eq!(once.len(), ordered.len(), "each transfer is ordered once");
    }
}

#[test]
fn the_game_at_the_bank_can_be_won() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let games = prop::collection::vec(moves(), 30..60);
    let won = (0..1000).filter(|_| {
        let mut story = Story::opened();
        for next in games.new_tree(&mut runner).unwrap().current() {
            let _ = play(&mut story, &next);
        }
        matches!(story.case.state, State::Verified { .. })
    });
    let won = won.count();
    assert!(
        won > 10,
        "the property says little unless games reach `verified`, but only {won} did"
    );
}
