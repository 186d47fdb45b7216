//! How credentials stand after the pass.

use chrono::Duration;
use shiming_storage::Storage;
use shiming_verification::{
    case::{Renewal, RenewalKind},
    change::JobKind,
    credential::CredentialStatus,
    fact::Fact,
    lifecycle::{LifeChange, LifeFact, Revocation, Standing},
    policy::Policy,
    ports::{CommitError, lives::Living},
};

use crate::support::{Bench, Hands, LIVE, at, claim};

async fn living(hands: &Hands<'_>) -> Living {
    let found = hands.storage.living(hands.credential()).await;
    found.expect("readable").expect("left by the pass")
}

async fn decided(hands: &Hands<'_>, fact: LifeFact) -> LifeChange {
    let life = living(hands).await.life;
    life.decide(hands.credential(), fact, &Policy::default(), at(60))
        .expect("accepted")
}

async fn tending(storage: &dyn Storage, hands: &Hands<'_>) -> usize {
    let wanted = JobKind::TendCredential {
        credential: hands.credential(),
    };
    let far = at(0) + Duration::days(4000);
    let jobs = storage.claim_jobs("w", 100, far, far).await.expect("jobs");
    jobs.iter().filter(|job| job.kind == wanted).count()
}

pub async fn a_fresh_credential_is_active_and_looked_after(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.verify(claim(1)).await;
    let Living { credential, life } = living(&hands).await;
    assert_eq!(credential.status, CredentialStatus::Active);
    assert_eq!(life.version, 1);
    assert!(life.due_at.is_some() && life.next_check_at.is_some());
    assert_eq!(tending(&*bench.storage, &hands).await, 1);
}

pub async fn a_life_changes_once_per_version(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.verify(claim(1)).await;
    let stop = decided(&hands, LifeFact::Suspended { told: None }).await;
    bench.storage.commit_life(&stop).await.expect("first");
    let again = bench.storage.commit_life(&stop).await;
    assert!(matches!(again, Err(CommitError::Conflict)), "{again:?}");
    let found = living(&hands).await;
    assert_eq!(found.life, stop.life);
    assert_eq!(found.credential.status, CredentialStatus::Suspended);
}

pub async fn a_revoked_credential_is_left_alone(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.verify(claim(1)).await;
    let fact = LifeFact::Revoked {
        cause: Revocation::Operator,
        told: Some("licence handed back".to_owned()),
    };
    let end = decided(&hands, fact).await;
    bench.storage.commit_life(&end).await.expect("stored");
    assert_eq!(living(&hands).await.life, end.life);
    assert_eq!(tending(&*bench.storage, &hands).await, 0);
}

pub async fn a_superseded_credential_has_ended(bench: Bench) {
    let first = Hands::new(&*bench.storage, 1);
    first.verify(claim(1)).await;
    let mut second = Hands::new(&*bench.storage, 2);
    second.account.clone_from(&first.account);
    second.now = at(5);
    second.verify(claim(1)).await;
    let life = living(&first).await.life;
    assert_eq!(
        (life.version, life.standing),
        (2, Standing::Superseded { at: at(5) })
    );
    assert_eq!(tending(&*bench.storage, &first).await, 0);
    let newest = bench.storage.living_of_account(LIVE, &first.account).await;
    let newest = newest.expect("readable").expect("there");
    assert_eq!(newest.credential.id, second.credential());
}

pub async fn a_credential_says_that_a_change_is_on_its_way(bench: Bench) {
    let first = Hands::new(&*bench.storage, 1);
    first.verify(claim(1)).await;
    let mut second = Hands::new(&*bench.storage, 2);
    second.account.clone_from(&first.account);
    let mut opening = second.opening();
    opening.case.renews = Some(Renewal {
        kind: RenewalKind::Change,
        uscc: claim(1).uscc,
    });
    bench.storage.commit(&opening).await.expect("opened");
    let status = async || {
        let found = bench.storage.credential(LIVE, &first.account).await;
        found.expect("readable").expect("there").status
    };
    assert_eq!(status().await, CredentialStatus::ChangePending);
    let open = bench.storage.open_cases_of(LIVE, &first.account).await;
    assert_eq!(open.expect("readable"), [second.id()]);
    second.hear(Fact::Canceled).await;
    assert_eq!(status().await, CredentialStatus::Active);
    let open = bench.storage.open_cases_of(LIVE, &first.account).await;
    assert_eq!(open.expect("readable"), []);
}
