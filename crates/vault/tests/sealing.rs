//! What is sealed stays sealed: properties of data keys, wrapped keys, indexes and tokens.

use proptest::prelude::*;
use shiming_vault::{
    BlindIndex, DataKey, Entropy, KeyRing, MasterKey, OsEntropy, Owner, TokenKey, VaultError,
    random_token, token_digest,
};

fn key_of(owner: &Owner) -> DataKey {
    DataKey::generate(owner.clone(), &OsEntropy).expect("random numbers")
}

fn ring(byte: u8) -> KeyRing {
    KeyRing::new(MasterKey::from_bytes([byte; 32]))
}

proptest! {
    #[test]
    fn what_is_sealed_opens_unchanged(plain: Vec<u8>, purpose: String, id: String) {
        let key = key_of(&Owner::case(id));
        let sealed = key.seal(&purpose, &plain, &OsEntropy).unwrap();
        prop_assert_eq!(&key.open(&purpose, &sealed).unwrap()[..], &plain[..]);
    }

    #[test]
    fn one_changed_bit_anywhere_and_it_does_not_open(
        plain: Vec<u8>, at: prop::sample::Index, bit in 0..8u32,
    ) {
        let key = key_of(&Owner::case("ver_1"));
        let mut sealed = key.seal("body", &plain, &OsEntropy).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(key.open("body", &sealed).is_err());
    }

    #[test]
    fn cut_short_anywhere_and_it_does_not_open(plain: Vec<u8>, at: prop::sample::Index) {
        let key = key_of(&Owner::case("ver_1"));
        let sealed = key.seal("body", &plain, &OsEntropy).unwrap();
        prop_assert!(key.open("body", &sealed[..at.index(sealed.len())]).is_err());
    }

    #[test]
    fn one_changed_bit_and_a_wrapped_key_does_not_unwrap(at: prop::sample::Index, bit in 0..8u32) {
        let owner = Owner::person("9f86");
        let mut wrapped = ring(1).wrap(&key_of(&owner), &OsEntropy).unwrap();
        let at = at.index(wrapped.len());
        wrapped[at] ^= 1 << bit;
        prop_assert!(ring(1).unwrap(owner, &wrapped).is_err());
    }
}

#[test]
fn another_purpose_or_another_owners_key_opens_nothing() {
    let (mine, yours) = (Owner::person("a"), Owner::person("b"));
    let key = key_of(&mine);
    let sealed = key.seal("photo", b"a face", &OsEntropy).unwrap();
    assert_eq!(
        key.open("body", &sealed).unwrap_err(),
        VaultError::Unopenable
    );
    assert_eq!(
        key_of(&yours).open("photo", &sealed).unwrap_err(),
        VaultError::Unopenable
    );

    let wrapped = ring(1).wrap(&key, &OsEntropy).unwrap();
    assert_eq!(
        ring(1).unwrap(yours, &wrapped).unwrap_err(),
        VaultError::Unopenable
    );
}

#[test]
fn an_owner_is_bound_into_the_seal_even_under_the_same_key_bytes() {
    struct Constant;
    impl Entropy for Constant {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), VaultError> {
            bytes.fill(9);
            Ok(())
        }
    }
    let one = DataKey::generate(Owner::case("1"), &Constant).unwrap();
    let two = DataKey::generate(Owner::case("2"), &Constant).unwrap();
    let sealed = one.seal("body", b"x", &Constant).unwrap();
    assert!(one.open("body", &sealed).is_ok());
    assert_eq!(
        two.open("body", &sealed).unwrap_err(),
        VaultError::Unopenable
    );
}

#[test]
fn after_a_rotation_old_keys_still_unwrap_and_are_wrapped_anew() {
    let owner = Owner::case("ver_1");
    let key = key_of(&owner);
    let sealed = key.seal("body", b"still here", &OsEntropy).unwrap();
    let wrapped = ring(1).wrap(&key, &OsEntropy).unwrap();

    let rotated = ring(2).with_previous(MasterKey::from_bytes([1; 32]));
    let opened = rotated
        .unwrap(owner.clone(), &wrapped)
        .unwrap()
        .open("body", &sealed)
        .unwrap();
    assert_eq!(&opened[..], b"still here");

    let anew = rotated
        .rewrap(owner.clone(), &wrapped, &OsEntropy)
        .unwrap()
        .expect("was old");
    assert_eq!(
        rotated.rewrap(owner.clone(), &anew, &OsEntropy).unwrap(),
        None
    );
    let without_the_old = ring(2);
    assert!(
        without_the_old
            .unwrap(owner.clone(), &anew)
            .unwrap()
            .open("body", &sealed)
            .is_ok()
    );
    assert!(matches!(
        without_the_old.unwrap(owner, &wrapped).unwrap_err(),
        VaultError::UnknownMasterKey { .. }
    ));
}

#[test]
fn nothing_secret_is_printed() {
    let key = key_of(&Owner::person("9f86"));
    let token = random_token(&OsEntropy).unwrap();
    let index = BlindIndex::new(&key);
    let printed = format!("{key:?} {token:?} {index:?} {:?}", index.purpose("uscc"));
    assert_eq!(
        printed,
        "DataKey(person:9f86) Token(…) BlindIndex([secret]) IndexKey"
    );
}

#[test]
fn an_index_depends_on_key_purpose_and_text_and_on_nothing_else() {
    let owner = Owner::system("index");
    let key = key_of(&owner);
    let index = BlindIndex::new(&key);
    let of = |purpose: &str, text: &str| index.purpose(purpose).of(text.as_bytes());
    assert_eq!(
        of("uscc", "A"),
        BlindIndex::new(&key.clone()).purpose("uscc").of(b"A")
    );
    assert_ne!(of("uscc", "A"), of("uscc", "B"));
    assert_ne!(of("uscc", "A"), of("id_number", "A"));
    assert_ne!(
        of("uscc", "A"),
        BlindIndex::new(&key_of(&owner)).purpose("uscc").of(b"A")
    );

    let account = index.purpose("account");
    assert_ne!(
        account.of_parts(&[b"ab", b"c"]),
        account.of_parts(&[b"a", b"bc"])
    );
}

#[test]
fn a_derived_token_can_be_derived_again_but_not_guessed_from_its_neighbour() {
    let key = TokenKey::new(&key_of(&Owner::system("tokens")));
    let first = key.derive("invitation", &[b"ver_1", b"1"]);
    assert_eq!(first, key.derive("invitation", &[b"ver_1", b"1"]));
    assert_ne!(first, key.derive("invitation", &[b"ver_1", b"2"]));
    assert_ne!(first, key.derive("portal", &[b"ver_1", b"1"]));
    assert_eq!(first.expose().len(), 24, "144 bits in base64url");
    assert!(
        first
            .expose()
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    );
    assert_eq!(first.digest(), token_digest(first.expose()));
}

#[test]
fn the_keyed_hash_is_hmac_sha_256_under_an_hkdf_key() {
    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) -> Result<(), VaultError> {
            bytes.fill(0);
            Ok(())
        }
    }
    let root = DataKey::generate(Owner::system("index"), &Zeros).unwrap();
    let index = BlindIndex::new(&root)
        .purpose("uscc")
        .of(b"91350100M000100Y43");
    // Computed with Python's hmac and hashlib.
    let expected = "e7e1a0740fb0330779d42d790c517e5dc6c37acd9ec5578deb70cacbaa2c22a3";
    assert_eq!(index.to_string(), expected);
}
