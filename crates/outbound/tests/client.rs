//! The client against a real server on this machine.

use std::time::Duration;

use axum::{Router, http::Request, response::Redirect, routing::get};
use bytes::Bytes;
use shiming_outbound::{Client, Limits, OutboundError, Rules};

async fn server() -> u16 {
    let pages = Router::new()
        .route("/plain", get(|| async { "here" }))
        .route("/away", get(|| async { Redirect::temporary("/plain") }))
        .route("/long", get(|| async { "x".repeat(2_000) }))
        .route(
            "/slow",
            get(|| async { tokio::time::sleep(Duration::from_secs(30)).await }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    port
}

fn client(trusted: &[&str]) -> Client {
    let rules = Rules {
        trusted_hosts: trusted.iter().map(|host| (*host).to_owned()).collect(),
    };
    let limits = Limits {
        time: Duration::from_millis(800),
        body: 1_000,
    };
    Client::new(rules, limits, &[]).expect("a client")
}

fn ask(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).expect("a request")
}

#[tokio::test]
async fn a_trusted_host_is_asked_and_a_redirect_is_not_followed() {
    let (port, client) = (server().await, client(&["localhost"]));
    let answer = client
        .send(ask(&format!("http://localhost:{port}/plain")))
        .await;
    assert_eq!(answer.expect("an answer").body, "here");
    let answer = client
        .send(ask(&format!("http://localhost:{port}/away")))
        .await;
    assert_eq!(answer.expect("an answer").status, 307);
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_connected_to() {
    let port = server().await;
    let sent = client(&[])
        .send(ask(&format!("https://localhost:{port}/plain")))
        .await;
    assert!(matches!(sent, Err(OutboundError::Private)), "{sent:?}");
}

#[tokio::test]
async fn long_and_slow_answers_have_an_end() {
    let (port, client) = (server().await, client(&["localhost"]));
    let long = client
        .send(ask(&format!("http://localhost:{port}/long")))
        .await;
    assert!(
        matches!(long, Err(OutboundError::TooLong(1_000))),
        "{long:?}"
    );
    let slow = client
        .send(ask(&format!("http://localhost:{port}/slow")))
        .await;
    assert!(matches!(slow, Err(OutboundError::TimedOut)), "{slow:?}");
}

#[tokio::test]
async fn an_error_does_not_repeat_the_address() {
    let refused = client(&["localhost"])
        .send(ask("http://localhost:1/secret-token"))
        .await;
    let error = refused.expect_err("nothing listens on port 1");
    assert!(matches!(error, OutboundError::Unreachable(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("secret-token"));
}
