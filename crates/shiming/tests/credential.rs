//! `shiming credential verify` as others run it: a file or standard input, an exit code, and the reason in words.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use chrono::Utc;
use serde_json::{Map, Value, json};
use shiming_federation::{
    jose::{Jwk, JwkSet, SigningKey, encode},
    sd_jwt::{digest, disclosure, issue},
    status_list::{self, Status},
};
use shiming_vault::OsEntropy;

const ISSUER: &str = "https://kyb.example.cn";
const LIST: &str = "https://kyb.example.cn/status/1";

fn plain() -> Map<String, Value> {
    let now = now();
    let claims = json!({
        "iss": ISSUER, "vct": "https://kyb.example.cn/credentials/verified-enterprise/v1",
        "iat": now, "exp": now + 1000, "organization_name": "示例科技有限公司",
        "status": { "status_list": { "idx": 42, "uri": LIST } },
    });
    match claims {
        Value::Object(claims) => claims,
        _ => unreachable!("written as an object"),
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the program looks at the real clock"
)]
fn now() -> i64 {
    Utc::now().timestamp()
}

/// An issuer with its key, and what the program makes of its credentials.
struct Issuer {
    key: SigningKey,
}

struct Verdict {
    code: Option<i32>,
    told: Value,
}

impl Verdict {
    /// Refused: exit code 1, and a reason that says this.
    fn refuses(&self, reason: &str, what: &str) {
        assert_eq!(
            (self.code, &self.told["valid"]),
            (Some(1), &json!(false)),
            "{what}: {}",
            self.told
        );
        let said = self.told["reason"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{what}: {said}");
    }
}

impl Issuer {
    fn new() -> Self {
        Self {
            key: SigningKey::generate(&OsEntropy).expect("randomness"),
        }
    }

    fn keys(&self) -> String {
        let keys = vec![self.key.public()];
        serde_json::to_string(&JwkSet { keys }).expect("JSON")
    }

    fn issues(&self, claims: Map<String, Value>, holder: Option<&Jwk>) -> String {
        let hidden = [("registration_number", json!("91350100M000100Y43"))];
        issue(&self.key, claims, &hidden, holder, &OsEntropy).expect("randomness")
    }

    /// A credential with exactly these claims.
    fn signs(&self, claims: Map<String, Value>) -> String {
        format!("{}~", self.key.sign("dc+sd-jwt", &Value::Object(claims)))
    }

    fn judged(&self, credential: &str, more: &[&str]) -> Verdict {
        let mut process = Command::new(env!("CARGO_BIN_EXE_shiming"))
            .args(["credential", "verify", "-", "--jwk", &self.keys()])
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut input = process.stdin.take().expect("piped");
        input.write_all(credential.as_bytes()).expect("read");
        drop(input);
        let output = process.wait_with_output().expect("ends");
        Verdict {
            code: output.status.code(),
            told: serde_json::from_slice(&output.stdout).expect("JSON"),
        }
    }
}

fn with(change: impl FnOnce(&mut Map<String, Value>)) -> Map<String, Value> {
    let mut claims = plain();
    change(&mut claims);
    claims
}

#[test]
fn a_credential_in_order_is_believed_from_a_file_too() {
    let issuer = Issuer::new();
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).expect("written");
        path
    };
    let credential = file("credential.sd-jwt", &issuer.issues(plain(), None));
    let keys = file("jwks.json", &issuer.keys());
    let run = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
        command
            .args(["credential", "verify"])
            .arg(&credential)
            .arg("--jwks")
            .arg(&keys);
        command.args(more).output().expect("runs")
    };
    let output = run(&["--issuer", ISSUER]);
    assert!(output.status.success(), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(told["claims"]["registration_number"], "91350100M000100Y43");
    assert_eq!(
        (&told["status"], &told["key_binding"]),
        (&json!("not_checked"), &json!("none"))
    );
    assert_eq!(
        run(&["--issuer", "https://other.example"]).status.code(),
        Some(1)
    );
    let missing = run(&["--status", "/nowhere"]);
    assert!(!missing.status.success());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("/nowhere can't be read"));
}

#[test]
fn what_was_tampered_with_is_refused() {
    let issuer = Issuer::new();
    let good = issuer.issues(plain(), None);
    let parts: Vec<&str> = good.split('~').collect();
    let forged = disclosure("salt", "registration_number", &json!("91350100M000100Y00"));
    let belongs = "does not belong";
    for (what, text, reason) in [
        (
            "another disclosure",
            format!("{}~{forged}~", parts[0]),
            belongs,
        ),
        ("a disclosure more", format!("{good}{forged}~"), belongs),
        (
            "a disclosure twice",
            format!("{}~{}~{}~", parts[0], parts[1], parts[1]),
            belongs,
        ),
        (
            "one character of a disclosure",
            good.replacen(parts[1], &flipped(parts[1]), 1),
            belongs,
        ),
        (
            "one character of the signature",
            format!("{}~", flipped(parts[0])),
            "signature is wrong",
        ),
        ("no tilde", parts[0].to_owned(), "no signed token"),
        ("nothing", String::new(), "no signed token"),
    ] {
        issuer.judged(&text, &[]).refuses(reason, what);
    }
    let other = Issuer::new();
    other
        .judged(&good, &[])
        .refuses("does not publish", "another issuer's keys");
}

/// The text with one of its middle characters changed.
fn flipped(text: &str) -> String {
    let at = text.len() - 8;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &text[..at], &text[at + 1..])
}

#[test]
fn digests_stand_once_and_are_of_a_known_kind() {
    let issuer = Issuer::new();
    let hidden = disclosure("salt", "name", &json!("x"));
    let twice = with(|claims| {
        claims.insert("_sd".to_owned(), json!([digest(&hidden), digest(&hidden)]));
    });
    issuer
        .judged(&issuer.signs(twice), &[])
        .refuses("same digest twice", "twice");
    let unknown = with(|claims| {
        claims.insert("_sd_alg".to_owned(), json!("md5"));
    });
    issuer
        .judged(&issuer.signs(unknown), &[])
        .refuses("of an unknown kind", "md5");
    let end = disclosure("salt", "exp", &json!(now() + 1000));
    let claims = with(|claims| {
        claims.remove("exp");
        claims.insert("_sd".to_owned(), json!([digest(&end)]));
    });
    let text = format!("{}{end}~", issuer.signs(claims));
    issuer
        .judged(&text, &[])
        .refuses("must be readable", "a hidden end");
}

#[test]
fn other_algorithms_are_no_signatures() {
    let issuer = Issuer::new();
    let good = issuer.issues(plain(), None);
    let (_, rest) = good.split_once('.').expect("a header");
    for alg in ["none", "HS256", "RS256", "ES384"] {
        let header = encode(
            json!({ "alg": alg, "typ": "dc+sd-jwt" })
                .to_string()
                .as_bytes(),
        );
        issuer
            .judged(&format!("{header}.{rest}"), &[])
            .refuses("not signed with ES256", alg);
    }
    let header = encode(
        json!({ "alg": "ES256", "typ": "JWT" })
            .to_string()
            .as_bytes(),
    );
    issuer
        .judged(&format!("{header}.{rest}"), &[])
        .refuses("another kind", "an ID token");
}

#[test]
fn time_and_status_count() {
    let issuer = Issuer::new();
    for (what, name, value) in [
        ("expired", "exp", json!(now() - 1)),
        ("not yet", "nbf", json!(now() + 600)),
        ("from the future", "iat", json!(now() + 600)),
        ("no number", "exp", json!("soon")),
    ] {
        let claims = with(|claims| {
            claims.insert(name.to_owned(), value);
        });
        issuer
            .judged(&issuer.issues(claims, None), &[])
            .refuses("not valid at this time", what);
    }
    let good = issuer.issues(plain(), None);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("list");
    let path = file.to_str().expect("text");
    let listed = |key: &SigningKey, uri: &str, status: Option<Status>| {
        let entries: Vec<_> = status.map(|status| (42, status)).into_iter().collect();
        #[allow(
            clippy::disallowed_methods,
            reason = "the program looks at the real clock"
        )]
        let token = status_list::token(key, ISSUER, uri, &entries, Utc::now());
        std::fs::write(&file, token).expect("written");
    };
    for status in [Status::Invalid, Status::Suspended] {
        listed(&issuer.key, LIST, Some(status));
        issuer
            .judged(&good, &["--status", path])
            .refuses("revoked or suspended", "status");
    }
    listed(&issuer.key, LIST, None);
    let valid = issuer.judged(&good, &["--status", path]);
    assert_eq!(
        (valid.code, &valid.told["status"]),
        (Some(0), &json!("valid"))
    );
    listed(&issuer.key, "https://kyb.example.cn/status/2", None);
    issuer
        .judged(&good, &["--status", path])
        .refuses("another status list", "another list");
    listed(&Issuer::new().key, LIST, None);
    issuer
        .judged(&good, &["--status", path])
        .refuses("does not publish", "a list by somebody else");
}

#[test]
fn a_credential_that_is_bound_to_a_key_wants_a_proof_of_that_key() {
    let issuer = Issuer::new();
    let holder = SigningKey::generate(&OsEntropy).expect("randomness");
    let bound = issuer.issues(plain(), Some(&holder.public()));
    let asked = ["--audience", "https://b.example", "--nonce", "n-1"];
    issuer
        .judged(&bound, &[])
        .refuses("bound to a key of its holder", "nobody asked");
    issuer
        .judged(&bound, &asked)
        .refuses("bound to a key of its holder", "no proof");
    let proof = |nonce: &str| {
        let claims = json!({
            "iat": now(), "aud": "https://b.example", "nonce": nonce, "sd_hash": digest(&bound),
        });
        format!("{bound}{}", holder.sign("kb+jwt", &claims))
    };
    let proven = issuer.judged(&proof("n-1"), &asked);
    assert_eq!(
        (proven.code, &proven.told["key_binding"]),
        (Some(0), &json!("proven"))
    );
    issuer
        .judged(&proof("n-2"), &asked)
        .refuses("made for another nonce", "another time's");
    let own = issuer.judged(&bound, &["--without-proof"]);
    assert_eq!(
        (own.code, &own.told["key_binding"]),
        (Some(0), &json!("not_checked"))
    );
    let free = issuer.issues(plain(), None);
    issuer
        .judged(&free, &asked)
        .refuses("bound to no key", "unbound");
}
