//! Keyed hashes of what is looked up but not stored.

use shiming_identifiers::{EnterpriseName, IdNumber, PersonName, Uscc};
use shiming_vault::{BlindIndex, Index, IndexKey};
use shiming_verification::{
    bank::AccountNumber,
    case::Digest,
    ids::{IssuerId, PlatformId},
    notification::Address,
};

/// A natural person: the keyed hash of the ID number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PersonIndex(pub(crate) Index);

impl PersonIndex {
    /// The hash itself.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0.0
    }
}

/// Computes every keyed hash that the tables use.
#[derive(Debug, Clone)]
pub struct Indexes {
    id_number: IndexKey,
    uscc: IndexKey,
    account: IndexKey,
    representative: IndexKey,
    photo: IndexKey,
    bank_account: IndexKey,
    bank_entry: IndexKey,
    name: IndexKey,
    attempt: IndexKey,
    federation: IndexKey,
    origin: IndexKey,
    request: IndexKey,
    address: IndexKey,
}

impl Indexes {
    pub(crate) fn new(root: &BlindIndex) -> Self {
        Self {
            id_number: root.purpose("id_number"),
            uscc: root.purpose("uscc"),
            account: root.purpose("account"),
            representative: root.purpose("representative"),
            photo: root.purpose("photo"),
            name: root.purpose("enterprise name"),
            attempt: root.purpose("sign-in attempt"),
            bank_account: root.purpose("bank_account"),
            bank_entry: root.purpose("bank_entry"),
            federation: root.purpose("federation"),
            origin: root.purpose("origin"),
            request: root.purpose("idempotent request"),
            address: root.purpose("notification address"),
        }
    }

    /// The person with an ID number.
    #[must_use]
    pub fn person(&self, id: &IdNumber) -> PersonIndex {
        PersonIndex(self.id_number.of(id.as_str().as_bytes()))
    }

    /// A legal representative's name at one enterprise. Bound to the enterprise, so that equal names are not seen to be equal.
    #[must_use]
    pub fn representative(&self, uscc: &Uscc, name: &PersonName) -> Index {
        let key = name.key();
        self.representative
            .of_parts(&[uscc.as_str().as_bytes(), key.as_str().as_bytes()])
    }

    /// What a sister platform calls an account or a verification; bound to the configured issuer.
    pub(crate) fn federation(&self, issuer: IssuerId, what: &str, text: &str) -> Index {
        self.federation
            .of_parts(&[issuer.uuid().as_bytes(), what.as_bytes(), text.as_bytes()])
    }

    /// Where a form comes from: a browser or a network. Keyed, since addresses are few enough to be tried.
    pub(crate) fn origin(&self, what: &str, bytes: &[u8]) -> Index {
        self.origin.of_parts(&[what.as_bytes(), bytes])
    }

    /// A request that is done once. Keyed, since its body may be little more than an ID number, of which there are few enough to
    /// be tried.
    pub(crate) fn request(&self, digest: Digest) -> Index {
        self.request.of(&digest.0)
    }

    pub(crate) fn uscc(&self, uscc: &Uscc) -> Index {
        self.uscc.of(uscc.as_str().as_bytes())
    }

    /// An enterprise's name, as compared.
    pub(crate) fn name(&self, name: &EnterpriseName) -> Index {
        self.name.of(name.key().as_str().as_bytes())
    }

    /// What failed attempts to sign in count against; keyed, since addresses are few enough to be tried.
    pub(crate) fn attempt(&self, scope: &[u8]) -> Index {
        self.attempt.of(scope)
    }

    pub(crate) fn account(&self, platform: PlatformId, id: &str) -> Index {
        self.account
            .of_parts(&[platform.uuid().as_bytes(), id.as_bytes()])
    }

    /// A photo's content; bound to the person, so that equal photos are not seen to be equal.
    pub(crate) fn photo(&self, person: PersonIndex, bytes: &[u8]) -> Index {
        self.photo.of_parts(&[&person.0.0, bytes])
    }

    /// An address that messages go to, in any spelling.
    pub(crate) fn address(&self, address: &Address) -> Index {
        let channel = address.channel().as_str().as_bytes();
        let canonical = address.canonical();
        self.address.of_parts(&[channel, canonical.as_bytes()])
    }

    pub(crate) fn bank_account(&self, account: &AccountNumber) -> Index {
        self.bank_account.of(account.expose().as_bytes())
    }

    /// What tells a bank's entry from every other; the bank's own words may hold an account number.
    pub(crate) fn bank_entry(&self, id: &str) -> Index {
        self.bank_entry.of(id.as_bytes())
    }
}
