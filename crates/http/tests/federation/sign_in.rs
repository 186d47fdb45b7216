//! Operators who come in through the organisation's identity provider: whom it sends, what it says, and what is not believed.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use shiming_audit::AuditFilter;
use shiming_service::{demo::seeded, operators::SsoProvider};
use shiming_verification::{operator::Role, ports::federation::SecretText};

use super::issuer::{Asked, CLIENT, Issuer, Lie, SECRET, Signed};
use crate::support::{
    Browser, World, beginning,
    staff::{administrator, staff},
    text,
};

/// A server and the provider that its operators come from.
pub async fn meeting() -> (World, Issuer) {
    let issuer = Issuer::start(&seeded()[0], beginning()).await;
    let rules = ["kyb-admins=administrator", "kyb-review=reviewer"];
    let world = World::with_sso(SsoProvider {
        issuer: issuer.url().to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: SecretText::new(SECRET.to_owned()),
        name: Some("示例集团".to_owned()),
        scopes: vec!["openid".to_owned(), "profile".to_owned()],
        claim: "groups".to_owned(),
        rules: rules.map(|rule| rule.parse().unwrap()).to_vec(),
    })
    .await;
    issuer.also_says(li_na(&["kyb-review", "staff"]));
    (world, issuer)
}

pub fn li_na(groups: &[&str]) -> Value {
    json!({ "sub": "u-7", "name": "李娜", "preferred_username": "Li.Na", "groups": groups })
}

/// Sets out for the provider; answers with what it is asked.
async fn sets_out(world: &World, browser: &mut Browser) -> Asked {
    let started = browser.tell(world, "/session/sso", json!({})).await;
    assert_eq!(started.status, StatusCode::OK, "{}", started.body);
    Asked::of(&text(&started.body["redirect_to"]))
}

/// Comes back with these fields; answers with where the browser goes on.
pub async fn comes_back(world: &World, browser: &mut Browser, fields: &[(&str, &str)]) -> String {
    let query: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let path = format!("/session/sso/callback?{}", query.join("&"));
    let answer = browser.read(world, &path).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    answer.location
}

/// There and back.
pub async fn signs_in(world: &World, issuer: &Issuer, browser: &mut Browser) -> String {
    let asked = sets_out(world, browser).await;
    let (code, state) = (issuer.grants(&asked), asked.of_name("state").to_owned());
    comes_back(world, browser, &[("code", &code), ("state", &state)]).await
}

async fn entries(world: &World, action: &str) -> Vec<Value> {
    let filter = AuditFilter {
        action: Some(action.to_owned()),
        ..AuditFilter::default()
    };
    let found = world.services.audit.find_entries(&filter, None, 100).await;
    let detail = |entry: shiming_audit::Entry| json!(entry.record.detail);
    found.unwrap().into_iter().map(detail).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_button_is_there_only_where_a_provider_is_configured() {
    let (world, _) = meeting().await;
    let ways = Browser::default().read(&world, "/session/ways").await.body;
    assert_eq!(ways, json!({ "sso": { "name": "示例集团" } }));
    let without = World::new().await;
    let ways = Browser::default().read(&without, "/session/ways").await;
    assert_eq!(ways.body, json!({ "sso": null }));
    let started = Browser::default()
        .tell(&without, "/session/sso", json!({}))
        .await;
    assert_eq!(started.status, StatusCode::NOT_FOUND);
    let back = comes_back(&without, &mut Browser::default(), &[("code", "x")]).await;
    assert_eq!(back, "/console/?sso=over");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_provider_gives_a_role_comes_in_with_it_and_is_the_same_operator_next_time() {
    let (world, issuer) = meeting().await;
    let mut li_na = Browser::default();
    let asked = sets_out(&world, &mut li_na).await;
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", CLIENT),
        (
            "redirect_uri",
            "https://kyb.example/console/api/session/sso/callback",
        ),
        ("scope", "openid profile"),
        ("code_challenge_method", "S256"),
        ("prompt", ""),
    ] {
        assert_eq!(asked.of_name(name), value, "{name}");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert!(asked.of_name(name).len() >= 43, "{name} can't be guessed");
    }
    let (code, state) = (issuer.grants(&asked), asked.of_name("state").to_owned());
    let fields = [
        ("code", code.as_str()),
        ("state", &state),
        ("iss", issuer.url()),
    ];
    assert_eq!(
        comes_back(&world, &mut li_na, &fields).await,
        "/console/?sso=signed_in"
    );
    let session = li_na.read(&world, "/session").await.body;
    assert_eq!(session["operator"]["login"], "li.na");
    assert_eq!(session["operator"]["name"], "李娜");
    assert_eq!(
        (session["roles"].clone(), session["method"].clone()),
        (json!(["reviewer"]), json!("sso"))
    );
    assert_eq!(li_na.read(&world, "/review").await.status, StatusCode::OK);
    assert_eq!(
        entries(&world, "operator.added").await,
        [json!({ "roles": "reviewer", "by": "sso" })]
    );
    assert_eq!(
        entries(&world, "operator.signed_in").await,
        [json!({ "method": "sso" })]
    );

    let mut elsewhere = Browser::default();
    signs_in(&world, &issuer, &mut elsewhere).await;
    assert_eq!(world.services.all_operators().await.unwrap().len(), 1);
    let sessions = elsewhere.read(&world, "/account").await.body;
    let methods = sessions["sessions"].as_array().unwrap();
    assert!(methods.len() == 2 && methods.iter().all(|one| one["method"] == "sso"));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_the_provider_s_of_today() {
    let (world, issuer) = meeting().await;
    let (mut first, mut later) = (Browser::default(), Browser::default());
    signs_in(&world, &issuer, &mut first).await;
    issuer.also_says(li_na(&["kyb-admins"]));
    assert_eq!(
        signs_in(&world, &issuer, &mut later).await,
        "/console/?sso=signed_in"
    );
    for browser in [&mut first, &mut later] {
        let session = browser.read(&world, "/session").await.body;
        assert_eq!(session["roles"], json!(["administrator"]));
    }
    assert_eq!(
        entries(&world, "operator.changed").await,
        [json!({ "roles": "administrator", "by": "sso" })]
    );

    issuer.also_says(li_na(&["staff"]));
    let mut last = Browser::default();
    assert_eq!(
        signs_in(&world, &issuer, &mut last).await,
        "/console/?sso=no_role"
    );
    let session = first.read(&world, "/session").await;
    assert_eq!(
        session.status,
        StatusCode::UNAUTHORIZED,
        "earlier sessions end with the last role"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_has_a_role_by_default() {
    let (world, issuer) = meeting().await;
    for groups in [
        json!([]),
        json!(["staff"]),
        json!(["KYB-ADMINS"]),
        json!("kyb"),
        json!({ "kyb-admins": true }),
        Value::Null,
    ] {
        let mut claims = li_na(&[]);
        claims["groups"] = groups.clone();
        issuer.also_says(claims);
        let mut browser = Browser::default();
        let to = signs_in(&world, &issuer, &mut browser).await;
        assert_eq!(to, "/console/?sso=no_role", "{groups}");
        let session = browser.read(&world, "/session").await;
        assert_eq!(session.status, StatusCode::UNAUTHORIZED);
    }
    assert!(world.services.all_operators().await.unwrap().is_empty());
    let refused = entries(&world, "operator.sign_in_failed").await;
    assert!(refused.iter().all(|one| one["reason"] == "no_role") && refused.len() == 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_operator_stays_out() {
    let (world, issuer) = meeting().await;
    let mut admin = administrator(&world).await;
    let mut li_na = Browser::default();
    signs_in(&world, &issuer, &mut li_na).await;
    let id = text(&li_na.read(&world, "/session").await.body["operator"]["id"]);
    let body = json!({ "name": "李娜", "roles": ["reviewer"], "disabled": true });
    let disabled = admin.tell(&world, &format!("/operators/{id}"), body).await;
    assert_eq!(disabled.body["sso"], true, "{}", disabled.body);
    assert_eq!(
        li_na.read(&world, "/session").await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        signs_in(&world, &issuer, &mut li_na).await,
        "/console/?sso=disabled"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_at_the_provider_opens_nobody_else_s_account() {
    let (world, issuer) = meeting().await;
    let mut admin = administrator(&world).await;
    staff(&world, &mut admin, "li.na", &[Role::Auditor]).await;
    let mut namesake = Browser::default();
    signs_in(&world, &issuer, &mut namesake).await;
    let session = namesake.read(&world, "/session").await.body;
    assert_eq!(session["roles"], json!(["reviewer"]), "not the auditor");
    let login = text(&session["operator"]["login"]);
    assert!(login.starts_with("li.na-") && login.len() == 12, "{login}");

    // Another person of the provider takes the first one's name there.
    let mut claims = li_na(&["kyb-review"]);
    claims["sub"] = json!("u-8");
    issuer.also_says(claims);
    let mut other = Browser::default();
    signs_in(&world, &issuer, &mut other).await;
    let another = other.read(&world, "/session").await.body;
    assert_ne!(another["operator"]["id"], session["operator"]["id"]);
}

type Tampering = fn(&mut Value, DateTime<Utc>);

const TAMPERED: [(&str, Tampering); 12] = [
    ("another issuer", |claims, _| {
        claims["iss"] = json!("https://evil.example");
    }),
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
    ("no subject", |claims, _| claims["sub"] = Value::Null),
    ("an empty subject", |claims, _| claims["sub"] = json!("")),
    ("a subject that no provider may give", |claims, _| {
        claims["sub"] = json!("李娜");
    }),
];

async fn nobody_came(world: &World, issuer: &Issuer, reason: &str, what: &str) {
    let mut browser = Browser::default();
    let to = signs_in(world, issuer, &mut browser).await;
    assert_eq!(to, format!("/console/?sso={reason}"), "{what}");
    let session = browser.read(world, "/session").await;
    assert_eq!(session.status, StatusCode::UNAUTHORIZED, "{what}");
    assert!(world.services.all_operators().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_token_says_is_believed_only_if_everything_fits_and_is_signed() {
    let (world, issuer) = meeting().await;
    for (what, claims) in TAMPERED {
        issuer.lies(Lie {
            claims,
            ..Lie::default()
        });
        nobody_came(&world, &issuer, "not_believed", what).await;
    }
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
        nobody_came(&world, &issuer, "not_believed", &format!("{signed:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_told_apart_from_one_that_lies() {
    type Played = (&'static str, fn() -> Response, &'static str);
    let (world, issuer) = meeting().await;
    let answers: [Played; 3] = [
        (
            "down",
            || StatusCode::SERVICE_UNAVAILABLE.into_response(),
            "unavailable",
        ),
        (
            "does not know us",
            || {
                let error = Json(json!({ "error": "invalid_client" }));
                (StatusCode::UNAUTHORIZED, error).into_response()
            },
            "unavailable",
        ),
        (
            "no ID token",
            || Json(json!({ "access_token": "a", "token_type": "Bearer" })).into_response(),
            "not_believed",
        ),
    ];
    for (what, token, reason) in answers {
        issuer.lies(Lie {
            token: Some(token),
            ..Lie::default()
        });
        nobody_came(&world, &issuer, reason, what).await;
    }
    issuer.lies(Lie {
        calls_itself: Some("https://evil.example"),
        ..Lie::default()
    });
    let started = Browser::default()
        .tell(&world, "/session/sso", json!({}))
        .await;
    assert_eq!(
        (started.status, text(&started.body["code"])),
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "sign_in_unavailable".to_owned()
        )
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_once_in_time_and_in_the_browser_that_asked() {
    let (world, issuer) = meeting().await;
    let (mut own, mut thief) = (Browser::default(), Browser::default());
    let asked = sets_out(&world, &mut own).await;
    sets_out(&world, &mut thief).await;
    let (code, state) = (issuer.grants(&asked), asked.of_name("state").to_owned());
    let fields = [("code", code.as_str()), ("state", state.as_str())];
    let over = "/console/?sso=over";
    let made_up = [("code", code.as_str()), ("state", "made-up")];
    assert_eq!(comes_back(&world, &mut own, &made_up).await, over);
    assert_eq!(comes_back(&world, &mut thief, &fields).await, over);
    let stranger = &mut Browser::default();
    assert_eq!(comes_back(&world, stranger, &fields).await, over);
    assert_eq!(
        comes_back(&world, &mut own, &fields).await,
        "/console/?sso=signed_in",
        "the thief has spoilt nothing"
    );
    assert_eq!(comes_back(&world, &mut own, &fields).await, over, "once");

    let mut late = Browser::default();
    let asked = sets_out(&world, &mut late).await;
    let (code, state) = (issuer.grants(&asked), asked.of_name("state").to_owned());
    world.clock.turn(Duration::minutes(10));
    issuer.is_at(world.clock_now());
    let fields = [("code", code.as_str()), ("state", state.as_str())];
    assert_eq!(comes_back(&world, &mut late, &fields).await, over);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_another_visit_or_a_used_one_is_worth_nothing() {
    let (world, issuer) = meeting().await;
    let (mut mine, mut another) = (Browser::default(), Browser::default());
    let theirs = sets_out(&world, &mut another).await;
    for ignores_pkce in [false, true] {
        issuer.lies(Lie {
            ignores_pkce,
            ..Lie::default()
        });
        let asked = sets_out(&world, &mut mine).await;
        let injected = issuer.grants(&theirs);
        let fields = [
            ("code", injected.as_str()),
            ("state", asked.of_name("state")),
        ];
        assert_eq!(
            comes_back(&world, &mut mine, &fields).await,
            "/console/?sso=not_believed",
            "by the verifier, and by the nonce where the provider does not look"
        );
    }
    issuer.lies(Lie::default());
    let asked = sets_out(&world, &mut mine).await;
    let fields = [("code", "code-0"), ("state", asked.of_name("state"))];
    assert_eq!(
        comes_back(&world, &mut mine, &fields).await,
        "/console/?sso=not_believed",
        "the code was used"
    );
    let asked = sets_out(&world, &mut mine).await;
    let code = issuer.grants(&asked);
    let fields = [
        ("code", code.as_str()),
        ("state", asked.of_name("state")),
        ("iss", "https://evil.example"),
    ];
    assert_eq!(
        comes_back(&world, &mut mine, &fields).await,
        "/console/?sso=not_believed",
        "it comes in another provider's name"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_breaks_off_there_is_told_so_here() {
    let (world, _issuer) = meeting().await;
    for (error, reason) in [
        ("access_denied", "declined"),
        ("temporarily_unavailable", "unavailable"),
        ("invalid_scope", "not_believed"),
    ] {
        let mut browser = Browser::default();
        let asked = sets_out(&world, &mut browser).await;
        let fields = [("error", error), ("state", asked.of_name("state"))];
        let to = comes_back(&world, &mut browser, &fields).await;
        assert_eq!(to, format!("/console/?sso={reason}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_ways_to_the_provider_is_held_up() {
    let (world, _issuer) = meeting().await;
    let mut browser = Browser::default();
    let mut last = browser.tell(&world, "/session/sso", json!({})).await;
    for _ in 0..100 {
        last = browser.tell(&world, "/session/sso", json!({})).await;
    }
    assert_eq!(last.body["code"], "too_many_requests");
    world.clock.turn(Duration::minutes(16));
    let after = browser.tell(&world, "/session/sso", json!({})).await;
    assert_eq!(after.status, StatusCode::OK);
}
