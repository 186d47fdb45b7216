//! Every statement that sqlx runs in this process, as it was sent.

use std::sync::{Mutex, Once};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt},
    util::SubscriberInitExt,
};

static NOTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes statements from now on.
pub fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| tracing_subscriber::registry().with(Noting).init());
}

/// What was run since the last look.
pub fn taken() -> Vec<String> {
    std::mem::take(&mut *NOTED.lock().expect("nobody panics with it"))
}

struct Noting;

impl<S: Subscriber> Layer<S> for Noting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut statement = Statement::default();
        event.record(&mut statement);
        let noted = NOTED.lock();
        noted.expect("nobody panics with it").push(statement.0);
    }
}

/// A short statement is its own summary; a longer one follows in full.
#[derive(Default)]
struct Statement(String);

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, text: &str) {
        let is_longer = field.name() == "db.statement" && !text.is_empty();
        if is_longer || field.name() == "summary" {
            text.trim().clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
