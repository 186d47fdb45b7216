//! Imports of the registry at the console: which rows could not be used, in a list and as a file.

mod support;

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use shiming_storage::{
    api::{ImportRun, Written},
    import::BadRow,
};
use shiming_verification::words::Realm;
use support::{World, staff::administrator};
use tower::ServiceExt as _;
use uuid::Uuid;

#[tokio::test]
async fn rows_that_could_not_be_used_are_listed_and_make_a_file() {
    let world = World::new().await;
    let import = Uuid::from_u128(7);
    let run = ImportRun {
        id: import,
        realm: Realm::Live,
        source: "registry.csv".to_owned(),
        started_at: world.clock_now(),
        finished_at: Some(world.clock_now()),
        written: Written::default(),
        bad_rows: 2_500,
        photos: 0,
        bad_photos: 3,
    };
    world.storage.record_import(&run).await.unwrap();
    let bad = |line| BadRow {
        line,
        column: (line % 2 == 0).then_some("uscc"),
        reason: "check_digit",
    };
    let rows: Vec<_> = (2..=2_501).map(bad).collect();
    world.storage.record_bad_rows(import, &rows).await.unwrap();

    let mut admin = administrator(&world).await;
    let listed = admin.read(&world, "/imports").await.body;
    assert_eq!(listed[0]["bad_rows"], 2_500);
    assert_eq!(listed[0]["bad_photos"], 3);
    let path = format!("/imports/{import}/errors?after=2500");
    let listed = admin.read(&world, &path).await.body;
    assert_eq!(listed[0]["line"], 2_501);

    let request = Request::get(format!("/console/api/imports/{import}/errors.csv"))
        .header(header::COOKIE, admin.cookies())
        .body(Body::empty())
        .unwrap();
    let response = world.router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
    assert_eq!(kind, "text/csv; charset=utf-8");
    let name = response.headers()[header::CONTENT_DISPOSITION]
        .to_str()
        .unwrap();
    assert!(name.starts_with("attachment") && name.contains(&import.to_string()));
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2_501);
    assert_eq!(
        &lines[..3],
        ["line,column,reason", "2,uscc,check_digit", "3,,check_digit"]
    );
}
