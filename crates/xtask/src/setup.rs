//! `setup`: everything that a start needs and the checkout does not hold.

mod debian;
mod node;
mod python;
mod schemas;
mod stamp;

use anyhow::Result;

use crate::{models, web};

pub use python::FOLDER as PYTHON;
pub use stamp::{Stamp, digest_of};

/// What is to be brought.
#[derive(clap::Args, Default)]
pub struct Args {
    /// Also bring what only the tests need: a browser, PostgreSQL, an SFTP server, nginx, an S3 server, a mail server
    #[arg(long)]
    pub tests: bool,
}

/// Brings it, quickly if it is there already.
pub fn run(args: &Args) -> Result<()> {
    debian::bring(args.tests)?;
    node::check_version()?;
    if args.tests {
        python::bring()?;
        schemas::bring()?;
    }
    models::run(&models::Args::default())?;
    web::install("web")?;
    web::build()
}
