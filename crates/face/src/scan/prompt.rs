//! What the server says to the phone, as `docs/src/scan-protocol.md` lays down. One definition for both sides.

use serde::{Deserialize, Serialize};

use crate::Hint;

/// A message from server to phone. The script makes all but `ready`, `wait`, `rate` and `result`, which the
/// server adds because it alone knows of tries and load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Prompt {
    /// Start streaming.
    Ready {
        /// Number of this try, from 1.
        r#try: u32,
        /// Tries allowed in the session.
        tries: u32,
        /// Long side of the frames in pixels.
        width: u32,
        /// Frames a second.
        fps: u32,
        /// JPEG quality, 0 to 1 as a canvas takes it.
        jpeg_quality: f32,
        /// True if the model set is good enough for a demonstration only.
        demo_grade: bool,
    },
    /// The server is busy; no try is used.
    Wait {
        /// When to ask again, in milliseconds.
        retry_after_ms: u64,
        /// Phones that wait before this one.
        ahead: u32,
    },
    /// Change the stream's pace.
    Rate {
        /// Frames a second.
        fps: u32,
        /// Long side of the frames in pixels.
        width: u32,
        /// JPEG quality, 0 to 1.
        jpeg_quality: f32,
    },
    /// One thing to mend, or `null`: everything is good.
    Guide {
        /// The thing.
        hint: Option<Hint>,
    },
    /// Where the scan is.
    Progress {
        /// Part of the script.
        stage: Stage,
        /// Step within it, from 1; while positioning, how many good frames there are so far, from 0.
        step: u32,
        /// Steps of it.
        steps: u32,
    },
    /// Do this now.
    Challenge {
        /// Number that frames taken from now on carry.
        cue: u16,
        /// What to do.
        action: Action,
        /// How long the person has, in milliseconds.
        timeout_ms: u64,
    },
    /// The action was seen.
    ChallengeDone {
        /// The challenge's number.
        cue: u16,
    },
    /// Fill the screen around the preview with this colour.
    Colour {
        /// Number that frames taken from now on carry.
        cue: u16,
        /// Red, green, blue.
        rgb: [u8; 3],
        /// How long, in milliseconds.
        hold_ms: u64,
    },
    /// Send one still.
    Still,
    /// The last message.
    Result {
        /// How it ended.
        outcome: Outcome,
        /// A code of the product's error table.
        code: Option<String>,
        /// Tries left in the session.
        tries_left: u32,
    },
}

/// Part of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Until five good frames.
    Positioning,
    /// Actions, one at a time.
    Challenge,
    /// Colours on the screen.
    Colour,
    /// Nothing more to do for the person.
    Judging,
}

/// What a person may be asked to do. Left and right are the person's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Turn the head to the own left and back.
    TurnLeft,
    /// Turn the head to the own right and back.
    TurnRight,
    /// Lower the head and raise it again.
    Nod,
    /// Open the mouth and shut it.
    OpenMouth,
    /// Shut both eyes for about a second.
    CloseEyes,
}

impl Action {
    /// All actions.
    pub const ALL: [Action; 5] = [
        Action::TurnLeft,
        Action::TurnRight,
        Action::Nod,
        Action::OpenMouth,
        Action::CloseEyes,
    ];
}

/// How a scan ended for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Passed.
    Verified,
    /// A person at the operator decides.
    InReview,
    /// Not passed; a try is used.
    Failed,
    /// Not judged; no try is used.
    NoTryUsed,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(prompt: &Prompt, json: &str) {
        assert_eq!(serde_json::to_string(prompt).expect("serialises"), json);
        assert_eq!(
            &serde_json::from_str::<Prompt>(json).expect("parses"),
            prompt
        );
    }

    #[test]
    fn what_the_server_adds_is_spelt_as_the_protocol_lays_down() {
        let (fps, width, jpeg_quality) = (5, 640, 0.85);
        let ready = Prompt::Ready {
            r#try: 1,
            tries: 3,
            width,
            fps,
            jpeg_quality,
            demo_grade: true,
        };
        spelt(
            &ready,
            r#"{"type":"ready","try":1,"tries":3,"width":640,"fps":5,"jpeg_quality":0.85,"demo_grade":true}"#,
        );
        spelt(
            &Prompt::Wait {
                retry_after_ms: 900,
                ahead: 2,
            },
            r#"{"type":"wait","retry_after_ms":900,"ahead":2}"#,
        );
        spelt(
            &Prompt::Rate {
                fps,
                width,
                jpeg_quality,
            },
            r#"{"type":"rate","fps":5,"width":640,"jpeg_quality":0.85}"#,
        );
        let code = Some("face_not_found".to_owned());
        spelt(
            &Prompt::Result {
                outcome: Outcome::NoTryUsed,
                code,
                tries_left: 3,
            },
            r#"{"type":"result","outcome":"no_try_used","code":"face_not_found","tries_left":3}"#,
        );
    }

    #[test]
    fn what_the_script_says_is_spelt_as_the_protocol_lays_down() {
        spelt(
            &Prompt::Guide { hint: None },
            r#"{"type":"guide","hint":null}"#,
        );
        spelt(
            &Prompt::Guide {
                hint: Some(Hint::LightTooDark),
            },
            r#"{"type":"guide","hint":"light_too_dark"}"#,
        );
        spelt(
            &Prompt::Progress {
                stage: Stage::Challenge,
                step: 2,
                steps: 3,
            },
            r#"{"type":"progress","stage":"challenge","step":2,"steps":3}"#,
        );
        spelt(
            &Prompt::Challenge {
                cue: 4,
                action: Action::TurnLeft,
                timeout_ms: 8_000,
            },
            r#"{"type":"challenge","cue":4,"action":"turn_left","timeout_ms":8000}"#,
        );
        spelt(
            &Prompt::ChallengeDone { cue: 4 },
            r#"{"type":"challenge_done","cue":4}"#,
        );
        spelt(
            &Prompt::Colour {
                cue: 5,
                rgb: [255, 0, 0],
                hold_ms: 500,
            },
            r#"{"type":"colour","cue":5,"rgb":[255,0,0],"hold_ms":500}"#,
        );
        spelt(&Prompt::Still, r#"{"type":"still"}"#);
    }
}
