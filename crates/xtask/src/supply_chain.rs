//! Licences, bans and sources of the dependencies, by cargo-deny.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::shell;

/// The version whose configuration format `deny.toml` is written in.
const VERSION: &str = "0.20.2";

/// Holds the dependencies to `deny.toml`.
pub fn check() -> Result<()> {
    let deny = cargo_deny()?;
    let arguments = ["--locked", "check", "licenses", "bans", "sources"];
    shell::run(&mut shell::program(&deny.to_string_lossy(), &arguments))
}

/// The program: an installed one, or one built once into the user's cache.
pub fn cargo_deny() -> Result<PathBuf> {
    if shell::answer("cargo-deny", &["--version"]).is_some_and(|version| version.ends_with(VERSION))
    {
        return Ok("cargo-deny".into());
    }
    let tools = cache()?
        .join("shiming")
        .join(format!("cargo-deny-{VERSION}"));
    let program = tools.join("bin/cargo-deny");
    if !program.is_file() {
        println!("dependencies: building cargo-deny {VERSION} (once, some minutes)");
        install(&tools)?;
    }
    Ok(program)
}

fn install(tools: &std::path::Path) -> Result<()> {
    let place = tools.display().to_string();
    let arguments = [
        "install",
        "cargo-deny",
        "--version",
        VERSION,
        "--locked",
        "--debug",
        "--root",
        &place,
    ];
    let mut cargo = shell::program("cargo", &arguments);
    // Built for one quick run; its build must not mix with the project's own.
    shell::run(
        cargo
            .env("CARGO_PROFILE_DEV_DEBUG", "false")
            .env_remove("CARGO_TARGET_DIR"),
    )
}

fn cache() -> Result<PathBuf> {
    let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    named
        .or_else(home)
        .context("neither XDG_CACHE_HOME nor HOME is set")
}
