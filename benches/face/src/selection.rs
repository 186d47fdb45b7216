//! The frames on which all sides work.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use shiming_face::{Engine, EngineOptions};

use crate::peers::{self, Python};

/// Kinds of files that a set may hold.
const KINDS: [&str; 5] = ["jpg", "jpeg", "png", "webp", "mjpeg"];

/// At most so many 480×640 frames of a set, each with exactly one face, the first good enough as a reference.
pub fn frames(
    python: &Python,
    set: &Path,
    most: usize,
    models: &Path,
    runtime: &Path,
) -> Result<Vec<PathBuf>> {
    let directory = std::env::current_dir()?.join("target/bench-face");
    if directory.exists() {
        std::fs::remove_dir_all(&directory)?;
    }
    let mut cutting = python.module("peer.frames");
    cutting
        .arg("--out")
        .arg(&directory)
        .args(["--most", &most.to_string()]);
    cutting.args(sources(set)?);
    peers::answer(&mut cutting)?;
    let engine = Engine::load(&EngineOptions::new(
        vec![models.to_owned()],
        runtime.to_owned(),
    ))?;
    let cut = files(&directory)?;
    let mut kept: Vec<PathBuf> = Vec::new();
    for path in &cut {
        let frame = std::fs::read(path)?;
        let single = engine.inspect(&frame)?.faces.len() == 1;
        if single && (!kept.is_empty() || engine.enrol(&frame).is_ok()) {
            kept.push(path.clone());
        }
    }
    println!(
        "{}: {} of {} frames show one face",
        set.display(),
        kept.len(),
        cut.len()
    );
    if kept.is_empty() {
        bail!(
            "{} has no picture of one face that is sharp, lit and seen from the front",
            set.display()
        );
    }
    Ok(kept)
}

fn sources(set: &Path) -> Result<Vec<PathBuf>> {
    let known = |path: &PathBuf| {
        let kind = path
            .extension()
            .map(|kind| kind.to_string_lossy().to_lowercase());
        kind.is_some_and(|kind| KINDS.contains(&kind.as_str()))
    };
    let sources: Vec<PathBuf> = files(set)?.into_iter().filter(known).collect();
    if sources.is_empty() {
        bail!(
            "{} holds no pictures or raw clips ({})",
            set.display(),
            KINDS.join(", ")
        );
    }
    sources
        .iter()
        .map(|path| Ok(path.canonicalize()?))
        .collect()
}

fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(directory)
        .with_context(|| format!("can't read {}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.sort();
    Ok(files)
}
