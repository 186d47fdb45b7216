//! Every story on SQLite, and what only a file has.

use shiming_storage::{OpenError, migrate, open, pending_migrations};

use crate::{stories::every_story, support::Bench};

macro_rules! as_tests {
    ($($room:ident: [$($story:ident),* $(,)?]),* $(,)?) => {
        $(mod $room {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                crate::stories::$room::$story(crate::support::Bench::sqlite().await).await;
            })*
        })*
    };
}
every_story!(as_tests);

#[tokio::test]
async fn a_database_without_tables_is_refused_until_it_is_migrated() {
    let (settings, _folder) = Bench::sqlite_settings();
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
    let all = std::fs::read_dir(files).unwrap().count();
    assert_eq!(pending_migrations(&settings.url).await.unwrap(), all);
    let refused = open(&settings).await.err().expect("there are no tables");
    assert!(
        matches!(refused, OpenError::Outdated { pending } if pending == all),
        "{refused}"
    );
    assert!(refused.to_string().contains("shiming migrate"));

    migrate(&settings.url).await.unwrap();
    migrate(&settings.url).await.expect("harmless to repeat");
    assert_eq!(pending_migrations(&settings.url).await.unwrap(), 0);
    open(&settings).await.unwrap().ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_meet_on_an_empty_folder_take_turns() {
    let (settings, _folder) = Bench::sqlite_settings();
    let all = (0..8).map(|_| {
        let url = settings.url.clone();
        tokio::spawn(async move { migrate(&url).await })
    });
    for done in futures_util::future::join_all(all).await {
        done.unwrap().expect("each finds it done or does it");
    }
    open(&settings).await.unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_url_of_no_known_engine_is_refused() {
    assert!(matches!(
        migrate("mysql://localhost").await,
        Err(OpenError::Engine)
    ));
}

/// Whoever has the database but not the master key can hash, but can't seal; and the trail can't be changed by mistake.
#[tokio::test]
async fn a_trail_that_was_rewritten_in_the_database_shows() {
    let bench = Bench::sqlite().await;
    crate::support::Hands::new(&*bench.storage, 1).open().await;
    let url = &bench.settings.url;
    let pool = sqlx::SqlitePool::connect(url).await.unwrap();
    let refused = sqlx::query("DELETE FROM audit_entry").execute(&pool).await;
    assert!(refused.unwrap_err().to_string().contains("append-only"));

    let stored = bench.storage.entries_from(1, 1).await.unwrap().remove(0);
    let mut forged = stored.entry.record;
    forged.action = "case.expired".to_owned();
    let entry = shiming_audit::Entry::after(0, &shiming_audit::GENESIS, forged);
    for statement in [
        "DROP TRIGGER audit_entry_stays",
        "UPDATE audit_entry SET action = 'case.expired' WHERE seq = 1",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    sqlx::query("UPDATE audit_entry SET hash = $1")
        .bind(entry.hash.to_vec())
        .execute(&pool)
        .await
        .unwrap();
    let stored = bench.storage.entries_from(1, 1).await.unwrap().remove(0);
    shiming_audit::Chain::default()
        .pass(&stored.entry)
        .expect("the hashes are right");
    assert!(!stored.sealed_by_us, "but the seal is not");
}
