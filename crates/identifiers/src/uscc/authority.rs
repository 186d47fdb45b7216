//! What the first two characters of a credit code say: who registered, and what.

use serde::{Deserialize, Serialize};

/// The registration authority behind the first character (GB 32100-2015, table of authorities).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// `1` 机构编制: state organs and public institutions.
    EstablishmentCommittee,
    /// `2` 外交: foreign news bureaus.
    ForeignAffairs,
    /// `3` 司法行政: law firms, notaries, forensic institutes, arbitration.
    Justice,
    /// `4` 文化: foreign cultural centres.
    Culture,
    /// `5` 民政: associations, private non-enterprise units, foundations.
    CivilAffairs,
    /// `6` 旅游: tourism offices.
    Tourism,
    /// `7` 宗教: places of worship, religious schools.
    Religion,
    /// `8` 工会: trade unions.
    TradeUnion,
    /// `9` 工商 (市场监管): enterprises, individual businesses, farmers' cooperatives.
    MarketRegulation,
    /// `A` 中央军委改革和编制办公室: military units.
    Military,
    /// `N` 农业: rural collectives.
    Agriculture,
    /// `Y` 其他.
    Other,
}

impl Authority {
    /// The authority of a first character, `None` for characters given out after 2015.
    pub(super) fn from_character(character: u8) -> Option<Self> {
        Some(match character {
            b'1' => Self::EstablishmentCommittee,
            b'2' => Self::ForeignAffairs,
            b'3' => Self::Justice,
            b'4' => Self::Culture,
            b'5' => Self::CivilAffairs,
            b'6' => Self::Tourism,
            b'7' => Self::Religion,
            b'8' => Self::TradeUnion,
            b'9' => Self::MarketRegulation,
            b'A' => Self::Military,
            b'N' => Self::Agriculture,
            b'Y' => Self::Other,
            _ => return None,
        })
    }

    /// Whether the authority's table has this second character.
    pub(super) fn has_category(self, character: u8) -> bool {
        let categories: &[u8] = match self {
            Self::Justice => b"123459",
            Self::EstablishmentCommittee
            | Self::CivilAffairs
            | Self::MarketRegulation
            | Self::Agriculture => b"1239",
            Self::Tourism | Self::Religion => b"129",
            Self::ForeignAffairs | Self::Culture | Self::TradeUnion | Self::Military => b"19",
            Self::Other => b"1",
        };
        categories.contains(&character)
    }
}

/// The kind of subject a credit code stands for, as the choice of a form and of a provider's
/// `companyType` need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// `91` companies and `93` farmers' cooperatives.
    Enterprise,
    /// `92` 个体工商户.
    IndividualBusiness,
    /// `11`, `12`, `13`: state organs, public institutions, mass organisations.
    GovernmentOrInstitution,
    /// `51`, `52`, `53`: associations, private non-enterprise units, foundations.
    SocialOrganisation,
    /// Everything else: ask the operator, not every provider knows these.
    Other,
}

impl SubjectKind {
    pub(super) fn from_prefix(prefix: &str) -> Self {
        match prefix {
            "91" | "93" => Self::Enterprise,
            "92" => Self::IndividualBusiness,
            "11" | "12" | "13" => Self::GovernmentOrInstitution,
            "51" | "52" | "53" => Self::SocialOrganisation,
            _ => Self::Other,
        }
    }

    /// Stable slug, the same as in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Enterprise => "enterprise",
            Self::IndividualBusiness => "individual_business",
            Self::GovernmentOrInstitution => "government_or_institution",
            Self::SocialOrganisation => "social_organisation",
            Self::Other => "other",
        }
    }
}
