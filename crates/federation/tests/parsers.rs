//! Whatever somebody sends, readers answer with a refusal and never fall over: random bytes, truncations, changed characters.

use chrono::{DateTime, Duration, TimeZone as _, Utc};
use proptest::{prelude::*, sample::Index};
use serde_json::{Map, Value, json};
use shiming_federation::{
    claims::{ClaimsRequest, TrustIn, accept},
    jose::{self, JwkSet, SigningKey},
    key_binding::Binding,
    sd_jwt::{Checks, issue, verify},
    status_list::{self, Status},
    webhook::is_signed,
};
use shiming_vault::OsEntropy;
use shiming_verification::{ids::IssuerId, sync::IssuerPolicy, words::AssuranceLevel};
use uuid::Uuid;

const URI: &str = "https://kyb.example.cn/status/1";

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap()
}

/// A key that is the same in every run.
fn key() -> SigningKey {
    SigningKey::from_scalar(&[7; 32]).unwrap()
}

fn keys() -> JwkSet {
    JwkSet {
        keys: vec![key().public()],
    }
}

fn credential() -> String {
    let now = now().timestamp();
    let claims = json!({
        "iss": "https://kyb.example.cn", "vct": "v1", "iat": now, "exp": now + 1000,
        "status": { "status_list": { "idx": 42, "uri": URI } },
    });
    let Value::Object(claims) = claims else {
        unreachable!("written as an object")
    };
    let hidden = [
        ("name", json!("张三")),
        ("number", json!("91350100M000100Y43")),
    ];
    issue(&key(), claims, &hidden, None, &OsEntropy).unwrap()
}

/// Any JSON, as deep and wide as matters.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop_oneof![
        Just("_sd".to_owned()),
        Just("...".to_owned()),
        Just("verification".to_owned()),
        Just("claims".to_owned()),
        Just("authority".to_owned()),
        Just("permission".to_owned()),
        Just("applies_to".to_owned()),
        "[a-z]{0,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn policy() -> IssuerPolicy {
    IssuerPolicy {
        trust_frameworks: vec!["f".to_owned()],
        least_assurance: AssuranceLevel::RegistryOnly,
        highest_assurance: AssuranceLevel::LegalRepFace,
        max_age_days: 1,
        confirm_in_registry: false,
    }
}

fn read_everything(text: &str) {
    let keys = keys();
    let _ = jose::verify::<Value>(text, "JWT", &keys);
    let _ = jose::decode(text);
    let _ = JwkSet::parse(text);
    let _ = ClaimsRequest::parse(text);
    let _ = status_list::look_up(text, URI, u64::MAX, &keys, now());
    let binding = Binding::Asked {
        audience: "a",
        nonce: "n",
    };
    for binding in [Binding::NotAsked, Binding::Waived, binding] {
        let checks = Checks {
            issuer: None,
            status: Some(text),
            binding,
        };
        assert!(verify(text, &keys, checks, now()).is_err());
    }
    assert!(!is_signed(
        "whsec_AAAA",
        (text, text, text),
        text.as_bytes(),
        now()
    ));
}

proptest! {
    #[test]
    fn random_text_is_refused(text in "\\PC{0,200}") {
        read_everything(&text);
    }

    #[test]
    fn random_bytes_in_the_places_of_a_token_are_refused(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..6)) {
        let coded: Vec<_> = parts.iter().map(|part| jose::encode(part)).collect();
        read_everything(&coded.join("."));
        read_everything(&format!("{}~", coded.join("~")));
    }

    #[test]
    fn a_credential_that_is_cut_or_changed_anywhere_is_refused(at in any::<Index>(), to in "[A-Za-z0-9_.~-]") {
        let text = credential();
        let cut = at.index(text.len());
        let read = |text: &str| verify(text, &keys(), Checks::default(), now());
        if let Ok(less) = read(&text[..cut]) {
            // Only disclosures may be left out, and only whole ones.
            prop_assert!(text[..cut].ends_with('~') && less.held_back > 0);
        }
        let changed = format!("{}{to}{}", &text[..cut], &text[cut + 1..]);
        prop_assert!(changed == text || read(&changed).is_err());
    }

    #[test]
    fn signed_claims_of_any_shape_are_read_or_refused(claims in any_json()) {
        let token = key().sign("dc+sd-jwt", &claims);
        let _ = verify(&format!("{token}~"), &keys(), Checks::default(), now());
        let list = key().sign(status_list::TYP, &claims);
        let _ = status_list::look_up(&list, URI, 0, &keys(), now());
    }

    #[test]
    fn disclosures_of_any_shape_are_read_or_refused(values in prop::collection::vec(any_json(), 0..5)) {
        let coded: Vec<_> = values.iter().map(|value| jose::encode(value.to_string().as_bytes())).collect();
        let digests: Vec<_> = coded.iter().map(|text| shiming_federation::sd_jwt::digest(text)).collect();
        let token = key().sign("dc+sd-jwt", &json!({ "_sd": digests }));
        let _ = verify(&format!("{token}~{}~", coded.join("~")), &keys(), Checks::default(), now());
    }

    #[test]
    fn a_status_list_of_any_bytes_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), bits in 0_u64..20, idx in any::<u64>()) {
        let now_s = now().timestamp();
        let claims = json!({ "sub": URI, "iat": now_s, "exp": now_s + 10, "status_list": { "bits": bits, "lst": jose::encode(&bytes) } });
        let _ = status_list::look_up(&key().sign(status_list::TYP, &claims), URI, idx, &keys(), now());
    }

    #[test]
    fn every_entry_of_a_list_says_what_was_written(idx in 0..status_list::ENTRIES, suspended in any::<bool>()) {
        let status = if suspended { Status::Suspended } else { Status::Invalid };
        let token = status_list::token(&key(), "i", URI, &[(idx, status)], now());
        prop_assert_eq!(status_list::look_up(&token, URI, idx, &keys(), now()), Ok(status));
        let neighbour = (idx + 1) % status_list::ENTRIES;
        prop_assert_eq!(status_list::look_up(&token, URI, neighbour, &keys(), now()), Ok(Status::Valid));
    }

    #[test]
    fn what_an_issuer_says_in_any_shape_is_taken_or_not(said in any_json(), status in any_json()) {
        let policy = policy();
        let trust = TrustIn {
            issuer: IssuerId::new(Uuid::from_u128(1)),
            name: "n",
            url: "u",
            policy: &policy,
            longest: Duration::days(1),
        };
        prop_assert!(accept(Some(&said), "sub", Some(&status), &trust, now()).is_err());
    }
}
