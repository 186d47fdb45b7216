//! What a certificate says of itself.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use x509_parser::{extensions::GeneralName, prelude::X509Certificate};

use super::{Names, Scope};

/// The parts of a certificate that decide whether it may go on serving.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Common name of the subject.
    pub subject: String,
    /// Common name of the issuer.
    pub issuer: String,
    /// First moment of validity.
    pub not_before: DateTime<Utc>,
    /// Last moment of validity.
    pub not_after: DateTime<Utc>,
    /// What it may be asked for.
    pub names: Names,
    /// What it may sign, if that is limited.
    pub scope: Option<Scope>,
}

/// The text holds no certificate that can be read.
#[derive(Debug, thiserror::Error)]
#[error("no readable certificate in PEM form: {0}")]
pub struct CertificateError(String);

/// Reads the first certificate of a PEM text.
///
/// # Errors
/// [`CertificateError`] when there is none, or it is damaged.
pub fn read_certificate(pem: &[u8]) -> Result<CertificateFacts, CertificateError> {
    let der =
        CertificateDer::from_pem_slice(pem).map_err(|error| CertificateError(error.to_string()))?;
    let (_, certificate) = x509_parser::parse_x509_certificate(&der)
        .map_err(|error| CertificateError(error.to_string()))?;
    let moment = |time: x509_parser::time::ASN1Time| {
        DateTime::from_timestamp(time.timestamp(), 0)
            .ok_or_else(|| CertificateError("its dates are out of range".to_owned()))
    };
    Ok(CertificateFacts {
        subject: common_name(certificate.subject()),
        issuer: common_name(certificate.issuer()),
        not_before: moment(certificate.validity().not_before)?,
        not_after: moment(certificate.validity().not_after)?,
        names: names_of(&certificate),
        scope: scope_of(&certificate),
    })
}

fn common_name(name: &x509_parser::x509::X509Name) -> String {
    let first = name
        .iter_common_name()
        .next()
        .and_then(|value| value.as_str().ok());
    first.unwrap_or_default().to_owned()
}

fn names_of(certificate: &X509Certificate) -> Names {
    let mut names = Names::default();
    let Ok(Some(alternatives)) = certificate.subject_alternative_name() else {
        return names;
    };
    for name in &alternatives.value.general_names {
        match name {
            GeneralName::DNSName(dns) => drop(names.dns.insert(dns.to_ascii_lowercase())),
            GeneralName::IPAddress(octets) => names.addresses.extend(address(octets)),
            _ => (),
        }
    }
    names
}

fn scope_of(certificate: &X509Certificate) -> Option<Scope> {
    let constraints = certificate.name_constraints().ok()??;
    let (mut suffixes, mut networks) = (Vec::new(), Vec::new());
    for subtree in constraints
        .value
        .permitted_subtrees
        .as_deref()
        .unwrap_or_default()
    {
        match subtree.base {
            GeneralName::DNSName(dns) => suffixes.push(dns.to_ascii_lowercase()),
            GeneralName::IPAddress(octets) => networks.extend(network(octets)),
            _ => (),
        }
    }
    Some(Scope::of(suffixes, networks))
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
        _ => None,
    }
}

/// Address and mask side by side, as name constraints hold them.
fn network(octets: &[u8]) -> Option<(IpAddr, u8)> {
    let (base, mask) = octets.split_at_checked(octets.len() / 2)?;
    let prefix: u32 = mask.iter().map(|byte| byte.leading_ones()).sum();
    Some((address(base)?, u8::try_from(prefix).ok()?))
}
