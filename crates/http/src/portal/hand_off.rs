//! The link for a legal representative who is elsewhere, sent by mail or SMS.

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shiming_service::notifications::HandOff;
use shiming_verification::{
    code::Code,
    notification::{Address, Channel, Recipient, Status},
    words::Language as WrittenIn,
};
use utoipa::ToSchema;

use super::{OwnCase, case::answer, view::CaseView};
use crate::{
    extract::Input,
    language::Language,
    problem::{Failure, Problem},
    state::AppState,
    words::{ChannelName, MessageStatusName},
};

/// Whom the link goes to.
#[derive(Deserialize, ToSchema)]
pub struct HandOffRequest {
    /// `mail` or `sms`.
    #[schema(value_type = ChannelName)]
    pub channel: Channel,
    /// A mail address, or a phone number with its country's code or of mainland China.
    #[schema(max_length = 254)]
    pub address: String,
}

/// How the link may be sent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HandOffView {
    /// The channels to choose from.
    #[schema(value_type = Vec<ChannelName>)]
    pub channels: Vec<Channel>,
    /// The message that carries the present link.
    pub last: Option<SentLinkView>,
}

/// A link that was sent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SentLinkView {
    /// Whom it went to, masked.
    pub to: String,
    /// How it fares.
    #[schema(value_type = MessageStatusName)]
    pub status: Status,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

impl From<HandOff> for HandOffView {
    fn from(of: HandOff) -> Self {
        Self {
            channels: of.channels,
            last: of.last.map(|message| SentLinkView {
                to: message.order.to.address.masked(),
                status: message.status,
                at: message.created_at,
            }),
        }
    }
}

/// Sends the link behind a fresh QR code by mail or SMS, in the page's language. The code before it is dead; this one lives
/// longer, since a message takes its time.
#[utoipa::path(post, path = "/cases/{id}/hand_off", params(("id" = String, Path)), request_body = HandOffRequest, responses(
    (status = 200, body = CaseView), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem),
))]
pub async fn send(
    State(state): State<AppState>,
    own: OwnCase,
    language: Language,
    Input(wanted): Input<HandOffRequest>,
) -> Result<Json<CaseView>, Failure> {
    let address = Address::parse(wanted.channel, &wanted.address);
    let address = address.map_err(|_| Failure::field("/address", Code::InvalidInput, "address"))?;
    let to = Recipient {
        address,
        language: written_in(language),
    };
    let done = state.services.hand_off(own.case.id, to).await;
    answer(&state, done).await
}

const fn written_in(language: Language) -> WrittenIn {
    match language {
        Language::ZhCn => WrittenIn::ZhCn,
        Language::En => WrittenIn::En,
    }
}
