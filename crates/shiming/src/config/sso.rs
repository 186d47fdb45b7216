//! Single sign-on of operators at the organisation's own identity provider.

use confique::Config as Configuration;
use serde::Serialize;
use shiming_service::operators::SsoProvider;
use shiming_verification::{ports::federation::SecretText, sso::RoleRule};

use super::Secret;

/// Single sign-on.
#[derive(Clone, Debug, Serialize, Configuration)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct SsoSection {
    /// Identifier of the provider (`iss`), exactly as its discovery document writes it, such as
    /// `https://login.example.cn/realms/staff`; without it there is no single sign-on. A provider inside the private network also
    /// stands in `outbound.trusted_hosts`. The provider sends browsers back to `/console/api/session/sso/callback` under
    /// `server.public_url`.
    #[config(env = "SHIMING_SSO_ISSUER")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,

    /// This server's client id at the provider.
    #[config(env = "SHIMING_SSO_CLIENT_ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,

    /// This server's client secret at the provider; meant for the environment only.
    #[config(env = "SHIMING_SSO_CLIENT_SECRET")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<Secret>,

    /// What the sign-in page calls the provider.
    #[config(env = "SHIMING_SSO_NAME")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,

    /// Scopes that the provider is asked for beside `openid`; in the environment separated by commas.
    #[config(env = "SHIMING_SSO_SCOPES", parse_env = confique::env::parse::list_by_comma, default = ["profile"])]
    pub scopes: Vec<String>,

    /// The claim of the ID token that tells somebody's groups; dots lead into objects, as in `realm_access.roles`.
    #[config(env = "SHIMING_SSO_CLAIM", default = "groups")]
    pub claim: String,

    /// Which group gives which role, as `GROUP=ROLE`: `["kyb-admins=administrator", "kyb-review=reviewer"]`. Several groups add
    /// up; whoever is in none of them does not come in. In the environment separated by commas; a group whose name holds a comma
    /// has to stand in the file.
    #[config(env = "SHIMING_SSO_ROLES", parse_env = confique::env::parse::list_by_comma, default = [])]
    pub roles: Vec<RoleRule>,
}

/// Settings that belong together are not all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SsoError {
    /// Some are there, but no provider.
    #[error("there are settings of single sign-on, but sso.issuer is not set")]
    Issuer,
    /// No client.
    #[error("sso.issuer is set: set sso.client_id and SHIMING_SSO_CLIENT_SECRET, too")]
    Client,
    /// No roles.
    #[error("sso.issuer is set, but sso.roles gives no group a role, so nobody could come in")]
    Roles,
}

impl SsoSection {
    /// The provider as one value that can't be half set; `None` without single sign-on.
    ///
    /// # Errors
    /// [`SsoError`] when settings are missing.
    pub fn provider(&self) -> Result<Option<SsoProvider>, SsoError> {
        let client = self.client_id.clone().zip(self.client_secret.clone());
        let Some(issuer) = self.issuer.clone() else {
            let nothing = self.client_id.is_none() && self.roles.is_empty();
            return if nothing {
                Ok(None)
            } else {
                Err(SsoError::Issuer)
            };
        };
        let (client_id, secret) = client.ok_or(SsoError::Client)?;
        if self.roles.is_empty() {
            return Err(SsoError::Roles);
        }
        Ok(Some(SsoProvider {
            issuer,
            client_id,
            client_secret: SecretText::new(secret.expose().to_owned()),
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            claim: self.claim.clone(),
            rules: self.roles.clone(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};
    use shiming_service::operators::SsoProvider;

    use super::SsoError;
    use crate::config::Config;

    fn provider(toml: &str) -> Result<Option<SsoProvider>, SsoError> {
        let written: <Config as confique::Config>::Layer = toml::from_str(toml).expect("a layer");
        let defaults = <Config as confique::Config>::Layer::default_values();
        let config = Config::from_layer(written.with_fallback(defaults)).expect("a configuration");
        config.sso.provider()
    }

    #[test]
    fn a_provider_needs_its_client_and_somebody_who_may_come() {
        assert!(matches!(provider(""), Ok(None)));
        assert!(matches!(provider("[sso]\nname = \"Group\"\n"), Ok(None)));
        for half in ["client_id = \"kyb\"", "roles = [\"kyb=reviewer\"]"] {
            let found = provider(&format!("[sso]\n{half}\n"));
            assert!(matches!(found, Err(SsoError::Issuer)), "{half}");
        }
        let bare = "[sso]\nissuer = \"https://id.example\"\n";
        assert!(matches!(provider(bare), Err(SsoError::Client)));
        let client = format!("{bare}client_id = \"kyb\"\nclient_secret = \"hush\"\n");
        assert!(matches!(provider(&client), Err(SsoError::Roles)));
        let whole = format!("{client}roles = [\"cn=kyb,ou=staff=reviewer\"]\n");
        let Ok(Some(whole)) = provider(&whole) else {
            panic!("whole")
        };
        assert_eq!(whole.claim, "groups");
        assert!(!format!("{whole:?}").contains("hush"));
    }

    #[test]
    fn a_role_that_is_none_is_refused_with_the_file() {
        let toml = "[sso]\nroles = [\"kyb=owner\"]\n";
        let read = toml::from_str::<<Config as confique::Config>::Layer>(toml);
        let Err(error) = read else {
            panic!("there is no such role")
        };
        assert!(error.to_string().contains("GROUP=ROLE"), "{error}");
    }
}
