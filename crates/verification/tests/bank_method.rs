//! The bank method, told as stories.

mod support;

use chrono::Duration;
use shiming_identifiers::EnterpriseName;
use shiming_verification::{
    bank::{
        AccountNumber, BankDetails, BankForm, FailReason, Fen, IncomingPayment, Misfit,
        TransferReport, TransferStatus,
    },
    change::{EventKind, JobKind},
    code::{Code, Refusal},
    fact::{Fact, Liveness, RegistryAnswer, Tally},
    words::{AssuranceLevel, BankDirection, Method},
};
use support::{
    Story,
    bank::{
        AtTheBank, RIGHT, WRONG, arrived, at_the_bank, branch, details, details_of, transfer,
        underway,
    },
    claim, claim_of,
};

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
