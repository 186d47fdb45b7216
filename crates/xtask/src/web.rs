//! The pages: packages, build and checks.

use anyhow::Result;

use crate::{
    project,
    setup::{Stamp, digest_of},
    shell,
};

/// What is made, not written.
const MADE: [&str; 3] = ["node_modules", "dist", ".vite"];

/// The client library for platforms.
pub const CLIENT: &str = "sdk/typescript";

/// Brings the packages of a folder's lock file, unless exactly these are there.
pub fn install(folder: &str) -> Result<()> {
    let digest = digest_of(
        &[project::path(&format!("{folder}/package-lock.json"))],
        &[],
    )?;
    let stamp = Stamp::new(
        project::path(&format!("{folder}/node_modules/.installed-from")),
        digest,
    );
    if stamp.holds() {
        return Ok(());
    }
    println!("{folder}: npm ci");
    shell::run(&mut shell::program_in(
        folder,
        "npm",
        &["ci", "--no-audit", "--no-fund"],
    ))?;
    stamp.set()
}

/// Builds the pages, unless they were built from exactly these sources.
pub fn build() -> Result<()> {
    let digest = digest_of(&[project::path("web"), project::path("locales")], &MADE)?;
    let stamp = Stamp::new(project::path("web/node_modules/.built-from"), digest);
    if stamp.holds() && project::path("web/dist/portal.html").is_file() {
        return Ok(());
    }
    println!("web: npm run build");
    script("web", "build")?;
    stamp.set()
}

/// Runs one of the scripts of a folder's package.
pub fn script(folder: &str, name: &str) -> Result<()> {
    shell::run(&mut shell::program_in(
        folder,
        "npm",
        &["run", "--silent", name],
    ))
}
