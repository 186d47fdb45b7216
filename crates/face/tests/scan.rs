//! Whole scans in simulated time, five frames a second, every judge real.

mod common;

use std::collections::BTreeSet;

use common::clips::measure;
use common::phone::{FRAME_MS, Phone};
use common::{default_engine, engines, recommended_engine};
use shiming_face::Hint;
use shiming_face::scan::{
    Action, FrameKind, FrameMeta, Liveness, PadOutcome, PassivePad, Prompt, Reason, RiskSignal,
    ScanPolicy, ScanStart, Script, Stage,
};

#[test]
fn the_clip_with_all_actions_passes_in_any_order() {
    for engine in engines() {
        let clip = measure(engine, "all", 5);
        let mut orders = BTreeSet::new();
        for seed in 0.. {
            let verdict = Phone::new(engine, ScanPolicy::default(), seed).film_clip(&clip);
            let order: Vec<Action> = verdict.challenges.iter().map(|c| c.action).collect();
            assert_eq!(verdict.liveness, Liveness::Live, "{order:?}: {verdict:#?}");
            orders.insert(format!("{order:?}"));
            if orders.len() == 5 * 4 * 3 {
                break;
            }
        }
    }
}

#[test]
fn a_moved_print_never_passes() {
    for engine in engines() {
        let clip = measure(engine, "attack_print", 5);
        for seed in 0..60 {
            // The challenges alone have to stop it: the default set has no other judge.
            let policy = ScanPolicy {
                passive_pad: PassivePad::Off,
                ..ScanPolicy::default()
            };
            let verdict = Phone::new(engine, policy, seed).film_clip(&clip);
            assert_eq!(
                verdict.liveness,
                Liveness::NotLive {
                    reason: Reason::ActionTimeout
                }
            );
            assert!(
                verdict.challenges.iter().all(|c| c.done_ms.is_none()),
                "{:?}",
                verdict.challenges
            );
        }
    }
}

#[test]
fn passive_detection_tells_the_print_where_the_set_has_it() {
    let Some(engine) = recommended_engine() else {
        assert!(
            !default_engine().info().passive_pad,
            "the default set has no passive detection"
        );
        return;
    };
    let no_challenges = ScanPolicy {
        challenges: 0,
        ..ScanPolicy::default()
    };
    let print = measure(engine, "attack_print", 5);
    let verdict = Phone::new(engine, no_challenges.clone(), 7).film_clip(&print);
    assert_eq!(
        verdict.liveness,
        Liveness::NotLive {
            reason: Reason::LivenessFailed
        }
    );
    assert_eq!(verdict.passive.map(|p| p.outcome), Some(PadOutcome::Attack));

    let record = ScanPolicy {
        passive_pad: PassivePad::Record,
        ..no_challenges.clone()
    };
    let verdict = Phone::new(engine, record, 7).film_clip(&print);
    assert_eq!(verdict.liveness, Liveness::Live, "recorded only");
    assert_eq!(verdict.passive.map(|p| p.outcome), Some(PadOutcome::Attack));
    assert_eq!(
        verdict.policy.passive_pad,
        PassivePad::Record,
        "and the verdict says so"
    );

    let face = measure(engine, "neutral", 5);
    let verdict = Phone::new(engine, no_challenges, 7).film_clip(&face);
    assert_eq!(verdict.liveness, Liveness::Live);
    assert_eq!(verdict.passive.map(|p| p.outcome), Some(PadOutcome::Live));
}

#[test]
fn the_phone_is_led_through_every_stage_in_order() {
    let engine = default_engine();
    let mut phone = Phone::new(engine, ScanPolicy::default(), 3);
    let verdict = phone.film_clip(&measure(engine, "all", 5));
    let stages: Vec<Stage> = phone
        .prompts
        .iter()
        .filter_map(|p| {
            if let Prompt::Progress { stage, .. } = p {
                Some(*stage)
            } else {
                None
            }
        })
        .collect();
    let mut order = stages.clone();
    order.dedup();
    assert_eq!(
        order,
        [
            Stage::Positioning,
            Stage::Challenge,
            Stage::Colour,
            Stage::Judging
        ]
    );

    let cues: Vec<u16> = phone
        .prompts
        .iter()
        .filter_map(|p| match p {
            Prompt::Challenge { cue, .. } | Prompt::Colour { cue, .. } => Some(*cue),
            _ => None,
        })
        .collect();
    assert_eq!(
        cues,
        [1, 2, 3, 4, 5, 6, 7],
        "three challenges, four colours"
    );
    assert_eq!(verdict.challenges.len(), 3);
    assert!(
        verdict
            .challenges
            .iter()
            .all(|c| c.done_ms.is_some() && c.peak >= c.needed)
    );
    assert!(verdict.reflection.is_some());
    assert!(verdict.same_person.expect("sampled") > engine.info().thresholds.continuity);
    assert_eq!(verdict.passive, None, "the default set can't");
    assert_eq!(verdict.best_stills, phone.script.kept_frames());
    assert_eq!(verdict.best_stills.len(), 5);
    assert!(!verdict.hashes.is_empty());
    assert_eq!(&verdict.engine, engine.info());
    let json = serde_json::to_string(&verdict).expect("a verdict is a record");
    assert_eq!(
        serde_json::from_str::<shiming_face::scan::ScanVerdict>(&json).expect("and comes back"),
        verdict
    );
}

#[test]
fn what_prevents_a_scan_is_said_and_uses_no_try() {
    let engine = default_engine();
    for (clip, hint, reason) in [
        ("two_faces", Hint::MultipleFaces, Reason::MultipleFaces),
        ("no_face", Hint::FaceNotFound, Reason::FaceNotFound),
        ("too_dark", Hint::LightTooDark, Reason::LightTooDark),
        ("too_far", Hint::TooFar, Reason::FaceNotFound),
        ("off_centre", Hint::OffCentre, Reason::FaceNotFound),
        ("blurred", Hint::Blurred, Reason::FaceNotFound),
    ] {
        let mut phone = Phone::new(engine, ScanPolicy::default(), 1);
        let verdict = phone.film_clip(&measure(engine, clip, 5));
        assert_eq!(verdict.liveness, Liveness::NoTry { reason }, "{clip}");
        let last = phone
            .prompts
            .iter()
            .rev()
            .find(|p| matches!(p, Prompt::Guide { .. }));
        assert_eq!(last, Some(&Prompt::Guide { hint: Some(hint) }), "{clip}");
        let limit = ScanPolicy::default().positioning_timeout_ms;
        assert!(
            verdict.timings.finished_ms.abs_diff(limit) <= 2 * FRAME_MS,
            "{clip}"
        );
    }
}

#[test]
fn a_phone_that_sends_nothing_uses_no_try() {
    let mut phone = Phone::new(default_engine(), ScanPolicy::default(), 1);
    while phone.script.verdict().is_none() {
        phone.wait(250);
    }
    let verdict = phone.script.verdict().expect("ended");
    assert_eq!(
        verdict.liveness,
        Liveness::NoTry {
            reason: Reason::FaceNotFound
        }
    );
    assert_eq!(verdict.timings.frames, 0);
}

#[test]
fn a_frame_from_before_the_challenge_does_not_answer_it() {
    let engine = default_engine();
    let clip = measure(engine, "close_eyes", 5);
    let policy = ScanPolicy {
        actions: vec![Action::CloseEyes],
        challenges: 1,
        ..ScanPolicy::default()
    };
    let start = start(engine, "Front camera");
    let mut script = Script::new(policy, start, 0);
    for (report, seq) in clip.reports.iter().cycle().zip(1_u32..) {
        let now_ms = u64::from(seq) * FRAME_MS;
        // A recording that does not know of cues.
        let meta = FrameMeta {
            kind: FrameKind::Stream,
            cue: 0,
            seq,
            phone_ms: now_ms,
        };
        script.on_frame(report, meta, now_ms);
        if let Some(verdict) = script.verdict() {
            assert_eq!(
                verdict.liveness,
                Liveness::NotLive {
                    reason: Reason::ActionTimeout
                }
            );
            assert!(
                verdict.challenges[0].peak.abs() < 1e-6,
                "not even looked at"
            );
            return;
        }
    }
}

#[test]
fn the_reflection_of_the_colours_is_scored_and_decides_nothing() {
    let engine = default_engine();
    let clip = measure(engine, "all", 5);
    let plain = Phone::new(engine, ScanPolicy::default(), 9).film_clip(&clip);
    let mut phone = Phone::new(engine, ScanPolicy::default(), 9);
    let mut colour = [0; 3];
    let lit = loop {
        let at = usize::try_from(phone.now_ms / FRAME_MS).expect("small") % clip.reports.len();
        let mut report = clip.reports[at].clone();
        if let Some(face) = &mut report.face {
            for (channel, shine) in face.skin.iter_mut().zip(colour) {
                *channel += 0.1 * f32::from(shine);
            }
        }
        phone.film(&report);
        if let Some(Prompt::Colour { rgb, .. }) = phone.prompts.last() {
            colour = *rgb;
        }
        if let Some(verdict) = phone.script.verdict() {
            break verdict.clone();
        }
    };
    let (plain_score, lit_score) = (
        plain.reflection.expect("shown"),
        lit.reflection.expect("shown"),
    );
    assert!(
        lit_score > 0.8 && plain_score < lit_score - 0.2,
        "{plain_score} and {lit_score}"
    );
    assert_eq!(
        (plain.liveness, lit.liveness),
        (Liveness::Live, Liveness::Live)
    );
}

#[test]
fn who_asked_for_reduced_motion_sees_no_colours() {
    let engine = default_engine();
    let start = ScanStart {
        reduced_motion: true,
        ..start(engine, "Front camera")
    };
    let mut phone = Phone::start(ScanPolicy::default(), start);
    let verdict = phone.film_clip(&measure(engine, "all", 5));
    assert_eq!(verdict.liveness, Liveness::Live);
    assert_eq!(verdict.reflection, None);
    assert!(
        !phone
            .prompts
            .iter()
            .any(|p| matches!(p, Prompt::Colour { .. }))
    );
}

#[test]
fn oddities_are_recorded_and_decide_nothing() {
    let engine = default_engine();
    let mut phone = Phone::start(ScanPolicy::default(), start(engine, "OBS Virtual Camera"));
    let verdict = phone.film_clip(&measure(engine, "all", 5));
    assert_eq!(verdict.liveness, Liveness::Live);
    for signal in [RiskSignal::VirtualCamera, RiskSignal::RepeatedFrames] {
        assert!(
            verdict.risk_signals.contains(&signal),
            "{signal:?}: the clip is a loop of stills"
        );
    }
}

#[test]
fn hints_change_at_most_twice_a_second() {
    let engine = default_engine();
    let clips = ["neutral", "too_far", "two_faces"].map(|clip| measure(engine, clip, 5));
    let mut phone = Phone::new(engine, ScanPolicy::default(), 1);
    let mut told = Vec::new();
    for clip in clips.iter().cycle().take(40) {
        let before = phone.prompts.len();
        let now_ms = phone.now_ms;
        phone.film(&clip.reports[0]);
        let news = phone.prompts[before..]
            .iter()
            .any(|p| matches!(p, Prompt::Guide { .. }));
        told.extend(news.then_some(now_ms));
    }
    assert!(told.len() > 5, "the hint did change");
    assert!(
        told.windows(2).all(|pair| pair[1] - pair[0] >= 500),
        "{told:?}"
    );
}

#[test]
fn the_same_seed_gives_the_same_scan_and_another_seed_another() {
    let engine = default_engine();
    let clip = measure(engine, "all", 5);
    let prompts = |seed| {
        let mut phone = Phone::new(engine, ScanPolicy::default(), seed);
        phone.film_clip(&clip);
        phone.prompts
    };
    assert_eq!(prompts(1), prompts(1));
    assert_ne!(prompts(1), prompts(2));
}

fn start(engine: &shiming_face::Engine, camera: &str) -> ScanStart {
    ScanStart {
        seed: [4; 32],
        reduced_motion: false,
        camera_label: camera.to_owned(),
        engine: engine.info().clone(),
    }
}
