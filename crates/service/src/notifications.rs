//! Messages to people: the link sent to a legal representative who is elsewhere, what the worker sends, and who wants no more.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use shiming_verification::{
    case::{Case, Digest, State},
    code::{Code, Notice, Refusal},
    credential::Credential,
    ids::{CaseId, NotificationId},
    notification::{Block, Channel, NotificationPolicy, Occasion, Recipient, Status},
    ports::{
        LedgerError,
        lives::Living,
        notifications::{Facts, Letter, Messenger, Notification, Notifications, SendError},
    },
    words::Realm,
};

use crate::{
    Services,
    edge::random,
    error::ServiceError,
    step::Step,
    tokens::{self, digest},
    webhooks::pause_after,
};

/// What messages to people need.
pub struct NotificationParts {
    /// Where they are kept.
    pub store: Arc<dyn Notifications>,
    /// Who carries them; `None` where none leave.
    pub post: Option<Post>,
}

/// Who carries messages, and where their links begin.
pub struct Post {
    /// The carrier.
    pub messenger: Arc<dyn Messenger>,
    /// Origin of the phone page, without a trailing slash.
    pub phone_origin: String,
    /// Origin of the page on which more of the same can be refused, without a trailing slash.
    pub portal_origin: String,
}

/// The link that a case's applicant may have sent, and how the last one fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOff {
    /// The channels to choose from.
    pub channels: Vec<Channel>,
    /// The message that carries the present link, if one does.
    pub last: Option<Notification>,
}

/// A message, to whoever holds its own link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The message.
    pub message: Notification,
    /// The platform's name.
    pub platform: String,
    /// What its receiver wants no more of.
    pub blocked: Vec<Block>,
}

impl Services {
    /// Sends the link behind a fresh QR code to somebody.
    ///
    /// # Errors
    /// `NotFound`; `Refused` by a limit, with the time when it opens, by the receiver, or where no link waits; `Unavailable`.
    pub async fn hand_off(&self, id: CaseId, to: Recipient) -> Result<Case, ServiceError> {
        let case = self.cases.get(id).await?;
        let now = self.clock.now();
        let since = now - NotificationPolicy::DAY;
        let tallies = self
            .notifications
            .store
            .hand_off_tallies(&case, &to.address, since, now)
            .await?;
        let case = self
            .cases
            .step(id, Step::HandOff(Box::new(to), tallies))
            .await?;
        self.scans.stop(id);
        self.check_soon(case).await
    }

    /// How a case's link may be sent, while it waits for a phone; `None` where it can't.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn hand_off_of(&self, case: &Case) -> Result<Option<HandOff>, ServiceError> {
        let channels = self.cases.policy.notification.ways.of(case.realm);
        if channels.is_empty() || !matches!(case.state, State::AwaitingScan { .. }) {
            return Ok(None);
        }
        let present = Some(case.invitations);
        let sent = self.notifications.store.notifications_of(case.id).await?;
        let last = sent
            .into_iter()
            .find(|message| message.order.invitation == present);
        Ok(Some(HandOff { channels, last }))
    }

    /// What a job does for a message: sends it, unless it is no longer true or no longer wanted.
    ///
    /// # Errors
    /// `Refused` while a limit holds it up, with the time when it opens; `Unavailable`: the job will try again.
    pub(crate) async fn notify(&self, id: NotificationId) -> Result<(), ServiceError> {
        let store = &self.notifications.store;
        let Some(message) = store.notification(id).await? else {
            return Ok(());
        };
        if message.status != Status::Pending {
            return Ok(());
        }
        let Some(post) = &self.notifications.post else {
            return self.drop_message(&message, "no_channel").await;
        };
        if self.is_blocked(&message).await? {
            return self.drop_message(&message, "unwanted").await;
        }
        let Some(letter) = self.letter(&message, post).await? else {
            return self.drop_message(&message, "outdated").await;
        };
        self.within_limits(&message).await?;
        store
            .link_notification(id, Digest(self.message_token(id).digest()))
            .await?;
        let sent = post.messenger.send(&letter).await;
        self.note_sent(&message, sent).await
    }

    async fn note_sent(
        &self,
        message: &Notification,
        sent: Result<(), SendError>,
    ) -> Result<(), ServiceError> {
        let (status, reason) = match sent {
            Ok(()) => (Status::Sent, None),
            Err(SendError::Refused(why)) => (Status::Refused, Some(why)),
            Err(SendError::NotNow(why)) => return Err(ServiceError::Unavailable(why)),
        };
        self.end_message(message, status, reason.as_deref()).await
    }

    async fn drop_message(&self, message: &Notification, why: &str) -> Result<(), ServiceError> {
        self.end_message(message, Status::Dropped, Some(why)).await
    }

    async fn end_message(
        &self,
        message: &Notification,
        status: Status,
        reason: Option<&str>,
    ) -> Result<(), ServiceError> {
        let now = self.clock.now();
        self.notifications
            .store
            .finish_notification(message.id, status, reason, now)
            .await?;
        // The page that waits beside the QR code shows how its link fares.
        self.cases.board.touch(message.case);
        Ok(())
    }

    async fn is_blocked(&self, message: &Notification) -> Result<bool, LedgerError> {
        let against = Block::against(message.order.occasion, message.platform, message.case);
        let address = &message.order.to.address;
        let blocked = self.notifications.store.blocked(address, &against).await?;
        Ok(!blocked.is_empty())
    }

    /// Links were held to the limits when they were asked for; notices are held up here.
    async fn within_limits(&self, message: &Notification) -> Result<(), ServiceError> {
        if message.order.occasion.is_transactional() {
            return Ok(());
        }
        let now = self.clock.now();
        let since = now - NotificationPolicy::DAY;
        let address = &message.order.to.address;
        let store = &self.notifications.store;
        let sent = store
            .sent_tallies(message.platform, address, since, now)
            .await?;
        match self.cases.policy.notification.opens_at(&sent) {
            None => Ok(()),
            Some(at) => {
                let notice = Notice::free(Code::TooManyRequests, now).until(at);
                Err(Refusal::Ruled(notice).into())
            }
        }
    }

    /// The message with all that it tells; `None` if it is no longer true.
    async fn letter(
        &self,
        message: &Notification,
        post: &Post,
    ) -> Result<Option<Letter>, ServiceError> {
        let now = self.clock.now();
        let Some(case) = self.cases.ledger.load(message.case).await? else {
            return Ok(None);
        };
        let case = case.settled(&self.cases.policy, now);
        let living = match message.order.credential {
            Some(credential) => self.lives.living(credential).await?,
            None => None,
        };
        let about_life = message.order.credential.is_some();
        let fits_life = living
            .as_ref()
            .is_some_and(|living| message.order.fits_life(&living.life));
        let fits = message.order.fits_case(&case, now) && (!about_life || fits_life);
        let Some(platform) = self.access.platform(message.platform).await? else {
            return Ok(None);
        };
        let (enterprise, representative) = named(&case, living.as_ref());
        let is_link = message.order.occasion == Occasion::HandOff;
        let token = self.invitation_token(&case).filter(|_| is_link);
        let refuse = self.message_token(message.id);
        Ok(fits.then(|| Letter {
            id: message.id,
            to: message.order.to.clone(),
            occasion: message.order.occasion,
            facts: Facts {
                platform: platform.name,
                enterprise,
                representative,
                link: token.map(|token| format!("{}/s#{token}", post.phone_origin)),
                until: message.order.until,
                demo: case.realm != Realm::Live,
            },
            refuse_url: format!("{}/m/{}", post.portal_origin, refuse.expose()),
            at: now,
        }))
    }

    fn message_token(&self, id: NotificationId) -> shiming_vault::Token {
        tokens::message(&self.cases.tokens, id)
    }

    /// The message whose own link holds this code.
    ///
    /// # Errors
    /// `NotFound`, also once its verification is erased; `Unavailable`.
    pub async fn received(&self, code: &str) -> Result<Received, ServiceError> {
        let store = &self.notifications.store;
        let found = store.notification_by_link(digest(code)).await?;
        let message = found.ok_or(ServiceError::NotFound)?;
        let platform = self.access.platform(message.platform).await?;
        let all = [
            Block::Case(message.case),
            Block::Notices(message.platform),
            Block::Platform(message.platform),
        ];
        Ok(Received {
            blocked: store.blocked(&message.order.to.address, &all).await?,
            platform: platform.ok_or(ServiceError::NotFound)?.name,
            message,
        })
    }

    /// The receiver of a message wants no more: of its verification, of the platform's notices, or of all of the platform.
    ///
    /// # Errors
    /// `NotFound`; `Unavailable`.
    pub async fn refuse_messages(
        &self,
        code: &str,
        block: impl Fn(&Notification) -> Block,
    ) -> Result<Received, ServiceError> {
        let mut received = self.received(code).await?;
        let block = block(&received.message);
        let (address, now) = (&received.message.order.to.address, self.clock.now());
        self.notifications.store.block(address, block, now).await?;
        if !received.blocked.contains(&block) {
            received.blocked.push(block);
        }
        Ok(received)
    }

    /// When a message that failed is tried again: at the time that a limit names, else by the schedule of webhooks; `None` at
    /// its end.
    pub(crate) fn next_try_of_message(
        &self,
        attempts: u32,
        error: &ServiceError,
    ) -> Result<Option<DateTime<Utc>>, ServiceError> {
        let now = self.clock.now();
        if let ServiceError::Refused(Refusal::Ruled(notice)) = error
            && let Some(at) = notice.retry_at
        {
            // A moment later, so that the oldest message no longer counts.
            return Ok(Some(at + Duration::seconds(1)));
        }
        let jitter = u32::from_be_bytes(random(&*self.entropy)?);
        Ok(pause_after(attempts, jitter).map(|pause| now + pause))
    }
}

/// The enterprise and, masked, its legal representative: as the credential says, else as the applicant does.
fn named(case: &Case, living: Option<&Living>) -> (String, String) {
    let of_credential = living.map(|Living { credential, .. }| of_credential(credential));
    let of_claim = case.claim.as_ref().map(|claim| {
        (
            claim.enterprise_name.as_str().to_owned(),
            claim.legal_representative.masked(),
        )
    });
    of_credential
        .or(of_claim)
        .unwrap_or_else(|| (case.account.name.clone(), String::new()))
}

fn of_credential(credential: &Credential) -> (String, String) {
    (
        credential.claim.enterprise_name.as_str().to_owned(),
        credential.claim.legal_representative.masked(),
    )
}
