//! What a simulated camera sees: the fixtures' stills, in the order of `fixtures/faces/clips.json`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde::Deserialize;
use shiming_face::scan::Action;

#[derive(Deserialize)]
struct Recipes {
    fps: u64,
    clips: BTreeMap<String, Vec<(String, u64)>>,
}

/// Clips of one person.
pub struct Clips {
    neutral: Clip,
    actions: BTreeMap<&'static str, Clip>,
}

/// Frames and how long each is seen, in milliseconds.
struct Clip(Vec<(Arc<[u8]>, u64)>);

impl Clips {
    /// Reads the fixtures.
    pub fn read(fixtures: &Path) -> Result<Self> {
        let recipes: Recipes =
            serde_json::from_slice(&std::fs::read(fixtures.join("clips.json"))?)?;
        let mut stills = BTreeMap::new();
        let mut clip = |name: &str| -> Result<Clip> {
            let recipe = recipes.clips.get(name);
            let recipe = recipe.with_context(|| format!("no clip {name}"))?;
            let mut frames = Vec::new();
            for (still, count) in recipe {
                if !stills.contains_key(still) {
                    stills.insert(still, read(fixtures, still)?);
                }
                frames.push((stills[still].clone(), count * 1_000 / recipes.fps));
            }
            Ok(Clip(frames))
        };
        let neutral = clip("neutral")?;
        let actions = Action::ALL
            .iter()
            .map(|action| Ok((name(*action), clip(name(*action))?)))
            .collect::<Result<_>>()?;
        Ok(Self { neutral, actions })
    }

    /// The frame that a person shows who has been doing this for so long; nothing to do: a neutral face.
    pub fn frame(&self, doing: Option<Action>, since_ms: u64) -> Arc<[u8]> {
        let clip = doing.and_then(|action| self.actions.get(name(action)));
        clip.unwrap_or(&self.neutral).at(since_ms)
    }
}

impl Clip {
    fn at(&self, since_ms: u64) -> Arc<[u8]> {
        let length: u64 = self.0.iter().map(|(_, ms)| ms).sum();
        let mut left = since_ms % length.max(1);
        for (jpeg, ms) in &self.0 {
            if left < *ms {
                return jpeg.clone();
            }
            left -= ms;
        }
        self.0[0].0.clone()
    }
}

fn read(fixtures: &Path, still: &str) -> Result<Arc<[u8]>> {
    let path = fixtures.join("stills").join(format!("{still}.jpg"));
    let jpeg = std::fs::read(&path).with_context(|| path.display().to_string())?;
    Ok(jpeg.into())
}

fn name(action: Action) -> &'static str {
    match action {
        Action::TurnLeft => "turn_left",
        Action::TurnRight => "turn_right",
        Action::Nod => "nod",
        Action::OpenMouth => "open_mouth",
        Action::CloseEyes => "close_eyes",
    }
}
