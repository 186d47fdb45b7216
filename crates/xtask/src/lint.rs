//! `lint`: formatting and lints of all languages.

use anyhow::Result;

use crate::{setup, shell, web};

/// Fails at the first complaint.
pub fn run() -> Result<()> {
    setup::run(&setup::Args::default())?;
    format()?;
    clippy()?;
    pages()
}

/// Whether all Rust is formatted.
pub fn format() -> Result<()> {
    shell::run(&mut shell::program("cargo", &["fmt", "--all", "--check"]))
}

/// Clippy's opinion of all Rust, warnings as errors.
pub fn clippy() -> Result<()> {
    let arguments = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    shell::run(&mut shell::program("cargo", &arguments))
}

/// Lints, formatting and types of the pages and of their browser tests.
pub fn pages() -> Result<()> {
    web::script("web", "lint")?;
    web::script("web", "typecheck")?;
    web::install("e2e")?;
    web::script("e2e", "typecheck")?;
    web::install(web::CLIENT)?;
    web::script(web::CLIENT, "lint")
}
