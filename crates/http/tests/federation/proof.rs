//! Operators who come in through the organisation's identity provider, and what they need a fresh proof for.

use axum::http::StatusCode;
use chrono::Duration;
use serde_json::{Value, json};

use super::{
    issuer::Asked,
    sign_in::{comes_back, li_na, meeting, signs_in},
};
use crate::support::{Browser, World, text};

/// Asks to be proved again to be there; answers with what the provider is asked.
async fn proves(world: &World, browser: &mut Browser) -> Asked {
    let started = browser.tell(world, "/session/proof/sso", json!({})).await;
    assert_eq!(started.status, StatusCode::OK, "{}", started.body);
    Asked::of(&text(&started.body["redirect_to"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_proof_is_one_that_the_provider_has_just_seen() {
    let (world, issuer) = meeting().await;
    issuer.also_says(li_na(&["kyb-admins"]));
    let mut admin = Browser::default();
    signs_in(&world, &issuer, &mut admin).await;
    let add = json!({ "login": "new", "name": "New", "roles": ["support"] });
    let refused = admin.tell(&world, "/operators", add.clone()).await;
    assert_eq!(
        refused.body["code"], "step_up_needed",
        "who knows when the provider has last seen a proof"
    );

    let now = world.clock_now();
    let just_now = (now - Duration::seconds(20)).timestamp();
    let an_hour_ago = (now - Duration::hours(1)).timestamp();
    let later = (now + Duration::hours(1)).timestamp();
    for (sub, at, outcome) in [
        ("u-7", json!(an_hour_ago), "not_proved"),
        ("u-7", json!(later), "not_proved"),
        ("u-7", Value::Null, "not_proved"),
        ("u-9", json!(just_now), "not_proved"),
        ("u-7", json!(just_now), "proved"),
    ] {
        let asked = proves(&world, &mut admin).await;
        assert_eq!(
            (asked.of_name("prompt"), asked.of_name("max_age")),
            ("login", "0")
        );
        let mut claims = li_na(&["kyb-admins"]);
        (claims["sub"], claims["auth_time"]) = (json!(sub), at.clone());
        issuer.also_says(claims);
        let (code, state) = (issuer.grants(&asked), asked.of_name("state").to_owned());
        let fields = [("code", code.as_str()), ("state", state.as_str())];
        let to = comes_back(&world, &mut admin, &fields).await;
        assert_eq!(to, format!("/console/?sso={outcome}"), "{sub} {at}");
    }
    let added = admin.tell(&world, "/operators", add).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sets_up_a_way_past_the_provider() {
    let (world, issuer) = meeting().await;
    let mut claims = li_na(&["kyb-review"]);
    claims["auth_time"] = json!(world.clock_now().timestamp());
    issuer.also_says(claims);
    let mut li_na = Browser::default();
    signs_in(&world, &issuer, &mut li_na).await;
    for path in ["/account/passkeys/options", "/account/totp"] {
        let answer = li_na.tell(&world, path, json!({})).await;
        assert_eq!(answer.body["code"], "not_allowed_now", "{path}");
    }
    let made = json!({ "client_data": "", "authenticator_data": "", "label": "" });
    let passkey = li_na.tell(&world, "/account/passkeys", made).await;
    assert_eq!(passkey.body["code"], "not_allowed_now");
    let set = json!({ "password": "correct horse battery", "secret": "AAAA", "code": "123456" });
    let password = li_na.tell(&world, "/account/password", set).await;
    assert_eq!(password.body["code"], "not_allowed_now");
}
