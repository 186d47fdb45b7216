//! Phones that have to wait for a scan, over real sockets.

mod support;

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use shiming_service::demo::seeded;
use support::{Browser, World, elements, text};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

/// Scans that the world's pool runs at once.
const AT_ONCE: usize = 4;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A phone that has consented, and the path of its case.
async fn consented(world: &World) -> (Browser, String) {
    let (mut pc, path) = world.applicant().await;
    let view = pc
        .post(world, &format!("{path}/elements"), &elements(&seeded()[0]))
        .await
        .body;
    let url = text(&view["invitation"]["url"]);
    let mut phone = Browser::default();
    let token = json!({ "token": url.split_once('#').unwrap().1 });
    phone.post(world, "/phone/api/claim", &token).await;
    let version = phone.get(world, "/phone/api/notice").await.body["version"].clone();
    let agreed = json!({ "version": version, "agreed": true });
    let answer = phone.post(world, "/phone/api/consent", &agreed).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    (phone, path)
}

async fn connect(address: &str, phone: &Browser) -> Socket {
    let mut request = address.into_client_request().unwrap();
    request
        .headers_mut()
        .insert("cookie", phone.cookies().parse().unwrap());
    let (mut socket, _) = connect_async(request).await.unwrap();
    let hello = json!({ "type": "hello", "protocol": 1 });
    socket
        .send(Message::Text(hello.to_string().into()))
        .await
        .unwrap();
    socket
}

/// The next message of the server.
async fn next(socket: &mut Socket) -> Value {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(20), socket.next()).await;
        if let Message::Text(text) = message.expect("in time").unwrap().unwrap() {
            return serde_json::from_str(&text).unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_in_line_is_told_so_uses_no_try_and_gets_in_when_another_leaves() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("ws://{}/phone/api/scan/ws", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, world.router.clone()).into_future());
    let mut running = Vec::new();
    for _ in 0..AT_ONCE {
        let mut socket = connect(&address, &consented(&world).await.0).await;
        assert_eq!(next(&mut socket).await["type"], "ready");
        running.push(socket);
    }
    let ((phone, path), (impatient, _)) = (consented(&world).await, consented(&world).await);
    let mut waiting = connect(&address, &phone).await;
    let told = next(&mut waiting).await;
    assert_eq!((&told["type"], &told["ahead"]), (&json!("wait"), &json!(0)));
    let mut last = connect(&address, &impatient).await;
    assert_eq!(next(&mut last).await["ahead"], 1);
    assert_eq!(world.services.faces.load().waiting, 2);
    assert_eq!(
        world.state_of(&path).await,
        "scan_claimed",
        "the try has not begun"
    );

    // One who goes away while waiting has used nothing and holds up nobody.
    last.send(Message::Text(json!({ "type": "leave" }).to_string().into()))
        .await
        .unwrap();
    running
        .remove(0)
        .send(Message::Text(json!({ "type": "leave" }).to_string().into()))
        .await
        .unwrap();
    let ready = loop {
        let told = next(&mut waiting).await;
        if told["type"] != "wait" {
            break told;
        }
    };
    assert_eq!(
        (&ready["type"], &ready["try"]),
        (&json!("ready"), &json!(1))
    );
    let mut impatient = impatient;
    let view = impatient.get(&world, "/phone/api/scan").await.body;
    assert_eq!(
        (&view["state"], &view["tries_left"]),
        (&json!("ready"), &json!(3))
    );
    server.abort();
}
