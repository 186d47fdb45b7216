//! Keeping secrets out of what is shown.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use super::Config;

/// What is shown in a secret's place.
const MASK: &str = "***";

/// A setting that prints itself nowhere.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(MASK)
    }
}

/// The same configuration with the database's password masked; a [`Secret`] masks itself.
#[must_use]
pub fn without_secrets(config: &Config) -> Config {
    let mut shown = config.clone();
    shown.database.url = shown.database.url.map(|url| mask_password(&url));
    shown
}

/// `scheme://user:word@host/…` with stars for the word.
#[must_use]
pub fn mask_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest
        .rsplit_once('@')
        .map(|(login, place)| (login.split_once(':'), place))
    {
        Some((Some((user, _)), place)) => format!("{scheme}://{user}:{MASK}@{place}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use confique::{Config as _, Layer as _};

    use super::{Config, mask_password, without_secrets};

    #[test]
    fn a_password_is_masked_and_nothing_else() {
        for (url, shown) in [
            (
                "postgres://shiming:s3cr:t@db@host/shiming",
                "postgres://shiming:***@host/shiming",
            ),
            (
                "postgres://shiming@host/shiming",
                "postgres://shiming@host/shiming",
            ),
            ("sqlite:data/shiming.sqlite3", "sqlite:data/shiming.sqlite3"),
        ] {
            assert_eq!(mask_password(url), shown);
        }
    }

    #[test]
    fn what_is_shown_holds_no_secret() {
        let toml =
            "[keys]\nmaster = \"hush-hush\"\n[database]\nurl = \"postgres://me:hush-hush@db/x\"\n";
        let written: <Config as confique::Config>::Layer = toml::from_str(toml).expect("a layer");
        let defaults = <Config as confique::Config>::Layer::default_values();
        let config = Config::from_layer(written.with_fallback(defaults)).expect("a configuration");
        let shown = toml::to_string(&without_secrets(&config)).expect("TOML");
        assert!(shown.contains(r#"master = "***""#), "{shown}");
        assert!(!shown.contains("hush"), "{shown}");
        assert!(!format!("{:?}", config.keys).contains("hush"));
    }
}
