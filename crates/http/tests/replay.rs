//! A recording is played twice over the real WebSocket. No judge is stubbed; the default models, which every clone has,
//! have none for presented pictures, and the fixtures are warped portraits: what counts here is what comes a second time.

mod support;

use serde_json::Value;
use shiming_service::demo::seeded;
use shiming_verification::words::Realm;
use support::{
    World,
    phone::{Film, consented, film, fixture, served},
};

/// A world in which two companies have the same legal representative's photo.
async fn world() -> World {
    let world = World::new().await;
    for company in &seeded()[..2] {
        let now = shiming_service::edge::Clock::now(&*world.clock);
        world
            .services
            .photos
            .put_photo(
                &company.claim.id_number,
                Realm::Demo,
                &fixture("portraits/astronaut.jpg"),
                now,
            )
            .await
            .unwrap();
    }
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_that_comes_again_under_another_name_is_refused() {
    let world = world().await;
    let address = served(&world).await;
    let recording = Film::whole();

    let (phone, first) = consented(&world, 0).await;
    let passed = film(&world, address, &phone, &recording).await;
    assert_eq!(passed["outcome"], "verified", "{passed}");

    let (phone, second) = consented(&world, 1).await;
    let refused = film(&world, address, &phone, &recording).await;
    assert_eq!(
        (&refused["outcome"], &refused["code"]),
        (&Value::from("failed"), &Value::from("liveness_failed")),
        "{refused}"
    );
    assert_eq!(world.state_of(&second).await, "awaiting_scan");

    let record = &world.records(&second).await[0];
    assert_eq!(record["scan"]["liveness"]["outcome"], "live");
    assert_eq!(record["replay"]["replayed"], true, "{}", record["replay"]);
    assert_eq!(record["decision"]["outcome"], "refused");
    assert_eq!(record["decision"]["code"], "liveness_failed");
    assert_eq!(
        record["decision"]["reasons"],
        serde_json::json!(["replayed_recording"])
    );
    let before = &world.records(&first).await[0];
    assert_eq!(before["replay"]["seen_before"], 0, "{}", before["replay"]);
    assert_eq!(before["decision"]["outcome"], "live");
}
