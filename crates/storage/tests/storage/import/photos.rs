//! Reference photos beside the registry file.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use shiming_storage::import::{Format, PhotoPlan, PhotoReport, PhotoSource, Plan, import_photos};
use shiming_verification::{
    ports::{RegistryEntry, RegistryStatus},
    words::Realm,
};
use zip::write::SimpleFileOptions;

use super::{
    HEADER, fields, import,
    watch::{Watch, check, plan},
};
use crate::support::{Bench, at, claim, id_number, uscc};

fn jpeg(n: u16) -> Vec<u8> {
    format!("\u{0}face {n}")
        .into_bytes()
        .into_iter()
        .fold(vec![0xFF, 0xD8], |mut bytes, byte| {
            bytes.push(byte);
            bytes
        })
}

/// Names and contents of photos, good and bad, as they may lie in a folder or an archive.
fn photos() -> Vec<(String, Vec<u8>)> {
    vec![
        (format!("by_id/{}.jpg", id_number(1).as_str()), jpeg(1)),
        (format!("{}.JPEG", uscc(2).as_str()), jpeg(2)),
        (format!("{}.png", uscc(3).as_str()), jpeg(3)),
        ("somebody.jpg".to_owned(), jpeg(4)),
        (format!("{}.jpg", id_number(5).as_str()), Vec::new()),
        (
            format!("{}.jpg", id_number(6).as_str()),
            [jpeg(6), vec![0; 1000]].concat(),
        ),
        (
            format!("{}.jpg", id_number(7).as_str()),
            b"\xFF\xD8 cat".to_vec(),
        ),
        ("readme.txt".to_owned(), b"not a photo".to_vec()),
    ]
}

const FAULTS: [&str; 5] = [
    "empty",
    "name",
    "no_enterprise",
    "refused: no face",
    "too_large",
];

fn folder_of_photos(root: &Path) -> PathBuf {
    for (name, bytes) in photos() {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("within the root")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    root.to_owned()
}

fn tar_of_photos(root: &Path) -> PathBuf {
    let path = root.join("photos.tar");
    let mut tar = tar::Builder::new(File::create(&path).expect("a file"));
    for (name, bytes) in photos() {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        tar.append_data(&mut header, name, &bytes[..])
            .expect("appended");
    }
    tar.finish().expect("finished");
    path
}

fn zip_of_photos(root: &Path) -> PathBuf {
    let path = root.join("photos.zip");
    let mut zip = zip::ZipWriter::new(File::create(&path).expect("a file"));
    for (name, bytes) in photos() {
        zip.start_file(name, SimpleFileOptions::default())
            .expect("an entry");
        zip.write_all(&bytes).expect("written");
    }
    zip.finish().expect("finished");
    path
}

async fn photos_from(bench: &Bench, path: &Path) -> (PhotoReport, Watch) {
    let plan = PhotoPlan {
        realm: Realm::Live,
        source: PhotoSource::of(path).expect("a folder or an archive"),
        check: Arc::new(check),
        photo_bytes: 1000,
        clock: Arc::new(|| at(0)),
    };
    let mut watch = Watch::default();
    let report = import_photos(&*bench.storage, &plan, &mut watch)
        .await
        .expect("imported");
    (report, watch)
}

/// The same photos, however they come: two are stored, five are bad, one file is none.
async fn two_of_seven_are_stored(pack: fn(&Path) -> PathBuf) {
    let bench = Bench::sqlite().await;
    let entry = RegistryEntry {
        claim: claim(2),
        status: RegistryStatus::Active,
    };
    bench
        .storage
        .put_enterprise(&entry, Realm::Live, at(0))
        .await
        .unwrap();
    let root = tempfile::tempdir().unwrap();
    let path = pack(root.path());

    let (report, watch) = photos_from(&bench, &path).await;
    assert_eq!((report.inserted, report.bad), (2, 5), "{watch:?}");
    let reason = |fault: &&str| fault.split_once(": ").map(|(_, reason)| reason.to_owned());
    let mut faults: Vec<_> = watch.bad_photos().iter().filter_map(reason).collect();
    faults.sort();
    assert_eq!(faults, FAULTS);
    for n in [1, 2] {
        let photo = bench
            .storage
            .photo(&id_number(n), Realm::Live)
            .await
            .unwrap();
        assert_eq!(photo, Some(jpeg(n)), "person {n}");
    }
    let (again, _) = photos_from(&bench, &path).await;
    assert_eq!((again.unchanged, again.bad), (2, 5));
}

#[tokio::test]
async fn photos_come_from_a_folder() {
    two_of_seven_are_stored(folder_of_photos).await;
}

#[tokio::test]
async fn photos_come_from_a_tar_archive() {
    two_of_seven_are_stored(tar_of_photos).await;
}

#[tokio::test]
async fn photos_come_from_a_zip_archive() {
    two_of_seven_are_stored(zip_of_photos).await;
}

#[tokio::test]
async fn a_row_names_its_photo() {
    let bench = Bench::sqlite().await;
    let root = tempfile::tempdir().unwrap();
    fs::create_dir(root.path().join("faces")).unwrap();
    fs::write(root.path().join("faces/one.jpg"), jpeg(1)).unwrap();
    fs::write(root.path().join("faces/cat.jpg"), b"\xFF\xD8 cat").unwrap();
    let row = |n: u16, photo: &str| format!("{},,,{photo}\n", fields(&claim(n)).join(","));
    let header = HEADER.replace('\n', ",photo\n");
    let text = header
        + &row(1, "one.jpg")
        + &row(2, "../key.jpg")
        + &row(3, "none.jpg")
        + &row(4, "")
        + &row(5, "cat.jpg");

    let folder = Some(root.path().join("faces"));
    let plan = Plan {
        photo_folder: folder,
        ..plan(Format::Csv)
    };
    let (report, watch) = import(&bench, &plan, std::io::Cursor::new(text)).await;
    let report = report.unwrap();
    assert_eq!(
        report.written.inserted, 5,
        "a bad photo does not spoil its row"
    );
    assert_eq!((report.photos.inserted, report.photos.bad), (1, 3));
    let expected = [
        "photo 3: outside_folder",
        "photo 4: unreadable",
        "photo 6: refused: no face",
    ];
    assert_eq!(watch.bad_photos(), expected);
    let kept = bench.storage.import_errors(plan.import, 0, 10).await;
    let kept: Vec<_> = kept
        .unwrap()
        .into_iter()
        .map(|error| (error.line, error.column.unwrap(), error.reason))
        .collect();
    let told = |line, reason: &str| (line, "photo".to_owned(), reason.to_owned());
    assert_eq!(
        kept,
        [
            told(3, "outside_folder"),
            told(4, "unreadable"),
            told(6, "refused")
        ],
        "the run's report names them by line"
    );
    let runs = bench.storage.imports(None, 1).await.unwrap();
    assert_eq!((runs[0].bad_rows, runs[0].bad_photos), (0, 3));
    let photo = bench
        .storage
        .photo(&id_number(1), Realm::Live)
        .await
        .unwrap();
    assert_eq!(photo, Some(jpeg(1)));
}
