//! `shiming face`: the engine's view of images, as JSON.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::{Args as ClapArgs, Subcommand};
use serde::Serialize;
use shiming_face::Engine;

use crate::config::Config;

/// What to look at.
#[derive(ClapArgs)]
pub struct Args {
    #[command(subcommand)]
    look: Look,
}

#[derive(Subcommand)]
enum Look {
    /// Compare the largest faces of two images; the answer is `same_person`
    Compare {
        /// An image
        a: PathBuf,
        /// Another
        b: PathBuf,
    },
    /// Print the faces of an image with box, landmarks, pose and quality
    Inspect {
        /// The image
        image: PathBuf,
    },
}

/// Prints one JSON object.
pub fn run(args: &Args, config: &Config) -> Result<ExitCode> {
    let engine = Engine::load(&config.face.engine_options(1))?;
    match &args.look {
        Look::Compare { a, b } => {
            let comparison = engine.compare(&read(a)?, &read(b)?)?;
            print(&comparison)?;
        }
        Look::Inspect { image } => print(&engine.inspect(&read(image)?)?)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &PathBuf) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{} can't be read", file.display()))
}

fn print(value: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}
