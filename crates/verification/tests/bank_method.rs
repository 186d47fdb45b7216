//! The bank method, told as stories.

mod support;

use chrono::Duration;
use proptest::prelude::*;
use shiming_identifiers::{Cnaps, EnterpriseName};
use shiming_verification::{
    bank::{
        AccountNumber, BankDetails, BankForm, Branch, FailReason, Fen, IncomingPayment, Misfit,
        PaymentReference, TransferReport, TransferStatus,
    },
    case::State,
    change::{EventKind, JobKind},
    code::{Code, Refusal},
    fact::{Fact, Liveness, RegistryAnswer, Tally},
    ids::TransferId,
    words::{AssuranceLevel, BankDirection, Method, SubjectType},
};
use support::{Story, claim, claim_of, credential};
use uuid::Uuid;

const RIGHT: Fen = Fen::new(37);
const WRONG: Fen = Fen::new(38);

fn branch() -> Branch {
    Branch {
        cnaps: Cnaps::parse("105100000017").unwrap(),
        bank: "示例银行".to_owned(),
        name: "示例银行示例支行".to_owned(),
        province: "北京市".to_owned(),
        city: "北京市".to_owned(),
    }
}

fn details_of(name: &str) -> BankDetails {
    BankDetails {
        account_name: EnterpriseName::parse(name).unwrap(),
        account_number: AccountNumber::parse("35000000000000002").unwrap(),
        branch: branch(),
    }
}

fn details() -> BankDetails {
    details_of("示例科技有限公司")
}

fn transfer(n: u32) -> TransferId {
    TransferId::new(Uuid::from_u128(u128::from(100 + n)))
}

trait AtTheBank {
    fn choose_method(&mut self, method: Method) -> Result<(), Refusal>;
    fn give_account(&mut self, details: BankDetails) -> Result<(), Refusal>;
    fn confirm(&mut self, n: u32) -> Result<(), Refusal>;
    fn bank_says(&mut self, n: u32, report: TransferReport) -> Result<(), Refusal>;
    fn fails(&mut self, n: u32, reason: FailReason) -> Result<(), Refusal>;
    fn type_in(&mut self, amount: Fen) -> Result<(), Refusal>;
    fn pay(&mut self, n: u32, payer: &str, account: &str) -> Result<(), Refusal>;
}

impl AtTheBank for Story {
    fn choose_method(&mut self, method: Method) -> Result<(), Refusal> {
        let subject = SubjectType::Enterprise;
        self.hear(Fact::Chosen { subject, method })
    }

    fn give_account(&mut self, details: BankDetails) -> Result<(), Refusal> {
        let details = Box::new(details);
        self.hear(Fact::BankDetailsSubmitted { details })
    }

    fn confirm(&mut self, n: u32) -> Result<(), Refusal> {
        self.hear(Fact::TransferConfirmed {
            transfer: transfer(n),
            amount: RIGHT,
            reference: PaymentReference::from_number(u64::from(n)),
        })
    }

    fn bank_says(&mut self, n: u32, report: TransferReport) -> Result<(), Refusal> {
        let transfer = transfer(n);
        self.hear(Fact::TransferReported { transfer, report })
    }

    fn fails(&mut self, n: u32, reason: FailReason) -> Result<(), Refusal> {
        self.bank_says(n, TransferReport::Failed(reason))
    }

    fn type_in(&mut self, amount: Fen) -> Result<(), Refusal> {
        let tallies = self.tallies;
        self.hear(Fact::AmountEntered {
            amount,
            credential: credential(),
            tallies,
        })
    }

    fn pay(&mut self, n: u32, payer: &str, account: &str) -> Result<(), Refusal> {
        let tallies = self.tallies;
        let payment = IncomingPayment {
            payer: EnterpriseName::parse(payer).ok(),
            account: AccountNumber::parse(account).ok(),
        };
        self.hear(Fact::PaymentSeen {
            transfer: transfer(n),
            payment,
            credential: credential(),
            tallies,
        })
    }
}

/// Elements checked, account wanted.
fn at_the_bank() -> Story {
    let mut story = Story::opened();
    story.choose_method(Method::Bank).unwrap();
    story.submit(claim()).unwrap();
    story.answer(RegistryAnswer::Match).unwrap();
    story
}

/// The first transfer confirmed.
fn underway() -> Story {
    let mut story = at_the_bank();
    story.give_account(details()).unwrap();
    story.confirm(1).unwrap();
    story
}

/// The first transfer arrived.
fn arrived() -> Story {
    let mut story = underway();
    story.bank_says(1, TransferReport::Settled).unwrap();
    story
}

fn code_of(refusal: Result<(), Refusal>) -> Code {
    match refusal {
        Err(Refusal::Ruled(notice)) => notice.code,
        other => panic!("expected a rule to refuse, got {other:?}"),
    }
}

fn left(story: &Story) -> Option<u32> {
    story.case.last_error.as_ref().unwrap().tries_left
}

#[test]
fn an_enterprise_is_verified_by_its_account() {
    let mut story = at_the_bank();
    assert_eq!(story.state(), "awaiting_transfer");
    story.give_account(details()).unwrap();
    story.confirm(1).unwrap();
    let change = story.last.clone().unwrap();
    let order = change.transfer.expect("a transfer is planned");
    assert_eq!((order.status, order.seq), (TransferStatus::Planned, 1));
    assert_eq!((order.body.amount, order.body.details), (RIGHT, details()));
    let hand_over = JobKind::HandOver {
        transfer: transfer(1),
    };
    assert!(change.jobs.iter().any(|job| job.kind == hand_over));

    story.bank_says(1, TransferReport::Settled).unwrap();
    assert_eq!(story.state(), "amount_pending");
    story.type_in(RIGHT).unwrap();
    assert_eq!(story.state(), "verified");
    let change = story.last.unwrap();
    let credential = change.credential.expect("a pass leaves a credential");
    assert_eq!(
        (credential.method, credential.assurance, credential.grade),
        (Method::Bank, AssuranceLevel::BankTransfer, None)
    );
    let kinds: Vec<_> = change.events.iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::AmountMatched, EventKind::Verified]);
}

#[test]
fn the_form_reports_every_wrong_field_and_knows_the_name_in_any_spelling() {
    let form = |name: &str, number: &str| BankForm {
        account_name: name.to_owned(),
        account_number: number.to_owned(),
        cnaps: String::new(),
    };
    let claim = claim_of("示例科技(北京)有限公司");
    let good = form("示例科技（北京）有限公司", "3500 0000 0000 0000 2");
    assert!(BankDetails::parse(&good, &claim, Some(branch())).is_ok());
    let errors = BankDetails::parse(&form("另一家示例有限公司", "12"), &claim, None).unwrap_err();
    let errors: Vec<_> = errors
        .iter()
        .map(|it| (it.field, it.code, it.reason))
        .collect();
    assert_eq!(
        errors,
        [
            (
                "account_name",
                Code::AccountNameMismatch,
                "not_the_enterprise"
            ),
            ("account_number", Code::InvalidInput, "length"),
            ("cnaps", Code::BankBranchUnknown, "unknown"),
        ]
    );
}

#[test]
fn an_account_in_another_name_is_refused_and_nothing_without_an_account_is_confirmed() {
    let mut story = at_the_bank();
    assert!(matches!(story.confirm(1), Err(Refusal::NotNow { .. })));
    let other = story.give_account(details_of("另一家示例有限公司"));
    assert_eq!(code_of(other), Code::AccountNameMismatch);
}

#[test]
fn nothing_is_ordered_twice() {
    let mut story = underway();
    assert!(matches!(story.confirm(2), Err(Refusal::NotNow { .. })));
    assert!(
        story.give_account(details()).is_err(),
        "money is on its way"
    );
    story.bank_says(1, TransferReport::Settled).unwrap();
    assert_eq!(
        story.bank_says(1, TransferReport::Settled),
        Err(Refusal::NothingDue)
    );
    assert_eq!(
        story.bank_says(2, TransferReport::Settled),
        Err(Refusal::NothingDue)
    );
}

#[test]
fn five_wrong_amounts_freeze_for_two_hours_and_then_five_more_are_open() {
    let mut story = arrived();
    for tries in [4, 3, 2, 1] {
        story.type_in(WRONG).unwrap();
        assert_eq!(
            (story.state(), story.error(), left(&story)),
            ("amount_pending", Some("amount_wrong"), Some(tries))
        );
    }
    story.type_in(WRONG).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("frozen", Some("amount_frozen"))
    );
    let until = story.now + Duration::hours(2);
    assert_eq!(story.case.wakes_at(), Some(until));
    assert_eq!(code_of(story.type_in(RIGHT)), Code::AmountFrozen);

    story
        .after(Duration::hours(2))
        .hear(Fact::TimePassed)
        .unwrap();
    assert_eq!((story.state(), story.error()), ("amount_pending", None));
    story.type_in(WRONG).unwrap();
    assert_eq!(left(&story), Some(4), "the count began anew");
    story.type_in(RIGHT).unwrap();
    assert_eq!(story.state(), "verified");
}

#[test]
fn guessing_on_makes_the_transfer_void() {
    let mut story = arrived();
    for _ in 0..story.policy.amount_freezes {
        for _ in 0..5 {
            story.type_in(WRONG).unwrap();
        }
        assert_eq!(story.state(), "frozen");
        story
            .after(Duration::hours(2))
            .hear(Fact::TimePassed)
            .unwrap();
    }
    for _ in 0..5 {
        story.type_in(WRONG).unwrap();
    }
    assert_eq!(story.state(), "awaiting_transfer");
    assert!(
        story.type_in(RIGHT).is_err(),
        "the old amount is worth nothing"
    );
    story.confirm(2).unwrap();
}

#[test]
fn a_transfer_expires_after_seven_days_also_while_frozen() {
    let mut story = arrived();
    story.after(Duration::days(7) - Duration::hours(1));
    for _ in 0..5 {
        story.type_in(WRONG).unwrap();
    }
    story
        .after(Duration::hours(1))
        .hear(Fact::TimePassed)
        .unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("awaiting_transfer", Some("amount_expired"))
    );
    assert!(story.type_in(RIGHT).is_err());
    story.confirm(2).unwrap();
    assert_eq!(
        story.state(),
        "checking",
        "the elements' check is too old by now"
    );
    story.answer(RegistryAnswer::Match).unwrap();
    story.confirm(2).unwrap();
    assert_eq!(story.last.unwrap().transfer.unwrap().seq, 2);
}

#[test]
fn a_name_that_does_not_fit_is_mended() {
    let mut story = underway();
    story.fails(1, FailReason::NameMismatch).unwrap();
    assert_eq!(
        (story.state(), story.error(), left(&story)),
        ("draft", Some("account_name_mismatch"), Some(2))
    );
    assert!(story.case.mends_bank_details());
    assert!(
        story.case.bank.details.is_some(),
        "what was entered is kept"
    );
    story.give_account(details()).unwrap();
    assert_eq!((story.state(), story.error()), ("awaiting_transfer", None));
    story.confirm(2).unwrap();
    story.bank_says(2, TransferReport::Settled).unwrap();
    story.type_in(RIGHT).unwrap();
    assert_eq!(story.state(), "verified");
}

#[test]
fn from_a_failed_transfer_the_applicant_may_go_back_to_the_elements() {
    let mut story = underway();
    story.fails(1, FailReason::AccountRefused).unwrap();
    story.hear(Fact::EditWanted).unwrap();
    assert!(!story.case.mends_bank_details());
    story.submit(claim()).unwrap();
    assert_eq!(
        story.state(),
        "awaiting_transfer",
        "the check is still good"
    );
}

#[test]
fn a_fault_of_ours_uses_no_transfer() {
    let mut story = underway();
    story.fails(1, FailReason::Operator).unwrap();
    let notice = story.case.last_error.as_ref().unwrap();
    assert_eq!(
        (notice.code, notice.try_used),
        (Code::TransferFailed, false)
    );
    assert_eq!(story.case.bank.transfers_used, 0);
}

#[test]
fn the_third_failed_transfer_points_to_another_method() {
    let mut story = at_the_bank();
    for n in 1..=3 {
        story.give_account(details()).unwrap();
        story.confirm(n).unwrap();
        story.fails(n, FailReason::AccountRefused).unwrap();
    }
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("transfers_exceeded"))
    );
    assert_eq!(story.case.method, None);
    assert_eq!(
        code_of(story.choose_method(Method::Bank)),
        Code::TransfersExceeded
    );
    story.choose_method(Method::Face).unwrap();
}

#[test]
fn money_that_comes_back_ends_the_entry_of_amounts() {
    let mut story = arrived();
    story.fails(1, FailReason::AccountRefused).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("account_refused"))
    );
}

#[test]
fn switching_to_the_face_and_back_keeps_check_and_transfer() {
    let mut story = underway();
    story.choose_method(Method::Face).unwrap();
    let invitation = support::token(1);
    story.hear(Fact::InvitationWanted { invitation }).unwrap();
    assert_eq!(
        story.state(),
        "awaiting_scan",
        "the check is not made again"
    );

    story.bank_says(1, TransferReport::Settled).unwrap();
    assert_eq!(story.state(), "awaiting_scan", "the phone is not disturbed");
    story.choose_method(Method::Bank).unwrap();
    assert_eq!(
        story.state(),
        "amount_pending",
        "the transfer arrived meanwhile"
    );
    for _ in 0..5 {
        story.type_in(WRONG).unwrap();
    }
    story.choose_method(Method::Face).unwrap();
    story.choose_method(Method::Bank).unwrap();
    assert_eq!(story.state(), "frozen", "switching thaws nothing");
    story.choose_method(Method::Face).unwrap();
    story.after(Duration::hours(2));
    story.choose_method(Method::Bank).unwrap();
    assert_eq!(story.state(), "amount_pending");
    story.type_in(RIGHT).unwrap();
    assert_eq!(story.state(), "verified");
}

#[test]
fn another_enterprise_can_not_use_the_account_of_the_first() {
    let mut story = arrived();
    story.hear(Fact::EditWanted).unwrap();
    story.submit(claim_of("另一家示例有限公司")).unwrap();
    story.answer(RegistryAnswer::Match).unwrap();
    assert_eq!(story.state(), "awaiting_transfer");
    assert!(story.type_in(RIGHT).is_err());
    assert!(story.confirm(2).is_err(), "its own account is wanted");
    assert_eq!(
        story.fails(1, FailReason::Other),
        Err(Refusal::NothingDue),
        "the old transfer is no longer its business"
    );
}

#[test]
fn used_up_face_tries_leave_the_bank_open() {
    let mut story = Story::filming();
    story.tallies.id_face_failures.count = 9;
    story
        .liveness(Liveness::NotLive(Code::LivenessFailed))
        .unwrap();
    assert_eq!(story.state(), "locked");
    story.tallies.id_face_failures = Tally {
        count: 10,
        until: None,
    };
    story.choose_method(Method::Bank).unwrap();
    story.submit(claim()).unwrap_err();
    assert_eq!(story.state(), "awaiting_transfer");
    story.hear(Fact::EditWanted).unwrap();
    story.submit(claim()).unwrap();
    assert_eq!(story.state(), "awaiting_transfer");

    let mut story = Story::opened();
    story.choose_method(Method::Bank).unwrap();
    story.tallies.account_mismatches.count = 4;
    story.submit(claim()).unwrap();
    story.answer(RegistryAnswer::Mismatch).unwrap();
    assert_eq!(story.state(), "locked");
    assert!(
        story.choose_method(Method::Bank).is_err(),
        "guessed elements lock every method"
    );
}

#[test]
fn the_seventh_account_of_a_licence_is_refused_at_the_end_too() {
    let mut story = arrived();
    story.tallies.accounts_of_licence = 6;
    story.type_in(RIGHT).unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("draft", Some("licence_account_limit"))
    );
}

fn reverse() -> Story {
    let mut story = at_the_bank();
    story.policy.bank_direction = BankDirection::Reverse;
    story.give_account(details()).unwrap();
    story.confirm(1).unwrap();
    story
}

#[test]
fn in_a_reverse_transfer_the_enterprise_pays() {
    let mut story = reverse();
    let change = story.last.as_ref().unwrap();
    let order = change.transfer.clone().unwrap();
    assert_eq!(
        (order.status, order.key.as_str(), order.body.amount),
        (TransferStatus::Awaited, "SM00000001", Fen::new(1))
    );
    let hands_over = |kind| matches!(kind, JobKind::HandOver { .. });
    assert!(!change.jobs.iter().any(|job| hands_over(job.kind)));

    story
        .pay(1, "另一家示例有限公司", "35000000000000002")
        .unwrap();
    assert_eq!(
        (story.state(), story.error()),
        ("awaiting_transfer", Some("account_name_mismatch"))
    );
    story
        .pay(1, "示例科技有限公司", "35000000000000009")
        .unwrap();
    assert_eq!(story.state(), "awaiting_transfer", "from another account");
    story
        .pay(1, "示例科技有限公司", "3500 0000 0000 0000 2")
        .unwrap();
    assert_eq!(story.state(), "verified");
}

#[test]
fn a_reference_is_good_for_seven_days() {
    let mut story = reverse();
    assert_eq!(story.case.wakes_at(), Some(story.now + Duration::days(7)));
    story
        .after(Duration::days(7))
        .hear(Fact::TimePassed)
        .unwrap();
    assert_eq!(story.error(), Some("amount_expired"));
    let late = story.pay(1, "示例科技有限公司", "35000000000000002");
    assert_eq!(late, Err(Refusal::NothingDue));
}

#[test]
fn a_payment_says_what_does_not_fit() {
    let payment = |payer: &str, account: &str| IncomingPayment {
        payer: EnterpriseName::parse(payer).ok(),
        account: AccountNumber::parse(account).ok(),
    };
    let own = details();
    let fits = |payer, account| payment(payer, account).fits(&own);
    assert_eq!(fits("示例科技有限公司", "35000000000000002"), Ok(()));
    assert_eq!(fits("", "35000000000000002"), Err(Misfit::PayerName));
    assert_eq!(
        fits("示例科技有限公司", "3500****0002"),
        Err(Misfit::PayerAccount)
    );
}

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
