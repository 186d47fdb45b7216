//! The number of the document with which a legal representative proves who he or she is.

mod birth;
mod error;
mod kind;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::check_digit::{icao_9303, mod_11_2};
use crate::mask::mask_id_number;
use crate::normalise;
use crate::region::is_province;
use crate::validated::{masked_debug, validated_string};
pub use error::{IdNumberError, IdWarning};
pub use kind::IdKind;

/// Nobody older than this is believed; the oldest people on record reached 122.
const MAX_AGE: u32 = 120;

/// Below this age a person can't be the legal representative of a company.
const ADULT_AGE: u32 = 18;

/// The number of a resident identity card, of a residence permit for Hong Kong, Macau and Taiwan
/// residents, or of a foreigner's permanent resident card.
///
/// The 18-character kinds share one form: region or nationality, birth date, sequence, check
/// character (GB 11643-1999). The foreigner's card issued until November 2023 has 15 characters
/// and only its shape is certain. [`Self::kind`] tells them apart.
///
/// `parse` judges the age and therefore wants to know the day. Reading a stored number back
/// (`FromStr`, serde) applies every rule but that one, because a record stays readable when its
/// owner grows older. `Debug` shows the mask; there is no `Display`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdNumber(String);

validated_string!(IdNumber, IdNumberError, IdNumber::well_formed);
masked_debug!(IdNumber);

impl IdNumber {
    /// Reads a number as typed; see [`normalise`] for what is forgiven.
    ///
    /// # Errors
    /// The first [`IdNumberError`] that applies, in the order of its variants. A first-generation
    /// number (15 digits) is no longer a document; [`Self::from_first_generation`] converts one for
    /// a search.
    pub fn parse(value: &str, today: NaiveDate) -> Result<Self, IdNumberError> {
        let number = Self::well_formed(value)?;
        match number.birth_date(today) {
            Some(birth) if birth > today => Err(IdNumberError::BornInFuture),
            _ if number.age_on(today).is_some_and(|age| age > MAX_AGE) => Err(IdNumberError::Age),
            _ => Ok(number),
        }
    }

    /// Every hard rule except the age.
    fn well_formed(value: &str) -> Result<Self, IdNumberError> {
        let number = normalise(value);
        if kind::has_old_foreigner_shape(&number) {
            return Ok(Self(number));
        }
        refuse_misshapen(&number)?;
        let (first_17, check) = number.as_bytes().split_at(17);
        if mod_11_2(first_17) != check[0] {
            return Err(IdNumberError::CheckDigit);
        }
        if birth::full_date(&number[6..14]).is_none() {
            return Err(IdNumberError::Date);
        }
        Ok(Self(number))
    }

    /// Builds an 18-character number and computes its check, for synthetic and test data.
    ///
    /// `prefix` is the six-digit region (or `9`, province and nationality for a foreigner's card),
    /// `sequence` is 0–999, odd for men. `None` if a part does not fit its place.
    ///
    /// ```
    /// # use chrono::NaiveDate;
    /// # use shiming_identifiers::IdNumber;
    /// let birth = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap();
    /// let number = IdNumber::from_parts("110101", birth, 1).unwrap();
    /// assert_eq!(number.as_str(), "110101199001010015");
    /// ```
    #[must_use]
    pub fn from_parts(prefix: &str, birth: NaiveDate, sequence: u16) -> Option<Self> {
        let first_17 = format!("{prefix}{}{sequence:03}", birth.format("%Y%m%d"));
        let check = Self::check_character(&first_17)?;
        (prefix.len() == 6).then(|| Self(format!("{first_17}{check}")))
    }

    /// The check character that belongs after 17 digits (ISO/IEC 7064 MOD 11-2), `None` for
    /// anything else.
    #[must_use]
    pub fn check_character(first_17: &str) -> Option<char> {
        let shaped = first_17.len() == 17 && first_17.bytes().all(|b| b.is_ascii_digit());
        shaped.then(|| char::from(mod_11_2(first_17.as_bytes())))
    }

    /// Converts a first-generation number (15 digits, birth year without century) to the number
    /// its owner carries today. For searching old records only.
    ///
    /// # Errors
    /// [`IdNumberError::Length`] unless it has 15 digits, [`IdNumberError::Date`] for an
    /// impossible birth date.
    pub fn from_first_generation(value: &str) -> Result<Self, IdNumberError> {
        let old = normalise(value);
        if !kind::is_first_generation(&old) {
            return Err(IdNumberError::Length {
                found: old.chars().count(),
            });
        }
        let first_17 = format!("{}19{}", &old[..6], &old[6..]);
        let check = char::from(mod_11_2(first_17.as_bytes()));
        Self::well_formed(&format!("{first_17}{check}"))
    }

    /// Which document the number belongs to.
    #[must_use]
    pub fn kind(&self) -> IdKind {
        IdKind::of(&self.0)
    }

    /// The birth date in the number.
    ///
    /// The foreigner's card of 15 characters leaves the century out: the latest one is taken that
    /// does not lie after `as_of`. `None` if that card holds no real date.
    #[must_use]
    pub fn birth_date(&self, as_of: NaiveDate) -> Option<NaiveDate> {
        match self.kind() {
            IdKind::OldForeignerCard => birth::latest_century(&self.0[7..13], as_of),
            _ => birth::full_date(&self.0[6..14]),
        }
    }

    /// Completed years of life on a day; `None` before birth or if the number holds no real date.
    #[must_use]
    pub fn age_on(&self, date: NaiveDate) -> Option<u32> {
        date.years_since(self.birth_date(date)?)
    }

    /// The number with only its first three and last four characters shown.
    #[must_use]
    pub fn masked(&self) -> String {
        mask_id_number(&self.0)
    }

    /// What is unusual about the number though its hard rules hold.
    #[must_use]
    pub fn warnings(&self, today: NaiveDate) -> Vec<IdWarning> {
        let mut warnings = match self.kind() {
            IdKind::OldForeignerCard => self.old_foreigner_warnings(today),
            IdKind::ForeignerCard => self.foreigner_warnings(),
            IdKind::ResidentId if !is_province(&self.0[..2]) => vec![IdWarning::UnknownRegion],
            _ => Vec::new(),
        };
        if self.age_on(today).is_some_and(|age| age < ADULT_AGE) {
            warnings.push(IdWarning::Minor);
        }
        warnings
    }

    fn foreigner_warnings(&self) -> Vec<IdWarning> {
        let mut warnings = Vec::new();
        if !is_province(&self.0[1..3]) {
            warnings.push(IdWarning::UnknownRegion);
        }
        if rust_iso3166::from_numeric_str(&self.0[3..6]).is_none() {
            warnings.push(IdWarning::UnknownCountry);
        }
        warnings
    }

    fn old_foreigner_warnings(&self, today: NaiveDate) -> Vec<IdWarning> {
        let mut warnings = Vec::new();
        if rust_iso3166::from_alpha3(&self.0[..3]).is_none() {
            warnings.push(IdWarning::UnknownCountry);
        }
        if self.birth_date(today).is_none() {
            warnings.push(IdWarning::Date);
        }
        let (first_14, check) = self.0.as_bytes().split_at(14);
        if icao_9303(first_14) != check[0] {
            warnings.push(IdWarning::CheckDigit);
        }
        warnings
    }
}

/// The shape of an 18-character number: 17 digits, then a digit or `X`.
fn refuse_misshapen(number: &str) -> Result<(), IdNumberError> {
    if number.is_empty() {
        return Err(IdNumberError::Empty);
    }
    if kind::is_first_generation(number) {
        return Err(IdNumberError::FirstGeneration);
    }
    let digits = number.strip_suffix('X').unwrap_or(number);
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IdNumberError::Character);
    }
    if number.len() != 18 {
        return Err(IdNumberError::Length {
            found: number.len(),
        });
    }
    Ok(())
}
