//! Looking after platforms and their API keys at the console.

use shiming_verification::{
    api_key::Scope, code::Code, ids::PlatformId, ports::Platform, words::Realm,
};

use crate::{Services, api_keys::KeySmith, error::ServiceError, operators::Present};

const LONGEST_NAME: usize = 64;

impl Services {
    /// Adds a platform.
    ///
    /// # Errors
    /// `Refused` with `invalid_input` if the name can't be used.
    pub async fn add_platform(&self, by: &Present, name: &str) -> Result<Platform, ServiceError> {
        let name = name.trim();
        let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
        if !fits || name.chars().any(char::is_control) {
            return Err(self.refused(Code::InvalidInput));
        }
        let platform = Platform {
            id: PlatformId::new(self.fresh_id()?),
            name: name.to_owned(),
            realm: Realm::Live,
        };
        self.recorded(by, "platform.added", platform.id, &[])
            .await?;
        self.access
            .add_platform(&platform, self.clock.now())
            .await?;
        Ok(platform)
    }

    /// The platform with this id.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn platform_with_id(&self, id: PlatformId) -> Result<Platform, ServiceError> {
        let found = self.access.platform(id).await?;
        found.ok_or(ServiceError::NotFound)
    }

    /// Makes an API key; answers with the whole key, which is shown this once only. Needs a fresh proof.
    ///
    /// # Errors
    /// `NotFound`; `Refused` with `step_up_needed`.
    pub async fn make_api_key(&self, by: &Present, id: PlatformId) -> Result<String, ServiceError> {
        if !self.is_fresh(by) {
            return Err(self.refused(Code::StepUpNeeded));
        }
        let platform = self.platform_with_id(id).await?;
        let smith = KeySmith {
            store: &*self.platform_api,
            audit: &*self.audit,
            actor: by.actor(),
            clock: &*self.clock,
            entropy: &*self.entropy,
        };
        let new = smith.make(&platform, "console", Scope::ALL).await?;
        Ok(new.secret)
    }

    /// Revokes an API key.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn revoke_api_key(
        &self,
        by: &Present,
        id: PlatformId,
        prefix: &str,
    ) -> Result<(), ServiceError> {
        let now = self.clock.now();
        self.recorded(by, "api_key.revoked", id, &[("prefix", prefix)])
            .await?;
        match self.figures.revoke_keys_of(id, prefix, now).await? {
            0 => Err(ServiceError::NotFound),
            _ => Ok(()),
        }
    }
}
