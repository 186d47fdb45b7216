//! The consumer's own routes against a sister platform that lies: each lie has its stable code, uses no try and binds nothing.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use shiming_service::demo::seeded;
use shiming_verification::{ids::IssuerId, sync::IssuerPolicy, words::AssuranceLevel};

use super::{
    issuer::{CLIENT, Issuer, Lie, Signed, honest},
    visitor::{Visitor, lenient, trust},
};
use crate::support::{World, text};

async fn meeting() -> (World, Issuer, IssuerId) {
    let world = World::new().await;
    let issuer = Issuer::start(&seeded()[0], world.clock_now()).await;
    let id = trust(&world, &issuer, lenient()).await;
    (world, issuer, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_sister_verifies_an_account_in_one_click_and_is_named_as_the_source() {
    let (world, issuer, id) = meeting().await;
    let mut visitor = Visitor::new(&world).await;
    let offered = visitor.view(&world).await["sync_sources"].clone();
    assert_eq!(
        offered,
        json!([{ "id": id.to_string(), "name": "示例姐妹平台" }])
    );

    let asked = visitor.sets_out(&world, id).await;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", "https://kyb.example/federation/callback"),
        ("scope", "openid"),
        ("code_challenge_method", "S256"),
    ] {
        assert_eq!(asked.of_name(name), value, "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(asked.of_name(name).len() >= 43, "{name} can't be guessed");
    }
    let claims: Value = serde_json::from_str(asked.of_name("claims")).unwrap();
    let wanted = &claims["id_token"]["verified_claims"];
    assert_eq!(
        wanted["claims"],
        json!({ "name": null, "authority": null }),
        "no ID number"
    );
    assert_eq!(wanted["verification"]["time"]["max_age"], 365 * 86_400);

    let view = visitor.synchronises(&world, &issuer, id).await;
    assert_eq!(
        (text(&view["state"]), text(&view["method"])),
        ("verified".to_owned(), "sync".to_owned())
    );
    let credential = visitor
        .pc
        .get(&world, &format!("{}/credential", visitor.path))
        .await
        .body;
    assert_eq!(
        credential["enterprise_name"],
        seeded()[0].claim.enterprise_name.as_str()
    );
    assert_eq!(credential["id_number"], Value::Null, "none travels");
    let source = &credential["source"]["synchronised"];
    assert_eq!(
        (
            text(&source["issuer"]),
            text(&source["issuer_url"]),
            text(&source["verification_process"])
        ),
        (
            "示例姐妹平台".to_owned(),
            issuer.url().to_owned(),
            "vrf_01JGK3ZQ".to_owned()
        )
    );
}

type Tampering = fn(&mut Value, DateTime<Utc>);

fn verification(claims: &mut Value) -> &mut Value {
    &mut claims["verified_claims"]["verification"]
}

fn organisation(claims: &mut Value) -> &mut Value {
    &mut claims["verified_claims"]["claims"]["authority"][0]["applies_to"]
}

/// What a claim may say, and nobody should believe.
const TAMPERED: [(&str, Tampering); 22] = [
    ("another issuer", |claims, _| {
        claims["iss"] = json!("https://evil.example");
    }),
    ("no issuer", |claims, _| claims["iss"] = Value::Null),
    ("another audience", |claims, _| {
        claims["aud"] = json!("somebody-else");
    }),
    ("a further audience", |claims, _| {
        claims["aud"] = json!([CLIENT, "somebody-else"]);
    }),
    ("another authorized party", |claims, _| {
        claims["azp"] = json!("somebody-else");
    }),
    ("another nonce", |claims, _| {
        claims["nonce"] = json!("n-0S6_WzA2Mj");
    }),
    ("no nonce", |claims, _| claims["nonce"] = Value::Null),
    ("expired", |claims, now| {
        claims["iat"] = json!((now - Duration::minutes(6)).timestamp());
        claims["exp"] = json!((now - Duration::minutes(1)).timestamp());
    }),
    ("issued in the future", |claims, now| {
        claims["iat"] = json!((now + Duration::minutes(3)).timestamp());
    }),
    ("issued long ago", |claims, now| {
        claims["iat"] = json!((now - Duration::minutes(11)).timestamp());
    }),
    ("no verified claims", |claims, _| {
        claims["verified_claims"] = Value::Null;
    }),
    ("another trust framework", |claims, _| {
        verification(claims)["trust_framework"] = json!("de_aml");
    }),
    ("the demonstration's trust framework", |claims, _| {
        verification(claims)["trust_framework"] = json!("cn_enterprise_real_name_demo");
    }),
    ("weaker assurance", |claims, _| {
        verification(claims)["assurance_level"] = json!("registry_only");
    }),
    ("unknown assurance", |claims, _| {
        verification(claims)["assurance_level"] = json!("very_sure");
    }),
    ("an old verification", |claims, now| {
        verification(claims)["time"] = json!((now - Duration::days(366)).to_rfc3339());
    }),
    ("a verification in the future", |claims, now| {
        verification(claims)["time"] = json!((now + Duration::hours(1)).to_rfc3339());
    }),
    ("no authority entry", |claims, _| {
        claims["verified_claims"]["claims"]["authority"] = json!([]);
    }),
    ("an agent's authority", |claims, _| {
        let authority = &mut claims["verified_claims"]["claims"]["authority"][0];
        authority["permission"][0]["role"] = json!("authorised_agent");
    }),
    ("an authority that has ended", |claims, now| {
        let authority = &mut claims["verified_claims"]["claims"]["authority"][0];
        authority["permission"][0]["validity"][0]["end"] =
            json!((now - Duration::days(1)).to_rfc3339());
    }),
    ("two credit codes", |claims, _| {
        organisation(claims)["organization_identifiers"][0]["identifier"] =
            json!("91350100M000100Y43");
    }),
    ("a wrong credit code", |claims, _| {
        organisation(claims)["registration_number"] = json!("91350100M000100Y44");
        organisation(claims)["organization_identifiers"] = json!([]);
    }),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_says_is_believed_only_if_everything_fits() {
    let (world, issuer, id) = meeting().await;
    for (what, claims) in TAMPERED {
        issuer.lies(Lie {
            claims,
            ..Lie::default()
        });
        let mut visitor = Visitor::new(&world).await;
        visitor.synchronises(&world, &issuer, id).await;
        visitor
            .was_refused(&world, "sync_source_unverified", what)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_believed_only_with_a_signature_by_a_published_key() {
    let (world, issuer, id) = meeting().await;
    for signed in [
        Signed::ByNothing,
        Signed::ByThePublicKey,
        Signed::ByTheSecret,
        Signed::ByAnother,
        Signed::BeforeAChange,
    ] {
        issuer.lies(Lie {
            signed,
            ..Lie::default()
        });
        let mut visitor = Visitor::new(&world).await;
        visitor.synchronises(&world, &issuer, id).await;
        visitor
            .was_refused(&world, "sync_source_unverified", &format!("{signed:?}"))
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_counts_for_the_visit_it_was_given_for() {
    let (world, issuer, id) = meeting().await;
    let (mut mine, mut another) = (Visitor::new(&world).await, Visitor::new(&world).await);
    let (asked, theirs) = (
        mine.sets_out(&world, id).await,
        another.sets_out(&world, id).await,
    );
    let injected = issuer.grants(&theirs);
    let fields = [
        ("code", injected.as_str()),
        ("state", asked.of_name("state")),
        ("iss", issuer.url()),
    ];
    mine.comes_back(&world, &fields).await;
    mine.was_refused(&world, "sync_source_unverified", "the verifier is another")
        .await;

    // A careless issuer does not notice; then the nonce is another.
    issuer.lies(Lie {
        ignores_pkce: true,
        ..Lie::default()
    });
    let asked = mine.sets_out(&world, id).await;
    let injected = issuer.grants(&theirs);
    let fields = [
        ("code", injected.as_str()),
        ("state", asked.of_name("state")),
        ("iss", issuer.url()),
    ];
    mine.comes_back(&world, &fields).await;
    mine.was_refused(&world, "sync_source_unverified", "the nonce is another")
        .await;

    issuer.lies(Lie::default());
    let asked = mine.sets_out(&world, id).await;
    let fields = [
        ("code", "code-0"),
        ("state", asked.of_name("state")),
        ("iss", issuer.url()),
    ];
    mine.comes_back(&world, &fields).await;
    mine.was_refused(&world, "sync_source_unverified", "the code was used")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_once_in_time_and_in_the_browser_that_asked() {
    let (world, issuer, id) = meeting().await;
    let (mut visitor, mut thief) = (Visitor::new(&world).await, Visitor::new(&world).await);
    let asked = visitor.sets_out(&world, id).await;
    let (code, state) = (issuer.grants(&asked), asked.of_name("state").to_owned());
    let fields = [
        ("code", code.as_str()),
        ("state", &state),
        ("iss", issuer.url()),
    ];
    assert_eq!(
        visitor
            .comes_back(
                &world,
                &[("code", &code), ("state", "made-up"), ("iss", issuer.url())]
            )
            .await,
        "/verify/over"
    );
    assert_eq!(thief.comes_back(&world, &fields).await, "/verify/over");
    assert_eq!(visitor.view(&world).await["state"], "sync_pending");
    assert_eq!(thief.view(&world).await["state"], "draft");
    let to = visitor.path.replace("/portal/api/cases/", "/verify/");
    assert_eq!(
        visitor.comes_back(&world, &fields).await,
        to,
        "the thief has spoilt nothing"
    );
    assert_eq!(visitor.view(&world).await["state"], "verified");
    assert_eq!(
        visitor.comes_back(&world, &fields).await,
        "/verify/over",
        "once"
    );
    let mut late = Visitor::new(&world).await;
    let asked = late.sets_out(&world, id).await;
    let (code, state) = (issuer.grants(&asked), asked.of_name("state").to_owned());
    world.clock.turn(Duration::minutes(10));
    issuer.is_at(world.clock_now());
    let fields = [
        ("code", code.as_str()),
        ("state", &state),
        ("iss", issuer.url()),
    ];
    assert_eq!(late.comes_back(&world, &fields).await, "/verify/over");
    late.was_refused(&world, "sync_denied", "ten minutes are over")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issuers_can_not_be_mixed_up() {
    let (world, honest_one, _) = meeting().await;
    let evil = Issuer::start(&seeded()[1], world.clock_now()).await;
    let evil_id = trust(&world, &evil, lenient()).await;
    let mut visitor = Visitor::new(&world).await;
    for named in [Some(honest_one.url()), Some("https://evil.example"), None] {
        let asked = visitor.sets_out(&world, evil_id).await;
        let code = evil.grants(&asked);
        let mut fields = vec![("code", code.as_str()), ("state", asked.of_name("state"))];
        fields.extend(named.map(|named| ("iss", named)));
        visitor.comes_back(&world, &fields).await;
        visitor
            .was_refused(&world, "sync_source_unverified", &format!("{named:?}"))
            .await;
    }
    let name: &'static str = Box::leak(honest_one.url().to_owned().into_boxed_str());
    let asked = visitor.sets_out(&world, evil_id).await;
    evil.lies(Lie {
        calls_itself: Some(name),
        ..Lie::default()
    });
    let code = evil.grants(&asked);
    let fields = [
        ("code", code.as_str()),
        ("state", asked.of_name("state")),
        ("iss", evil.url()),
    ];
    visitor.comes_back(&world, &fields).await;
    visitor
        .was_refused(
            &world,
            "sync_source_unverified",
            "metadata of another issuer",
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_declines_there_is_told_so_here() {
    let (world, issuer, id) = meeting().await;
    for (error, code) in [
        ("access_denied", "sync_denied"),
        ("login_required", "sync_denied"),
        ("server_error", "sync_source_unverified"),
    ] {
        let mut visitor = Visitor::new(&world).await;
        let asked = visitor.sets_out(&world, id).await;
        let fields = [
            ("error", error),
            ("state", asked.of_name("state")),
            ("iss", issuer.url()),
        ];
        visitor.comes_back(&world, &fields).await;
        visitor.was_refused(&world, code, error).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sister_that_is_down_uses_no_try_and_is_told_apart_from_one_that_lies() {
    /// What happens, how it is played, and what it leads to.
    type Answer = (&'static str, fn() -> Response, &'static str);

    let (world, issuer, id) = meeting().await;
    let answers: [Answer; 5] = [
        (
            "down",
            || StatusCode::SERVICE_UNAVAILABLE.into_response(),
            "registry_unavailable",
        ),
        (
            "a proxy's page",
            || (StatusCode::BAD_GATEWAY, "<html>").into_response(),
            "registry_unavailable",
        ),
        (
            "does not know us",
            || {
                (
                    StatusCode::UNAUTHORIZED,
                    Json(json!({ "error": "invalid_client" })),
                )
                    .into_response()
            },
            "registry_unavailable",
        ),
        (
            "sends us elsewhere",
            || Redirect::temporary("http://169.254.169.254/").into_response(),
            "sync_source_unverified",
        ),
        (
            "no ID token",
            || Json(json!({ "access_token": "a", "token_type": "Bearer" })).into_response(),
            "sync_source_unverified",
        ),
    ];
    for (what, token, code) in answers {
        issuer.lies(Lie {
            token: Some(token),
            ..Lie::default()
        });
        let mut visitor = Visitor::new(&world).await;
        visitor.synchronises(&world, &issuer, id).await;
        visitor.was_refused(&world, code, what).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_registry_has_the_last_word() {
    let (world, issuer, id) = meeting().await;
    let company = &seeded()[0];
    let mut other_name = honest(company, world.clock_now());
    other_name["claims"]["authority"][0]["applies_to"]["organization_name"] = json!("别的有限公司");
    let mut other_code = honest(company, world.clock_now());
    let organisation = &mut other_code["claims"]["authority"][0]["applies_to"];
    organisation["registration_number"] = json!("91350100M000100Y43");
    organisation["organization_identifiers"][0]["identifier"] = json!("91350100M000100Y43");
    for said in [other_name, other_code] {
        issuer.says(said);
        let mut visitor = Visitor::new(&world).await;
        visitor.synchronises(&world, &issuer, id).await;
        visitor
            .was_refused(&world, "sync_registry_mismatch", "the registry")
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_there_verifies_one_account_here() {
    let (world, issuer, id) = meeting().await;
    let view = Visitor::new(&world)
        .await
        .synchronises(&world, &issuer, id)
        .await;
    assert_eq!(view["state"], "verified");
    let mut second = Visitor::new(&world).await;
    second.synchronises(&world, &issuer, id).await;
    second
        .was_refused(&world, "already_verified_elsewhere", "bound")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_counts_for_no_more_than_its_policy_gives() {
    let world = World::new().await;
    let issuer = Issuer::start(&seeded()[0], world.clock_now()).await;
    let modest = IssuerPolicy {
        highest_assurance: AssuranceLevel::BankTransfer,
        ..lenient()
    };
    let id = trust(&world, &issuer, modest).await;
    let mut visitor = Visitor::new(&world).await;
    visitor.synchronises(&world, &issuer, id).await;
    let credential = visitor
        .pc
        .get(&world, &format!("{}/credential", visitor.path))
        .await
        .body;
    assert_eq!(credential["assurance_level"], "bank_transfer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_needs_consent_and_an_issuer_of_the_platform() {
    let (world, issuer, id) = meeting().await;
    let mut visitor = Visitor::new(&world).await;
    let path = format!("{}/sync", visitor.path);
    let without = json!({ "issuer_id": id.to_string(), "agreed": false });
    let answer = visitor.pc.post(&world, &path, &without).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stranger = IssuerId::new(world.services.fresh_id().unwrap());
    let unknown = json!({ "issuer_id": stranger.to_string(), "agreed": true });
    assert_eq!(
        visitor.pc.post(&world, &path, &unknown).await.status,
        StatusCode::NOT_FOUND
    );
    issuer.lies(Lie {
        calls_itself: Some("https://evil.example"),
        ..Lie::default()
    });
    let agreed = json!({ "issuer_id": id.to_string(), "agreed": true });
    let answer = visitor.pc.post(&world, &path, &agreed).await;
    assert_eq!(
        (answer.status, text(&answer.body["code"])),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "registry_unavailable".to_owned()
        )
    );
    assert_eq!(visitor.view(&world).await["state"], "draft");
}
