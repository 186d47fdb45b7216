//! Operators at the console.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use shiming_service::operators::password;
use shiming_verification::operator::Role;

use super::{Answer, Browser, World, text};

pub const PASSWORD: &str = "correct horse battery";

impl Browser {
    pub async fn tell(&mut self, world: &World, path: &str, body: Value) -> Answer {
        let request = Request::post(format!("/console/api{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .header("x-shiming-console", "1");
        self.ask(world, request, Body::from(body.to_string())).await
    }

    pub async fn read(&mut self, world: &World, path: &str) -> Answer {
        self.get(world, &format!("/console/api{path}")).await
    }
}

/// Sets up password and code in the session that a link began.
pub async fn set_up(world: &World, browser: &mut Browser) -> Vec<u8> {
    let secret = browser.tell(world, "/account/totp", json!({})).await.body;
    let secret = text(&secret["secret"]);
    let bytes = password::secret_of(&secret).unwrap();
    let code = password::code_at(&bytes, now(world)).unwrap();
    let body = json!({ "password": PASSWORD, "secret": secret, "code": code });
    let set = browser.tell(world, "/account/password", body).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.body);
    bytes
}

pub fn now(world: &World) -> chrono::DateTime<chrono::Utc> {
    use shiming_service::edge::Clock as _;
    world.clock.now()
}

/// The first administrator, signed in.
pub async fn administrator(world: &World) -> Browser {
    let token = world
        .services
        .first_link()
        .await
        .unwrap()
        .expect("nobody is there yet");
    let mut browser = Browser::default();
    let looked = browser
        .tell(world, "/link/look", json!({ "token": token }))
        .await;
    assert_eq!(looked.body["first"], true);
    let body = json!({ "token": token, "login": "Admin", "name": "管理员" });
    let used = browser.tell(world, "/link", body).await;
    assert_eq!(used.status, StatusCode::OK, "{}", used.body);
    assert_eq!(
        used.body["permissions"],
        json!([]),
        "a link leads nowhere but to a way to sign in"
    );
    set_up(world, &mut browser).await;
    browser
}

/// An operator with these roles, signed in.
pub async fn staff(
    world: &World,
    administrator: &mut Browser,
    login: &str,
    roles: &[Role],
) -> (Browser, Vec<u8>) {
    let words: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
    let body = json!({ "login": login, "name": login, "roles": words });
    let added = administrator.tell(world, "/operators", body).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    let token = text(&added.body["link"])
        .split_once('#')
        .unwrap()
        .1
        .to_owned();
    let mut browser = Browser::default();
    browser
        .tell(world, "/link", json!({ "token": token }))
        .await;
    let secret = set_up(world, &mut browser).await;
    (browser, secret)
}
