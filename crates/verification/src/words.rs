//! The field's standard terms as types.

use serde::{Deserialize, Serialize};

use crate::ids::PlatformId;

/// Whether a case and its data are real or belong to the demonstration. The two never mix: every
/// query on registry data names its realm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    /// Real enterprises and people.
    Live,
    /// Synthetic companies, for the demonstration.
    Demo,
    /// What test keys open: nothing of it leaves the server, and every answer can be commanded.
    Test,
}

impl Realm {
    /// The word used in storage and on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Demo => "demo",
            Self::Test => "test",
        }
    }
}

/// Language of a page or message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// 简体中文.
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Language {
    /// Every language that there are texts in.
    pub const ALL: [Self; 2] = [Self::ZhCn, Self::En];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::ZhCn => "zh-CN",
            Self::En => "en",
        }
    }

    /// The language with this tag.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.tag() == tag)
    }
}

/// Subject type 主体类型.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// 企业.
    Enterprise,
    /// 个体工商户.
    IndividualBusiness,
}

/// How control of the enterprise is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The legal representative scans the face in person.
    Face,
    /// A small transfer to the corporate bank account.
    Bank,
    /// A sister platform vouches for the account.
    Sync,
}

/// Who pays whom in the bank method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankDirection {
    /// We pay a random amount; the applicant types it.
    Forward,
    /// The enterprise pays a token amount with a one-time reference.
    Reverse,
}

/// How sure a credential is, ascending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssuranceLevel {
    /// The elements belong together in the registry.
    RegistryOnly,
    /// The enterprise controls its corporate bank account.
    BankTransfer,
    /// The legal representative agreed in person, judged by a rated face engine.
    LegalRepFace,
}

/// How far a face engine's figures may be trusted (ISO/IEC 19795-1: a claim needs its sample).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineGrade {
    /// FMR 1e-4 measured on at least 30 000 impostor pairs.
    Rated,
    /// Usable, but not measured on enough pairs.
    Unrated,
    /// For demonstrations: models too weak, or no passive presentation-attack detection.
    DemoGrade,
}

impl EngineGrade {
    /// The highest assurance level that a face match by such an engine may reach.
    #[must_use]
    pub const fn highest_assurance(self) -> AssuranceLevel {
        match self {
            Self::Rated => AssuranceLevel::LegalRepFace,
            Self::Unrated | Self::DemoGrade => AssuranceLevel::RegistryOnly,
        }
    }
}

/// A customer's account at a platform, by the platform's own id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Account {
    /// The platform it belongs to.
    pub platform: PlatformId,
    /// The platform's own id of the account, 1–128 characters.
    pub id: String,
    /// What the platform calls it to its user; shown to the legal representative.
    pub name: String,
}

impl Account {
    /// An account as a platform names it.
    ///
    /// # Errors
    /// The id is empty, or either text is over 128 characters or holds control characters.
    pub fn new(platform: PlatformId, id: &str, name: Option<&str>) -> Result<Self, AccountError> {
        let id = id.trim();
        let name = name
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .unwrap_or(id);
        let fits = |text: &str| text.chars().count() <= 128 && !text.chars().any(char::is_control);
        if id.is_empty() || !fits(id) || !fits(name) {
            return Err(AccountError);
        }
        Ok(Self {
            platform,
            id: id.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// The account's id or name can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an account id has 1 to 128 characters, none of them control characters; so has its name")]
pub struct AccountError;
