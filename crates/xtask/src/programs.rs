//! The programs that a browser and a stranger's API calls are tried on.

use std::path::PathBuf;

use anyhow::Result;

use crate::{project, sandbox_bank, serve, shell, test};

/// Where they lie once they are built.
pub struct Programs {
    /// The server.
    pub server: PathBuf,
    /// The partner that plays a bank.
    pub bank: PathBuf,
}

impl Programs {
    /// Builds them and nothing else: the quickest way to one spec.
    pub fn alone() -> Result<Self> {
        Ok(Self {
            server: serve::build()?,
            bank: sandbox_bank::build()?,
        })
    }

    /// Builds them as the Rust tests do. By itself cargo would choose fewer features for some dependencies and build hundreds of
    /// crates a second time.
    pub fn of_the_tests() -> Result<Self> {
        println!("server and sandbox bank: as the Rust tests have built them");
        let arguments = ["test", "--workspace", "--locked", "--quiet", "--no-run"];
        shell::run(shell::program("cargo", &arguments).args(test::SERVERS))?;
        let built = project::target().join("debug");
        Ok(Self {
            server: built.join("shiming"),
            bank: built.join("sandbox-bank"),
        })
    }
}
