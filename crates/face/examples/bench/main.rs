//! Measures how good the engine's judgements are. `./x bench faces …` and `./x bench pad …` build and call it.

mod faces;
mod pad;
mod people;
mod show;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use shiming_face::{Engine, EngineOptions};

/// How good the engine's judgements are, on pictures that you have.
#[derive(Parser)]
#[command(name = "./x bench")]
struct Cli {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Recognition: accuracy, true accepts at false match rates, thresholds
    Faces(Args),
    /// Presentation attacks: APCER of each kind of attack, BPCER
    Pad(Args),
}

/// On what, and with which models.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// `faces`: a folder with `pairs.txt` in the format of Labeled Faces in the Wild, or with a folder of pictures for
    /// each person. `pad`: a folder with one folder for each kind, `live`, `genuine`, `bonafide` or `real` holding the
    /// genuine ones; pictures, `.mjpeg` clips, or folders of frames
    #[arg(long)]
    set: PathBuf,
    /// Folders of model sets; each is measured on its own
    #[arg(long, required = true)]
    models: Vec<PathBuf>,
    /// The onnxruntime library
    #[arg(long)]
    runtime: PathBuf,
    /// Threads of one inference
    #[arg(long, default_value_t = 1)]
    threads: usize,
    /// `faces`: frames that stand for one scan where a person has a folder of pictures
    #[arg(long, default_value_t = 4)]
    frames: usize,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let (What::Faces(args) | What::Pad(args)) = &cli.what;
    let engines = args.engines()?;
    for engine in &engines {
        let info = engine.info();
        println!("\n== {} set ==", info.set.as_str());
        for model in &info.models {
            println!("{:<12} {} {}", model.task, model.file, &model.sha256[..12]);
        }
        match &cli.what {
            What::Faces(args) => faces::measure(engine, args)?,
            What::Pad(args) => pad::measure(engine, args)?,
        }
    }
    Ok(())
}

impl Args {
    /// One engine for each folder that holds a whole set; a folder may hold sets in folders of their own.
    fn engines(&self) -> Result<Vec<Engine>> {
        let mut places = Vec::new();
        for folder in &self.models {
            let sets = ["default", "recommended"].map(|set| folder.join(set));
            let inside: Vec<PathBuf> = sets.into_iter().filter(|set| set.is_dir()).collect();
            places.extend(if inside.is_empty() {
                vec![folder.clone()]
            } else {
                inside
            });
        }
        let load = |place: &PathBuf| {
            let options = EngineOptions {
                intra_threads: self.threads,
                ..EngineOptions::new(vec![place.clone()], self.runtime.clone())
            };
            Engine::load(&options).with_context(|| place.display().to_string())
        };
        if places.is_empty() {
            bail!("no folder of models");
        }
        places.iter().map(load).collect()
    }
}

/// The folders, or the files, of a folder, by name.
pub(crate) fn children(folder: &Path, folders: bool) -> Result<Vec<PathBuf>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.retain(|path| path.is_dir() == folders);
    paths.sort();
    Ok(paths)
}

/// Whether a file's name is that of a picture.
pub(crate) fn is_picture(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| {
        ["jpg", "jpeg", "png", "webp"].contains(&ending.to_ascii_lowercase().as_str())
    })
}
