//! The audit trail: written with each commit, without gaps, whoever writes.

use shiming_audit::{Actor, ActorKind, AuditFilter, Broken, Chain, Record};
use shiming_storage::Storage;
use shiming_verification::{
    lifecycle::{LifeFact, Revocation},
    policy::Policy,
};

use crate::support::{Bench, Hands, at, claim};

async fn walk(storage: &dyn Storage) -> Result<u64, Broken> {
    let mut chain = Chain::default();
    for stored in storage.entries_from(1, 10_000).await.unwrap() {
        assert!(stored.sealed_by_us);
        chain.pass(&stored.entry)?;
    }
    let head = storage.head().await.unwrap();
    assert_eq!((head.seq, &head.hash), (chain.seq(), chain.hash()));
    Ok(chain.seq())
}

pub async fn a_commit_writes_its_entries_with_it(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.verify(claim(1)).await;
    let filter = AuditFilter {
        subject: Some(hands.id().to_string()),
        ..AuditFilter::default()
    };
    let entries = bench
        .storage
        .find_entries(&filter, None, 100)
        .await
        .unwrap();
    let last = &entries[0].record;
    assert_eq!(last.action, "case.verified");
    assert_eq!(last.detail["state"], "verified");
    let first = &entries[entries.len() - 1].record;
    assert_eq!(first.action, "case.opened");
    assert_eq!(first.actor.kind, ActorKind::Platform);
    let text = format!("{entries:?}");
    let claim = claim(1);
    for secret in [
        claim.id_number.as_str(),
        claim.legal_representative.as_str(),
    ] {
        assert!(!text.contains(secret), "no personal data in the trail");
    }
    assert_eq!(walk(&*bench.storage).await, Ok(entries.len() as u64));
}

pub async fn the_end_of_a_credential_is_in_the_trail(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    hands.verify(claim(1)).await;
    let living = bench.storage.living(hands.credential()).await.unwrap();
    let fact = LifeFact::Revoked {
        cause: Revocation::Source,
        told: None,
    };
    let life = living.expect("left by the pass").life;
    let end = life.decide(hands.credential(), fact, &Policy::default(), at(60));
    bench.storage.commit_life(&end.unwrap()).await.unwrap();
    let filter = AuditFilter {
        subject: Some(hands.credential().to_string()),
        ..AuditFilter::default()
    };
    let entries = bench.storage.find_entries(&filter, None, 100).await;
    let record = &entries.unwrap()[0].record;
    assert_eq!(record.action, "credential.revoked");
    assert_eq!(
        (&*record.detail["status"], &*record.detail["cause"]),
        ("revoked", "source")
    );
    walk(&*bench.storage).await.expect("one chain");
}

pub async fn a_refused_commit_leaves_no_entry(bench: Bench) {
    let hands = Hands::new(&*bench.storage, 1);
    let opening = hands.opening();
    hands.open().await;
    let before = bench.storage.head().await.unwrap();
    bench
        .storage
        .commit(&opening)
        .await
        .expect_err("it is there");
    assert_eq!(bench.storage.head().await.unwrap(), before);
}

pub async fn two_nodes_and_eight_tasks_write_one_chain_without_gaps(bench: Bench) {
    let nodes = [bench.storage.clone(), bench.second_node().await];
    let tasks: Vec<_> = (0..8_u16)
        .map(|n| {
            let node = nodes[usize::from(n) % 2].clone();
            tokio::spawn(async move {
                for turn in 0..10 {
                    let record = Record::new(Actor::operator(n), "test.written", at(turn));
                    node.record(vec![record.clone(), record]).await.unwrap();
                }
                Hands::new(&*node, n).verify(claim(n)).await;
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(walk(&*bench.storage).await.expect("it holds") > 8 * 20);
}

pub async fn entries_are_found_by_who_what_and_when(bench: Bench) {
    let storage = &bench.storage;
    let records = [
        Record::new(Actor::operator("op_1"), "operator.added", at(1)).about("op_2"),
        Record::new(Actor::operator("op_1"), "case.revealed", at(2)).about("ver_1"),
        Record::new(Actor::operator("op_2"), "case.revealed", at(3)).about("ver_1"),
        Record::new(Actor::system(), "case_like.other", at(4)),
    ];
    storage.record(records.to_vec()).await.unwrap();
    let found = |filter: AuditFilter| async move {
        let entries = storage.find_entries(&filter, None, 10).await.unwrap();
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    let all = AuditFilter::default;
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(found(all()).await, [4, 3, 2, 1]);
    assert_eq!(
        found(AuditFilter {
            actor_id: text("op_1"),
            ..all()
        })
        .await,
        [2, 1]
    );
    assert_eq!(
        found(AuditFilter {
            action: text("case."),
            ..all()
        })
        .await,
        [3, 2]
    );
    for (action, expected) in [
        ("case", &[3, 2][..]),
        ("case.revealed", &[3, 2][..]),
        ("case.rev", &[][..]),
    ] {
        let filter = AuditFilter {
            action: text(action),
            ..all()
        };
        assert_eq!(found(filter).await, expected, "{action}");
    }
    assert_eq!(
        found(AuditFilter {
            subject: text("ver_1"),
            ..all()
        })
        .await,
        [3, 2]
    );
    assert_eq!(
        found(AuditFilter {
            actor_kind: Some(ActorKind::System),
            ..all()
        })
        .await,
        [4]
    );
    let between = AuditFilter {
        since: Some(at(2)),
        until: Some(at(4)),
        ..all()
    };
    assert_eq!(found(between).await, [3, 2]);
    let page = storage.find_entries(&all(), Some(3), 1).await.unwrap();
    assert_eq!(page[0].seq, 2);
}

pub async fn anchors_are_kept_and_every_node_signs_with_the_same_key(bench: Bench) {
    let storage = &bench.storage;
    Hands::new(&**storage, 1).open().await;
    let head = storage.head().await.unwrap();
    let anchor = storage.signer().sign(head.seq, head.hash, at(1));
    storage.keep_anchor(&anchor).await.unwrap();
    anchor.verify().expect("signed");
    let other = bench.second_node().await;
    assert_eq!(other.signer().public_key(), anchor.key);
    assert_eq!(storage.anchors().await.unwrap(), [anchor]);
}
