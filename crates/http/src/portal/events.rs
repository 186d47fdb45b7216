//! The event stream of a case (server-sent events): the page shows what the server knows, at once.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, stream};
use shiming_verification::{ids::CaseId, ports::PortalSession};
use tokio::sync::broadcast::{self, error::RecvError};

use super::{OwnCase, view};
use crate::{portal::view::CaseView, problem::Failure, state::AppState};

/// A missed notification is made good after this time at the latest.
const SAFETY_NET: Duration = Duration::from_secs(20);
/// How often a silent stream shows that it lives.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Every change of the case, as `event: case` with the case's version as id.
#[utoipa::path(get, path = "/cases/{id}/events", params(("id" = String, Path)), responses(
    (status = 200, description = "`CaseView`s as server-sent events", content_type = "text/event-stream"),
))]
pub async fn events(
    State(state): State<AppState>,
    own: OwnCase,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let news = state.services.cases.board.watch();
    let seen = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let first = view(&state, own.case.clone()).await?;
    let pending = (seen != Some(first.version)).then_some(first);
    let watch = Watch {
        state,
        session: own.session,
        id: own.case.id,
        news,
        pending,
        last: None,
    };
    let stream = Sse::new(changes(watch)).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    Ok(([("x-accel-buffering", "no")], stream).into_response())
}

struct Watch {
    state: AppState,
    session: PortalSession,
    id: CaseId,
    news: broadcast::Receiver<CaseId>,
    pending: Option<CaseView>,
    last: Option<CaseView>,
}

fn changes(watch: Watch) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(watch, |mut watch| async {
        let view = watch.next().await?;
        let event = Event::default().event("case").id(view.version.to_string());
        let event = event.json_data(&view).ok()?;
        watch.last = Some(view);
        Some((Ok(event), watch))
    })
}

impl Watch {
    /// The next view that differs from the last one; `None` when the case can't be seen any more.
    async fn next(&mut self) -> Option<CaseView> {
        if let Some(view) = self.pending.take() {
            return Some(view);
        }
        loop {
            self.wait().await?;
            let case = self
                .state
                .services
                .case_of(&self.session, self.id)
                .await
                .ok()?;
            let view = view(&self.state, case).await.ok()?;
            if !self
                .last
                .as_ref()
                .is_some_and(|last| last.shows_the_same_as(&view))
            {
                return Some(view);
            }
        }
    }

    async fn wait(&mut self) -> Option<()> {
        let own = async {
            loop {
                match self.news.recv().await {
                    Ok(id) if id == self.id => return Some(()),
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                }
            }
        };
        tokio::time::timeout(SAFETY_NET, own)
            .await
            .unwrap_or(Some(()))
    }
}
