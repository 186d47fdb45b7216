//! What a platform lists of its own.

use shiming_storage::Storage;
use shiming_verification::ports::listings::{CaseFilter, CredentialFilter};

use crate::support::{Bench, DEMO, Hands, LIVE, at, claim, uscc};

async fn verified(storage: &dyn Storage, n: u16, of: u16, minute: i64) -> Hands<'_> {
    let mut hands = Hands::new(storage, n);
    hands.now = at(minute);
    hands.verify(claim(of)).await;
    hands
}

pub async fn cases_follow_page_by_page_and_are_ones_own(bench: Bench) {
    let storage = &*bench.storage;
    let done = verified(storage, 1, 1, 0).await;
    let mut open = Hands::new(storage, 2);
    open.now = at(5);
    open.open().await;
    let list = async |filter: CaseFilter, limit: u32| {
        let cases = storage.list_cases(LIVE, &filter, limit).await.unwrap();
        cases.iter().map(|case| case.id).collect::<Vec<_>>()
    };
    let newest = list(CaseFilter::default(), 1).await;
    assert_eq!(newest, [open.id()]);
    let after = CaseFilter {
        after: Some(open.id()),
        ..CaseFilter::default()
    };
    assert_eq!(list(after.clone(), 10).await, [done.id()]);
    let state = CaseFilter {
        state: Some("draft".to_owned()),
        account_id: Some(open.account.clone()),
        after: None,
    };
    assert_eq!(list(state, 10).await, [open.id()]);
    let foreign = storage.list_cases(DEMO, &after, 10).await.unwrap();
    assert!(foreign.is_empty());
}

pub async fn credentials_are_listed_alone_and_by_enterprise(bench: Bench) {
    let storage = &*bench.storage;
    let one = verified(storage, 1, 1, 0).await;
    let two = verified(storage, 2, 1, 1).await;
    let three = verified(storage, 3, 2, 2).await;
    let list = async |filter: CredentialFilter| {
        let found = storage.list_credentials(LIVE, &filter, 10).await.unwrap();
        found.iter().map(|one| one.id).collect::<Vec<_>>()
    };
    let all = [three.credential(), two.credential(), one.credential()];
    assert_eq!(list(CredentialFilter::default()).await, all);
    let after = CredentialFilter {
        after: Some(three.credential()),
        account_id: Some(one.account.clone()),
    };
    assert_eq!(list(after).await, [one.credential()]);
    let found = storage.credential_with_id(LIVE, two.credential()).await;
    assert_eq!(found.unwrap().expect("there").case, two.id());
    let foreign = storage.credential_with_id(DEMO, two.credential()).await;
    assert_eq!(foreign.unwrap(), None);

    let of_first = storage.credentials_of_enterprise(LIVE, &uscc(1)).await;
    let of_first: Vec<_> = of_first.unwrap().iter().map(|one| one.id).collect();
    assert_eq!(of_first, [two.credential(), one.credential()]);
    let enterprises = storage.list_enterprises(LIVE, None, 10).await.unwrap();
    let counts: Vec<_> = enterprises.iter().map(Vec::len).collect();
    assert_eq!(counts, [1, 2], "the one verified last first");
    let page = storage
        .list_enterprises(LIVE, Some(three.credential()), 10)
        .await;
    assert_eq!(page.unwrap().len(), 1, "the page behind it");
    let foreign = storage.list_enterprises(DEMO, None, 10).await.unwrap();
    assert!(foreign.is_empty());
}
