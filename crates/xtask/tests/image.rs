//! The image's recipe brings everything that the build inside it reads.

use std::{
    collections::BTreeSet,
    fs,
    path::{Component, Path, PathBuf},
};

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the checkout")
}

/// What the recipe copies from the checkout, and what its ignore file lets through.
fn brought() -> (Vec<PathBuf>, Vec<PathBuf>) {
    let deploy = root().join("deploy");
    let recipe = fs::read_to_string(deploy.join("Dockerfile")).expect("the recipe");
    let copied = recipe
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--"))
        .flat_map(|line| {
            let mut words: Vec<_> = line.split_whitespace().map(PathBuf::from).collect();
            words.pop();
            words
        });
    let ignored = fs::read_to_string(deploy.join("Dockerfile.dockerignore")).expect("it is there");
    let let_through = ignored.lines().filter_map(|line| line.strip_prefix('!'));
    (copied.collect(), let_through.map(PathBuf::from).collect())
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// `a/b/../c` as `a/c`.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, part| {
        if part == Component::ParentDir {
            plain.pop();
        } else {
            plain.push(part);
        }
        plain
    })
}

/// Files outside the crates that sources take in when they are compiled.
fn taken_in() -> BTreeSet<PathBuf> {
    let mut files = Vec::new();
    let crates = root().join("crates");
    for entry in fs::read_dir(&crates).expect("crates").flatten() {
        sources(&entry.path().join("src"), &mut files);
    }
    let mut taken = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source");
        for part in text.split("include_").skip(1) {
            let named = part
                .split('"')
                .nth(1)
                .filter(|name| name.starts_with("../"));
            let Some(named) = named else { continue };
            let path = plain(&file.parent().expect("a folder").join(named));
            if !path.starts_with(&crates) {
                taken.insert(path.strip_prefix(root()).expect("inside").to_owned());
            }
        }
    }
    taken
}

#[test]
fn the_image_is_built_from_all_that_the_build_reads() {
    let (copied, let_through) = brought();
    let mut needed = taken_in();
    assert!(needed.len() >= 5, "only {needed:?}");
    for member in [
        "crates",
        "benches",
        "sandbox-bank",
        "web/dist",
        "Cargo.lock",
    ] {
        needed.insert(member.into());
    }
    for path in needed {
        for (what, list) in [("copied", &copied), ("let through", &let_through)] {
            let brought = list.iter().any(|entry| path.starts_with(entry));
            assert!(brought, "{} is not {what}", path.display());
        }
    }
}
