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
    assert_eq!(pending_migrations(&settings.url).await.unwrap(), 1);
    let refused = open(&settings).await.err().expect("there are no tables");
    assert!(
        matches!(refused, OpenError::Outdated { pending: 1 }),
        "{refused}"
    );
    assert!(refused.to_string().contains("shiming migrate"));

    migrate(&settings.url).await.unwrap();
    migrate(&settings.url).await.expect("harmless to repeat");
    assert_eq!(pending_migrations(&settings.url).await.unwrap(), 0);
    open(&settings).await.unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_url_of_no_known_engine_is_refused() {
    assert!(matches!(
        migrate("mysql://localhost").await,
        Err(OpenError::Engine)
    ));
}
