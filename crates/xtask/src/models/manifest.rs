//! `models-src/manifest.json`: which files there are, where they come from and what they have to
//! hash to.

use std::path::Path;

use anyhow::{Context, Result, bail};
use indexmap::IndexMap;
use serde::Deserialize;
use shiming_tfjs_onnx::Conversion;

/// The only layout of the file that this code reads.
const FORMAT: u32 = 1;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: u32,
    pub sets: IndexMap<String, Set>,
    pub runtime: Runtime,
}

/// Models that are used together.
#[derive(Deserialize)]
pub(super) struct Set {
    pub files: Vec<ModelFile>,
}

#[derive(Deserialize)]
pub(super) struct ModelFile {
    pub name: String,
    #[serde(flatten)]
    pub identity: Identity,
    pub source: Source,
    pub input: Input,
    pub outputs: Vec<Output>,
}

/// What a file has to be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Identity {
    /// Lower-case hex.
    pub sha256: String,
    pub bytes: u64,
}

/// Where a model comes from.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Source {
    /// Made here from a file of an npm package.
    Npm {
        #[serde(flatten)]
        package: Package,
        path: String,
        conversion: Conversion,
    },
    /// Installed by an operator.
    Release,
}

/// One version of an npm package.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Package {
    #[serde(rename = "package")]
    pub name: String,
    pub version: String,
}

/// The model's input tensor, NCHW, and how bytes become its values: (byte − mean) / scale by
/// channel.
#[derive(Deserialize)]
pub(super) struct Input {
    pub name: String,
    pub shape: [usize; 4],
    pub mean: [f32; 3],
    pub scale: [f32; 3],
}

#[derive(Deserialize)]
pub(super) struct Output {
    pub name: String,
    pub shape: Vec<i64>,
}

/// The onnxruntime library, one file a platform.
#[derive(Deserialize)]
pub(super) struct Runtime {
    pub source: Package,
    pub files: Vec<RuntimeFile>,
}

#[derive(Deserialize)]
pub(super) struct RuntimeFile {
    pub os: String,
    pub arch: String,
    pub name: String,
    pub path: String,
    #[serde(flatten)]
    pub identity: Identity,
}

impl Manifest {
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        let manifest: Self = serde_json::from_str(&text)
            .with_context(|| format!("{} is not a model manifest", path.display()))?;
        if manifest.format != FORMAT {
            bail!(
                "{} has format {}; this checkout reads format {FORMAT}",
                path.display(),
                manifest.format
            );
        }
        Ok(manifest)
    }
}

impl Runtime {
    /// The library for an operating system and processor, in Rust's names for them.
    pub fn for_platform(&self, os: &str, arch: &str) -> Result<&RuntimeFile> {
        let found = self
            .files
            .iter()
            .find(|file| file.os == os && file.arch == arch);
        found.with_context(|| {
            let known: Vec<String> = self
                .files
                .iter()
                .map(|file| format!("{} {}", file.os, file.arch))
                .collect();
            format!(
                "{} {} has no onnxruntime library for {os} {arch}; it has {}",
                self.source.name,
                self.source.version,
                known.join(", ")
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::Value;

    use super::*;

    fn sources() -> std::path::PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models-src")
    }

    fn json(name: &str) -> Value {
        let text = std::fs::read_to_string(sources().join(name)).expect("a committed file");
        serde_json::from_str(&text).expect("JSON")
    }

    fn committed() -> Manifest {
        Manifest::read(&sources().join("manifest.json")).expect("the committed manifest")
    }

    #[test]
    fn the_manifest_the_package_list_and_the_lockfile_name_the_same_versions() {
        let manifest = committed();
        let (wanted, locked) = (json("package.json"), json("package-lock.json"));
        let made = manifest.sets["default"]
            .files
            .iter()
            .map(|file| match &file.source {
                Source::Npm { package, .. } => package,
                Source::Release => panic!("{} can't be made", file.name),
            });
        for package in made.chain([&manifest.runtime.source]) {
            let version = package.version.as_str();
            assert_eq!(
                wanted["dependencies"][&package.name], version,
                "{}",
                package.name
            );
            let entry = &locked["packages"][format!("node_modules/{}", package.name)];
            assert_eq!(entry["version"], version, "{}", package.name);
        }
    }

    #[test]
    fn the_lockfile_pins_content_but_no_registry() {
        let locked = json("package-lock.json");
        let packages = locked["packages"].as_object().expect("packages");
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            assert!(package["integrity"].is_string(), "{name} is not pinned");
            assert!(package["resolved"].is_null(), "{name} names a registry");
        }
    }

    #[test]
    fn every_file_has_one_name_and_a_whole_hash() {
        let manifest = committed();
        for (set, files) in &manifest.sets {
            let names: HashSet<&str> = files.files.iter().map(|file| file.name.as_str()).collect();
            assert_eq!(names.len(), files.files.len(), "{set}");
        }
        let models = manifest
            .sets
            .values()
            .flat_map(|set| &set.files)
            .map(|file| &file.identity);
        for identity in models.chain(manifest.runtime.files.iter().map(|file| &file.identity)) {
            assert_eq!(identity.sha256.len(), 64);
            assert_eq!(identity.sha256, identity.sha256.to_lowercase());
            assert!(hex::decode(&identity.sha256).is_ok() && identity.bytes > 0);
        }
    }

    #[test]
    fn a_platform_without_a_library_is_told_which_have_one() {
        let runtime = committed().runtime;
        assert_eq!(
            runtime.for_platform("linux", "x86_64").expect("there").name,
            "libonnxruntime.so"
        );
        let error = runtime
            .for_platform("plan9", "mips")
            .err()
            .expect("not there")
            .to_string();
        assert!(
            error.contains("for plan9 mips; it has linux x86_64, "),
            "{error}"
        );
    }
}
