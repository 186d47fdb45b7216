//! Choosing and verifying model files.

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{default_engine, recommended_engine, root, runtime_library};
use shiming_face::{Engine, EngineError, EngineOptions, ModelError, ModelSetName};

fn load(directories: Vec<PathBuf>) -> Result<Engine, EngineError> {
    Engine::load(&EngineOptions::new(directories, runtime_library()))
}

fn copy_of_default(to: &Path) {
    for file in fs::read_dir(root().join("models/default")).expect("run `./x setup`") {
        let file = file.expect("readable");
        fs::copy(file.path(), to.join(file.file_name())).expect("copied");
    }
}

#[test]
fn a_changed_file_is_refused_by_name() {
    let directory = tempfile::tempdir().expect("a directory");
    copy_of_default(directory.path());
    let victim = directory.path().join("human_facemesh.onnx");
    let mut bytes = fs::read(&victim).expect("readable");
    bytes[1_000] ^= 1;
    fs::write(&victim, bytes).expect("writable");
    let error = load(vec![directory.path().to_owned()]).expect_err("one bit was changed");
    assert!(
        matches!(&error, EngineError::Models(ModelError::Changed { path, .. }) if *path == victim),
        "{error}"
    );
}

#[test]
fn an_incomplete_set_says_what_is_missing() {
    let directory = tempfile::tempdir().expect("a directory");
    copy_of_default(directory.path());
    fs::remove_file(directory.path().join("human_blazeface.onnx")).expect("removed");
    let error = load(vec![directory.path().to_owned()]).expect_err("the detector is missing");
    let message = error.to_string();
    assert!(
        message.contains("human_blazeface.onnx") && message.contains("./x setup"),
        "{message}"
    );
}

#[test]
fn no_directories_and_no_runtime_say_what_to_do() {
    assert!(
        load(Vec::new())
            .expect_err("nothing")
            .to_string()
            .contains("no directory was given")
    );
    let missing = PathBuf::from("/nowhere/libonnxruntime.so");
    let options = EngineOptions::new(vec![root().join("models/default")], missing);
    // Another test may have loaded the runtime into this process already; then its path no longer matters.
    if let Err(error) = Engine::load(&options) {
        assert!(
            error.to_string().contains("/nowhere/libonnxruntime.so"),
            "{error}"
        );
    }
}

#[test]
fn the_default_set_is_demo_grade() {
    let info = default_engine().info();
    assert_eq!(info.set, ModelSetName::Default);
    assert!(info.demo_grade && !info.passive_pad);
    let mut tasks: Vec<&str> = info
        .models
        .iter()
        .map(|model| model.task.as_str())
        .collect();
    tasks.sort_unstable();
    assert_eq!(tasks, ["detector", "embedding", "mesh"]);
    assert!(info.models.iter().all(|model| model.sha256.len() == 64));
}

#[test]
fn the_recommended_set_is_preferred_where_it_is_complete() {
    let Some(recommended) = recommended_engine() else {
        return;
    };
    assert_eq!(recommended.info().set, ModelSetName::Recommended);
    assert!(!recommended.info().demo_grade && recommended.info().passive_pad);
    let beside = std::env::var_os("SHIMING_MODELS").map_or_else(
        || root().join("../shared/models/recommended"),
        PathBuf::from,
    );
    let both = load(vec![root().join("models"), beside]).expect("both sets");
    assert_eq!(both.info().set, ModelSetName::Recommended);
    let only_default = load(vec![root().join("models")]).expect("the folder of sets");
    assert_eq!(only_default.info().set, ModelSetName::Default);
}
