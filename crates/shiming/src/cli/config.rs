//! `shiming config`: what can be set, and what holds.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args as ClapArgs;

use crate::config::{Loaded, markdown, template, without_secrets};

/// What to show.
#[derive(ClapArgs)]
pub struct Args {
    /// Print every setting with its default and meaning, as Markdown
    #[arg(long, conflicts_with = "template")]
    reference: bool,
    /// Print a TOML file with every setting at its default, to start from
    #[arg(long)]
    template: bool,
}

/// Prints the reference, a template, or the configuration that holds.
pub fn run(args: &Args, load: impl FnOnce() -> Result<Loaded>) -> Result<ExitCode> {
    if args.reference {
        print!("{}", markdown());
    } else if args.template {
        print!("{}", template());
    } else {
        let Loaded { config, file } = load()?;
        let source = file.map_or_else(|| "no file".to_owned(), |file| file.display().to_string());
        println!("# from {source}, the environment and defaults\n");
        print!("{}", toml::to_string(&without_secrets(&config))?);
    }
    Ok(ExitCode::SUCCESS)
}
