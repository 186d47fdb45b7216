//! Proofs: passkeys first, password and code as the fallback. The same proofs begin a session and make one fresh.

use chrono::{DateTime, Duration, Utc};
use shiming_audit::{Actor, ActorKind, Record};
use shiming_vault::random_token;
use shiming_verification::{
    case::Digest,
    code::Code,
    ids::OperatorId,
    operator::Operator,
    ports::operators::{Passkey, PasswordLogin},
};
use zeroize::Zeroizing;

use super::{
    Present, SignedIn, Source,
    passkey::{self, PasskeyError, RelyingParty},
    password,
};
use crate::{Services, error::ServiceError, tokens::digest};

/// Time for one ceremony.
const CEREMONY: Duration = Duration::minutes(5);
const SIGN_IN: &str = "passkey sign-in";
const REGISTER: &str = "passkey registration";
const TOTP: &str = "totp secret";
/// Passkeys of one operator.
const MOST_PASSKEYS: usize = 20;

/// What a browser needs to make a passkey.
pub struct Creation {
    /// To be signed.
    pub challenge: String,
    /// For whom.
    pub operator: Operator,
    /// Ids of passkeys that are there already.
    pub known: Vec<Vec<u8>>,
}

/// What a browser has made.
pub struct Registration {
    /// `clientDataJSON`, base64url.
    pub client_data: String,
    /// `authenticatorData`, base64url.
    pub authenticator_data: String,
    /// What the operator calls it.
    pub label: String,
}

/// What a browser needs to use a passkey.
pub struct Request {
    /// To be signed.
    pub challenge: String,
}

/// What a browser has signed.
pub struct Assertion {
    /// Id of the passkey, base64url.
    pub id: String,
    /// `clientDataJSON`, base64url.
    pub client_data: String,
    /// `authenticatorData`, base64url.
    pub authenticator_data: String,
    /// Signature, base64url.
    pub signature: String,
}

/// Password and code.
pub struct PasswordProof {
    /// Who it claims to be.
    pub login: String,
    /// The password.
    pub password: Zeroizing<String>,
    /// Six digits.
    pub code: String,
}

/// A secret for an authenticator app, not yet in use.
pub struct Secret {
    /// Base32.
    pub text: String,
    /// For a QR code.
    pub address: String,
}

impl Services {
    async fn challenge(&self, purpose: &str, state: &[u8]) -> Result<String, ServiceError> {
        let token = random_token(&*self.entropy)?;
        let until = self.clock.now() + CEREMONY;
        self.sessions
            .add_challenge(Digest(token.digest()), purpose, state, until)
            .await?;
        Ok(token.expose().to_owned())
    }

    /// The challenge in a browser's account, used up, and the state that was kept with it.
    async fn answered(
        &self,
        client_data: &[u8],
        ceremony: &str,
        purpose: &str,
        party: &RelyingParty,
    ) -> Result<Vec<u8>, ServiceError> {
        let challenge = passkey::challenge(client_data, ceremony, party)
            .map_err(|error| self.no_passkey(error))?;
        let state = self
            .sessions
            .use_challenge(digest(&challenge), purpose, self.clock.now())
            .await?;
        state.ok_or_else(|| self.refused(Code::SignInFailed))
    }

    fn no_passkey(&self, error: PasskeyError) -> ServiceError {
        tracing::info!(%error, "a passkey was not accepted");
        self.refused(Code::SignInFailed)
    }

    /// Begins to register a passkey.
    ///
    /// # Errors
    /// `Unavailable`; `Refused` if there are too many, or in a session that the identity provider began.
    pub async fn passkey_creation(&self, by: &Present) -> Result<Creation, ServiceError> {
        self.may_set_up(by)?;
        let known = self.operators.passkeys_of(by.operator.id).await?;
        if known.len() >= MOST_PASSKEYS {
            return Err(self.refused(Code::NotAllowedNow));
        }
        let id = by.operator.id.to_string();
        Ok(Creation {
            challenge: self.challenge(REGISTER, id.as_bytes()).await?,
            operator: by.operator.clone(),
            known: known.into_iter().map(|passkey| passkey.id).collect(),
        })
    }

    /// Registers a passkey; a session that a link began becomes a whole one.
    ///
    /// # Errors
    /// `Refused`.
    pub async fn passkey_created(
        &self,
        by: &Present,
        made: &Registration,
        party: &RelyingParty,
    ) -> Result<Passkey, ServiceError> {
        self.may_set_up(by)?;
        let read = |what, text| passkey::bytes(what, text).map_err(|error| self.no_passkey(error));
        let client_data = read("client data", &made.client_data)?;
        let whose = self
            .answered(&client_data, "webauthn.create", REGISTER, party)
            .await?;
        if whose != by.operator.id.to_string().as_bytes() {
            return Err(self.refused(Code::SignInFailed));
        }
        let raw = read("authenticator data", &made.authenticator_data)?;
        let data =
            passkey::authenticator_data(&raw, party).map_err(|error| self.no_passkey(error))?;
        let (id, public_key) = data.made.ok_or_else(|| self.refused(Code::SignInFailed))?;
        let label: String = made.label.trim().chars().take(64).collect();
        let passkey = Passkey {
            id,
            operator: by.operator.id,
            public_key,
            counter: data.counter,
            label,
            created_at: self.clock.now(),
            last_used_at: None,
        };
        self.recorded(by, "operator.passkey_added", by.operator.id, &[])
            .await?;
        if !self.operators.add_passkey(&passkey).await? {
            return Err(self.refused(Code::SignInFailed));
        }
        Ok(passkey)
    }

    /// The operator's passkeys.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn passkeys(&self, operator: OperatorId) -> Result<Vec<Passkey>, ServiceError> {
        Ok(self.operators.passkeys_of(operator).await?)
    }

    /// Removes one of the operator's own passkeys, unless nothing would be left to sign in with.
    ///
    /// # Errors
    /// `NotFound`; `Refused`.
    pub async fn remove_passkey(&self, by: &Present, id: &[u8]) -> Result<(), ServiceError> {
        let id_of = by.operator.id;
        let others = self.operators.passkeys_of(id_of).await?.len() > 1;
        if !others && self.operators.password_of(id_of).await?.is_none() {
            return Err(self.refused(Code::NotAllowedNow));
        }
        self.recorded(by, "operator.passkey_removed", id_of, &[])
            .await?;
        if self.operators.remove_passkey(id_of, id).await? {
            Ok(())
        } else {
            Err(ServiceError::NotFound)
        }
    }

    /// Begins to sign in with a passkey; the browser offers those that it has.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn passkey_request(&self) -> Result<Request, ServiceError> {
        Ok(Request {
            challenge: self.challenge(SIGN_IN, b"").await?,
        })
    }

    /// Whose passkey it was that signed.
    async fn asserted(
        &self,
        made: &Assertion,
        party: &RelyingParty,
    ) -> Result<Operator, ServiceError> {
        let read = |what, text| passkey::bytes(what, text).map_err(|error| self.no_passkey(error));
        let client_data = read("client data", &made.client_data)?;
        self.answered(&client_data, "webauthn.get", SIGN_IN, party)
            .await?;
        let found = self.operators.passkey(&read("id", &made.id)?).await?;
        let found = found.ok_or_else(|| self.refused(Code::SignInFailed))?;
        let raw = read("authenticator data", &made.authenticator_data)?;
        let signature = read("signature", &made.signature)?;
        let data =
            passkey::authenticator_data(&raw, party).map_err(|error| self.no_passkey(error))?;
        passkey::verify(
            &found.public_key,
            (&raw, &data),
            &client_data,
            &signature,
            found.counter,
        )
        .map_err(|error| self.no_passkey(error))?;
        let operator = self.enabled(found.operator).await;
        let operator = operator.map_err(|_| self.refused(Code::SignInFailed))?;
        self.operators
            .passkey_used(&found.id, data.counter, self.clock.now())
            .await?;
        Ok(operator)
    }

    /// Signs in with a passkey.
    ///
    /// # Errors
    /// `Refused` with `sign_in_failed`, whatever the reason.
    pub async fn passkey_sign_in(
        &self,
        made: &Assertion,
        party: &RelyingParty,
        source: &Source,
    ) -> Result<SignedIn, ServiceError> {
        let operator = self.asserted(made, party).await?;
        self.begin_session(operator, "passkey", source).await
    }

    /// A secret for an authenticator app; it comes into use with [`Services::set_password`].
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn fresh_totp(&self, by: &Present) -> Result<Secret, ServiceError> {
        self.may_set_up(by)?;
        let secret = password::fresh_secret(&*self.entropy)?;
        let (text, address) = password::shown(&secret, &by.operator.login);
        let until = self.clock.now() + CEREMONY * 6;
        let whose = by.operator.id.to_string();
        self.sessions
            .add_challenge(digest(&text), TOTP, whose.as_bytes(), until)
            .await?;
        Ok(Secret { text, address })
    }

    /// Sets password and secret, once a code shows that the app has the secret.
    ///
    /// # Errors
    /// `Refused` with `invalid_input` for a weak password, `sign_in_failed` for a wrong code.
    pub async fn set_password(
        &self,
        by: &Present,
        new: Zeroizing<String>,
        secret: &str,
        code: &str,
    ) -> Result<(), ServiceError> {
        self.may_set_up(by)?;
        if !password::is_acceptable(&new, &by.operator.login) {
            return Err(self.refused(Code::PasswordWeak));
        }
        let now = self.clock.now();
        let bytes = password::secret_of(secret).ok_or_else(|| self.refused(Code::SignInFailed))?;
        let step = password::step_of(&bytes, code, now);
        let step = step.ok_or_else(|| self.refused(Code::SignInFailed))?;
        let whose = self
            .sessions
            .use_challenge(digest(secret), TOTP, now)
            .await?;
        if whose.as_deref() != Some(by.operator.id.to_string().as_bytes()) {
            return Err(self.refused(Code::SignInFailed));
        }
        let login = PasswordLogin {
            hash: password::hash(new, &*self.entropy).await?,
            totp: bytes,
            totp_step: step,
        };
        self.recorded(by, "operator.password_set", by.operator.id, &[])
            .await?;
        Ok(self
            .operators
            .set_password(by.operator.id, Some(&login))
            .await?)
    }

    /// Whether the operator has a password.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn has_password(&self, id: OperatorId) -> Result<bool, ServiceError> {
        Ok(self.operators.password_of(id).await?.is_some())
    }

    /// Who has proved to be there by password and code. The same work is done whether or not there is such an operator.
    async fn known_by_password(
        &self,
        proof: PasswordProof,
        source: &Source,
    ) -> Result<Operator, ServiceError> {
        let login = proof.login.trim().to_lowercase();
        self.may_try(&login, source).await?;
        let now = self.clock.now();
        let operator = self.operators.operator_by_login(&login).await?;
        let operator = operator.filter(|operator| operator.disabled_at.is_none());
        let stored = match &operator {
            Some(operator) => self.operators.password_of(operator.id).await?,
            None => None,
        };
        let hash = stored.as_ref().map(|stored| stored.hash.clone());
        let fits = password::verify(proof.password, hash).await;
        if let (true, Some(operator), Some(stored)) = (fits, operator, stored)
            && self
                .code_fits(operator.id, &stored, &proof.code, now)
                .await?
        {
            return Ok(operator);
        }
        self.has_failed(&login, source).await?;
        let actor = Actor::unnamed(ActorKind::Operator);
        self.audit
            .record(vec![Record::new(actor, "operator.sign_in_failed", now)])
            .await?;
        Err(self.refused(Code::SignInFailed))
    }

    async fn code_fits(
        &self,
        operator: OperatorId,
        stored: &PasswordLogin,
        code: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, ServiceError> {
        match password::step_of(&stored.totp, code, now) {
            Some(step) => Ok(self.operators.use_totp_step(operator, step).await?),
            None => Ok(false),
        }
    }

    /// Signs in with password and code.
    ///
    /// # Errors
    /// `Refused` with `sign_in_failed`, whatever the reason, or `too_many_requests`.
    pub async fn password_sign_in(
        &self,
        proof: PasswordProof,
        source: &Source,
    ) -> Result<SignedIn, ServiceError> {
        let operator = self.known_by_password(proof, source).await?;
        self.begin_session(operator, "password", source).await
    }

    /// The operator proves again to be there, with a passkey.
    ///
    /// # Errors
    /// `Refused`.
    pub async fn prove_with_passkey(
        &self,
        by: &Present,
        made: &Assertion,
        party: &RelyingParty,
    ) -> Result<(), ServiceError> {
        let operator = self.asserted(made, party).await?;
        self.proved(by, operator.id).await
    }

    /// The operator proves again to be there, with password and code.
    ///
    /// # Errors
    /// `Refused`.
    pub async fn prove_with_password(
        &self,
        by: &Present,
        mut proof: PasswordProof,
        source: &Source,
    ) -> Result<(), ServiceError> {
        proof.login.clone_from(&by.operator.login);
        let operator = self.known_by_password(proof, source).await?;
        self.proved(by, operator.id).await
    }

    async fn proved(&self, by: &Present, who: OperatorId) -> Result<(), ServiceError> {
        if who != by.operator.id {
            return Err(self.refused(Code::SignInFailed));
        }
        self.recorded(by, "operator.proved", who, &[]).await?;
        let now = self.clock.now();
        Ok(self.sessions.session_seen(by.session.id, now, true).await?)
    }
}
