//! What an operator says of a sister platform, and whether it can be used.

use shiming_federation::webhook::PREFIX;
use shiming_outbound::{Rules, Target, TargetError};
use shiming_vault::{Entropy, VaultError, random_token};
use shiming_verification::{
    claim::FieldError,
    code::Code,
    ids::{ClientId, IssuerId, PlatformId},
    ports::federation::{RelyingParty, RelyingPartyWebhook, SecretText, TrustedIssuer},
    sync::IssuerPolicy,
};

use crate::{
    error::ServiceError,
    tokens::digest,
    webhooks::{address_fault, signature::fresh_secret},
};

/// Longest name, in characters.
const LONGEST_NAME: usize = 64;
/// Longest address, client id and secret, in characters.
const LONGEST_TEXT: usize = 2_048;
/// Trust frameworks and ways back that one sister platform may have.
const MOST: usize = 16;
/// Days that a verification may be old at most.
const OLDEST_DAYS: u32 = 3_650;

/// What an operator says of a sister platform whose word is taken. What is absent stays as it is.
#[derive(Debug, Clone)]
pub struct IssuerForm {
    /// Its name, as applicants read it.
    pub name: String,
    /// Its identifier; only of a new one, since accounts here are bound to accounts there.
    pub url: Option<String>,
    /// Our id there.
    pub client_id: String,
    /// Our secret there.
    pub client_secret: Option<SecretText>,
    /// What its word counts.
    pub policy: IssuerPolicy,
    /// The secret (`whsec_…`) with which it signs its notices; empty for none.
    pub webhook_secret: Option<SecretText>,
}

impl IssuerForm {
    /// The issuer that the form describes; `before` is how it stands, if it is there.
    ///
    /// # Errors
    /// The first field that can't be used.
    pub fn issuer(
        self,
        (id, platform): (IssuerId, PlatformId),
        before: Option<&TrustedIssuer>,
        rules: &Rules,
    ) -> Result<TrustedIssuer, FieldError> {
        let url = match (self.url, before) {
            (Some(url), _) => {
                let url = url.trim().trim_end_matches('/').to_owned();
                address("url", &url, rules)?;
                url
            }
            (None, Some(before)) => before.url.clone(),
            (None, None) => return Err(field("url", "required")),
        };
        let kept = before.map(|before| before.client_secret.clone());
        let secret = self.client_secret.or(kept);
        let secret = secret.filter(|secret| !secret.expose().is_empty());
        let webhook_secret = match self.webhook_secret {
            None => before.and_then(|before| before.webhook_secret.clone()),
            Some(none) if none.expose().is_empty() => None,
            Some(some) if some.expose().starts_with(PREFIX) => Some(some),
            Some(_) => return Err(field("webhook_secret", "form")),
        };
        Ok(TrustedIssuer {
            id,
            platform,
            name: named(&self.name)?,
            url,
            client_id: text("client_id", &self.client_id)?,
            client_secret: secret.ok_or(field("client_secret", "required"))?,
            policy: checked(self.policy)?,
            webhook_secret,
        })
    }
}

fn checked(policy: IssuerPolicy) -> Result<IssuerPolicy, FieldError> {
    let frameworks = &policy.trust_frameworks;
    let fits = |one: &String| text("trust_frameworks", one).as_ref() == Ok(one);
    if !(1..=MOST).contains(&frameworks.len()) || !frameworks.iter().all(fits) {
        return Err(field("trust_frameworks", "required"));
    }
    if policy.least_assurance > policy.highest_assurance {
        return Err(field("least_assurance", "above_the_highest"));
    }
    if !(1..=OLDEST_DAYS).contains(&policy.max_age_days) {
        return Err(field("max_age_days", "range"));
    }
    Ok(policy)
}

/// A sister platform that may ask about accounts.
#[derive(Debug, Clone, Default)]
pub struct ClientForm {
    /// Its name, as the accounts' users read it.
    pub name: String,
    /// Its public address, if it runs this software: where users go back to and where it hears of revocations follow from it.
    pub origin: Option<String>,
    /// Where users go back to, if it runs other software.
    pub redirect_uris: Vec<String>,
    /// Where it wants to hear of revocations, if it runs other software.
    pub webhook: Option<String>,
}

/// A relying party with the secrets that are shown this once.
pub struct NewClient {
    /// The relying party.
    pub party: RelyingParty,
    /// Its client secret.
    pub secret: String,
}

impl ClientForm {
    /// The relying party that the form describes, with fresh secrets.
    ///
    /// # Errors
    /// `Fields`; `Unavailable` without randomness.
    pub fn client(
        self,
        id: ClientId,
        platform: PlatformId,
        rules: &Rules,
        entropy: &dyn Entropy,
    ) -> Result<NewClient, ServiceError> {
        let wrong = |wrong| ServiceError::Fields(vec![wrong]);
        let (redirect_uris, webhook) = self.addresses(id);
        if !(1..=MOST).contains(&redirect_uris.len()) {
            return Err(wrong(field("redirect_uris", "required")));
        }
        for uri in &redirect_uris {
            address("redirect_uris", uri, rules).map_err(wrong)?;
        }
        if let Some(url) = &webhook {
            address("webhook", url, rules).map_err(wrong)?;
        }
        let name = named(&self.name).map_err(wrong)?;
        let secret = random_token(entropy)?.expose().to_owned();
        let party = RelyingParty {
            id,
            platform,
            name,
            redirect_uris,
            secret: digest(&secret),
            webhook: webhook.map(|url| told_at(url, entropy)).transpose()?,
        };
        Ok(NewClient { party, secret })
    }

    /// Ways back, and where it hears of revocations. A server of ours knows its sisters by the client ids that they gave it.
    fn addresses(&self, id: ClientId) -> (Vec<String>, Option<String>) {
        match &self.origin {
            None => (self.redirect_uris.clone(), self.webhook.clone()),
            Some(origin) => {
                let origin = origin.trim().trim_end_matches('/');
                let back = format!("{origin}/federation/callback");
                let notices = format!("{origin}/federation/notices/{id}");
                (vec![back], Some(notices))
            }
        }
    }
}

fn told_at(url: String, entropy: &dyn Entropy) -> Result<RelyingPartyWebhook, VaultError> {
    let secret = SecretText::new(fresh_secret(entropy)?.text);
    Ok(RelyingPartyWebhook { url, secret })
}

fn named(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    if !fits || name.chars().any(char::is_control) {
        return Err(field("name", "length"));
    }
    Ok(name.to_owned())
}

fn text(name: &'static str, value: &str) -> Result<String, FieldError> {
    let value = value.trim();
    let fits = (1..=LONGEST_TEXT).contains(&value.chars().count());
    if !fits || value.chars().any(char::is_control) {
        return Err(field(name, "length"));
    }
    Ok(value.to_owned())
}

pub(super) fn address(name: &'static str, url: &str, rules: &Rules) -> Result<(), FieldError> {
    text(name, url)?;
    let target: Result<Target, TargetError> = Target::parse(url, rules);
    target
        .map(drop)
        .map_err(|error| field(name, address_fault(error)))
}

pub(super) const fn field(field: &'static str, reason: &'static str) -> FieldError {
    FieldError {
        field,
        code: Code::InvalidInput,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use shiming_vault::OsEntropy;
    use shiming_verification::words::AssuranceLevel;
    use uuid::Uuid;

    use super::*;

    fn policy() -> IssuerPolicy {
        IssuerPolicy {
            trust_frameworks: vec!["cn_enterprise_real_name".to_owned()],
            least_assurance: AssuranceLevel::BankTransfer,
            highest_assurance: AssuranceLevel::LegalRepFace,
            max_age_days: 365,
            confirm_in_registry: true,
        }
    }

    fn form() -> IssuerForm {
        IssuerForm {
            name: " 姐妹平台 ".to_owned(),
            url: Some("https://sister.example/".to_owned()),
            client_id: "cli_1".to_owned(),
            client_secret: Some(SecretText::new("hush".to_owned())),
            policy: policy(),
            webhook_secret: None,
        }
    }

    fn ids() -> (IssuerId, PlatformId) {
        (IssuerId::new(Uuid::nil()), PlatformId::new(Uuid::nil()))
    }

    fn wrong(change: impl FnOnce(&mut IssuerForm)) -> (&'static str, &'static str) {
        let mut form = form();
        change(&mut form);
        let refused = form.issuer(ids(), None, &Rules::default());
        let wrong = refused.expect_err("it can't be used");
        (wrong.field, wrong.reason)
    }

    #[test]
    fn an_issuer_is_whole_or_its_first_wrong_field_is_named() {
        let made = form()
            .issuer(ids(), None, &Rules::default())
            .expect("whole");
        assert_eq!(
            (made.name.as_str(), made.url.as_str()),
            ("姐妹平台", "https://sister.example")
        );
        assert_eq!(wrong(|form| form.url = None), ("url", "required"));
        let plain = |form: &mut IssuerForm| form.url = Some("http://sister.example".to_owned());
        assert_eq!(wrong(plain), ("url", "not_https"));
        let inside = |form: &mut IssuerForm| form.url = Some("https://10.0.0.1".to_owned());
        assert_eq!(wrong(inside), ("url", "private_address"));
        assert_eq!(wrong(|form| form.name.clear()), ("name", "length"));
        assert_eq!(
            wrong(|form| form.client_id.clear()),
            ("client_id", "length")
        );
        let secret = |form: &mut IssuerForm| form.client_secret = None;
        assert_eq!(wrong(secret), ("client_secret", "required"));
        let none = |form: &mut IssuerForm| form.policy.trust_frameworks.clear();
        assert_eq!(wrong(none), ("trust_frameworks", "required"));
        let crossed = |form: &mut IssuerForm| {
            form.policy.highest_assurance = AssuranceLevel::RegistryOnly;
        };
        assert_eq!(wrong(crossed), ("least_assurance", "above_the_highest"));
        let never = |form: &mut IssuerForm| form.policy.max_age_days = 0;
        assert_eq!(wrong(never), ("max_age_days", "range"));
        let odd = |form: &mut IssuerForm| {
            form.webhook_secret = Some(SecretText::new("hush".to_owned()));
        };
        assert_eq!(wrong(odd), ("webhook_secret", "form"));
    }

    #[test]
    fn a_change_keeps_the_address_and_the_secrets_that_it_does_not_name() {
        let mut first = form();
        first.webhook_secret = Some(SecretText::new("whsec_a".to_owned()));
        let before = first.issuer(ids(), None, &Rules::default()).expect("whole");
        let change = |webhook_secret: Option<&str>| {
            let form = IssuerForm {
                url: None,
                client_secret: None,
                webhook_secret: webhook_secret.map(|text| SecretText::new(text.to_owned())),
                name: "新名称".to_owned(),
                ..form()
            };
            let after = form.issuer(ids(), Some(&before), &Rules::default());
            after.expect("whole")
        };
        let after = change(None);
        assert_eq!(after.name, "新名称");
        assert_eq!(
            (&after.url, &after.client_secret, &after.webhook_secret),
            (&before.url, &before.client_secret, &before.webhook_secret)
        );
        assert_eq!(change(Some("")).webhook_secret, None, "taken away");
        let other = change(Some("whsec_b")).webhook_secret;
        assert_eq!(other, Some(SecretText::new("whsec_b".to_owned())));
    }

    #[test]
    fn a_client_that_runs_this_software_needs_its_address_alone() {
        let id = ClientId::new(Uuid::nil());
        let make = |form: ClientForm| form.client(id, ids().1, &Rules::default(), &OsEntropy);
        let ours = ClientForm {
            name: "Beta".to_owned(),
            origin: Some("https://beta.example/".to_owned()),
            ..ClientForm::default()
        };
        let new = make(ours).expect("whole");
        let party = &new.party;
        assert_eq!(
            party.redirect_uris,
            ["https://beta.example/federation/callback"]
        );
        let webhook = party.webhook.as_ref().expect("it hears of revocations");
        let notices = format!("https://beta.example/federation/notices/{id}");
        assert_eq!(webhook.url, notices);
        assert!(webhook.secret.expose().starts_with(PREFIX));
        assert_eq!(party.secret, digest(&new.secret));
        let other = ClientForm {
            name: "Gamma".to_owned(),
            ..ClientForm::default()
        };
        assert!(matches!(make(other), Err(ServiceError::Fields(_))));
    }
}
