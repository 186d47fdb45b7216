//! Keeping secrets out of what is shown.

use super::Config;

/// The same configuration with passwords masked.
#[must_use]
pub fn without_secrets(config: &Config) -> Config {
    let mut shown = config.clone();
    shown.database.url = shown.database.url.map(|url| mask_password(&url));
    shown
}

/// `scheme://user:word@host/…` with stars for the word.
pub fn mask_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((login, place)) = rest.rsplit_once('@') else {
        return url.to_owned();
    };
    match login.split_once(':') {
        Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::mask_password;

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
}
