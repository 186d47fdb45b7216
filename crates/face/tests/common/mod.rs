//! What the tests share: engines of both model sets, the fixture faces, and a simulated phone.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod clips;
pub mod phone;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use shiming_face::{Engine, EngineOptions};

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The onnxruntime library that set-up has put in place.
pub fn runtime_library() -> PathBuf {
    let name = format!(
        "{}onnxruntime{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    );
    root().join("models/runtime").join(name)
}

fn load(directory: PathBuf) -> Engine {
    let options = EngineOptions {
        workers: 2,
        ..EngineOptions::new(vec![directory], runtime_library())
    };
    Engine::load(&options)
        .unwrap_or_else(|error| panic!("{error}\nThe tests need the face models: run `./x setup`."))
}

static DEFAULT: LazyLock<Engine> = LazyLock::new(|| load(root().join("models/default")));

static RECOMMENDED: LazyLock<Option<Engine>> = LazyLock::new(|| {
    let given = std::env::var_os("SHIMING_MODELS").map(PathBuf::from);
    let beside = root().join("../shared/models/recommended");
    given.or(beside.is_dir().then_some(beside)).map(load)
});

/// The default set, which every test run has.
pub fn default_engine() -> &'static Engine {
    &DEFAULT
}

/// The recommended set, where its files are: in `SHIMING_MODELS`, or beside the project.
pub fn recommended_engine() -> Option<&'static Engine> {
    RECOMMENDED.as_ref()
}

/// Every set there is.
pub fn engines() -> Vec<&'static Engine> {
    std::iter::once(default_engine())
        .chain(recommended_engine())
        .collect()
}

/// A fixture by its path below `fixtures/faces`.
pub fn fixture(path: &str) -> Vec<u8> {
    let path = root().join("fixtures/faces").join(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn still(name: &str) -> Vec<u8> {
    fixture(&format!("stills/{name}.jpg"))
}

pub fn portrait(name: &str) -> Vec<u8> {
    fixture(&format!("portraits/{name}.jpg"))
}
