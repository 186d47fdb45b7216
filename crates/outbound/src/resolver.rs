//! Names are looked up by us, so that the address that was checked is the one that is connected to.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{Rules, is_public};

/// Looks names up and drops what is not public.
#[derive(Debug, Clone)]
pub(crate) struct GuardedResolver {
    pub(crate) rules: Rules,
}

/// Every address of the name lies inside a private network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads into a private network")]
pub(crate) struct LeadsInside;

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let trusted = self.rules.trusts(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable: Vec<SocketAddr> = found
                .filter(|address| trusted || is_public(address.ip()))
                .collect();
            if usable.is_empty() {
                return Err(LeadsInside.into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}
