//! The arrows between the crates, as docs/src/architecture.md draws them.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde::Deserialize;

/// Which of our crates each of our crates may use. Arrows point inward: the business knows nothing of what serves it.
const MAY_USE: &[(&str, &[&str])] = &[
    ("shiming-identifiers", &[]),
    ("shiming-outbound", &[]),
    ("shiming-testbed", &[]),
    ("shiming-certificate", &[]),
    ("shiming-vault", &[]),
    ("shiming-audit", &[]),
    ("shiming-onnx", &[]),
    ("shiming-face", &["shiming-onnx"]),
    ("shiming-tfjs-onnx", &["shiming-onnx"]),
    ("shiming-verification", &["shiming-identifiers"]),
    (
        "shiming-federation",
        &[
            "shiming-identifiers",
            "shiming-outbound",
            "shiming-vault",
            "shiming-verification",
        ],
    ),
    (
        "shiming-bank",
        &["shiming-identifiers", "shiming-verification"],
    ),
    (
        "shiming-notify",
        &[
            "shiming-federation",
            "shiming-outbound",
            "shiming-verification",
        ],
    ),
    (
        "shiming-storage",
        &[
            "shiming-identifiers",
            "shiming-verification",
            "shiming-vault",
            "shiming-audit",
        ],
    ),
    (
        "shiming-service",
        &[
            "shiming-identifiers",
            "shiming-verification",
            "shiming-vault",
            "shiming-audit",
            "shiming-face",
            "shiming-federation",
            "shiming-outbound",
        ],
    ),
    (
        "shiming-http",
        &[
            "shiming-verification",
            "shiming-audit",
            "shiming-face",
            "shiming-federation",
            "shiming-service",
            "shiming-certificate",
        ],
    ),
    (
        "shiming",
        &[
            "shiming-identifiers",
            "shiming-verification",
            "shiming-vault",
            "shiming-audit",
            "shiming-face",
            "shiming-federation",
            "shiming-outbound",
            "shiming-service",
            "shiming-storage",
            "shiming-http",
            "shiming-certificate",
            "shiming-bank",
            "shiming-notify",
        ],
    ),
    // A partner for tests, which must not lean on what it tests.
    ("sandbox-bank", &[]),
    ("shiming-xtask", &["shiming-tfjs-onnx"]),
    ("shiming-face-bench", &["shiming-face", "shiming-onnx"]),
    ("shiming-scan-bench", &["shiming-face"]),
    (
        "shiming-flow-bench",
        &[
            "shiming",
            "shiming-identifiers",
            "shiming-service",
            "shiming-testbed",
            "shiming-verification",
        ],
    ),
    (
        "shiming-registry-bench",
        &[
            "shiming-identifiers",
            "shiming-storage",
            "shiming-vault",
            "shiming-verification",
        ],
    ),
];

/// What a crate must not use, because its work is another's.
const MUST_NOT_USE: &[(&str, &[&str])] = &[
    (
        "shiming-identifiers",
        &["tokio", "sqlx", "axum", "rand", "getrandom", "anyhow"],
    ),
    (
        "shiming-verification",
        &["tokio", "sqlx", "axum", "rand", "getrandom", "anyhow"],
    ),
    (
        "shiming-audit",
        &["tokio", "sqlx", "axum", "rand", "getrandom", "anyhow"],
    ),
    ("shiming-face", &["tokio", "sqlx", "axum", "anyhow"]),
    ("shiming-bank", &["sqlx", "axum", "anyhow"]),
    ("shiming-notify", &["sqlx", "axum", "anyhow"]),
    ("shiming-service", &["sqlx", "axum", "ort", "anyhow"]),
    ("shiming-storage", &["axum", "ort", "anyhow"]),
    ("shiming-http", &["sqlx", "ort", "anyhow"]),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `None` for what the crate itself uses, `dev` for what only its tests use.
    kind: Option<String>,
}

impl Package {
    fn uses(&self) -> BTreeSet<&str> {
        let own = self
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind.as_deref() != Some("dev"));
        own.map(|dependency| dependency.name.as_str()).collect()
    }
}

fn workspace() -> Vec<Package> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--format-version",
            "1",
            "--manifest-path",
        ])
        .arg(manifest)
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice::<Metadata>(&output.stdout)
        .expect("cargo's metadata")
        .packages
}

#[test]
fn arrows_between_our_crates_point_inward() {
    for package in workspace() {
        let may = MAY_USE.iter().find(|(name, _)| *name == package.name);
        let (_, may) =
            may.unwrap_or_else(|| panic!("{} has no place in the architecture yet", package.name));
        let outward: Vec<_> = package
            .uses()
            .into_iter()
            .filter(|name| name.starts_with("shiming") && !may.contains(name))
            .collect();
        assert!(
            outward.is_empty(),
            "{} must not use {outward:?}",
            package.name
        );
    }
}

#[test]
fn every_room_of_the_plan_is_built() {
    let built: BTreeSet<_> = workspace()
        .into_iter()
        .map(|package| package.name)
        .collect();
    for (name, _) in MAY_USE {
        assert!(
            built.contains(*name),
            "{name} is in the plan, but not in the workspace"
        );
    }
}

#[test]
fn the_outside_stays_out_of_crates_that_decide() {
    let packages = workspace();
    for (name, foreign) in MUST_NOT_USE {
        let package = packages
            .iter()
            .find(|package| package.name == *name)
            .expect("in the workspace");
        let used: Vec<_> = package
            .uses()
            .into_iter()
            .filter(|name| foreign.contains(name))
            .collect();
        assert!(used.is_empty(), "{name} must not use {used:?}");
    }
}
