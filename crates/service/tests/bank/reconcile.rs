//! What the bank's files do, once and again.

use std::sync::Arc;

use shiming_audit::Actor;
use shiming_service::{
    ServiceError,
    bank::{StatementError, Stored},
};
use shiming_verification::{
    bank::{FailReason, Misfit, TransferStatus},
    ports::bank::{BankStatus, Entry, Record, StatusRecord},
    review::Message,
};

use crate::support::{TestReport, World, booking, payment, start};

fn status(n: u64, status: BankStatus) -> Record {
    let end_to_end = booking("", n, 37).end_to_end.unwrap();
    Record::Status(StatusRecord {
        end_to_end,
        status,
        at: start(),
    })
}

async fn misfits(world: &World) -> Vec<Misfit> {
    let outstanding = world.desk().bank_outstanding().await.unwrap();
    outstanding.entries.iter().map(|it| it.misfit).collect()
}

#[tokio::test]
async fn a_booking_opens_the_entry_of_the_amount_and_the_file_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(&folder).await;
    world.sent(1).await;
    let records = || {
        vec![
            Record::Entry(booking("1", 1, 37)),
            Record::Entry(payment("2", "货款")),
        ]
    };
    let stored = world.store("one", records()).await;
    let expected = Stored {
        records: 2,
        matched: 1,
        unmatched: 1,
        ..Stored::default()
    };
    assert_eq!(stored, expected);
    assert_eq!(world.state(1).await, "amount_pending");
    assert_eq!(world.status(1).await, TransferStatus::Settled);
    let version = world
        .cases
        .get(crate::support::case_id(1))
        .await
        .unwrap()
        .version;

    assert!(world.store("one", records()).await.known_file);
    let other = world.store("two", records()).await;
    assert_eq!((other.known, other.matched, other.unmatched), (2, 0, 0));
    let case = world.cases.get(crate::support::case_id(1)).await.unwrap();
    assert_eq!(case.version, version);
    assert_eq!(misfits(&world).await, [Misfit::NoReference], "listed once");
}

#[tokio::test]
async fn a_report_goes_from_accepted_to_credited() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(&folder).await;
    world.sent(1).await;
    world
        .store("a", vec![status(1, BankStatus::Accepted)])
        .await;
    assert_eq!(world.status(1).await, TransferStatus::Accepted);
    assert_eq!(world.state(1).await, "awaiting_transfer");
    world
        .store("b", vec![status(1, BankStatus::Credited)])
        .await;
    assert_eq!(world.state(1).await, "amount_pending");
}

#[tokio::test]
async fn a_rejection_lets_the_account_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(&folder).await;
    world.sent(1).await;
    let rejected = BankStatus::Rejected(FailReason::NameMismatch);
    world.store("a", vec![status(1, rejected)]).await;
    assert_eq!(world.state(1).await, "draft");
    let transfer = world.transfer(1).await;
    assert_eq!(
        (transfer.status, transfer.reason),
        (TransferStatus::Failed, Some(FailReason::NameMismatch))
    );
    world
        .store("b", vec![Record::Entry(booking("1", 1, 37))])
        .await;
    assert_eq!(misfits(&world).await, [Misfit::Contradiction]);
}

#[tokio::test]
async fn money_that_comes_back_fails_the_transfer() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(&folder).await;
    world.sent(1).await;
    let returned = Entry {
        returned: Some(FailReason::AccountRefused),
        ..booking("2", 1, 37)
    };
    let booked = Record::Entry(booking("1", 1, 37));
    world
        .store("a", vec![booked, Record::Entry(returned)])
        .await;
    assert_eq!(world.status(1).await, TransferStatus::Returned);
    assert_eq!(world.state(1).await, "draft");
}

#[tokio::test]
async fn what_does_not_fit_is_listed_and_moves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(&folder).await;
    world.sent(1).await;
    let partial = Record::Entry(booking("1", 1, 20));
    let foreign = Record::Entry(booking("2", 77, 37));
    let late = Record::Entry(payment("3", "SM00000099"));
    let unknown = status(78, BankStatus::Credited);
    world
        .store("a", vec![partial, foreign, late, unknown])
        .await;
    assert_eq!(world.status(1).await, TransferStatus::Sent);
    assert_eq!(world.state(1).await, "awaiting_transfer");
    let mut found = misfits(&world).await;
    found.sort_by_key(|misfit| format!("{misfit:?}"));
    assert_eq!(
        found,
        [
            Misfit::Amount,
            Misfit::UnknownReference,
            Misfit::UnknownReference,
            Misfit::UnknownReference
        ]
    );

    let entries = world.desk().bank_outstanding().await.unwrap().entries;
    let first = entries[0].id;
    let note = Message::parse("paid back").unwrap();
    let resolve = || async {
        let desk = world.desk();
        desk.resolve_bank_entry(Actor::system(), first, &note).await
    };
    resolve().await.unwrap();
    assert!(matches!(resolve().await, Err(ServiceError::NotFound)));
    let trail = world.storage.entries_from(1, 10).await.unwrap();
    let of_it = |stored: &&shiming_audit::Stored| {
        let record = &stored.entry.record;
        record.action == "bank.entry_resolved" && record.subject == Some(first.to_string())
    };
    assert_eq!(trail.iter().filter(of_it).count(), 2, "each attempt");
    assert_eq!(misfits(&world).await.len(), 3);
}

#[tokio::test]
async fn of_a_file_that_breaks_in_the_middle_nothing_is_stored() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(&folder).await;
    world.sent(1).await;
    let report = TestReport {
        name: "broken",
        records: vec![Record::Entry(booking("1", 1, 37))],
        breaks: true,
    };
    let error = world
        .desk()
        .store_report(Arc::new(report))
        .await
        .unwrap_err();
    assert!(matches!(error, StatementError::File(_)));
    assert_eq!(error.to_string(), "line 7: no amount");
    assert_eq!(world.status(1).await, TransferStatus::Sent);
    let mended = world
        .store("mended", vec![Record::Entry(booking("1", 1, 37))])
        .await;
    assert_eq!(mended.matched, 1);
}

#[tokio::test]
async fn a_long_file_is_stored_batch_by_batch() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(&folder).await;
    world.sent(1).await;
    let mut records: Vec<_> = (0..700)
        .map(|n| Record::Entry(payment(&format!("p{n}"), "货款")))
        .collect();
    records.push(Record::Entry(booking("1", 1, 37)));
    let stored = world.store("long", records).await;
    assert_eq!(
        (stored.records, stored.matched, stored.unmatched),
        (701, 1, 700)
    );
    assert_eq!(world.state(1).await, "amount_pending");
}

#[tokio::test]
async fn an_enterprise_that_pays_from_its_account_is_verified() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::awaiting_payment(&folder).await;
    let from_another = Entry {
        counterparty: Some("另一家示例有限公司".to_owned()),
        ..payment("1", "SM00000001")
    };
    let from_elsewhere = Entry {
        counterparty_account: Some("6222****0002".to_owned()),
        ..payment("2", "SM00000001")
    };
    let records = vec![Record::Entry(from_another), Record::Entry(from_elsewhere)];
    world.store("a", records).await;
    assert_eq!(world.state(1).await, "awaiting_transfer");
    let mut found = misfits(&world).await;
    found.sort_by_key(|misfit| format!("{misfit:?}"));
    assert_eq!(found, [Misfit::PayerAccount, Misfit::PayerName]);

    let stored = world
        .store("b", vec![Record::Entry(payment("3", "认证 ＳＭ0000 0001"))])
        .await;
    assert_eq!(stored.matched, 1);
    assert_eq!(world.state(1).await, "verified");
    assert_eq!(world.status(1).await, TransferStatus::Settled);

    world
        .store("c", vec![Record::Entry(payment("4", "SM00000001"))])
        .await;
    assert!(
        misfits(&world).await.contains(&Misfit::Late),
        "a reference is good once"
    );
}
