//! Frames seen before, and frames kept for a while.

use shiming_storage::api::PruneBefore;
use shiming_verification::{
    fact::{FaceOutcome, Fact, Liveness, Tallies},
    policy::Policy,
    ports_scan::{FrameHash, KeepUntil},
    words::EngineGrade,
};

use crate::support::{Bench, Hands, LIVE, at, claim};

/// A frame whose bits are told by a number; different numbers are far apart.
fn frame(number: u64) -> FrameHash {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    FrameHash(std::array::from_fn(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[3]
    }))
}

/// The same frame with this many bits of noise, spread over it.
fn noisy(frame: FrameHash, bits: usize) -> FrameHash {
    let mut bytes = frame.0;
    for bit in 0..bits {
        bytes[bit * 4 % 32] ^= 1 << (bit / 8);
    }
    FrameHash(bytes)
}

pub async fn a_frame_is_found_again_under_another_case(bench: Bench) {
    let storage = &bench.storage;
    let (first, second) = (Hands::new(&**storage, 1), Hands::new(&**storage, 2));
    first.submit(claim(1)).await;
    second.submit(claim(2)).await;
    let recording: Vec<FrameHash> = (0..40).map(frame).collect();
    storage
        .remember_frames(first.id(), &recording, at(0))
        .await
        .unwrap();

    let again: Vec<FrameHash> = recording.iter().map(|f| noisy(*f, 7)).collect();
    let mut seen = storage.frames_near(second.id(), &again, 8).await.unwrap();
    assert_eq!(seen.len(), 40, "all within seven bits are found");
    assert!(
        seen.iter()
            .all(|seen| (seen.case, seen.at) == (first.id(), at(0)))
    );
    seen.dedup();
    assert_eq!(seen.len(), 40);

    let own = storage.frames_near(first.id(), &again, 8).await.unwrap();
    assert_eq!(own, [], "a case may repeat itself");
    let strict = storage.frames_near(second.id(), &again, 6).await.unwrap();
    assert_eq!(strict, [], "seven bits are more than six");
    let other: Vec<FrameHash> = (100..140).map(frame).collect();
    assert_eq!(
        storage.frames_near(second.id(), &other, 8).await.unwrap(),
        []
    );
    assert_eq!(storage.frames_near(second.id(), &[], 8).await.unwrap(), []);
}

pub async fn frames_that_are_past_their_retention_are_forgotten(bench: Bench) {
    let storage = &bench.storage;
    let first = Hands::new(&**storage, 1);
    first.submit(claim(1)).await;
    for (number, minute) in [(1, 0), (2, 20)] {
        storage
            .remember_frames(first.id(), &[frame(number)], at(minute))
            .await
            .unwrap();
    }
    let before = PruneBefore {
        marks: at(0),
        frame_hashes: at(10),
        risk_signs: at(0),
    };
    assert_eq!(storage.prune(at(30), before).await.unwrap().frame_hashes, 1);
    let second = Hands::new(&**storage, 2);
    second.submit(claim(2)).await;
    let both = [frame(1), frame(2)];
    let seen = storage.frames_near(second.id(), &both, 0).await.unwrap();
    let hashes: Vec<_> = seen.iter().map(|seen| seen.hash).collect();
    assert_eq!(hashes, [frame(2)]);
}

pub async fn kept_frames_lie_sealed_until_their_time(bench: Bench) {
    let storage = &bench.storage;
    let hands = Hands::new(&**storage, 1);
    hands.submit(claim(1)).await;
    let frames = b"frames, frames and frames".repeat(100);
    storage
        .keep_scan(hands.id(), 1, &frames, KeepUntil::Time(at(60)))
        .await
        .unwrap();
    let kept = storage.kept_scan(hands.id(), 1).await.unwrap();
    assert_eq!(kept.as_deref(), Some(&frames[..]));
    assert_eq!(storage.kept_scan(hands.id(), 2).await.unwrap(), None);

    let folder = bench.folder.path().join("objects/scan_frames");
    let shelf = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    let object = std::fs::read_dir(shelf.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let lying = std::fs::read(object.path()).unwrap();
    assert!(!lying.windows(6).any(|window| window == b"frames"));

    let before = PruneBefore {
        marks: at(0),
        frame_hashes: at(0),
        risk_signs: at(0),
    };
    assert_eq!(storage.prune(at(59), before).await.unwrap().kept_scans, 0);
    assert_eq!(storage.prune(at(60), before).await.unwrap().kept_scans, 1);
    assert_eq!(storage.kept_scan(hands.id(), 1).await.unwrap(), None);
    assert!(!object.path().exists());
}

pub async fn frames_for_a_reviewer_go_when_the_review_is_decided(bench: Bench) {
    let storage = &bench.storage;
    let hands = Hands::new(&**storage, 1);
    hands.film(claim(1)).await;
    let id = hands.id();
    storage
        .keep_scan(id, 1, b"frames", KeepUntil::Reviewed(at(10_000)))
        .await
        .unwrap();
    let before = PruneBefore {
        marks: at(0),
        frame_hashes: at(0),
        risk_signs: at(0),
    };
    let pruned = async |storage: &dyn shiming_storage::Storage| {
        storage.prune(at(30), before).await.unwrap().kept_scans
    };
    assert_eq!(pruned(&**storage).await, 0, "the scan is being judged");
    hands
        .hear(Fact::LivenessJudged {
            verdict: Liveness::Live,
            tallies: Tallies::default(),
        })
        .await;
    let unclear = Fact::FaceCompared {
        outcome: FaceOutcome::Unclear {
            grade: EngineGrade::Unrated,
        },
        credential: hands.credential(),
        tallies: Tallies::default(),
    };
    let policy = Policy {
        review_unclear_faces: true,
        ..Policy::default()
    };
    let change = hands.load().await.decide(unclear, &policy, hands.now);
    storage.commit(&change.expect("it follows")).await.unwrap();
    assert_eq!(hands.load().await.state.name(), "in_review");
    assert_eq!(pruned(&**storage).await, 0, "a reviewer looks at them");
    hands.hear(Fact::Canceled).await;
    assert_eq!(pruned(&**storage).await, 1);
    assert!(storage.case_of(LIVE, id).await.unwrap().is_some());
}
