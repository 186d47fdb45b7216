//! The certificate settings as one value that can't be half set.

use std::path::PathBuf;

use super::{Config, TlsMode};

/// Where https gets its certificate from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TlsPlan {
    /// No https.
    Off,
    /// PEM files.
    Files {
        /// Certificate and intermediates.
        cert: PathBuf,
        /// Private key.
        key: PathBuf,
    },
    /// An ACME directory.
    Acme {
        /// Names of the certificate.
        domains: Vec<String>,
        /// `mailto:` addresses.
        contact: Vec<String>,
        /// Address of the directory.
        directory: String,
        /// Where account and certificate are kept.
        cache: PathBuf,
    },
    /// An own authority for the LAN.
    SelfMade {
        /// Where its keys and certificates are kept.
        folder: PathBuf,
    },
}

/// Settings that belong together are not all there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// `files` without its files.
    #[error("tls.mode is `files`: set both tls.cert and tls.key")]
    FilesMissing,
    /// `acme` without a name.
    #[error("tls.mode is `acme`: set tls.acme_domains to the names of this server")]
    DomainsMissing,
}

impl TlsPlan {
    /// Reads the plan from the settings.
    ///
    /// # Errors
    /// [`PlanError`] when the mode lacks settings that it needs.
    pub fn new(config: &Config) -> Result<Self, PlanError> {
        let tls = &config.tls;
        match tls.mode {
            TlsMode::Off => Ok(Self::Off),
            TlsMode::SelfMade => Ok(Self::SelfMade {
                folder: config.data_dir.join("tls"),
            }),
            TlsMode::Files => match (tls.cert.clone(), tls.key.clone()) {
                (Some(cert), Some(key)) => Ok(Self::Files { cert, key }),
                _ => Err(PlanError::FilesMissing),
            },
            TlsMode::Acme if tls.acme_domains.is_empty() => Err(PlanError::DomainsMissing),
            TlsMode::Acme => Ok(Self::Acme {
                domains: tls.acme_domains.clone(),
                contact: tls.acme_contact.iter().map(|mail| mailto(mail)).collect(),
                directory: tls.acme_directory.clone(),
                cache: tls
                    .acme_cache
                    .clone()
                    .unwrap_or_else(|| config.data_dir.join("acme")),
            }),
        }
    }
}

fn mailto(mail: &str) -> String {
    if mail.starts_with("mailto:") {
        mail.to_owned()
    } else {
        format!("mailto:{mail}")
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};

    use super::{PlanError, TlsPlan};
    use crate::config::{Config, TlsMode};

    fn with(mode: TlsMode, set: impl FnOnce(&mut Config)) -> Result<TlsPlan, PlanError> {
        let defaults = <Config as confique::Config>::Layer::default_values();
        let mut config = Config::from_layer(defaults).expect("every field has a default");
        config.tls.mode = mode;
        set(&mut config);
        TlsPlan::new(&config)
    }

    #[test]
    fn a_mode_without_what_it_needs_is_refused() {
        assert_eq!(with(TlsMode::Files, |_| ()), Err(PlanError::FilesMissing));
        let half = with(TlsMode::Files, |config| {
            config.tls.cert = Some("cert.pem".into());
        });
        assert_eq!(half, Err(PlanError::FilesMissing));
        assert_eq!(with(TlsMode::Acme, |_| ()), Err(PlanError::DomainsMissing));
    }

    #[test]
    fn acme_keeps_its_account_in_the_data_directory_and_writes_mail_addresses_out() {
        let plan = with(TlsMode::Acme, |config| {
            config.tls.acme_domains = vec!["verify.example.cn".into()];
            config.tls.acme_contact = vec!["ops@example.cn".into()];
        });
        let Ok(TlsPlan::Acme { contact, cache, .. }) = plan else {
            panic!("{plan:?}")
        };
        assert_eq!(contact, ["mailto:ops@example.cn"]);
        assert_eq!(cache, std::path::Path::new("data/acme"));
    }
}
