//! A recording is played twice over the real WebSocket. No judge is stubbed; the default models, which every clone has,
//! have none for presented pictures, and the fixtures are warped portraits: what counts here is what comes a second time.

mod support;

use serde_json::Value;
use shiming_face::scan::ScanPolicy;
use shiming_service::{
    demo::seeded,
    scan::{ReplayMode, ReplayPolicy, ScanSettings},
};
use shiming_verification::{operator::Role, words::Realm};
use support::{
    World,
    phone::{Film, consented, film, fixture, served},
    staff::{administrator, staff},
};

/// A world in which two companies have the same legal representative's photo.
async fn world(scan: ScanSettings) -> World {
    // All five actions each time: what is shown twice is the same recording, whole.
    let script = ScanPolicy {
        challenges: 5,
        ..ScanPolicy::default()
    };
    let world = World::with(ScanSettings { script, ..scan }).await;
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
    let world = world(ScanSettings::default()).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn kept_frames_are_judged_again_and_give_the_same_record() {
    let world = world(ScanSettings {
        keep_frames_days: 1,
        ..ScanSettings::default()
    })
    .await;
    let address = served(&world).await;
    let (phone, path) = consented(&world, 0).await;
    let passed = film(&world, address, &phone, &Film::whole()).await;
    assert_eq!(passed["outcome"], "verified", "{passed}");

    let case = path.rsplit('/').next().unwrap().parse().unwrap();
    let texts = world
        .records(&path)
        .await
        .into_iter()
        .map(|record| record.to_string());
    let mut records: Vec<(u32, String)> = (1..).zip(texts).collect();
    let again = world.services.judge_again(case, &records).await.unwrap();
    assert_eq!(again.len(), 1);
    assert!(
        again[0].frames_kept && again[0].failed.is_none(),
        "{again:?}"
    );
    assert_eq!(again[0].liveness_same, Some(true));
    assert_eq!(again[0].comparison_same, Some(true));

    records[0].1 = records[0].1.replace("\"frames\":", "\"forged\":");
    let forged = world.services.judge_again(case, &records).await.unwrap();
    assert_eq!(
        forged[0].liveness_same,
        Some(false),
        "a changed record is noticed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_sees_kept_frames_with_the_face_marked_until_the_consent_is_taken_back() {
    let world = world(ScanSettings {
        keep_frames_days: 1,
        ..ScanSettings::default()
    })
    .await;
    let address = served(&world).await;
    let (phone, path) = consented(&world, 0).await;
    let passed = film(&world, address, &phone, &Film::whole()).await;
    assert_eq!(passed["outcome"], "verified", "{passed}");
    let id = path.rsplit('/').next().unwrap();
    let mut admin = administrator(&world).await;
    let (mut reviewer, _) = staff(&world, &mut admin, "reviewer", &[Role::Reviewer]).await;
    let (mut support, _) = staff(&world, &mut admin, "support", &[Role::Support]).await;

    let evidence = reviewer
        .read(&world, &format!("/cases/{id}/evidence"))
        .await;
    let frames = evidence.body["scans"][0]["frames"].as_array().unwrap();
    let compared: Vec<_> = frames
        .iter()
        .filter(|one| one["compared"] == true)
        .collect();
    assert!(!compared.is_empty() && compared.len() < frames.len());
    for frame in &compared {
        let (seen, face) = (&frame["seen"], &frame["seen"]["face"]);
        let number = |value: &Value| value.as_f64().unwrap();
        let right = number(&face["x"]) + number(&face["width"]);
        let bottom = number(&face["y"]) + number(&face["height"]);
        assert!(right <= number(&seen["width"]) && bottom <= number(&seen["height"]));
        let eyes: Vec<_> = face["points"].as_array().unwrap()[..2].iter().collect();
        assert!(
            number(&eyes[0]["x"]) < number(&eyes[1]["x"]),
            "the subject's right eye"
        );
        for eye in eyes {
            assert!((number(&face["x"])..right).contains(&number(&eye["x"])));
            assert!((number(&face["y"])..bottom).contains(&number(&eye["y"])));
        }
    }
    let picture = format!("/cases/{id}/scans/1/frames/{}", compared[0]["seq"]);
    let shown = reviewer.read(&world, &picture).await;
    assert_eq!(
        (shown.status.as_u16(), shown.kind.as_str()),
        (200, "image/jpeg")
    );
    let refused = support.read(&world, &picture).await;
    assert_eq!(refused.body["code"], "forbidden");
    for none in [
        "scans/1/frames/999999",
        "scans/9/frames/1",
        "scans/x/frames/1",
    ] {
        let none = reviewer.read(&world, &format!("/cases/{id}/{none}")).await;
        assert_eq!(none.body["code"], "not_found");
    }
    let trail = admin.read(&world, "/audit?action=case.frame_seen").await;
    assert_eq!(
        trail.body["entries"].as_array().unwrap().len(),
        1,
        "each look is recorded"
    );

    let case = id.parse().unwrap();
    world.services.withdraw_consent(case).await.unwrap();
    assert_eq!(
        reviewer.read(&world, &picture).await.body["code"],
        "not_found"
    );
    let evidence = reviewer
        .read(&world, &format!("/cases/{id}/evidence"))
        .await;
    assert_eq!(evidence.body["scans"], serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_known_though_it_was_worked_over() {
    let world = world(ScanSettings {
        replay: ReplayPolicy {
            mode: ReplayMode::Record,
            ..ReplayPolicy::default()
        },
        ..ScanSettings::default()
    })
    .await;
    let address = served(&world).await;
    let worked_over = Film::whole().changed(|jpeg| {
        let picture = image::load_from_memory(jpeg).unwrap();
        let (width, height) = (picture.width(), picture.height());
        let smaller = picture.resize_exact(
            width * 9 / 10,
            height * 9 / 10,
            image::imageops::FilterType::Triangle,
        );
        let mut bytes = std::io::Cursor::new(Vec::new());
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 60);
        smaller.brighten(8).write_with_encoder(encoder).unwrap();
        bytes.into_inner()
    });
    let (phone, first) = consented(&world, 0).await;
    film(&world, address, &phone, &Film::whole()).await;
    let (phone, second) = consented(&world, 1).await;
    let passed = film(&world, address, &phone, &worked_over).await;
    let record = &world.records(&second).await[0];
    assert_eq!(
        record["replay"]["replayed"], true,
        "made smaller, brightened, compressed anew: {}",
        record["replay"]
    );
    assert_eq!(passed["outcome"], "verified", "it was only to be recorded");
    let case = first.rsplit('/').next().unwrap().parse().unwrap();
    for number in 1..=2 {
        let kept = world.storage.kept_scan(case, number).await.unwrap();
        assert_eq!(kept, None, "by default no frame outlives the decision");
    }
}
