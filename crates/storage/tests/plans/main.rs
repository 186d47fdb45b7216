//! The console's lists hold at a hundred thousand rows: whatever page is asked for is read off an index, in the list's own order. What
//! the repositories really ask is noted and put to the engine's own explanation; nothing is timed.

mod engine;
mod lists;
mod noted;
mod seed;
#[path = "../storage/support/mod.rs"]
#[allow(dead_code, unused_imports)] // The stories use the rest.
mod support;

/// What the support of the stories calls when it opens a storage: here every statement is noted.
mod statements {
    pub fn note_if_asked() {
        crate::noted::begin();
    }
}

use engine::Engine;
use support::Bench;
use tokio::sync::Mutex;

/// The notes are the process's: one engine at a time.
static TURN: Mutex<()> = Mutex::const_new(());

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_off_an_index_on_sqlite() {
    let _turn = TURN.lock().await;
    let bench = Bench::sqlite().await;
    let engine = Engine::sqlite(&bench.settings.url).await;
    lists::hold(&bench, &engine).await;
}

#[cfg(feature = "postgres-tests")]
#[tokio::test(flavor = "multi_thread")]
async fn lists_are_read_off_an_index_on_postgresql() {
    use shiming_testbed::{Durability, Postgres, Statements};

    let _turn = TURN.lock().await;
    let server = Postgres::start_with(Durability::None, Statements::Unlogged);
    let folder = tempfile::tempdir().expect("a folder");
    let url = server.database("lists");
    let bench = Bench::on(support::settings(url, &folder), folder).await;
    let engine = Engine::postgres(&server, "lists");
    lists::hold(&bench, &engine).await;
}
