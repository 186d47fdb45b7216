//! The words of messages, from `locales/`, with their blanks filled.

use std::{collections::HashMap, sync::LazyLock};

use chrono::{DateTime, Duration, Utc};
use shiming_verification::{ports::notifications::Letter, words::Language};

type Catalogue = HashMap<String, String>;

static ZH_CN: LazyLock<Catalogue> =
    LazyLock::new(|| parse(include_str!("../../../locales/zh-CN/message.json")));
static EN: LazyLock<Catalogue> =
    LazyLock::new(|| parse(include_str!("../../../locales/en/message.json")));

fn parse(text: &str) -> Catalogue {
    serde_json::from_str(text).unwrap_or_default()
}

/// A text as it stands in the catalogue; the key itself if there is none.
pub(crate) fn text(language: Language, key: &str) -> &str {
    let catalogue = match language {
        Language::ZhCn => &*ZH_CN,
        Language::En => &*EN,
    };
    catalogue.get(key).map_or(key, String::as_str)
}

/// A text about a letter, its blanks filled once: what stands in a name is never a blank.
pub(crate) fn filled(letter: &Letter, key: &str) -> String {
    let mut rest = text(letter.to.language, key);
    let mut out = String::with_capacity(rest.len());
    while let Some(begin) = rest.find('{') {
        let (before, blank) = rest.split_at(begin);
        out.push_str(before);
        let Some(end) = blank.find('}') else { break };
        let name = &blank[1..end];
        match value(letter, name) {
            Some(value) => out.push_str(&plain(&value)),
            None => out.push_str(&blank[..=end]),
        }
        rest = &blank[end + 1..];
    }
    out.push_str(rest);
    out
}

fn value(letter: &Letter, name: &str) -> Option<String> {
    let facts = &letter.facts;
    match name {
        "platform" => Some(facts.platform.clone()),
        "enterprise" => Some(facts.enterprise.clone()),
        "representative" => Some(facts.representative.clone()),
        "link" => facts.link.clone(),
        "until" => facts.until.map(china_time),
        "day" => facts.until.map(china_day),
        "refuse" => Some(letter.refuse_url.clone()),
        _ => None,
    }
}

/// Names are data: a line break in one must not begin a line, a header least of all.
fn plain(value: &str) -> String {
    value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A message can only name one zone, and says which.
pub(crate) fn china_time(at: DateTime<Utc>) -> String {
    let beijing = at + Duration::hours(8);
    beijing.format("%Y-%m-%d %H:%M (UTC+8)").to_string()
}

fn china_day(at: DateTime<Utc>) -> String {
    let beijing = at + Duration::hours(8);
    beijing.format("%Y-%m-%d").to_string()
}
