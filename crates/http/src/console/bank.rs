//! The operator's bank account: what is open, a file brought by hand, an entry dealt with by a person.

use std::{io::Write as _, path::Path, sync::Arc};

use axum::{
    Json,
    body::Body,
    extract::{Path as InPath, Query, State},
    http::StatusCode,
};
use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use shiming_service::{
    ServiceError,
    bank::{StatementError, Stored},
};
use shiming_verification::{
    bank::AccountNumber,
    code::Code,
    ports::bank::{Direction, ReportError, StoredTransfer, UnmatchedEntry},
    review::Message,
};
use tempfile::NamedTempFile;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{access::Staff, view::word};
use crate::{
    extract::Input,
    problem::{Failure, Problem},
    state::AppState,
};

/// Bytes of the largest file that is taken over the page; a larger one is for the command line.
const LARGEST: u64 = 1 << 30;

/// What is open at the bank.
#[derive(Serialize, ToSchema)]
pub struct BankBooksView {
    /// The end of the operator's account, if a bank is connected.
    pub account: Option<String>,
    /// Transfers without a last word, oldest first, at most 1000.
    pub transfers: Vec<OpenTransfer>,
    /// Entries that belong to no transfer, oldest first, at most 1000.
    pub entries: Vec<OpenEntry>,
}

/// A transfer without a last word. Its amount is nobody's to see.
#[derive(Serialize, ToSchema)]
pub struct OpenTransfer {
    /// `ver_…`
    pub case: String,
    /// End-to-end id, or the reference of a payment that is waited for.
    pub key: String,
    /// `planned`, `handing_over`, `sent`, `accepted`, `unknown` or `awaited`.
    pub status: String,
    /// Whether it belongs to the demonstration.
    pub demo: bool,
    /// The end of the enterprise's account; absent once the case was erased.
    pub account: Option<String>,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
    /// When it last moved.
    pub updated_at: DateTime<Utc>,
}

/// An entry that belongs to no transfer.
#[derive(Serialize, ToSchema)]
pub struct OpenEntry {
    /// For noting what was done about it.
    pub id: Uuid,
    /// Why it is listed.
    pub misfit: String,
    /// `credit`: money came; `debit`: money left, or a report about a transfer.
    pub direction: String,
    /// Yuan that came. What left may be the amount of a transfer, so it is not shown.
    pub amount: Option<String>,
    /// When it was booked.
    pub booked_at: DateTime<Utc>,
    /// Name on the other side, as the bank says it.
    pub counterparty: Option<String>,
    /// The end of the account on the other side.
    pub counterparty_account: Option<String>,
    /// End-to-end id that it names.
    pub end_to_end: Option<String>,
    /// Text of the payment.
    pub remittance: Option<String>,
    /// File that it came in.
    pub source: String,
}

impl From<StoredTransfer> for OpenTransfer {
    fn from(transfer: StoredTransfer) -> Self {
        let body = transfer.body.as_ref();
        Self {
            case: transfer.case.to_string(),
            status: word(&transfer.status),
            demo: transfer.realm != shiming_verification::words::Realm::Live,
            account: body.map(|body| body.details.account_number.masked()),
            key: transfer.key,
            planned_at: transfer.planned_at,
            updated_at: transfer.updated_at,
        }
    }
}

impl From<UnmatchedEntry> for OpenEntry {
    fn from(unmatched: UnmatchedEntry) -> Self {
        let entry = unmatched.entry;
        let came = entry.direction == Direction::Credit;
        let number = entry.counterparty_account.as_deref();
        Self {
            id: unmatched.id,
            misfit: word(&unmatched.misfit),
            direction: word(&entry.direction),
            amount: came.then(|| entry.amount.expose_yuan()),
            booked_at: entry.booked_at,
            counterparty_account: number
                .and_then(|number| AccountNumber::parse(number).ok())
                .map(|number| number.masked()),
            counterparty: entry.counterparty,
            end_to_end: entry.end_to_end,
            remittance: entry.remittance,
            source: unmatched.source,
        }
    }
}

/// What is open at the bank.
#[utoipa::path(get, path = "/bank", extensions(("x-permission" = json!("bank.read"))), responses((status = 200, body = BankBooksView)))]
pub async fn show(State(state): State<AppState>) -> Result<Json<BankBooksView>, Failure> {
    let open = state.services.bank_desk().bank_outstanding().await?;
    let own = state.services.own_bank_account();
    Ok(Json(BankBooksView {
        account: own.map(|own| own.number.masked()),
        transfers: open.transfers.into_iter().map(OpenTransfer::from).collect(),
        entries: open.entries.into_iter().map(OpenEntry::from).collect(),
    }))
}

/// What was done about an entry.
#[derive(Deserialize, ToSchema)]
pub struct ResolutionRequest {
    /// For colleagues and auditors, 1 to 1000 characters.
    pub note: String,
}

/// Notes that a person has dealt with an entry; it is listed no longer.
#[utoipa::path(post, path = "/bank/entries/{id}/resolve", params(("id" = Uuid, Path)), request_body = ResolutionRequest, extensions(("x-permission" = json!("bank.write"))), responses(
    (status = 204), (status = 404, body = Problem), (status = 422, body = Problem),
))]
pub async fn resolve(
    State(state): State<AppState>,
    Staff(by): Staff,
    InPath(id): InPath<Uuid>,
    Input(sent): Input<ResolutionRequest>,
) -> Result<StatusCode, Failure> {
    let note = Message::parse(&sent.note);
    let note = note.map_err(|_| Failure::field("/note", Code::InvalidInput, "length"))?;
    let desk = state.services.bank_desk();
    desk.resolve_bank_entry(by.actor(), id, &note).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the file is called.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FileName {
    /// Name of the file, for people.
    #[serde(default)]
    pub name: String,
}

/// What a file did.
#[derive(Serialize, ToSchema)]
pub struct FileStored {
    /// Whether the very file had been read before; then nothing was done.
    pub known_file: bool,
    /// Records in it.
    pub records: u64,
    /// Records that belong to a transfer.
    pub matched: u64,
    /// Entries that belong to none.
    pub unmatched: u64,
    /// Entries that were known.
    pub known: u64,
}

impl From<Stored> for FileStored {
    fn from(stored: Stored) -> Self {
        Self {
            known_file: stored.known_file,
            records: stored.records,
            matched: stored.matched,
            unmatched: stored.unmatched,
            known: stored.known,
        }
    }
}

/// Reads a file of the bank, sent as it is. Of a file that can't be read nothing is stored, and the problem's reason names
/// line or path.
#[utoipa::path(post, path = "/bank/files", params(FileName), request_body(content = Vec<u8>, content_type = "application/octet-stream"), extensions(("x-permission" = json!("bank.write"))), responses(
    (status = 200, body = FileStored), (status = 413, body = Problem), (status = 422, body = Problem),
))]
pub async fn bring(
    State(state): State<AppState>,
    Staff(by): Staff,
    Query(FileName { name }): Query<FileName>,
    body: Body,
) -> Result<Json<FileStored>, Failure> {
    let Some(channel) = state.services.bank.channel.clone() else {
        return Err(Failure::field("", Code::InvalidInput, "no_bank"));
    };
    let file = kept(body).await?;
    let report = channel.report_of(file.path(), &plain(&name));
    let desk = state.services.bank_desk();
    let stored = desk.bring_report(by.actor(), Arc::from(report)).await;
    stored
        .map(|stored| Json(stored.into()))
        .map_err(|error| match error {
            StatementError::File(error) => unreadable(&error),
            StatementError::Service(error) => error.into(),
        })
}

fn unreadable(error: &ReportError) -> Failure {
    Failure::field("", Code::InvalidInput, &error.to_string())
}

/// The last part of a name, short and without control characters.
fn plain(name: &str) -> String {
    let last = Path::new(name).file_name().unwrap_or_default();
    let text = last.to_string_lossy();
    let kept: String = text.chars().filter(|c| !c.is_control()).take(120).collect();
    if kept.is_empty() {
        "file".to_owned()
    } else {
        kept
    }
}

/// The body in a file of its own, since it may be larger than memory; it goes when it is let go.
async fn kept(body: Body) -> Result<NamedTempFile, Failure> {
    let mut file = NamedTempFile::new().map_err(|error| broken(&error))?;
    let (mut size, mut chunks) = (0, body.into_data_stream());
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Failure::field("", Code::InvalidInput, "body"))?;
        size += chunk.len() as u64;
        if size > LARGEST {
            return Err(Failure::of(Code::PayloadTooLarge));
        }
        let written = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file));
        let written = written.await.map_err(std::io::Error::other);
        file = written.flatten().map_err(|error| broken(&error))?;
    }
    Ok(file)
}

fn broken(error: &std::io::Error) -> Failure {
    ServiceError::Unavailable(format!("a file of the bank can't be kept: {error}")).into()
}
