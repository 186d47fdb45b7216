//! What this node tells the others and hears from them.

use std::{sync::Arc, time::Duration};

use shiming_service::Services;
use shiming_storage::{Storage, api::Heard};
use tokio::sync::broadcast::error::RecvError;

/// How often pages' cases are compared with the store, in case an announcement was lost.
const SAFETY_NET: Duration = Duration::from_secs(15);

/// Tells and hears for ever.
pub async fn run(services: Services, storage: Arc<dyn Storage>) {
    let mut heard = storage.hear();
    let mut own = services.cases.board.own_scans();
    let mut slowly = tokio::time::interval(SAFETY_NET);
    loop {
        tokio::select! {
            heard = heard.recv() => match heard {
                Ok(heard) => take(&services, heard).await,
                Err(RecvError::Lagged(_)) => services.cases.board.touch_all(),
                // An embedded database has nobody to hear from; the others go on.
                Err(RecvError::Closed) => std::future::pending().await,
            },
            news = own.recv() => if let Ok(news) = news
                && let Ok(note) = serde_json::to_string(&news)
            {
                storage.tell(&note);
            },
            _ = slowly.tick() => if let Err(error) = services.catch_up(&*storage).await {
                tracing::warn!(%error, "pages can't be brought up to date");
            },
        }
    }
}

async fn take(services: &Services, heard: Heard) {
    match heard {
        Heard::Changed(case) => services.heard_change(case).await,
        Heard::Note(note) => services.heard_note(&note),
        Heard::Missed => services.cases.board.touch_all(),
    }
}
