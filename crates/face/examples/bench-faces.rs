//! Measures recognition accuracy on a set of pairs.
//!
//! `cargo run --release -p shiming-face --example bench-faces -- --set DIR --models DIR --runtime LIBRARY`

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Parser;
use shiming_face::accuracy::{Operating, Scored, accuracy, operating_point, parse_pairs};
use shiming_face::{Embedding, Engine, EngineError, EngineOptions};

/// Verification accuracy on a folder with `pairs.txt`, in the format of Labeled Faces in the Wild.
#[derive(Parser)]
struct Cli {
    /// The folder.
    #[arg(long)]
    set: PathBuf,
    /// Directory of a model set.
    #[arg(long)]
    models: PathBuf,
    /// The onnxruntime library.
    #[arg(long)]
    runtime: PathBuf,
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    let engine = Engine::load(&EngineOptions::new(vec![cli.models], cli.runtime))?;
    println!("set {:?}, {}", engine.info().set, engine.info().runtime);
    faces(&engine, &cli.set)
}

fn faces(engine: &Engine, set: &Path) -> Result<()> {
    let list = set.join("pairs.txt");
    let text =
        std::fs::read_to_string(&list).with_context(|| format!("reading {}", list.display()))?;
    let pairs = parse_pairs(&text)?;
    let pictures: BTreeSet<&PathBuf> = pairs.iter().flat_map(|pair| [&pair.a, &pair.b]).collect();
    let embeddings = embed_all(engine, set, &pictures)?;
    let scored: Vec<Scored> = pairs
        .iter()
        .filter_map(|pair| {
            let similarity = embeddings
                .get(&pair.a)?
                .similarity(embeddings.get(&pair.b)?);
            Some(Scored {
                similarity,
                same: pair.same,
                fold: pair.fold,
            })
        })
        .collect();
    println!(
        "{} pictures, {} without a face",
        pictures.len(),
        pictures.len() - embeddings.len()
    );
    let (mean, deviation) = accuracy(&scored);
    println!(
        "accuracy {:.2} ± {:.2} % over {} pairs",
        mean * 100.0,
        deviation * 100.0,
        scored.len()
    );
    let (genuine, impostor): (Vec<Scored>, Vec<Scored>) = scored.iter().partition(|s| s.same);
    let genuine: Vec<f32> = genuine.iter().map(|s| s.similarity).collect();
    let listed: Vec<f32> = impostor.iter().map(|s| s.similarity).collect();
    report(
        "impostor pairs of the list",
        &genuine,
        &listed,
        &[1e-2, 1e-3, 1e-4],
    );
    report(
        "all pairs of different people",
        &genuine,
        &strangers(&embeddings),
        &[1e-2, 1e-3, 1e-4, 1e-5],
    );
    Ok(())
}

fn embed_all<'a>(
    engine: &Engine,
    set: &Path,
    pictures: &BTreeSet<&'a PathBuf>,
) -> Result<BTreeMap<&'a PathBuf, Embedding>> {
    let mut embeddings = BTreeMap::new();
    for picture in pictures {
        let path = set.join(picture);
        let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        match engine.embed(&bytes) {
            Ok(embedding) => _ = embeddings.insert(*picture, embedding),
            Err(EngineError::NoFace) => println!("no face: {}", picture.display()),
            Err(other) => return Err(other).with_context(|| path.display().to_string()),
        }
    }
    Ok(embeddings)
}

/// Similarities of all pictures of different folders: many more impostors than the list names.
fn strangers(embeddings: &BTreeMap<&PathBuf, Embedding>) -> Vec<f32> {
    let all: Vec<_> = embeddings
        .iter()
        .map(|(path, embedding)| (path.parent(), embedding))
        .collect();
    let pairs = all
        .iter()
        .enumerate()
        .flat_map(|(i, a)| all[i + 1..].iter().map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| a.0 != b.0)
        .map(|(a, b)| a.1.similarity(b.1))
        .collect()
}

fn report(title: &str, genuine: &[f32], impostor: &[f32], rates: &[f64]) {
    println!(
        "{title}: {} genuine, {} impostor",
        genuine.len(),
        impostor.len()
    );
    for rate in rates {
        let Operating {
            threshold,
            true_accept_rate,
            true_accept_bounds,
            false_match_upper_bound,
            rating,
            ..
        } = operating_point(genuine, impostor, *rate);
        println!(
            "  FMR {rate:>7.0e}  threshold {threshold:.3}  TAR {:.2} % ({:.2}–{:.2})  FMR upper bound {:.1e}  {rating:?}",
            true_accept_rate * 100.0,
            true_accept_bounds.start * 100.0,
            true_accept_bounds.end * 100.0,
            false_match_upper_bound,
        );
    }
}
