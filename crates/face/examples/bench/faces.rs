//! Recognition: the verification protocol over a set of pairs, or over all pairs of folders of people.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use shiming_face::accuracy::{Scored, accuracy, parse_pairs};
use shiming_face::{Embedding, Engine, EngineError};

use crate::{Args, people, show};

/// Measures a set by what it is.
pub(crate) fn measure(engine: &Engine, args: &Args) -> Result<()> {
    let list = args.set.join("pairs.txt");
    if list.is_file() {
        pairs(engine, &args.set, &list)
    } else {
        people::measure(engine, args)
    }
}

fn pairs(engine: &Engine, set: &Path, list: &Path) -> Result<()> {
    let text =
        std::fs::read_to_string(list).with_context(|| format!("reading {}", list.display()))?;
    let pairs = parse_pairs(&text)?;
    let pictures: BTreeSet<&PathBuf> = pairs.iter().flat_map(|pair| [&pair.a, &pair.b]).collect();
    let embeddings = embed_all(engine, set, &pictures)?;
    let missing = pictures.len() - embeddings.len();
    println!("{} pictures, {missing} without a face", pictures.len());
    let scored: Vec<Scored> = pairs
        .iter()
        .map(|pair| {
            // A picture without a face can't be accepted: a failure to enrol counts as a refusal.
            let both = embeddings.get(&pair.a).zip(embeddings.get(&pair.b));
            Scored {
                similarity: both.map_or(-1.0, |(a, b)| a.similarity(b)),
                same: pair.same,
                fold: pair.fold,
            }
        })
        .collect();
    let (mean, deviation) = accuracy(&scored);
    let (genuine, listed): (Vec<Scored>, Vec<Scored>) = scored.iter().partition(|s| s.same);
    let similarities = |of: &[Scored]| of.iter().map(|s| s.similarity).collect::<Vec<f32>>();
    let (genuine, listed) = (similarities(&genuine), similarities(&listed));
    println!(
        "accuracy {:.2} ± {:.2} % over {} pairs",
        mean * 100.0,
        deviation * 100.0,
        scored.len()
    );
    show::operating_points("impostor pairs of the list", &genuine, &listed);
    let strangers = strangers(&embeddings);
    show::operating_points("all pairs of different people", &genuine, &strangers);
    show::settings(&name(set), &genuine, &strangers);
    Ok(())
}

/// A folder's own name.
pub(crate) fn name(folder: &Path) -> String {
    let name = folder.file_name().map(|name| name.to_string_lossy());
    name.unwrap_or_default().into_owned()
}

/// The embedding of a picture's most prominent face; `None`, and a line about it, if there is none.
pub(crate) fn embed(engine: &Engine, path: &Path) -> Result<Option<Embedding>> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    match engine.embed(&bytes) {
        Ok(embedding) => Ok(Some(embedding)),
        Err(EngineError::NoFace) => {
            println!("no face: {}", path.display());
            Ok(None)
        }
        Err(other) => Err(other).with_context(|| path.display().to_string()),
    }
}

fn embed_all<'a>(
    engine: &Engine,
    set: &Path,
    pictures: &BTreeSet<&'a PathBuf>,
) -> Result<BTreeMap<&'a PathBuf, Embedding>> {
    let mut embeddings = BTreeMap::new();
    for picture in pictures {
        if let Some(embedding) = embed(engine, &set.join(picture))? {
            embeddings.insert(*picture, embedding);
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
