//! That it is one face all the way: whole scans in which it goes away, jumps, or becomes another's.

mod common;

use common::clips::measure;
use common::phone::{FRAME_MS, Phone};
use common::{default_engine, engines, portrait};
use shiming_face::scan::{
    Action, Ground, Liveness, PassivePad, Prompt, Reason, RiskSignal, ScanPolicy, Stage,
};
use shiming_face::{FrameReport, Hint};

/// Only what keeps the face one is to decide here.
fn policy() -> ScanPolicy {
    ScanPolicy {
        passive_pad: PassivePad::Record,
        ..ScanPolicy::default()
    }
}

#[test]
fn a_face_that_is_lost_starts_the_script_anew_once() {
    let engine = default_engine();
    let (face, nobody) = (measure(engine, "neutral", 5), measure(engine, "no_face", 5));
    let mut phone = Phone::new(engine, ScanPolicy::default(), 5);
    let until_challenged = |phone: &mut Phone, challenges: usize| {
        let asked = |phone: &Phone| {
            phone
                .prompts
                .iter()
                .filter(|p| matches!(p, Prompt::Challenge { .. }))
                .count()
        };
        for report in face.reports.iter().cycle().take(100) {
            if asked(phone) == challenges {
                return;
            }
            phone.film(report);
        }
        panic!("never challenged: {:?}", phone.prompts);
    };

    until_challenged(&mut phone, 1);
    nobody
        .reports
        .iter()
        .cycle()
        .take(7)
        .for_each(|report| phone.film(report));
    assert!(phone.prompts.contains(&Prompt::Guide {
        hint: Some(Hint::FaceNotFound)
    }));
    assert_eq!(phone.script.verdict(), None, "1.4 s are forgiven");

    nobody
        .reports
        .iter()
        .cycle()
        .take(2)
        .for_each(|report| phone.film(report));
    assert_eq!(phone.script.verdict(), None, "the script starts anew");
    let restart = Prompt::Progress {
        stage: Stage::Positioning,
        step: 0,
        steps: 5,
    };
    assert_eq!(phone.prompts.iter().filter(|p| **p == restart).count(), 2);

    until_challenged(&mut phone, 2);
    let verdict = phone.film_clip(&nobody);
    assert_eq!(
        verdict.liveness,
        Liveness::NotLive {
            reason: Reason::FaceNotFound
        }
    );
    assert_eq!(verdict.timings.restarts, 1);
    assert_eq!(
        verdict.challenges.iter().map(|c| c.cue).collect::<Vec<_>>(),
        [1, 2]
    );
}

#[test]
fn somebody_else_who_steps_in_is_noticed() {
    for engine in engines() {
        let stranger = engine.embed(&portrait("biden")).expect("a face");
        let mut clip = measure(engine, "all", 5);
        let honest = Phone::new(engine, policy(), 2).film_clip(&clip);
        assert_eq!(honest.liveness, Liveness::Live);

        let mut phone = Phone::new(engine, policy(), 2);
        while !phone
            .prompts
            .iter()
            .any(|p| matches!(p, Prompt::ChallengeDone { .. }))
        {
            let at = usize::try_from(phone.now_ms / FRAME_MS).expect("small") % clip.reports.len();
            phone.film(&clip.reports[at]);
        }
        clip.reports
            .iter_mut()
            .for_each(|report| report.embedding = Some(stranger.clone()));
        let verdict = phone.film_clip(&clip);
        assert_eq!(
            verdict.liveness,
            Liveness::NotLive {
                reason: Reason::LivenessFailed
            }
        );
        assert!(verdict.same_person.expect("sampled") < engine.info().thresholds.continuity);
    }
}

/// Films until so many actions were asked for, and the one that was asked for last is begun.
fn film_to_challenge(phone: &mut Phone, reports: &[FrameReport], challenges: usize) {
    for report in reports.iter().cycle().take(300) {
        let asked = phone.prompts.iter();
        let asked = asked.filter(|prompt| matches!(prompt, Prompt::Challenge { .. }));
        if asked.count() == challenges {
            return;
        }
        phone.film(report);
    }
    panic!("never so many challenges: {:?}", phone.prompts);
}

#[test]
fn a_film_that_is_cut_starts_anew_once_and_is_refused_the_second_time() {
    let engine = default_engine();
    let clip = measure(engine, "all", 5);
    let elsewhere = |report: &FrameReport| {
        let mut report = report.clone();
        let face = report.face.as_mut().expect("a face");
        face.face_box.x += 1.5 * face.face_box.width;
        report
    };
    let mut phone = Phone::new(engine, policy(), 3);
    film_to_challenge(&mut phone, &clip.reports, 1);
    phone.film(&elsewhere(&clip.reports[0]));
    assert_eq!(phone.script.verdict(), None, "it may have been a hiccup");
    assert_eq!(
        phone.prompts.last(),
        Some(&Prompt::Progress {
            stage: Stage::Positioning,
            step: 0,
            steps: 5
        })
    );

    film_to_challenge(&mut phone, &clip.reports, 2);
    phone.film(&elsewhere(&clip.reports[0]));
    let verdict = phone.script.verdict().expect("refused at once");
    assert_eq!(
        verdict.liveness,
        Liveness::NotLive {
            reason: Reason::LivenessFailed
        }
    );
    assert_eq!(verdict.grounds, [Ground::ImpossibleMotion]);
    assert!(verdict.risk_signals.contains(&RiskSignal::FaceJumped));
}

#[test]
fn somebody_else_who_only_does_the_actions_is_noticed() {
    for engine in engines() {
        let stranger = engine.embed(&portrait("biden")).expect("a face");
        let clip = measure(engine, "all", 5);
        let turns = ScanPolicy {
            actions: vec![Action::TurnLeft, Action::TurnRight, Action::OpenMouth],
            ..policy()
        };
        let mut phone = Phone::new(engine, turns, 2);
        film_to_challenge(&mut phone, &clip.reports, 1);
        for report in clip.reports.iter().cycle().take(600) {
            if phone.script.verdict().is_some() {
                break;
            }
            let face = report.face.as_ref().expect("a face");
            // Far enough that no neutral sample is taken there.
            let acts = face.pose.yaw.abs() > 14.0 || face.mouth > 0.3;
            let mut report = report.clone();
            if acts {
                report.embedding = Some(stranger.clone());
            }
            phone.film(&report);
        }
        let verdict = phone.script.verdict().expect("a verdict");
        assert!(matches!(verdict.liveness, Liveness::NotLive { .. }));
        assert!(
            verdict.grounds.contains(&Ground::AnotherPersonInMotion),
            "{:?}",
            verdict.grounds
        );
    }
}
