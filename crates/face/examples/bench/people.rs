//! Folders of people: every picture against every other, and a scan's frames together against one picture.

use anyhow::{Result, ensure};
use shiming_face::{Embedding, Engine};

use crate::{Args, children, faces, is_picture, show};

/// Fewest pictures of a person from which one can stand for the authority's photo and the others for a scan.
const ENOUGH: usize = 3;

/// Measures all pairs of single pictures, then scans against photos.
pub(crate) fn measure(engine: &Engine, args: &Args) -> Result<()> {
    let people = embed_people(engine, args)?;
    ensure!(
        people.len() >= 2,
        "{} holds neither pairs.txt nor a folder for each of two people",
        args.set.display()
    );
    let pictures: usize = people.iter().map(Vec::len).sum();
    println!("{} people, {pictures} pictures with a face", people.len());
    let (genuine, impostor) = one_to_one(&people);
    show::operating_points("one picture against one", &genuine, &impostor);
    let (genuine, impostor) = scans(&people, args.frames);
    if genuine.is_empty() {
        println!("nobody has {ENOUGH} pictures, so that none can stand for a scan");
        return Ok(());
    }
    let title = format!(
        "a scan of up to {} pictures against another one",
        args.frames
    );
    show::operating_points(&title, &genuine, &impostor);
    show::settings(&faces::name(&args.set), &genuine, &impostor);
    Ok(())
}

/// The embeddings of each person's pictures.
fn embed_people(engine: &Engine, args: &Args) -> Result<Vec<Vec<Embedding>>> {
    let mut people = Vec::new();
    for folder in children(&args.set, true)? {
        let mut own = Vec::new();
        for picture in children(&folder, false)?
            .iter()
            .filter(|path| is_picture(path))
        {
            own.extend(faces::embed(engine, picture)?);
        }
        if !own.is_empty() {
            people.push(own);
        }
    }
    Ok(people)
}

/// Similarities of all pairs of pictures: of one person, of different people.
fn one_to_one(people: &[Vec<Embedding>]) -> (Vec<f32>, Vec<f32>) {
    let all: Vec<(usize, &Embedding)> = people
        .iter()
        .enumerate()
        .flat_map(|(person, own)| own.iter().map(move |embedding| (person, embedding)))
        .collect();
    let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
    for (i, (person, a)) in all.iter().enumerate() {
        for (other, b) in &all[i + 1..] {
            let to = if person == other {
                &mut genuine
            } else {
                &mut impostor
            };
            to.push(a.similarity(b));
        }
    }
    (genuine, impostor)
}

/// Each picture in turn is the authority's photo; up to `frames` others of one person, averaged as a scan's frames are,
/// are compared with it. Of the same person the photo itself is left out.
fn scans(people: &[Vec<Embedding>], frames: usize) -> (Vec<f32>, Vec<f32>) {
    let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
    for (owner, own) in people.iter().enumerate() {
        for (number, photo) in own.iter().enumerate() {
            for (person, pictures) in people.iter().enumerate() {
                let others = pictures.iter().enumerate();
                let scan: Vec<Embedding> = others
                    .filter(|(index, _)| person != owner || *index != number)
                    .map(|(_, embedding)| embedding.clone())
                    .take(frames)
                    .collect();
                if scan.len() + 1 < ENOUGH {
                    continue;
                }
                let Some(mean) = Embedding::mean(&scan) else {
                    continue;
                };
                let to = if person == owner {
                    &mut genuine
                } else {
                    &mut impostor
                };
                to.push(mean.similarity(photo));
            }
        }
    }
    (genuine, impostor)
}
