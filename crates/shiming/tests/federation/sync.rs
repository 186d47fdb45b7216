//! One-click synchronisation from Alpha to Beta, and what follows from its end at Alpha.

use std::time::{Duration, Instant};

use reqwest::header;
use serde_json::{Value, json};
use shiming_testbed::applicant::Applicant;

use super::server::{Server, http, text, word};

/// A sister hears of the end within seconds; longer than any machine needs.
const PATIENCE: Duration = Duration::from_mins(1);

/// Two servers, of which Beta takes Alpha's word.
struct Pair {
    alpha: Server,
    beta: Server,
    client: String,
    webhook_secret: String,
}

impl Pair {
    async fn start() -> Self {
        let (alpha, beta) = (Server::start("Alpha").await, Server::start("Beta").await);
        let login = "https://alpha.example/login";
        alpha.run(&["federation", "login-url", &alpha.platform, login], &[]);
        let add = [
            "federation",
            "client",
            "add",
            &alpha.platform,
            "--name",
            "Beta",
            "--origin",
            &beta.origin,
        ];
        let added = alpha.run(&add, &[]);
        let client = word(&added, "cli_");
        let (secret, webhook_secret) = (
            after(&added, "client secret"),
            after(&added, "webhook secret"),
        );
        assert_eq!(after(&added, "issuer address"), alpha.origin);
        let framework = "cn_enterprise_real_name_demo";
        let trust = [
            "federation",
            "issuer",
            "add",
            &beta.platform,
            "--name",
            "Alpha",
            "--url",
            &alpha.origin,
            "--client-id",
            &client,
            "--framework",
            framework,
        ];
        let secrets = [
            ("SHIMING_CLIENT_SECRET", secret.as_str()),
            ("SHIMING_WEBHOOK_SECRET", webhook_secret.as_str()),
        ];
        beta.run(&trust, &secrets);
        Self {
            alpha,
            beta,
            client,
            webhook_secret,
        }
    }

    /// The applicant at Beta agrees to synchronise; gives Alpha's address.
    async fn sets_out(applicant: &mut Applicant) -> String {
        let source = applicant.view().await["sync_sources"][0].clone();
        assert_eq!(source["name"], "Alpha");
        let body = json!({ "issuer_id": source["id"], "agreed": true });
        let path = applicant.path("/sync");
        let started = applicant.pc.post(&path, &body).await;
        assert_eq!(started.status, 200, "{}", started.body);
        text(&started.body["redirect_to"])
    }

    /// There, with or without consent, and back; gives the case.
    async fn synchronise(&self, applicant: &mut Applicant, account: &str, agreed: bool) -> Value {
        let there = Self::sets_out(applicant).await;
        let back = self.alpha.consents(&there, account, agreed).await;
        let path = back.strip_prefix(&self.beta.origin).expect("back to Beta");
        let home = applicant.pc.get(path).await;
        assert_eq!(home.location, format!("/verify/{}", applicant.case));
        applicant.view().await
    }

    async fn synced(&self, account: &str, at_beta: &str) -> Value {
        let mut applicant = self.beta.applicant(at_beta).await;
        let view = self.synchronise(&mut applicant, account, true).await;
        assert_eq!(view["state"], "verified", "{view}");
        self.beta.credential(at_beta).await
    }

    async fn comes_to_stand(&self, account: &str, status: &str) {
        let begun = Instant::now();
        loop {
            let credential = self.beta.credential(account).await;
            if credential["status"] == status {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "still {}", credential["status"]);
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// A notice to Beta as if it came from Alpha, signed with this secret at this time.
    async fn noticed(&self, secret: &str, at: i64, process: &str) -> u16 {
        let body = json!({
            "type": "enterprise.verification.revoked", "timestamp": "2026-01-02T03:04:05Z",
            "data": { "verification_process": process, "subject": "ent_x" },
        });
        let body = body.to_string();
        let signer = standardwebhooks::Webhook::new(secret).expect("a secret");
        let signature = signer
            .sign("msg_made_up", at, body.as_bytes())
            .expect("signed");
        let sent = http()
            .post(format!(
                "{}/federation/notices/{}",
                self.beta.origin, self.client
            ))
            .header(header::CONTENT_TYPE, "application/json")
            .header("webhook-id", "msg_made_up")
            .header("webhook-timestamp", at.to_string())
            .header("webhook-signature", signature)
            .body(body)
            .send();
        sent.await.expect("answers").status().as_u16()
    }
}

/// What stands behind a label's colon.
fn after(text: &str, label: &str) -> String {
    let line = text.lines().find(|line| line.starts_with(label));
    let line = line.unwrap_or_else(|| panic!("no {label} in: {text}"));
    line.split_once(": ").expect("a value").1.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_synchronises_in_one_click_and_ends_with_its_source() {
    let pair = Pair::start().await;
    let process = pair.alpha.verified("alice").await;
    let credential = pair.synced("alice", "bob").await;
    let there = pair.alpha.credential("alice").await;
    for field in ["enterprise_name", "uscc", "legal_representative"] {
        assert_eq!(credential[field], there[field], "{field}");
    }
    assert_eq!(
        (&credential["method"], &credential["id_number"]),
        (&json!("sync"), &Value::Null)
    );
    let source = &credential["source"]["synchronised"];
    assert_eq!(source["issuer_url"], pair.alpha.origin.as_str());
    assert_eq!(source["verification_process"], process.as_str());

    let mut second = pair.beta.applicant("carol").await;
    let view = pair.synchronise(&mut second, "alice", true).await;
    assert_eq!(
        view["last_error"]["code"], "already_verified_elsewhere",
        "{view}"
    );

    let id = text(&there["id"]);
    pair.alpha.run(&["credential", "suspend", &id], &[]);
    pair.comes_to_stand("bob", "suspended").await;
    pair.alpha.run(&["credential", "lift", &id], &[]);
    pair.alpha.run(
        &["credential", "revoke", &id, "--told", "licence handed back"],
        &[],
    );
    pair.comes_to_stand("bob", "revoked").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_verified_there_or_declines_stays_at_the_choice() {
    let pair = Pair::start().await;
    pair.alpha.verified("alice").await;
    let mut applicant = pair.beta.applicant("bob").await;
    for (account, agreed, code) in [
        ("nobody", true, "sync_source_unverified"),
        ("alice", false, "sync_denied"),
    ] {
        let view = pair.synchronise(&mut applicant, account, agreed).await;
        let seen = (view["state"].clone(), view["last_error"]["code"].clone());
        assert_eq!(seen, (json!("draft"), json!(code)), "{view}");
    }
    let view = pair.synchronise(&mut applicant, "alice", true).await;
    assert_eq!(view["state"], "verified", "nothing was used up: {view}");
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_stale_notices_end_nothing() {
    let pair = Pair::start().await;
    let process = pair.alpha.verified("alice").await;
    pair.synced("alice", "bob").await;
    let now = chrono::Utc::now().timestamp();
    let guessed = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    assert_eq!(pair.noticed(guessed, now, &process).await, 403, "forged");
    assert_eq!(
        pair.noticed(&pair.webhook_secret, now - 310, &process)
            .await,
        403,
        "stale"
    );
    assert_eq!(
        pair.noticed(&pair.webhook_secret, now + 310, &process)
            .await,
        403,
        "early"
    );
    assert_eq!(pair.beta.credential("bob").await["status"], "active");
    assert_eq!(
        pair.noticed(&pair.webhook_secret, now, &process).await,
        204,
        "as Alpha would"
    );
    assert_eq!(pair.beta.credential("bob").await["status"], "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portable_credential_is_checked_offline_and_tells_of_its_revocation() {
    let alpha = Server::start("Alpha").await;
    alpha.verified("alice").await;
    let id = text(&alpha.credential("alice").await["id"]);
    let mut program = alpha.program();
    let made = program
        .post(&format!("/v1/credentials/{id}/portable"), &json!({}))
        .await;
    let credential = text(&made.body["credential"]);
    let fetch = async |path: &str| {
        let answer = http().get(format!("{}{path}", alpha.origin)).send().await;
        answer.expect("answers").text().await.expect("text")
    };
    let keys = alpha.file("jwks.json", &fetch("/federation/jwks.json").await);
    let list = alpha.file("list", &fetch("/status/1").await);
    let checks = [
        "--jwks",
        &keys,
        "--status",
        &list,
        "--issuer",
        &alpha.origin,
    ];
    let (fine, told) = alpha.verify(&credential, &checks);
    assert!(fine, "{told}");
    assert_eq!(
        (&told["valid"], &told["status"]),
        (&json!(true), &json!("valid"))
    );
    assert!(told["claims"]["registration_number"].is_string());

    alpha.run(&["credential", "revoke", &id], &[]);
    let list = alpha.file("list", &fetch("/status/1").await);
    let (fine, told) = alpha.verify(&credential, &["--jwks", &keys, "--status", &list]);
    assert!(!fine, "{told}");
    assert_eq!(told["status"], "invalid");
    let refused = program
        .post(&format!("/v1/credentials/{id}/portable"), &json!({}))
        .await;
    assert_eq!(refused.status, 404, "nothing to carry any more");
}
