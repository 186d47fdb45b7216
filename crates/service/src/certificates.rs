//! Certificates: a code that its holder may pass on, under which anybody sees whether a credential still holds.

use shiming_vault::token_digest;
use shiming_verification::{
    credential::Credential,
    ids::CredentialId,
    ports::{Platform, lives::Living},
};
use uuid::Uuid;

use crate::{Services, error::ServiceError};

/// What stands between the credential's id and its proof.
const BETWEEN: char = '.';

impl Services {
    /// The code of a credential's certificate; nobody can guess it (144 bits), and it is not stored.
    #[must_use]
    pub fn certificate_code(&self, credential: &Credential) -> String {
        let id = credential.id.uuid();
        format!("{}{BETWEEN}{}", id.as_simple(), self.proof(id))
    }

    /// The credential behind a code, as it stands now, and the platform that it was verified for.
    ///
    /// # Errors
    /// `NotFound` for a code that was never given out.
    pub async fn by_certificate(&self, code: &str) -> Result<(Living, Platform), ServiceError> {
        let (id, proof) = code.split_once(BETWEEN).ok_or(ServiceError::NotFound)?;
        let id = Uuid::try_parse(id).map_err(|_| ServiceError::NotFound)?;
        // Digests are compared, so that the time taken tells nothing.
        if token_digest(&self.proof(id)) != token_digest(proof) {
            return Err(ServiceError::NotFound);
        }
        let living = self.lives.living(CredentialId::new(id)).await?;
        let living = living.ok_or(ServiceError::NotFound)?;
        let platform = self
            .access
            .platform(living.credential.account.platform)
            .await?
            .ok_or(ServiceError::NotFound)?;
        Ok((living, platform))
    }

    fn proof(&self, id: Uuid) -> String {
        let token = self.cases.tokens.derive("certificate", &[id.as_bytes()]);
        token.expose().to_owned()
    }
}
