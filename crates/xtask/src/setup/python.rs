//! Programs in Python that only the tests need, in an environment of their own below the checkout.

use anyhow::{Context as _, Result};

use super::{Stamp, digest_of};
use crate::{project, shell};

/// Where it is.
pub const FOLDER: &str = ".venv-tests";
/// What is in it: an S3 server, a mail server, and what tests the API by its document.
const REQUIREMENTS: &str = "crates/testbed/requirements.txt";

/// Makes the environment, unless it is there with exactly these packages.
pub fn bring() -> Result<()> {
    let requirements = project::path(REQUIREMENTS);
    let digest = digest_of(std::slice::from_ref(&requirements), &[])?;
    let stamp = Stamp::new(project::path(FOLDER).join(".installed-from"), digest);
    if stamp.holds() {
        return Ok(());
    }
    println!("set-up: Python packages for the tests");
    shell::run(&mut shell::program("python3", &["-m", "venv", "--clear", FOLDER])).context(
        "Python 3.11 or newer with its `venv` module is needed (Debian: apt-get install python3-venv)",
    )?;
    let pip = format!("{FOLDER}/bin/pip");
    shell::run(&mut shell::program(
        &pip,
        &[
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
            REQUIREMENTS,
        ],
    ))?;
    stamp.set()
}
