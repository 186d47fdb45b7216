//! The face engine: runtime, models and what they are worth.

use std::io;

use shiming_face::{Engine, EngineInfo, ModelSetName, Rating};

use super::Finding;
use crate::config::Config;

const AREA: &str = "face engine";

/// Loads the engine once, which verifies every file's hash.
pub fn examine(config: &Config) -> Vec<Finding> {
    let library = config.face.runtime_library();
    if let Err(error) = readable(&library) {
        return vec![Finding::fail(
            AREA,
            format!("the onnxruntime library {}: {error}", library.display()),
            "run `./x setup` in the checkout, or set face.runtime_library to where it is",
        )];
    }
    match Engine::load(&config.face.engine_options(1)) {
        Ok(engine) => judge(engine.info()),
        Err(error) => vec![Finding::fail(
            AREA,
            error.to_string(),
            "run `./x setup` in the checkout, or set face.models to the folders of the model sets",
        )],
    }
}

fn readable(file: &std::path::Path) -> io::Result<()> {
    std::fs::File::open(file).map(drop)
}

fn judge(info: &EngineInfo) -> Vec<Finding> {
    let set = match info.set {
        ModelSetName::Default => "default",
        ModelSetName::Recommended => "recommended",
    };
    let loaded = format!(
        "{set} set, {} files as in the manifest; the same person from a similarity of {}",
        info.models.len(),
        info.thresholds.accept
    );
    let mut findings = vec![Finding::ok(AREA, loaded)];
    if info.demo_grade {
        findings.push(Finding::warn(
            AREA,
            "this set is of demo grade: results are capped at the lowest assurance level",
            "install the recommended set and name its folder in face.models",
        ));
    }
    if !info.passive_pad {
        findings.push(Finding::warn(
            AREA,
            "this set can't tell a photo or a screen from a face; only the challenges do",
            "install the recommended set and name its folder in face.models",
        ));
    }
    if !info.demo_grade && info.thresholds.rating == Rating::Unrated {
        findings.push(Finding::warn(
            AREA,
            format!("its thresholds are unrated ({})", info.thresholds.provenance),
            "measure the false match rate on people like yours and set face.accept, review and continuity",
        ));
    }
    findings
}
