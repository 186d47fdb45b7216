//! The Python peers: their virtual environment and their command lines.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

/// A Python with the peers' packages.
pub struct Python {
    interpreter: PathBuf,
    /// Where the package `peer` lies.
    home: PathBuf,
}

impl Python {
    /// Makes the environment `.venv` below the checkout, unless it is there with the pinned packages.
    pub fn install(checkout: &Path) -> Result<Self> {
        let home = checkout.join("benches/face");
        let environment = checkout.join(".venv");
        let interpreter = environment.join("bin/python");
        let wanted = std::fs::read_to_string(home.join("peer/requirements.txt"))?;
        let stamp = environment.join("face-bench.txt");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(Self { interpreter, home });
        }
        println!(
            "python: {} with {}",
            environment.display(),
            wanted.trim().replace('\n', ", ")
        );
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment)).context(
            "Python 3.11 or newer with its `venv` module is needed (Debian: apt-get install python3-venv)",
        )?;
        let requirements = home.join("peer/requirements.txt");
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ];
        run(Command::new(&interpreter).args(pip).arg(requirements)).context(
            "the peers' packages can't be installed; is a Python package index reachable?",
        )?;
        std::fs::write(stamp, wanted)?;
        Ok(Self { interpreter, home })
    }

    /// A module of the package `peer`.
    pub fn module(&self, name: &str) -> Command {
        let mut command = Command::new(&self.interpreter);
        // Without files of bytecode beside the sources.
        command.current_dir(&self.home).args(["-B", "-m", name]);
        command
    }
}

/// What a command prints.
pub fn answer(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!(
            "{command:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed ({status})");
    }
    Ok(())
}
