//! The reader's language and the texts of the error table, shared with the pages (`locales/`).

use std::{collections::HashMap, sync::LazyLock};

use axum::{extract::FromRequestParts, http::request::Parts};
use chrono::{DateTime, Utc};

/// A language that we have texts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 简体中文, the first choice.
    #[default]
    ZhCn,
    /// English.
    En,
}

impl Language {
    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The first language of an `Accept-Language` header that we have; Chinese if there is none.
    #[must_use]
    pub fn preferred(header: &str) -> Self {
        header
            .split(',')
            .find_map(|part| {
                let tag = part
                    .split(';')
                    .next()
                    .unwrap_or_default()
                    .trim()
                    .to_ascii_lowercase();
                match tag.split('-').next() {
                    Some("zh") => Some(Self::ZhCn),
                    Some("en") => Some(Self::En),
                    _ => None,
                }
            })
            .unwrap_or_default()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let header = parts
            .headers
            .get("accept-language")
            .and_then(|value| value.to_str().ok());
        Ok(header.map(Self::preferred).unwrap_or_default())
    }
}

type Catalogue = HashMap<String, String>;

static ZH_CN: LazyLock<Catalogue> = LazyLock::new(|| {
    merge(
        include_str!("../../../locales/zh-CN/error.json"),
        include_str!("../../../locales/zh-CN/server.json"),
    )
});
static EN: LazyLock<Catalogue> = LazyLock::new(|| {
    merge(
        include_str!("../../../locales/en/error.json"),
        include_str!("../../../locales/en/server.json"),
    )
});

fn merge(errors: &str, server: &str) -> Catalogue {
    let parse = |text| serde_json::from_str::<Catalogue>(text).unwrap_or_default();
    let mut all = parse(errors);
    all.extend(parse(server));
    all
}

fn catalogue(language: Language) -> &'static Catalogue {
    match language {
        Language::ZhCn => &ZH_CN,
        Language::En => &EN,
    }
}

/// One of the server's own texts; the key itself if there is none.
#[must_use]
pub fn server_text(language: Language, key: &str) -> String {
    catalogue(language)
        .get(key)
        .map_or(key, String::as_str)
        .to_owned()
}

/// What may stand in for a placeholder of a text.
#[derive(Debug, Default)]
pub struct Blanks<'a> {
    /// `{n}`
    pub tries_left: Option<u32>,
    /// `{time}`, `{date}`
    pub retry_at: Option<DateTime<Utc>>,
    /// `{request_id}`
    pub request_id: &'a str,
}

/// The text of a code, with its blanks filled.
#[must_use]
pub fn text(language: Language, code: &str, blanks: &Blanks) -> String {
    let text = server_text(language, code);
    text.replace(
        "{n}",
        &blanks.tries_left.map(|n| n.to_string()).unwrap_or_default(),
    )
    .replace(
        "{time}",
        &blanks.retry_at.map(china_time).unwrap_or_default(),
    )
    .replace(
        "{date}",
        &blanks.retry_at.map(china_date).unwrap_or_default(),
    )
    .replace("{request_id}", blanks.request_id)
    // How long a transfer usually takes, the pages know; here it is left out with its brackets.
    .replace(" ({range})", "")
    .replace("（{range}）", "")
}

/// Pages show the reader's own zone; a text from the server can only name one, and says which.
fn china_time(at: DateTime<Utc>) -> String {
    let beijing = at + chrono::Duration::hours(8);
    beijing.format("%Y-%m-%d %H:%M (UTC+8)").to_string()
}

/// The first whole day in China from which something is open.
fn china_date(at: DateTime<Utc>) -> String {
    let beijing = at + chrono::Duration::hours(8);
    beijing.format("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shiming_verification::code::Code;

    #[test]
    fn the_first_language_that_we_have_wins() {
        assert_eq!(Language::preferred("fr, en;q=0.8, zh;q=0.5"), Language::En);
        assert_eq!(Language::preferred("zh-TW"), Language::ZhCn);
        assert_eq!(Language::preferred("fr"), Language::ZhCn);
    }

    #[test]
    fn every_code_has_a_text_in_both_languages() {
        for code in Code::ALL {
            assert!(ZH_CN.contains_key(code.as_str()), "zh-CN lacks {code}");
            assert!(EN.contains_key(code.as_str()), "en lacks {code}");
        }
    }

    #[test]
    fn blanks_are_filled() {
        let blanks = Blanks {
            tries_left: Some(4),
            ..Blanks::default()
        };
        let text = text(Language::En, "element_mismatch", &blanks);
        assert!(text.contains('4') && !text.contains('{'), "{text}");
    }
}
