//! The issuer: what it answers to whom, and what it refuses.

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};
use shiming_verification::ids::ClientId;

use super::{
    issuer::Asked,
    party::{BACK, Scene, claims_of},
};
use crate::support::{Browser, World, text};

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_agrees_is_vouched_for_in_the_id_token_and_at_user_info() {
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    let code = scene.code(&[], "acct").await;
    let tokens = scene.trade(&code, &[]).await;
    assert_eq!(tokens.status, StatusCode::OK, "{}", tokens.body);
    let claims = scene.read(&text(&tokens.body["id_token"])).await.unwrap();
    let client = scene.client.to_string();
    assert_eq!(
        (&claims["iss"], &claims["aud"]),
        (&json!("https://kyb.example"), &json!(client))
    );
    assert_eq!(claims["nonce"], "n-1");
    assert_eq!(
        claims["auth_time"],
        world.clock_now().timestamp(),
        "the platform has just signed in"
    );
    let said = &claims["verified_claims"];
    assert_eq!(
        said["verification"]["verification_process"],
        scene.verification.as_str()
    );
    assert_eq!(
        said["verification"]["trust_framework"],
        "cn_enterprise_real_name_demo"
    );
    let authority = &said["claims"]["authority"][0];
    assert_eq!(authority["permission"][0]["role"], "legal_representative");
    assert_eq!(
        authority["applies_to"]["organization_identifiers"][0]["identifier_type"],
        "USCC"
    );
    assert!(!claims.to_string().contains("110101"), "no ID number");

    let (status, told) = scene.user_info(&text(&tokens.body["access_token"])).await;
    assert_eq!((status, &told["sub"]), (StatusCode::OK, &claims["sub"]));
    assert_eq!(told["verified_claims"], *said);
    assert_eq!(scene.user_info("made-up").await.0, StatusCode::UNAUTHORIZED);
    world.clock.turn(Duration::minutes(10));
    let late = scene.user_info(&text(&tokens.body["access_token"])).await;
    assert_eq!(late.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_are_not_in_order_are_refused_to_the_relying_party() {
    /// What is left out of, or put into, a request.
    type Changes<'a> = &'a [(&'a str, Option<&'a str>)];
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    let plain = [("code_challenge_method", Some("plain"))];
    let unnamed = [("code_challenge_method", None)];
    let table: [(&str, Changes<'_>); 12] = [
        ("invalid_request", &[("code_challenge", None)]),
        ("invalid_request", &plain),
        ("invalid_request", &unnamed),
        ("invalid_request", &[("code_challenge", Some("short"))]),
        (
            "unsupported_response_type",
            &[("response_type", Some("id_token"))],
        ),
        (
            "unsupported_response_type",
            &[("response_type", Some("code id_token"))],
        ),
        ("invalid_scope", &[("scope", Some("profile"))]),
        ("invalid_request", &[("claims", Some("[1]"))]),
        ("request_not_supported", &[("request", Some("e30.e30."))]),
        (
            "request_uri_not_supported",
            &[("request_uri", Some("https://a.example/r"))],
        ),
        ("interaction_required", &[("prompt", Some("none"))]),
        ("invalid_request", &[("state", Some(TOO_LONG))]),
    ];
    for (error, changes) in table {
        let answer = Browser::default()
            .get(&world, &scene.request(changes))
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{changes:?}");
        assert!(answer.location.starts_with(BACK), "{}", answer.location);
        assert_eq!(
            Asked::of(&answer.location).of_name("error"),
            error,
            "{changes:?}"
        );
    }
}

const TOO_LONG: &str = const {
    const BYTES: [u8; 4097] = [b's'; 4097];
    match std::str::from_utf8(&BYTES) {
        Ok(text) => text,
        Err(_) => unreachable!(),
    }
};

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_to_an_address_that_was_not_registered() {
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    for changes in [
        [(
            "redirect_uri",
            Some("https://evil.example/federation/callback"),
        )],
        [(
            "redirect_uri",
            Some("https://sister.example/federation/callback/../x"),
        )],
        [("redirect_uri", None)],
        [("client_id", Some("cli_00000000000000000000000000000000"))],
        [("client_id", Some("nonsense"))],
    ] {
        let answer = Browser::default()
            .get(&world, &scene.request(&changes))
            .await;
        assert_eq!(
            (answer.status, answer.location.as_str()),
            (StatusCode::BAD_REQUEST, ""),
            "{changes:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once_in_time_for_its_client_address_and_verifier() {
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    let other = ClientId::new(world.services.fresh_id().unwrap());
    scene.register(other, None).await;
    let wrong: [(&str, &[(&str, &str)]); 5] = [
        (
            "invalid_grant",
            &[(
                "code_verifier",
                "another-verifier-of-forty-three-characters-x",
            )],
        ),
        ("invalid_grant", &[("code_verifier", "")]),
        (
            "invalid_grant",
            &[("redirect_uri", "https://evil.example/")],
        ),
        ("invalid_client", &[("secret", "guessed")]),
        (
            "unsupported_grant_type",
            &[("grant_type", "client_credentials")],
        ),
    ];
    for (error, changes) in wrong {
        let code = scene.code(&[], "acct").await;
        let refused = scene.trade(&code, changes).await;
        assert_eq!(refused.body["error"], error, "{changes:?}");
        assert!(refused.status.is_client_error());
    }
    let code = scene.code(&[], "acct").await;
    let stolen = scene.trade_as(other, &code, &[]).await;
    assert_eq!(stolen.body["error"], "invalid_grant", "another client's");

    let code = scene.code(&[], "acct").await;
    let tokens = scene.trade(&code, &[]).await;
    let access = text(&tokens.body["access_token"]);
    assert_eq!(scene.user_info(&access).await.0, StatusCode::OK);
    assert_eq!(scene.trade(&code, &[]).await.body["error"], "invalid_grant");
    assert_eq!(
        scene.user_info(&access).await.0,
        StatusCode::UNAUTHORIZED,
        "a second use ends what the first one got"
    );

    let code = scene.code(&[], "acct").await;
    world.clock.turn(Duration::seconds(60));
    assert_eq!(scene.trade(&code, &[]).await.body["error"], "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_asked_of_the_browser_that_began_and_answered_once() {
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    let mut browser = Browser::default();
    let key = scene
        .signs_in(&mut browser, &scene.request(&[]), "acct")
        .await;
    let shown = browser
        .post(&world, "/federation/api/request", &json!({ "key": key }))
        .await;
    assert_eq!(shown.body["client"], "示例姐妹平台");
    assert_eq!(shown.body["client_host"], "sister.example");
    assert_eq!(shown.body["account"], "acct");
    assert_eq!(shown.body["shared"]["legal_representative"], "张*试");

    let agreed = json!({ "key": key, "agreed": true });
    let lured = Browser::default()
        .post(&world, "/federation/api/answer", &agreed)
        .await;
    assert_eq!(lured.status, StatusCode::UNAUTHORIZED, "another browser");
    let guessed = json!({ "key": format!("{key}x"), "agreed": true });
    assert_eq!(
        browser
            .post(&world, "/federation/api/answer", &guessed)
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
    let back = scene.answers(&mut browser, &key, false).await;
    assert_eq!(
        (back.of_name("error"), back.of_name("code")),
        ("access_denied", "")
    );
    let again = browser
        .post(&world, "/federation/api/answer", &agreed)
        .await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED, "answered");

    let key = scene
        .signs_in(&mut browser, &scene.request(&[]), "acct")
        .await;
    world.clock.turn(Duration::minutes(10));
    let late = json!({ "key": key, "agreed": true });
    assert_eq!(
        browser
            .post(&world, "/federation/api/answer", &late)
            .await
            .status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_platform_can_not_sign_somebody_in_for_this_one_s_request() {
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    let other = world
        .program("Other", shiming_verification::words::Realm::Test)
        .await;
    let away = Browser::default().get(&world, &scene.request(&[])).await;
    let request = Asked::of(&away.location).of_name("request").to_owned();
    let body = json!({ "request": request, "account_id": "acct" });
    assert_eq!(
        other.post("/v1/federation/logins", &body).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        scene
            .program
            .post("/v1/federation/logins", &body)
            .await
            .status,
        StatusCode::OK
    );
    assert_eq!(
        scene
            .program
            .post("/v1/federation/logins", &body)
            .await
            .status,
        StatusCode::NOT_FOUND,
        "signed in already"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_met_is_not_said_in_part() {
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    let asked = |change: fn(&mut Value)| {
        let mut claims = claims_of("cn_enterprise_real_name_demo");
        change(&mut claims["id_token"]["verified_claims"]);
        claims.to_string()
    };
    let unmet: [fn(&mut Value); 5] = [
        |asked| {
            asked["verification"]["trust_framework"] =
                json!({ "value": "cn_enterprise_real_name" });
        },
        |asked| asked["verification"]["trust_framework"] = json!({ "values": ["de_aml", "eidas"] }),
        |asked| asked["verification"]["assurance_level"] = json!({ "value": "registry_only" }),
        |asked| asked["verification"]["evidence"] = json!([{ "type": { "value": "document" } }]),
        |asked| asked["claims"] = json!({ "email": null }),
    ];
    for change in unmet {
        let claims = asked(change);
        let token = scene.id_token(&[("claims", Some(&claims))], "acct").await;
        assert_eq!(token["verified_claims"], Value::Null, "{claims}");
        assert!(token["sub"].is_string());
    }
    let name_only = asked(|asked| asked["claims"] = json!({ "name": null }));
    let token = scene
        .id_token(&[("claims", Some(&name_only))], "acct")
        .await;
    assert_eq!(
        token["verified_claims"]["claims"],
        json!({ "name": "张测试" }),
        "no more than was asked for"
    );
    let none = scene.id_token(&[("claims", None)], "acct").await;
    assert_eq!(none["verified_claims"], Value::Null);
    let stranger = scene.id_token(&[], "unverified-account").await;
    assert_eq!(stranger["verified_claims"], Value::Null);
    world.clock.turn(Duration::days(366));
    let old = scene.id_token(&[], "acct").await;
    assert_eq!(
        old["verified_claims"],
        Value::Null,
        "older than was asked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_relying_party_knows_an_account_by_another_name() {
    let world = World::new().await;
    let mut scene = Scene::new(&world, None).await;
    let first = scene.id_token(&[], "acct").await;
    assert_eq!(scene.id_token(&[], "acct").await["sub"], first["sub"]);
    scene.client = ClientId::new(world.services.fresh_id().unwrap());
    scene.register(scene.client, None).await;
    assert_ne!(scene.id_token(&[], "acct").await["sub"], first["sub"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_as_long_as_it_is_needed() {
    let world = World::new().await;
    let scene = Scene::new(&world, None).await;
    let token = async || {
        let code = scene.code(&[], "acct").await;
        text(&scene.trade(&code, &[]).await.body["id_token"])
    };
    let old = token().await;
    let before = scene.keys().await;
    world.clock.turn(Duration::days(1));
    world.services.rotate_signing_keys(true).await.unwrap();
    let both = scene.keys().await;
    assert_eq!((before.keys.len(), both.keys.len()), (1, 2));
    let read_with = |token: &str, keys: &_| {
        shiming_federation::jose::verify::<Value>(token, "JWT", keys).is_ok()
    };
    assert!(
        read_with(&token().await, &before),
        "those who have cached the old set read it still"
    );
    world.clock.turn(Duration::hours(1));
    let new = token().await;
    assert!(!read_with(&new, &before) && read_with(&new, &both));
    assert!(
        read_with(&old, &scene.keys().await),
        "the old key stays published"
    );
    world.clock.turn(Duration::days(90));
    world.services.rotate_signing_keys(false).await.unwrap();
    assert_eq!(
        scene.keys().await.keys.len(),
        3,
        "the next one comes by itself"
    );
    world.clock.turn(Duration::days(400));
    world.services.rotate_signing_keys(false).await.unwrap();
    assert!(
        !read_with(&old, &scene.keys().await),
        "forgotten when nothing needs it any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_fits_together() {
    let world = World::new().await;
    let mut anybody = Browser::default();
    let metadata = anybody
        .get(&world, "/.well-known/openid-configuration")
        .await
        .body;
    let origin = text(&metadata["issuer"]);
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
    ] {
        assert!(
            text(&metadata[name]).starts_with(&format!("{origin}/federation/")),
            "{name}"
        );
    }
    assert_eq!(
        metadata["code_challenge_methods_supported"],
        json!(["S256"])
    );
    assert_eq!(
        metadata["id_token_signing_alg_values_supported"],
        json!(["ES256"])
    );
    assert_eq!(metadata["verified_claims_supported"], true);
    let keys = anybody.get(&world, "/federation/jwks.json").await.body;
    assert!(keys["keys"][0]["d"].is_null() && keys["keys"][0]["kid"].is_string());
    let issuer = anybody.get(&world, "/.well-known/jwt-vc-issuer").await.body;
    assert_eq!(issuer["issuer"], origin);
}
