//! The photos' stories on a real S3 server, reached as the server reaches one.

use std::sync::Arc;

use object_store::{
    ObjectStore, ObjectStoreExt, PutPayload,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path,
};
use shiming_testbed::S3;
use shiming_verification::{ports::privacy::Reach, words::Realm};

use crate::{
    stories::photos,
    support::{Bench, at, id_number},
};

const BUCKET: &str = "evidence";

fn bucket(server: &S3) -> Arc<dyn ObjectStore> {
    // Several tests of one process choose the same; the first one counts.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = std::process::Command::new("curl")
        .args(["-s", "-f", "-X", "PUT"])
        .arg(format!("{}/{BUCKET}", server.endpoint()))
        .status();
    assert!(made.is_ok_and(|made| made.success()), "the bucket is made");
    let store: AmazonS3 = AmazonS3Builder::new()
        .with_endpoint(server.endpoint())
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_bucket_name(BUCKET)
        .with_access_key_id("key")
        .with_secret_access_key("secret")
        .build()
        .expect("a bucket");
    Arc::new(store)
}

async fn bench(objects: Arc<dyn ObjectStore>) -> Bench {
    let (mut settings, folder) = Bench::sqlite_settings();
    settings.objects = objects;
    Bench::on(settings, folder).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stories_of_photos_hold_on_s3() {
    let server = S3::start();
    let objects = bucket(&server);
    photos::a_photo_is_read_back_and_belongs_to_its_realm(bench(objects.clone()).await).await;
    photos::a_photo_is_written_when_it_differs(bench(objects.clone()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_on_s3_is_sealed_and_goes_with_the_person() {
    let server = S3::start();
    let objects = bucket(&server);
    let bench = bench(objects.clone()).await;
    let photo = b"a picture of somebody".repeat(100);
    let person = id_number(1);
    let stored = bench.storage.put_photo(&person, Realm::Live, &photo, at(0));
    stored.await.expect("stored");

    let all: Vec<_> = futures_util::TryStreamExt::try_collect(objects.list(None))
        .await
        .expect("a list");
    let [object] = &all[..] else {
        panic!("one photo is one object: {all:?}")
    };
    let sealed = objects.get(&object.location).await.expect("there");
    let sealed = sealed.bytes().await.expect("whole");
    assert!(sealed.len() > photo.len(), "a nonce and a tag come on top");
    assert!(!sealed.windows(9).any(|part| part == b"a picture"));
    assert!(!object.location.as_ref().contains(person.as_str()));

    let moved = objects.put(&object.location, PutPayload::from(vec![0_u8; 64]));
    moved.await.expect("spoilt");
    let spoilt = bench.storage.photo(&person, Realm::Live).await;
    assert!(spoilt.is_err(), "what was changed does not open");

    assert!(
        bench
            .storage
            .erase_person(&person, Reach::Server, at(1))
            .await
            .expect("erased")
    );
    let gone = objects.head(&Path::from(object.location.as_ref())).await;
    assert!(matches!(gone, Err(object_store::Error::NotFound { .. })));
}
