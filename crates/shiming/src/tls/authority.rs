//! The self-made certificate authority of one server: a root for ten years, leaves for a year and a month.

use std::{fs, io, path::Path};

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, Utc};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};

use super::{CertificateFacts, Names, Scope, read_certificate};
use crate::private_file::{create_private_folder, write_private};

/// File of the root's certificate, in the authority's folder. The page `/ca` offers it for installation.
pub const ROOT_FILE: &str = "root.pem";
const ROOT_KEY_FILE: &str = "root.key";
/// File of the server's own certificate, in the authority's folder.
pub const LEAF_FILE: &str = "server.pem";
const LEAF_KEY_FILE: &str = "server.key";

/// A root lives ten years.
const ROOT_MONTHS: u32 = 120;
/// Browsers refuse leaves that live longer than 398 days.
const LEAF_DAYS: u64 = 397;

/// The authority can't be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file could not be read or written.
    #[error("{what} in {folder}: {source}; check that the server's user owns the data directory")]
    File {
        /// What was tried.
        what: &'static str,
        /// Where.
        folder: String,
        /// Why not.
        source: io::Error,
    },
    /// A certificate could not be made.
    #[error("the self-made certificate can't be made: {0}")]
    Making(#[from] rcgen::Error),
    /// The root on disk is damaged.
    #[error(
        "the root certificate in {0} is damaged; move the folder away and a new one is made (phones have to install it anew)"
    )]
    Damaged(String),
    /// The clock is at the end of the calendar.
    #[error("the date of this machine can't be right: set its clock and start again")]
    Calendar,
}

/// A certificate in PEM form with its private key.
#[derive(Clone)]
pub struct Pair {
    /// The certificate; public.
    pub certificate: String,
    /// The private key.
    pub key: String,
}

/// The root, ready to sign.
pub struct Authority {
    root: Pair,
    facts: CertificateFacts,
}

impl Authority {
    /// Makes a root that may sign `names` and whatever is in a private network.
    pub fn create(
        names: &Names,
        short_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, AuthorityError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, format!("Shiming LAN CA {short_id}"));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.name_constraints = Some(Scope::around(names).constraints());
        let today = now.date_naive();
        let last = today.checked_add_months(Months::new(ROOT_MONTHS));
        set_validity(&mut params, today.checked_sub_days(Days::new(1)), last)?;
        let certificate = params.self_signed(&key)?.pem();
        Self::from_pair(
            Pair {
                certificate,
                key: key.serialize_pem(),
            },
            "memory",
        )
    }

    /// Reads the root from its folder; `None` if there is none yet.
    pub fn open(folder: &Path) -> Result<Option<Self>, AuthorityError> {
        let read = |name| fs::read_to_string(folder.join(name));
        let (certificate, key) = match (read(ROOT_FILE), read(ROOT_KEY_FILE)) {
            (Ok(certificate), Ok(key)) => (certificate, key),
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            (Err(error), _) | (_, Err(error)) => {
                return Err(at("the root can't be read", folder, error));
            }
        };
        Self::from_pair(Pair { certificate, key }, &folder.display().to_string()).map(Some)
    }

    fn from_pair(root: Pair, place: &str) -> Result<Self, AuthorityError> {
        let damaged = || AuthorityError::Damaged(place.to_owned());
        let facts = read_certificate(root.certificate.as_bytes()).map_err(|_| damaged())?;
        KeyPair::from_pem(&root.key).map_err(|_| damaged())?;
        Ok(Self { root, facts })
    }

    /// Keeps the root in its folder; the key is readable by the server's user only.
    pub fn save(&self, folder: &Path) -> Result<(), AuthorityError> {
        save_pair(&self.root, folder, ROOT_FILE, ROOT_KEY_FILE)
    }

    /// The root's certificate, for phones to install.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.root.certificate
    }

    /// What the root says of itself.
    #[must_use]
    pub fn facts(&self) -> &CertificateFacts {
        &self.facts
    }

    /// Those of `names` that this root may sign.
    #[must_use]
    pub fn permitted(&self, names: &Names) -> Names {
        self.facts
            .scope
            .as_ref()
            .map_or_else(|| names.clone(), |scope| scope.permitted(names))
    }

    /// Signs a fresh key for the names that may be signed.
    pub fn issue(&self, names: &Names, now: DateTime<Utc>) -> Result<Pair, AuthorityError> {
        let issuer =
            Issuer::from_ca_cert_pem(&self.root.certificate, KeyPair::from_pem(&self.root.key)?)?;
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params
            .distinguished_name
            .push(DnType::CommonName, "Shiming LAN server");
        params.subject_alt_names = alternatives(&self.permitted(names))?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let first = now.date_naive().checked_sub_days(Days::new(1));
        let last = first.and_then(|first| first.checked_add_days(Days::new(LEAF_DAYS)));
        let last = last.map(|last| last.min(self.facts.not_after.date_naive()));
        set_validity(&mut params, first, last)?;
        let certificate = params.signed_by(&key, &issuer)?.pem();
        Ok(Pair {
            certificate,
            key: key.serialize_pem(),
        })
    }
}

/// Keeps the server's own certificate in the authority's folder.
pub fn save_leaf(leaf: &Pair, folder: &Path) -> Result<(), AuthorityError> {
    save_pair(leaf, folder, LEAF_FILE, LEAF_KEY_FILE)
}

/// The server's own certificate, if there is one.
pub fn open_leaf(folder: &Path) -> Option<Pair> {
    let certificate = fs::read_to_string(folder.join(LEAF_FILE)).ok()?;
    let key = fs::read_to_string(folder.join(LEAF_KEY_FILE)).ok()?;
    Some(Pair { certificate, key })
}

fn save_pair(pair: &Pair, folder: &Path, file: &str, key_file: &str) -> Result<(), AuthorityError> {
    let failed = |error| at("certificate and key can't be kept", folder, error);
    create_private_folder(folder).map_err(failed)?;
    write_private(&folder.join(key_file), pair.key.as_bytes()).map_err(failed)?;
    write_private(&folder.join(file), pair.certificate.as_bytes()).map_err(failed)
}

fn at(what: &'static str, folder: &Path, source: io::Error) -> AuthorityError {
    AuthorityError::File {
        what,
        folder: folder.display().to_string(),
        source,
    }
}

fn alternatives(names: &Names) -> Result<Vec<SanType>, rcgen::Error> {
    let dns = names
        .dns
        .iter()
        .map(|name| Ok(SanType::DnsName(name.as_str().try_into()?)));
    dns.chain(names.addresses.iter().map(|&ip| Ok(SanType::IpAddress(ip))))
        .collect()
}

/// From midnight UTC of the first day to midnight of the last: a day early, for phones whose clock is behind.
fn set_validity(
    params: &mut CertificateParams,
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
) -> Result<(), AuthorityError> {
    let parts = |day: NaiveDate| {
        Some((
            u8::try_from(day.month()).ok()?,
            u8::try_from(day.day()).ok()?,
        ))
    };
    let midnight = |day: Option<NaiveDate>| {
        let (month, date) = parts(day?)?;
        Some(date_time_ymd(day?.year(), month, date))
    };
    params.not_before = midnight(first).ok_or(AuthorityError::Calendar)?;
    params.not_after = midnight(last).ok_or(AuthorityError::Calendar)?;
    Ok(())
}

#[cfg(test)]
mod trust;

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{Authority, LEAF_FILE, Names, open_leaf, save_leaf};
    use crate::{private_file::is_readable_by_others, tls::read_certificate};

    fn now() -> DateTime<Utc> {
        "2026-03-01T10:00:00Z".parse().expect("a time")
    }

    fn names() -> Names {
        let lan = [
            "192.168.1.5".parse().expect("an address"),
            "203.0.113.7".parse().expect("an address"),
        ];
        Names::wanted(Some("pc"), &lan, None)
    }

    #[test]
    fn the_root_lives_ten_years_and_the_leaf_no_longer_than_browsers_accept() {
        let authority = Authority::create(&names(), "ab12", now()).expect("a root");
        assert_eq!(authority.facts().subject, "Shiming LAN CA ab12");
        assert_eq!(
            authority.facts().not_after.to_rfc3339(),
            "2036-03-01T00:00:00+00:00"
        );
        let leaf = authority.issue(&names(), now()).expect("a leaf");
        let facts = read_certificate(leaf.certificate.as_bytes()).expect("readable");
        assert_eq!(facts.issuer, "Shiming LAN CA ab12");
        assert_eq!((facts.not_after - facts.not_before).num_days(), 397);
        assert!(facts.not_before < now());
        assert_eq!(facts.names, names());
    }

    #[test]
    fn names_outside_the_roots_scope_are_not_signed() {
        let authority = Authority::create(&names(), "ab12", now()).expect("a root");
        let elsewhere = ["8.8.8.8".parse().expect("an address")];
        let leaf = authority.issue(
            &Names::wanted(Some("bank.example"), &elsewhere, None),
            now(),
        );
        let facts =
            read_certificate(leaf.expect("a leaf").certificate.as_bytes()).expect("readable");
        assert_eq!(facts.names, Names::wanted(None, &[], None));
    }

    #[test]
    fn a_root_is_read_back_and_its_files_are_private() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(
            Authority::open(folder.path())
                .expect("no root is no error")
                .is_none()
        );
        let made = Authority::create(&names(), "ab12", now()).expect("a root");
        made.save(folder.path()).expect("kept");
        let opened = Authority::open(folder.path())
            .expect("readable")
            .expect("there");
        assert_eq!(opened.facts(), made.facts());
        save_leaf(
            &opened.issue(&names(), now()).expect("a leaf"),
            folder.path(),
        )
        .expect("kept");
        assert!(open_leaf(folder.path()).is_some());
        for file in ["root.key", "server.key", LEAF_FILE] {
            assert!(
                !is_readable_by_others(&folder.path().join(file)).expect("exists"),
                "{file}"
            );
        }
    }

    #[test]
    fn a_leaf_does_not_outlive_its_root() {
        let authority = Authority::create(&names(), "ab12", now()).expect("a root");
        let late = "2035-12-01T00:00:00Z".parse().expect("a time");
        let leaf = authority.issue(&names(), late).expect("a leaf");
        let facts = read_certificate(leaf.certificate.as_bytes()).expect("readable");
        assert_eq!(facts.not_after, authority.facts().not_after);
    }
}
