//! Each challenge accepts its own clip and refuses every other.

mod common;

use common::clips::measure;
use common::engines;
use common::phone::Phone;
use shiming_face::scan::{Action, Liveness, PassivePad, Reason, ScanPolicy};

/// Clips, and the action that each shows.
const CLIPS: [(&str, Option<Action>); 7] = [
    ("neutral", None),
    ("turn_left", Some(Action::TurnLeft)),
    ("turn_right", Some(Action::TurnRight)),
    ("nod", Some(Action::Nod)),
    ("open_mouth", Some(Action::OpenMouth)),
    ("close_eyes", Some(Action::CloseEyes)),
    ("attack_print", None),
];

#[test]
fn each_challenge_accepts_its_own_clip_and_refuses_every_other() {
    for engine in engines() {
        for (clip, shows) in CLIPS {
            let measured = measure(engine, clip, 5);
            for action in Action::ALL {
                // Passive detection would refuse the print before it gets to the action that is tested here.
                let policy = ScanPolicy {
                    actions: vec![action],
                    challenges: 1,
                    passive_pad: PassivePad::Record,
                    ..ScanPolicy::default()
                };
                let verdict = Phone::new(engine, policy, 1).film_clip(&measured);
                let wanted = if shows == Some(action) {
                    Liveness::Live
                } else {
                    Liveness::NotLive {
                        reason: Reason::ActionTimeout,
                    }
                };
                let set = engine.info().set;
                assert_eq!(
                    verdict.liveness, wanted,
                    "{set:?}, {clip}, {action:?}: {:?}",
                    verdict.challenges
                );
            }
        }
    }
}
