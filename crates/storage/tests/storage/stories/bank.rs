//! Transfers, the bank's entries, the directory of branches.

use shiming_identifiers::Cnaps;
use shiming_verification::{
    bank::{
        AccountNumber, BankDetails, Branch, EndToEndId, FailReason, Fen, Misfit, PaymentReference,
        TransferStatus,
    },
    fact::{Fact, RegistryAnswer},
    ids::TransferId,
    ports::bank::{BranchQuery, Direction, Entry, Matched},
    words::{Method, Realm, SubjectType},
};
use uuid::Uuid;

use crate::support::{Bench, Hands, at, claim};

fn branch(cnaps: &str, name: &str, city: &str) -> Branch {
    Branch {
        cnaps: Cnaps::parse(cnaps).expect("12 digits"),
        bank: name.chars().take(4).collect(),
        name: name.to_owned(),
        province: "福建省".to_owned(),
        city: city.to_owned(),
    }
}

fn account(n: u16) -> AccountNumber {
    AccountNumber::parse(&format!("3500000000{n:06}")).expect("digits")
}

fn transfer_id(n: u16) -> TransferId {
    TransferId::new(Uuid::from_u128(5000 + u128::from(n)))
}

/// From the opening to a confirmed transfer of so many fen to the n-th account.
pub async fn order(hands: &Hands<'_>, fen: u64) {
    let claim = claim(hands.n);
    hands.open().await;
    hands
        .hear(Fact::Chosen {
            subject: SubjectType::Enterprise,
            method: Method::Bank,
        })
        .await;
    hands.hear(hands.submitted(claim.clone())).await;
    hands.hear(hands.answered(RegistryAnswer::Match)).await;
    let details = BankDetails {
        account_name: claim.enterprise_name,
        account_number: account(hands.n),
        branch: branch("105100000017", "示例银行示例支行", "福州市"),
    };
    let details = Box::new(details);
    hands.hear(Fact::BankDetailsSubmitted { details }).await;
    hands
        .hear(Fact::TransferConfirmed {
            transfer: transfer_id(hands.n),
            amount: Fen::new(fen),
            reference: PaymentReference::from_number(1),
        })
        .await;
}

pub async fn a_transfer_is_stored_with_its_decision(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    order(&hands, 37).await;
    let id = transfer_id(1);
    let stored = storage.transfer(id).await.unwrap().expect("planned");
    assert_eq!(
        (stored.case, stored.seq, stored.realm),
        (hands.id(), 1, Realm::Live)
    );
    assert_eq!(stored.status, TransferStatus::Planned);
    let body = stored.body.clone().expect("sealed with the case's key");
    assert_eq!((body.amount, body.uscc), (Fen::new(37), claim(1).uscc));
    let key = EndToEndId::of(id);
    assert_eq!(
        storage.transfer_by_key(key.as_str()).await.unwrap(),
        Some(stored)
    );
    assert_eq!(storage.transfer_by_key("SM12345678").await.unwrap(), None);

    storage.erase_case(hands.id(), at(9)).await.unwrap();
    let erased = storage.transfer(id).await.unwrap().expect("the books stay");
    assert_eq!(erased.body, None, "account and amount do not");
}

pub async fn a_transfer_moves_only_from_where_it_stands(bench: Bench) {
    use TransferStatus::{Failed, HandingOver, Planned, Sent, Settled};
    let storage = &*bench.storage;
    order(&Hands::new(storage, 1), 37).await;
    order(&Hands::new(storage, 2), 38).await;
    let id = transfer_id(1);
    let outstanding = async || {
        let found = storage.outstanding_transfers(10).await.unwrap();
        found.into_iter().map(|it| it.id).collect::<Vec<_>>()
    };
    assert_eq!(outstanding().await, [id, transfer_id(2)]);
    let moved = async |from: &[TransferStatus], to, reason| {
        storage
            .move_transfer(id, from, to, reason, at(1))
            .await
            .unwrap()
    };
    assert!(moved(&[Planned], HandingOver, None).await);
    assert!(
        !moved(&[Planned], HandingOver, None).await,
        "somebody was first"
    );
    assert!(moved(&[Planned, HandingOver], Sent, None).await);
    assert!(moved(&[Sent], Failed, Some(FailReason::NameMismatch)).await);
    assert!(!moved(&[Sent, HandingOver], Settled, None).await);
    let stored = storage.transfer(id).await.unwrap().expect("there");
    assert_eq!(
        (stored.status, stored.reason, stored.updated_at),
        (Failed, Some(FailReason::NameMismatch), at(1))
    );
    assert_eq!(outstanding().await, [transfer_id(2)]);
}

pub async fn recent_amounts_are_those_of_the_same_account(bench: Bench) {
    let storage = &*bench.storage;
    order(&Hands::new(storage, 1), 37).await;
    order(&Hands::new(storage, 2), 38).await;
    let amounts = async |n, realm, since| {
        storage
            .recent_amounts(&account(n), realm, at(since))
            .await
            .unwrap()
    };
    assert_eq!(amounts(1, Realm::Live, -5).await, [Fen::new(37)]);
    assert_eq!(amounts(1, Realm::Live, 5).await, [], "too long ago");
    assert_eq!(amounts(1, Realm::Demo, -5).await, []);
    assert_eq!(amounts(3, Realm::Live, -5).await, []);
}

pub fn entry(id: &str, fen: u64) -> Entry {
    Entry {
        id: id.to_owned(),
        direction: Direction::Credit,
        amount: Fen::new(fen),
        booked_at: at(0),
        counterparty: Some("示例科技有限公司".to_owned()),
        counterparty_account: Some("35000000000000002".to_owned()),
        end_to_end: None,
        remittance: Some("货款".to_owned()),
        returned: None,
    }
}

pub async fn an_entry_is_stored_once_and_listed_until_it_is_resolved(bench: Bench) {
    let storage = &*bench.storage;
    order(&Hands::new(storage, 1), 37).await;
    let entries = [
        (entry("a", 100), Matched::Not(Misfit::NoReference)),
        (entry("b", 37), Matched::Transfer(transfer_id(1))),
        (entry("c", 200), Matched::Not(Misfit::PayerName)),
    ];
    storage
        .store_entries(&entries, "one.xml", at(0))
        .await
        .unwrap();
    let again = [(entry("a", 999), Matched::Not(Misfit::Late))];
    storage
        .store_entries(&again, "two.xml", at(9))
        .await
        .unwrap();
    let known = storage.known_entries(&["c", "x", "a"]).await.unwrap();
    assert_eq!(known, [true, false, true]);

    let listed = storage.unmatched_entries(10).await.unwrap();
    let mut seen: Vec<_> = listed
        .iter()
        .map(|it| (it.entry.clone(), it.misfit, it.source.as_str()))
        .collect();
    seen.sort_by(|one, other| one.0.id.cmp(&other.0.id));
    assert_eq!(
        seen,
        [
            (entry("a", 100), Misfit::NoReference, "one.xml"),
            (entry("c", 200), Misfit::PayerName, "one.xml"),
        ]
    );
    let first = listed[0].id;
    assert!(
        storage
            .resolve_entry(first, "paid back", at(10))
            .await
            .unwrap()
    );
    assert!(!storage.resolve_entry(first, "again", at(11)).await.unwrap());
    assert_eq!(storage.unmatched_entries(10).await.unwrap().len(), 1);
}

pub async fn a_file_is_known_once_it_is_stored_whole(bench: Bench) {
    let storage = &*bench.storage;
    assert!(!storage.knows_report([7; 32]).await.unwrap());
    for _ in 0..2 {
        storage
            .note_report([7; 32], "one.xml", 12, at(0))
            .await
            .unwrap();
    }
    assert!(storage.knows_report([7; 32]).await.unwrap());
    assert!(!storage.knows_report([8; 32]).await.unwrap());
}

pub async fn branches_are_found_by_name_region_and_code(bench: Bench) {
    let storage = &*bench.storage;
    let all = [
        branch("105100000017", "示例建行 福州 鼓楼支行", "福州市"),
        branch("102100099996", "示例工行厦门思明支行", "厦门市"),
        branch("103100000026", "示例农行福州100%支行", "福州市"),
    ];
    assert_eq!(storage.put_branches(&all, at(0)).await.unwrap(), (3, 0));
    assert_eq!(storage.put_branches(&all, at(1)).await.unwrap(), (0, 0));
    let renamed = [branch("102100099996", "示例工行厦门湖里支行", "厦门市")];
    assert_eq!(storage.put_branches(&renamed, at(2)).await.unwrap(), (0, 1));

    let found = async |text: &str, city: Option<&str>| {
        let query = BranchQuery {
            text: text.to_owned(),
            city: city.map(str::to_owned),
            ..BranchQuery::default()
        };
        let found = storage.find_branches(&query, 10).await.unwrap();
        found
            .into_iter()
            .map(|it| it.cnaps.as_str()[..3].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("", None).await, ["102", "103", "105"]);
    assert_eq!(
        found("福州鼓楼", None).await,
        ["105"],
        "spaces don't matter"
    );
    assert_eq!(found("湖里", None).await, ["102"]);
    assert_eq!(found("100%", None).await, ["103"]);
    assert_eq!(found("%", None).await, ["103"], "a sign and not a pattern");
    assert_eq!(found("_", None).await, Vec::<String>::new());
    assert_eq!(found("1051", None).await, ["105"]);
    assert_eq!(found("支行", Some("福州市")).await, ["103", "105"]);

    let code = Cnaps::parse("105100000017").expect("12 digits");
    assert_eq!(storage.branch(&code).await.unwrap().as_ref(), Some(&all[0]));
    let regions = storage.branch_regions().await.unwrap();
    assert_eq!(regions.banks, ["示例工行", "示例农行", "示例建行"]);
    assert_eq!(regions.provinces.len(), 1);
    assert_eq!(regions.provinces[0].1.len(), 2);
}
