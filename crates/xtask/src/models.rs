//! `models`: makes the default face models and brings the inference runtime, or finds them there.

mod artifact;
mod compare;
mod manifest;
mod packages;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use artifact::Artifact;
use manifest::Manifest;
use packages::Packages;

/// The set that is converted at set-up, and a directory below `models/`.
const DEFAULT_SET: &str = "default";

/// How the models are made and checked.
#[derive(clap::Args, Default)]
pub struct Args {
    /// Compare the default set's outputs with those of the same-named models in this directory
    #[arg(long, value_name = "DIR")]
    check_against: Option<PathBuf>,
    /// Leave the npm packages in place after the conversion
    #[arg(long)]
    keep_packages: bool,
}

/// Leaves `models/` complete and verified, or says what is missing.
pub fn run(args: &Args) -> Result<()> {
    let root = project_root()?;
    let sources = root.join("models-src");
    let models = root.join("models");
    let manifest = Manifest::read(&sources.join("manifest.json"))?;
    let artifacts = artifact::obtainable(&manifest, &models)?;
    let missing: Vec<&Artifact> = artifacts
        .iter()
        .filter(|artifact| !artifact.is_there())
        .collect();
    if missing.is_empty() {
        println!(
            "models: all {} files are there and match the manifest",
            artifacts.len()
        );
    } else {
        make(
            &missing,
            &Packages::in_directory(&sources),
            args.keep_packages,
        )?;
    }
    check_installed(&manifest, &models)?;
    match &args.check_against {
        Some(reference) => compare::with_reference(&manifest, &models, reference),
        None => Ok(()),
    }
}

fn make(missing: &[&Artifact], packages: &Packages, keep_packages: bool) -> Result<()> {
    packages.install(missing)?;
    for artifact in missing {
        artifact.make(packages)?;
        println!("models: {}", artifact.path.display());
    }
    if keep_packages {
        Ok(())
    } else {
        packages.remove()
    }
}

/// Files of the other sets are an operator's to install; what is there has to be what the manifest
/// says.
fn check_installed(manifest: &Manifest, models: &Path) -> Result<()> {
    for (set, files) in manifest.sets.iter().filter(|(set, _)| *set != DEFAULT_SET) {
        let directory = models.join(set);
        let mut found = 0;
        for file in &files.files {
            let path = directory.join(&file.name);
            if path.exists() {
                found += 1;
                artifact::verify(&path, &file.identity)?;
            }
        }
        println!(
            "models: {set} set (optional): {found} of {} files installed",
            files.files.len()
        );
    }
    Ok(())
}

fn project_root() -> Result<PathBuf> {
    let crate_directory = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = crate_directory
        .ancestors()
        .nth(2)
        .context("this crate is not where it belongs")?;
    if !root.join("models-src").is_dir() {
        bail!(
            "{} has no models-src: was the checkout moved after this was built?",
            root.display()
        );
    }
    Ok(root.to_owned())
}
