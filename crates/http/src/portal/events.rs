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
use shiming_service::progress::CaseWatch;
use shiming_verification::{code::Code, ids::CaseId, ports::PortalSession};

use super::{OwnCase, view};
use crate::{portal::view::CaseView, problem::Failure, state::AppState};

/// A timer of the case that nobody has told of shows after this time at the latest. Missed announcements are found
/// sooner, for all pages of a node at once.
const SAFETY_NET: Duration = Duration::from_mins(1);
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
    if state.services.scans.is_closing() {
        return Err(Failure::of(Code::SystemError));
    }
    let news = state.services.cases.board.watch(own.case.id);
    let seen = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    news.shown(own.case.version);
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
    news: CaseWatch,
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
            tokio::select! {
                _ = tokio::time::timeout(SAFETY_NET, self.news.news()) => {}
                // The page connects again, and finds another node.
                () = self.state.services.scans.moved() => return None,
            }
            let case = self
                .state
                .services
                .case_of(&self.session, self.id)
                .await
                .ok()?;
            self.news.shown(case.version);
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
}
