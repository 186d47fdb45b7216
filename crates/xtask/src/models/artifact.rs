//! One file below `models/`: how it is made, and whether it is what it should be.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use shiming_tfjs_onnx::{Conversion, convert};

use super::DEFAULT_SET;
use super::manifest::{Identity, Manifest, Package, Source};
use super::packages::Packages;

/// A file that can be made from an npm package.
pub(super) struct Artifact {
    pub path: PathBuf,
    pub package: Package,
    source: String,
    recipe: Recipe,
    identity: Identity,
}

/// How the package's file becomes the artifact.
#[derive(Clone, Copy)]
enum Recipe {
    Convert(Conversion),
    Copy,
}

/// Every file that the default set and this machine's runtime need.
pub(super) fn obtainable(manifest: &Manifest, models: &Path) -> Result<Vec<Artifact>> {
    let set = manifest
        .sets
        .get(DEFAULT_SET)
        .context("the manifest has no default set")?;
    let mut artifacts = Vec::new();
    for file in &set.files {
        let Source::Npm {
            package,
            path,
            conversion,
        } = &file.source
        else {
            bail!(
                "{} is in the default set, so it needs an npm package as source",
                file.name
            );
        };
        artifacts.push(Artifact {
            path: models.join(DEFAULT_SET).join(&file.name),
            package: package.clone(),
            source: path.clone(),
            recipe: Recipe::Convert(*conversion),
            identity: file.identity.clone(),
        });
    }
    let runtime = manifest
        .runtime
        .for_platform(std::env::consts::OS, std::env::consts::ARCH)?;
    artifacts.push(Artifact {
        path: models.join("runtime").join(&runtime.name),
        package: manifest.runtime.source.clone(),
        source: runtime.path.clone(),
        recipe: Recipe::Copy,
        identity: runtime.identity.clone(),
    });
    Ok(artifacts)
}

impl Artifact {
    /// Whether the file exists and is the right one. A changed file counts as absent and is made
    /// again.
    pub fn is_there(&self) -> bool {
        verify(&self.path, &self.identity).is_ok()
    }

    /// Makes the file. It takes its place only once it is complete and verified.
    pub fn make(&self, packages: &Packages) -> Result<()> {
        let source = packages.file(&self.package.name, &self.source);
        let bytes = match self.recipe {
            Recipe::Convert(conversion) => convert(conversion, &source)?,
            Recipe::Copy => {
                fs::read(&source).with_context(|| format!("cannot read {}", source.display()))?
            }
        };
        self.check(&bytes)?;
        let directory = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)
            .with_context(|| format!("cannot create {}", directory.display()))?;
        let unfinished = self.path.with_extension("part");
        fs::write(&unfinished, bytes)
            .with_context(|| format!("cannot write {}", unfinished.display()))?;
        fs::rename(&unfinished, &self.path)
            .with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn check(&self, bytes: &[u8]) -> Result<()> {
        let found = identity(bytes);
        if found == self.identity {
            return Ok(());
        }
        bail!(
            "{} of {} {} gives a file with SHA-256 {} ({} bytes), but models-src/manifest.json \
             asks for {} ({} bytes). Either the package is not the pinned one, or the conversion \
             changed. If the change is meant, compare the outputs (--check-against) and put the \
             new values into the manifest.",
            self.source,
            self.package.name,
            self.package.version,
            found.sha256,
            found.bytes,
            self.identity.sha256,
            self.identity.bytes,
        )
    }
}

/// Checks that the file at `path` is the expected one.
pub(super) fn verify(path: &Path, expected: &Identity) -> Result<()> {
    let bytes = fs::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow::anyhow!("{} is missing", path.display()),
        _ => anyhow::anyhow!("cannot read {}: {error}", path.display()),
    })?;
    let found = identity(&bytes);
    if found != *expected {
        bail!(
            "{} is not the file that models-src/manifest.json lists: its SHA-256 is {}, not {}. \
             Delete it, or install it again.",
            path.display(),
            found.sha256,
            expected.sha256,
        );
    }
    Ok(())
}

fn identity(bytes: &[u8]) -> Identity {
    Identity {
        sha256: hex::encode(Sha256::digest(bytes)),
        bytes: bytes.len() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An artifact that is a copy of `package/file`, whose content is "library".
    fn copied(directory: &Path, expected: &[u8]) -> (Artifact, Packages) {
        let packages = Packages::in_directory(&directory.join("sources"));
        let source = packages.file("package", "file");
        fs::create_dir_all(source.parent().expect("a directory")).expect("created");
        fs::write(source, b"library").expect("written");
        let artifact = Artifact {
            path: directory.join("models/runtime/library.so"),
            package: Package {
                name: "package".to_owned(),
                version: "1.0.0".to_owned(),
            },
            source: "file".to_owned(),
            recipe: Recipe::Copy,
            identity: identity(expected),
        };
        (artifact, packages)
    }

    #[test]
    fn a_file_is_made_once_and_again_after_it_was_changed() {
        let directory = tempfile::tempdir().expect("a directory");
        let (artifact, packages) = copied(directory.path(), b"library");
        assert!(!artifact.is_there());
        artifact.make(&packages).expect("made");
        assert!(artifact.is_there());
        fs::write(&artifact.path, b"Library").expect("changed");
        assert!(!artifact.is_there());
        artifact.make(&packages).expect("made again");
        assert!(artifact.is_there());
    }

    #[test]
    fn a_file_that_the_manifest_does_not_expect_never_takes_its_place() {
        let directory = tempfile::tempdir().expect("a directory");
        let (artifact, packages) = copied(directory.path(), b"something else");
        let error = artifact
            .make(&packages)
            .expect_err("another file")
            .to_string();
        assert!(error.contains(&identity(b"library").sha256), "{error}");
        assert!(error.contains("file of package 1.0.0"), "{error}");
        assert!(!artifact.path.exists());
    }
}
