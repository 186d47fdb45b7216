//! The embedded registry.

use shiming_identifiers::EnterpriseName;
use shiming_storage::{
    Storage,
    api::{EnterpriseRecord, ImportRun, RegistryStats, Written},
};
use shiming_verification::{
    claim::Claim,
    fact::RegistryAnswer,
    ports::{RegistryEntry, RegistryStatus},
    words::{Realm, SubjectType},
};

use uuid::Uuid;

use crate::support::{Bench, at, claim, id_number, person_name};

async fn put(storage: &dyn Storage, claim: Claim, status: RegistryStatus, realm: Realm) {
    let entry = RegistryEntry { claim, status };
    storage
        .put_enterprise(&entry, realm, at(0))
        .await
        .expect("stored");
}

fn record(storage: &dyn Storage, claim: &Claim) -> EnterpriseRecord {
    EnterpriseRecord::of_claim(claim, RegistryStatus::Active, storage.indexes())
}

fn named(name: &str, claim: Claim) -> Claim {
    Claim {
        enterprise_name: EnterpriseName::parse(name).expect("a name"),
        ..claim
    }
}

pub async fn the_registry_answers_exactly(bench: Bench) {
    let storage = &*bench.storage;
    put(storage, claim(1), RegistryStatus::Active, Realm::Live).await;
    put(storage, claim(2), RegistryStatus::Cancelled, Realm::Live).await;
    put(storage, claim(3), RegistryStatus::Revoked, Realm::Live).await;
    let same_key = named("示例1号科技(北京)有限公司", claim(1));
    let individual = Claim {
        subject: SubjectType::IndividualBusiness,
        ..claim(1)
    };
    let table = [
        (claim(1), RegistryAnswer::Match),
        (same_key, RegistryAnswer::Match),
        (
            named("示例1号科技有限公司", claim(1)),
            RegistryAnswer::Mismatch,
        ),
        (
            Claim {
                legal_representative: person_name(9),
                ..claim(1)
            },
            RegistryAnswer::Mismatch,
        ),
        (
            Claim {
                id_number: id_number(9),
                ..claim(1)
            },
            RegistryAnswer::Mismatch,
        ),
        (individual, RegistryAnswer::Mismatch),
        (claim(2), RegistryAnswer::Inactive),
        (claim(3), RegistryAnswer::Inactive),
        (
            Claim {
                id_number: id_number(9),
                ..claim(2)
            },
            RegistryAnswer::Mismatch,
        ),
        (claim(4), RegistryAnswer::NotFound),
    ];
    for (claim, expected) in table {
        assert_eq!(
            storage.check(&claim, Realm::Live).await,
            expected,
            "{claim:?}"
        );
    }
}

pub async fn what_the_source_does_not_say_is_not_compared(bench: Bench) {
    let storage = &*bench.storage;
    let silent = EnterpriseRecord {
        subject: None,
        ..record(storage, &claim(1))
    };
    storage
        .write_enterprises(&[silent], Realm::Live, None, at(0))
        .await
        .unwrap();
    let individual = Claim {
        subject: SubjectType::IndividualBusiness,
        ..claim(1)
    };
    assert_eq!(
        storage.check(&individual, Realm::Live).await,
        RegistryAnswer::Match
    );
}

pub async fn a_batch_counts_what_it_did(bench: Bench) {
    let storage = &*bench.storage;
    let mut batch: Vec<_> = (0..1203).map(|n| record(storage, &claim(n))).collect();
    let write = async |batch: &[EnterpriseRecord]| {
        storage
            .write_enterprises(batch, Realm::Live, None, at(0))
            .await
            .expect("written")
    };
    let written = |inserted, updated, unchanged| Written {
        inserted,
        updated,
        unchanged,
    };
    assert_eq!(write(&batch).await, written(1203, 0, 0));
    assert_eq!(write(&batch).await, written(0, 0, 1203));

    batch[7].status = RegistryStatus::Revoked;
    batch[900].subject = None;
    batch.push(record(storage, &claim(2000)));
    assert_eq!(write(&batch).await, written(1, 2, 1201));
    assert_eq!(
        storage.check(&claim(7), Realm::Live).await,
        RegistryAnswer::Inactive
    );
    assert_eq!(write(&[]).await, written(0, 0, 0));
}

pub async fn the_last_of_two_equal_codes_counts(bench: Bench) {
    let storage = &*bench.storage;
    let first = record(storage, &claim(1));
    let last = EnterpriseRecord {
        status: RegistryStatus::Revoked,
        ..first.clone()
    };
    let written = storage
        .write_enterprises(&[first, last], Realm::Live, None, at(0))
        .await
        .unwrap();
    assert_eq!((written.inserted, written.unchanged), (1, 1));
    assert_eq!(
        storage.check(&claim(1), Realm::Live).await,
        RegistryAnswer::Inactive
    );
}

pub async fn the_realms_do_not_mix(bench: Bench) {
    let storage = &*bench.storage;
    put(storage, claim(1), RegistryStatus::Active, Realm::Demo).await;
    assert_eq!(
        storage.check(&claim(1), Realm::Live).await,
        RegistryAnswer::NotFound
    );
    put(storage, claim(1), RegistryStatus::Revoked, Realm::Live).await;
    assert_eq!(
        storage.check(&claim(1), Realm::Demo).await,
        RegistryAnswer::Match
    );
    assert_eq!(
        storage.check(&claim(1), Realm::Live).await,
        RegistryAnswer::Inactive
    );
}

pub async fn stats_count_by_realm_and_status(bench: Bench) {
    let storage = &*bench.storage;
    assert_eq!(
        storage.registry_stats().await.unwrap(),
        RegistryStats::default()
    );
    for n in 1..=3 {
        put(storage, claim(n), RegistryStatus::Active, Realm::Live).await;
    }
    put(storage, claim(4), RegistryStatus::Cancelled, Realm::Live).await;
    put(storage, claim(1), RegistryStatus::Active, Realm::Demo).await;
    storage
        .put_photo(&id_number(1), Realm::Demo, b"photo", at(0))
        .await
        .unwrap();

    let stats = storage.registry_stats().await.unwrap();
    let counted: Vec<_> = stats
        .enterprises
        .iter()
        .map(|c| (c.realm, c.status, c.count))
        .collect();
    let expected = [
        (Realm::Demo, RegistryStatus::Active, 1),
        (Realm::Live, RegistryStatus::Active, 3),
        (Realm::Live, RegistryStatus::Cancelled, 1),
    ];
    assert_eq!(counted, expected);
    assert_eq!(stats.photos, [(Realm::Demo, 1)]);
    assert_eq!(stats.last_imports, []);
}

pub async fn an_import_that_goes_on_replaces_its_record(bench: Bench) {
    let mut run = ImportRun {
        id: Uuid::from_u128(1),
        realm: Realm::Live,
        source: "registry.csv".to_owned(),
        started_at: at(0),
        finished_at: None,
        written: Written::default(),
        bad_rows: 0,
        photos: 0,
        bad_photos: 0,
    };
    bench.storage.record_import(&run).await.unwrap();
    run.finished_at = Some(at(5));
    run.written.inserted = 7;
    run.bad_photos = 2;
    bench.storage.record_import(&run).await.unwrap();
    let stats = bench.storage.registry_stats().await.unwrap();
    assert_eq!(stats.last_imports, [run]);
}
