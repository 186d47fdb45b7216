//! The ports behind the platform's own interface in one hand.

use super::{
    feed::Feed,
    idempotency::Idempotency,
    keys::{ApiKeys, PlatformSettings},
    listings::Listings,
    webhooks::{Outbox, Webhooks},
};

/// What a platform's programs read and set up, and the webhooks on their way; answered by one store.
pub trait PlatformApi:
    ApiKeys + PlatformSettings + Idempotency + Listings + Webhooks + Outbox + Feed
{
}

impl<T> PlatformApi for T where
    T: ApiKeys + PlatformSettings + Idempotency + Listings + Webhooks + Outbox + Feed
{
}
