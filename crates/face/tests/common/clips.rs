//! Clips put together from stills, as `fixtures/faces/clips.json` says, and measured once.

use std::collections::BTreeMap;

use serde::Deserialize;
use shiming_face::{Engine, FrameReport, Track, Want};

use super::{fixture, still};

#[derive(Deserialize)]
struct Recipes {
    fps: usize,
    clips: BTreeMap<String, Vec<(String, usize)>>,
}

fn recipes() -> Recipes {
    serde_json::from_slice(&fixture("clips.json")).expect("clips.json is valid")
}

/// Names of the stills of a clip, frame by frame at 30 a second.
pub fn frames(clip: &str) -> Vec<String> {
    let recipe = recipes()
        .clips
        .remove(clip)
        .unwrap_or_else(|| panic!("no clip {clip}"));
    recipe
        .into_iter()
        .flat_map(|(still, repeat)| std::iter::repeat_n(still, repeat))
        .collect()
}

/// A clip as a stream sees it: measured frame after frame, two loops long, with everything wanted.
pub struct Measured {
    pub reports: Vec<FrameReport>,
}

/// Plays a clip to the engine as a phone would send it.
pub fn measure(engine: &Engine, clip: &str, fps: usize) -> Measured {
    let frames = frames(clip);
    let step = recipes().fps / fps;
    let mut track = Track::default();
    let want = Want {
        embedding: true,
        pad: true,
    };
    let stills = (0..2 * frames.len())
        .step_by(step)
        .map(|at| still(&frames[at % frames.len()]));
    let reports = stills
        .map(|jpeg| {
            engine
                .analyse_frame(&mut track, &jpeg, want)
                .expect("fixtures are readable")
        })
        .collect();
    Measured { reports }
}
