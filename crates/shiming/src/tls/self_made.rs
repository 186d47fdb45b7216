//! Keeping the self-made certificates fresh.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Authority, CertificateFacts, Names,
    authority::{AuthorityError, Pair, open_leaf, save_leaf},
    read_certificate, server_config,
};

/// A certificate that ends within this time is replaced.
const RENEW_BEFORE: TimeDelta = TimeDelta::days(30);

/// Why a new leaf is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// There is none, or it can't be read.
    Missing,
    /// It was signed by a root that is gone.
    OtherRoot,
    /// It ends within 30 days, or has not begun.
    Time,
    /// It lacks names that this machine now has.
    Names(Vec<String>),
}

/// Whether a new leaf is due, and why.
#[must_use]
pub fn renewal_due(
    leaf: Option<&CertificateFacts>,
    root: &CertificateFacts,
    wanted: &Names,
    now: DateTime<Utc>,
) -> Option<Renewal> {
    let Some(leaf) = leaf else {
        return Some(Renewal::Missing);
    };
    if leaf.issuer != root.subject {
        return Some(Renewal::OtherRoot);
    }
    // A leaf never outlives its root, so at the root's end it can't get any fresher.
    let as_fresh_as_can_be = leaf.not_after >= root.not_after;
    if now < leaf.not_before || (now + RENEW_BEFORE > leaf.not_after && !as_fresh_as_can_be) {
        return Some(Renewal::Time);
    }
    let missing = wanted.missing_from(&leaf.names);
    (!missing.is_empty()).then_some(Renewal::Names(missing))
}

/// Root and leaf in their folder.
pub struct SelfMade {
    folder: PathBuf,
    authority: Authority,
}

impl SelfMade {
    /// Opens the folder's root; makes one if there is none, or if it ends within 30 days.
    pub fn open(
        folder: &Path,
        wanted: &Names,
        short_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, AuthorityError> {
        let usable = |authority: &Authority| now + RENEW_BEFORE < authority.facts().not_after;
        let kept = Authority::open(folder)?.filter(usable);
        let authority = kept.map_or_else(|| make_root(folder, wanted, short_id, now), Ok)?;
        Ok(Self {
            folder: folder.to_owned(),
            authority,
        })
    }

    /// The root's certificate, for phones to install.
    #[must_use]
    pub fn root_pem(&self) -> &str {
        self.authority.root_pem()
    }

    /// The leaf to serve, newly signed if one is due; and whether it is new.
    pub fn leaf(&self, wanted: &Names, now: DateTime<Utc>) -> Result<(Pair, bool), AuthorityError> {
        let kept = open_leaf(&self.folder).filter(is_whole);
        let facts = kept
            .as_ref()
            .and_then(|leaf| read_certificate(leaf.certificate.as_bytes()).ok());
        let wanted = self.authority.permitted(wanted);
        let due = renewal_due(facts.as_ref(), self.authority.facts(), &wanted, now);
        match (kept, due) {
            (Some(leaf), None) => Ok((leaf, false)),
            (_, due) => {
                let leaf = self.authority.issue(&wanted, now)?;
                save_leaf(&leaf, &self.folder)?;
                tracing::info!(reason = ?due, "signed a new certificate for this machine");
                Ok((leaf, true))
            }
        }
    }

    /// Names of this machine that the root may not sign.
    #[must_use]
    pub fn refused(&self, wanted: &Names) -> Vec<String> {
        wanted.missing_from(&self.authority.permitted(wanted))
    }
}

fn make_root(
    folder: &Path,
    wanted: &Names,
    short_id: &str,
    now: DateTime<Utc>,
) -> Result<Authority, AuthorityError> {
    let authority = Authority::create(wanted, short_id, now)?;
    authority.save(folder)?;
    tracing::info!(
        name = authority.facts().subject,
        "made a certificate authority for the LAN"
    );
    Ok(authority)
}

/// Whether certificate and key belong together: a crash between the two writes would part them.
fn is_whole(leaf: &Pair) -> bool {
    server_config(leaf.certificate.as_bytes(), leaf.key.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::{CertificateFacts, Names, Renewal, SelfMade, renewal_due};

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn at(address: &str) -> Names {
        Names::wanted(Some("pc"), &[address.parse().expect("an address")], None)
    }

    fn facts(subject: &str, issuer: &str, until: &str) -> CertificateFacts {
        CertificateFacts {
            subject: subject.to_owned(),
            issuer: issuer.to_owned(),
            not_before: time("2026-01-01T00:00:00Z"),
            not_after: time(until),
            names: at("192.168.1.5"),
            scope: None,
        }
    }

    #[test]
    fn a_leaf_is_renewed_for_a_reason_and_only_then() {
        let root = facts("root", "root", "2036-01-01T00:00:00Z");
        let leaf = facts("leaf", "root", "2027-01-01T00:00:00Z");
        let strange = facts("leaf", "another root", "2027-01-01T00:00:00Z");
        let (here, moved) = (at("192.168.1.5"), at("192.168.1.77"));
        let moved_to = Some(Renewal::Names(vec!["192.168.1.77".to_owned()]));
        let table = [
            (None, &here, "2026-06-01T00:00:00Z", Some(Renewal::Missing)),
            (
                Some(&strange),
                &here,
                "2026-06-01T00:00:00Z",
                Some(Renewal::OtherRoot),
            ),
            (Some(&leaf), &here, "2026-06-01T00:00:00Z", None),
            (Some(&leaf), &here, "2026-12-01T00:00:00Z", None),
            (
                Some(&leaf),
                &here,
                "2026-12-03T00:00:00Z",
                Some(Renewal::Time),
            ),
            (
                Some(&leaf),
                &here,
                "2025-12-31T00:00:00Z",
                Some(Renewal::Time),
            ),
            (Some(&leaf), &moved, "2026-06-01T00:00:00Z", moved_to),
        ];
        for (leaf, wanted, now, expected) in table {
            assert_eq!(
                renewal_due(leaf, &root, wanted, time(now)),
                expected,
                "{now}"
            );
        }
    }

    #[test]
    fn the_root_stays_while_the_leaf_follows_the_machine() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let open = |now| {
            SelfMade::open(folder.path(), &at("192.168.1.5"), "ab12", time(now)).expect("opens")
        };
        let first = open("2026-03-01T00:00:00Z");
        assert!(
            first
                .leaf(&at("192.168.1.5"), time("2026-03-01T00:00:00Z"))
                .expect("a leaf")
                .1
        );
        let second = open("2026-03-02T00:00:00Z");
        assert_eq!(second.root_pem(), first.root_pem());
        assert!(
            !second
                .leaf(&at("192.168.1.5"), time("2026-03-02T00:00:00Z"))
                .expect("a leaf")
                .1
        );
        assert!(
            second
                .leaf(&at("10.0.0.9"), time("2026-03-02T00:00:00Z"))
                .expect("a leaf")
                .1
        );
        assert_ne!(
            open("2036-02-20T00:00:00Z").root_pem(),
            first.root_pem(),
            "it ends within 30 days"
        );
    }

    #[test]
    fn a_leaf_parted_from_its_key_is_replaced() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let now = time("2026-03-01T00:00:00Z");
        let ours = SelfMade::open(folder.path(), &at("192.168.1.5"), "ab12", now).expect("opens");
        ours.leaf(&at("192.168.1.5"), now).expect("a leaf");
        std::fs::copy(
            folder.path().join("root.key"),
            folder.path().join("server.key"),
        )
        .expect("copied");
        assert!(ours.leaf(&at("192.168.1.5"), now).expect("a leaf").1);
    }

    #[test]
    fn addresses_that_the_root_may_not_sign_are_told_and_cause_no_renewal() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let now = time("2026-03-01T00:00:00Z");
        let ours = SelfMade::open(folder.path(), &at("192.168.1.5"), "ab12", now).expect("opens");
        ours.leaf(&at("8.8.8.8"), now).expect("a leaf");
        assert!(!ours.leaf(&at("8.8.8.8"), now).expect("a leaf").1);
        assert_eq!(ours.refused(&at("8.8.8.8")), ["8.8.8.8"]);
    }
}
