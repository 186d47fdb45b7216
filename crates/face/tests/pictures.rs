//! Single pictures: good ones, bad ones, and ones that want to harm.

mod common;

use common::{default_engine, engines, fixture, portrait, still};
use shiming_face::{
    DecodeError, Engine, EngineError, EngineOptions, EnrolError, Hint, Inspection, Track, Want,
};

fn inspect(engine: &Engine, picture: &[u8]) -> Inspection {
    engine.inspect(picture).expect("a readable picture")
}

#[test]
fn each_still_gets_its_hint() {
    for engine in engines() {
        for (name, faces, hint) in [
            ("neutral_0", 1, None),
            ("none_0", 0, Some(Hint::FaceNotFound)),
            ("two_0", 2, Some(Hint::MultipleFaces)),
            ("far_0", 1, Some(Hint::TooFar)),
            ("off_centre_0", 1, Some(Hint::OffCentre)),
            ("dark_0", 1, Some(Hint::LightTooDark)),
            ("blurred_0", 1, Some(Hint::Blurred)),
            ("turn_right_3", 1, Some(Hint::LookStraight)),
        ] {
            let found = inspect(engine, &still(name));
            assert_eq!(
                (found.faces.len(), found.hint),
                (faces, hint),
                "{name}, {:?}",
                engine.info().set
            );
        }
    }
}

#[test]
fn directions_are_the_subjects_own() {
    for engine in engines() {
        let pose = |name: &str| inspect(engine, &still(name)).faces[0].face.pose;
        let neutral = pose("neutral_0");
        assert!(neutral.yaw.abs() < 3.0, "{neutral:?}");
        assert!(pose("turn_left_3").yaw - neutral.yaw > 11.0);
        assert!(pose("turn_right_3").yaw - neutral.yaw < -11.0);
        assert!(pose("nod_2").pitch - neutral.pitch > 5.0);
        let tilted_print = pose("print_2");
        assert!(
            (tilted_print.yaw - neutral.yaw).abs() < 6.0,
            "a flat picture does not turn: {tilted_print:?}"
        );
    }
}

#[test]
fn mouth_and_eyes_are_measured() {
    for engine in engines() {
        let face = |name: &str| inspect(engine, &still(name)).faces[0].face.clone();
        assert!(face("mouth_2").mouth > face("neutral_0").mouth + 0.2);
        assert!(face("eyes_2").eyes.left < face("neutral_0").eyes.left * 0.85);
        assert!(face("eyes_2").eyes.right < face("neutral_0").eyes.right * 0.85);
    }
}

#[test]
fn landmarks_lie_where_the_face_is() {
    for engine in engines() {
        let found = inspect(engine, &still("neutral_0"));
        let face = &found.faces[0];
        let [right_eye, left_eye, nose, right_corner, left_corner] = face.face.five_points;
        assert!(
            (130.0..150.0).contains(&right_eye.x) && (160.0..185.0).contains(&right_eye.y),
            "{right_eye:?}"
        );
        assert!(
            (210.0..230.0).contains(&left_eye.x) && (165.0..190.0).contains(&left_eye.y),
            "{left_eye:?}"
        );
        assert!(right_eye.x < nose.x && nose.x < left_eye.x && nose.y > left_eye.y);
        assert!(right_corner.y > nose.y && right_corner.x < left_corner.x);
        assert!(face.detector_box.overlap(&face.face.face_box) > 0.5);
        let json = serde_json::to_value(&found).expect("an inspection is JSON");
        assert_eq!(
            json["faces"][0]["landmarks"].as_array().map(Vec::len),
            Some(468)
        );
        assert_eq!(
            json["faces"][0]["pad"].is_null(),
            !engine.info().passive_pad
        );
    }
}

#[test]
fn the_same_person_is_told_from_others() {
    for engine in engines() {
        let compare = |a: &str, b: &str| {
            engine
                .compare(&portrait(a), &portrait(b))
                .expect("two faces")
        };
        let same = compare("obama_a", "obama_b");
        assert!(same.same_person, "{same:?}");
        for (a, b) in [
            ("obama_a", "biden"),
            ("obama_b", "astronaut"),
            ("biden", "astronaut"),
        ] {
            let different = compare(a, b);
            assert!(!different.same_person, "{a}, {b}: {different:?}");
            assert!(different.similarity < same.similarity - 0.05);
        }
        assert_eq!(same.demo_grade, engine.info().demo_grade);
    }
}

#[test]
fn a_scan_is_judged_against_the_authoritys_photo() {
    for engine in engines() {
        let stills: Vec<Vec<u8>> = ["neutral_0", "neutral_2", "neutral_4", "none_0"]
            .map(still)
            .to_vec();
        let stills: Vec<&[u8]> = stills.iter().map(Vec::as_slice).collect();
        let own = engine.enrol(&portrait("astronaut")).expect("a good photo");
        let judged = engine.judge(&own, &stills).expect("faces");
        assert_eq!(
            judged.decision,
            shiming_face::Decision::Accept,
            "{judged:?}"
        );
        assert_eq!(judged.frames, 3, "the still without a face is left out");
        let other = engine.enrol(&portrait("biden")).expect("a good photo");
        let judged = engine.judge(&other, &stills).expect("faces");
        assert_eq!(
            judged.decision,
            shiming_face::Decision::Reject,
            "{judged:?}"
        );
        assert!(matches!(engine.judge(&own, &[]), Err(EngineError::NoFace)));
    }
}

#[test]
fn a_reference_of_another_model_is_refused() {
    let engine = default_engine();
    let mut reference = engine.enrol(&portrait("astronaut")).expect("a good photo");
    reference.model_sha256 = "0".repeat(64);
    let neutral = still("neutral_0");
    assert!(matches!(
        engine.judge(&reference, &[&neutral]),
        Err(EngineError::OtherModel)
    ));
}

#[test]
fn photos_that_cannot_serve_as_reference_say_why() {
    let engine = default_engine();
    assert!(matches!(
        engine.enrol(&still("none_0")),
        Err(EnrolError::NoFace)
    ));
    assert!(matches!(
        engine.enrol(&still("two_0")),
        Err(EnrolError::SeveralFaces(2))
    ));
    assert!(matches!(
        engine.enrol(&still("dark_0")),
        Ok(_) | Err(EnrolError::Quality(Hint::LightTooDark))
    ));
    assert!(matches!(
        engine.enrol(b""),
        Err(EnrolError::Image(DecodeError::Empty))
    ));
}

#[test]
fn bad_files_are_refused_with_their_reason() {
    let good = still("neutral_0");
    let mut giant = good.clone();
    let frame = giant
        .windows(2)
        .position(|w| w == [0xff, 0xc0])
        .expect("a baseline JPEG");
    giant[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    let cut = &good[..good.len() / 2];
    let refused = |bytes: &[u8]| match default_engine().inspect(bytes) {
        Err(EngineError::Image(error)) => error,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(refused(b""), DecodeError::Empty);
    assert_eq!(refused(b"GIF89a............"), DecodeError::UnknownFormat);
    assert_eq!(refused(b"not a picture"), DecodeError::UnknownFormat);
    assert_eq!(refused(&fixture("broken/cmyk.jpg")), DecodeError::Cmyk);
    assert_eq!(
        refused(&fixture("broken/bomb.png")),
        DecodeError::TooManyPixels
    );
    assert_eq!(
        refused(&fixture("broken/deep_bomb.png")),
        DecodeError::TooManyPixels
    );
    assert_eq!(refused(&giant), DecodeError::TooManyPixels);
    assert!(matches!(refused(cut), DecodeError::Broken(_)));
    assert!(matches!(refused(&good[..20]), DecodeError::Broken(_)));
    let huge = vec![0xff; 10 * 1024 * 1024 + 1];
    assert!(matches!(
        refused(&huge),
        DecodeError::TooManyBytes {
            limit: 10_485_760,
            ..
        }
    ));
}

#[test]
fn a_rotated_photo_is_turned_upright() {
    let upright = inspect(default_engine(), &still("neutral_0"));
    let rotated = inspect(default_engine(), &lying_on_its_side(&still("neutral_0")));
    assert_eq!(
        (rotated.width, rotated.height),
        (upright.width, upright.height)
    );
    let (a, b) = (&upright.faces[0].face, &rotated.faces[0].face);
    assert!((a.pose.roll - b.pose.roll).abs() < 2.0);
    assert!(
        (a.face_box.x - b.face_box.x).abs() < 4.0,
        "{:?} and {:?}",
        a.face_box,
        b.face_box
    );
}

/// The picture turned a quarter to the left, with an EXIF orientation that says so.
fn lying_on_its_side(jpeg: &[u8]) -> Vec<u8> {
    let picture = image::load_from_memory(jpeg).expect("a JPEG").rotate270();
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("encodes");
    let exif =
        b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut tagged = bytes.get_ref()[..2].to_vec();
    tagged.extend_from_slice(exif);
    tagged.extend_from_slice(&bytes.get_ref()[2..]);
    tagged
}

#[test]
fn other_formats_and_colours_are_read_alike() {
    let picture = image::load_from_memory(&still("neutral_0")).expect("a JPEG");
    let encode = |picture: &image::DynamicImage, format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("encodes");
        bytes.into_inner()
    };
    for bytes in [
        encode(&picture, image::ImageFormat::Png),
        encode(&picture, image::ImageFormat::WebP),
        encode(
            &image::DynamicImage::ImageRgba16(picture.to_rgba16()),
            image::ImageFormat::Png,
        ),
        encode(
            &image::DynamicImage::ImageLuma8(picture.to_luma8()),
            image::ImageFormat::Jpeg,
        ),
    ] {
        assert_eq!(inspect(default_engine(), &bytes).faces.len(), 1);
    }
}

#[test]
fn threads_share_an_engine() {
    let engine = default_engine();
    let alone = inspect(engine, &still("neutral_0"));
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| inspect(engine, &still("neutral_0"))))
            .collect();
        for run in runs {
            assert_eq!(run.join().expect("no panic"), alone);
        }
    });
}

#[test]
fn the_byte_limit_is_the_callers() {
    let options = EngineOptions {
        max_image_bytes: 1_000,
        ..EngineOptions::new(
            vec![common::root().join("models/default")],
            common::runtime_library(),
        )
    };
    let engine = Engine::load(&options).expect("the default set");
    let error = engine
        .inspect(&still("neutral_0"))
        .expect_err("larger than 1 000 bytes");
    assert!(
        error.to_string().contains("more than the allowed 1000"),
        "{error}"
    );
}

#[test]
fn a_mirror_image_is_known_by_the_hash_of_the_picture() {
    let hash = |jpeg: &[u8]| {
        let report = default_engine()
            .analyse_frame(&mut Track::default(), jpeg, Want::default())
            .expect("readable");
        report.hash
    };
    let straight = still("neutral_0");
    let mirrored = image::load_from_memory(&straight).expect("a JPEG").fliph();
    let mut bytes = std::io::Cursor::new(Vec::new());
    mirrored
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .expect("encodes");
    let (straight, mirrored) = (hash(&straight), hash(bytes.get_ref()));
    let apart = (
        straight.distance(mirrored),
        straight.mirrored().distance(mirrored),
    );
    assert!(apart.0 > 60 && apart.1 <= 8, "{apart:?}");
}
