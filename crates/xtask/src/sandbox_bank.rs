//! The sandbox bank beside a demonstration server.

use std::{
    env,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result};

use crate::{project, shell};

/// The operator's account at the sandbox bank; invented.
const ACCOUNT: [(&str, &str); 4] = [
    ("SHIMING_BANK_ACCOUNT_NAME", "示例平台有限公司"),
    ("SHIMING_BANK_ACCOUNT_NUMBER", "11000000000000001"),
    ("SHIMING_BANK_ACCOUNT_CNAPS", "991100000015"),
    ("SHIMING_BANK_ACCOUNT_BANK", "示例第一银行北京朝阳支行"),
];

/// Builds the bank's program.
pub fn build() -> Result<PathBuf> {
    println!("sandbox bank: cargo build");
    shell::run(&mut shell::program(
        "cargo",
        &["build", "--locked", "--package", "sandbox-bank"],
    ))?;
    Ok(project::target().join("debug/sandbox-bank"))
}

/// Starts the bank and connects the server to it, unless the environment says which bank there is.
pub fn beside(server: &mut Command) -> Result<()> {
    if env::var_os("SHIMING_BANK_MODE").is_some() {
        return Ok(());
    }
    let data = env::var_os("SHIMING_DATA_DIR").map_or_else(|| project::path("data"), PathBuf::from);
    let folder =
        env::var_os("SHIMING_BANK_FOLDER").map_or_else(|| data.join("bank"), PathBuf::from);
    let listen = env::var("SANDBOX_BANK_LISTEN").unwrap_or_else(|_| "127.0.0.1:8090".to_owned());
    // It ends with the server, which takes this process's place.
    Command::new(build()?)
        .args([
            "serve",
            "--with-parent",
            "--delay-ms",
            "3000",
            "--listen",
            &listen,
            "--folder",
        ])
        .arg(&folder)
        .current_dir(project::root())
        .stdin(Stdio::null())
        .spawn()
        .context("the sandbox bank can't be started")?;
    server
        .env("SHIMING_BANK_MODE", "folder")
        .env("SHIMING_BANK_SANDBOX", "true")
        .env("SHIMING_BANK_FOLDER", folder);
    for (name, value) in ACCOUNT {
        if env::var_os(name).is_none() {
            server.env(name, value);
        }
    }
    Ok(())
}
