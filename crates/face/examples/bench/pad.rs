//! Presentation attacks (ISO/IEC 30107-3): for each kind of attack the share that passes (APCER), and their greatest,
//! never an average; for genuine presentations the share that is refused (BPCER). What can't be judged is counted apart.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use shiming_face::accuracy::clopper_pearson_upper;
use shiming_face::scan::ScanPolicy;
use shiming_face::{Engine, PadScores, Track, Want};

use crate::{Args, children, faces, is_picture};

/// Names of the folder that holds the genuine presentations.
const GENUINE: [&str; 5] = ["live", "genuine", "bonafide", "bona_fide", "real"];

/// Frames of a clip that are judged, spread evenly: as many as a scan judges.
const FRAMES: usize = 5;

/// The thresholds at which figures are given; the policy's own are among them.
const THRESHOLDS: [f32; 5] = [0.5, 0.7, 0.8, 0.9, 0.95];

/// The presentations of one kind, judged.
struct Kind {
    name: String,
    genuine: bool,
    /// Mean of both models over the frames, one for each presentation that could be judged.
    scores: Vec<f32>,
    /// Presentations without a face: neither accepted nor refused by these models.
    unanswered: usize,
}

pub(crate) fn measure(engine: &Engine, args: &Args) -> Result<()> {
    if !engine.info().passive_pad {
        println!(
            "this set has no models for it: every attack passes to the challenges (APCER 100 %)"
        );
        return Ok(());
    }
    let kinds: Vec<Kind> = children(&args.set, true)?
        .iter()
        .map(|folder| judge_kind(engine, folder))
        .collect::<Result<_>>()?;
    ensure!(
        !kinds.is_empty(),
        "{} has no folder for a kind of presentation",
        args.set.display()
    );
    for kind in &kinds {
        println!(
            "{:<24} {:>5} presentations, {} without a face{}",
            kind.name,
            kind.scores.len() + kind.unanswered,
            kind.unanswered,
            if kind.genuine { " (genuine)" } else { "" },
        );
    }
    let policy = ScanPolicy::default();
    for threshold in THRESHOLDS {
        let mark = if (threshold - policy.pad_live).abs() < 1e-6 {
            ", the policy's"
        } else {
            ""
        };
        println!("live from a mean score of {threshold:.2} on{mark}:");
        figures(&kinds, threshold);
    }
    Ok(())
}

fn figures(kinds: &[Kind], threshold: f32) {
    let mut worst: Option<(f64, &str)> = None;
    for kind in kinds {
        let passed = kind
            .scores
            .iter()
            .filter(|score| **score >= threshold)
            .count();
        let (title, wrong) = if kind.genuine {
            ("BPCER", kind.scores.len() - passed)
        } else {
            ("APCER", passed)
        };
        let judged = kind.scores.len();
        if judged == 0 {
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of files")]
        let share = wrong as f64 / judged as f64;
        println!(
            "  {title} {:<24} {:>6.2} % ({wrong} of {judged}; at most {:.2} % with 95 % confidence)",
            kind.name,
            share * 100.0,
            clopper_pearson_upper(wrong, judged) * 100.0,
        );
        if !kind.genuine && worst.is_none_or(|(most, _)| share > most) {
            worst = Some((share, &kind.name));
        }
    }
    if let Some((share, kind)) = worst {
        println!("  greatest APCER: {:.2} % ({kind})", share * 100.0);
    }
}

fn judge_kind(engine: &Engine, folder: &Path) -> Result<Kind> {
    let name = faces::name(folder);
    let mut kind = Kind {
        genuine: GENUINE.contains(&name.to_lowercase().as_str()),
        name,
        scores: Vec::new(),
        unanswered: 0,
    };
    let mut presentations: Vec<Vec<Vec<u8>>> = Vec::new();
    for file in children(folder, false)? {
        presentations.extend(presentation(&file)?);
    }
    for clip in children(folder, true)? {
        let pictures = children(&clip, false)?;
        let pictures: Vec<&PathBuf> = pictures.iter().filter(|path| is_picture(path)).collect();
        let frames = spread(pictures.len()).map(|at| read(pictures[at]));
        presentations.push(frames.collect::<Result<_>>()?);
    }
    for frames in &presentations {
        match judge(engine, frames)? {
            Some(score) => kind.scores.push(score),
            None => kind.unanswered += 1,
        }
    }
    Ok(kind)
}

/// A picture is a presentation of one frame, a clip one of several.
fn presentation(file: &Path) -> Result<Option<Vec<Vec<u8>>>> {
    if is_picture(file) {
        return Ok(Some(vec![read(file)?]));
    }
    let clip = file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("mjpeg"));
    if !clip {
        return Ok(None);
    }
    let bytes = read(file)?;
    let frames = jpegs(&bytes);
    Ok(Some(
        spread(frames.len()).map(|at| frames[at].to_vec()).collect(),
    ))
}

/// The pictures of a raw MJPEG: nothing but JPEGs one after another. Each begins where a start of image follows an end.
fn jpegs(clip: &[u8]) -> Vec<&[u8]> {
    let starts: Vec<usize> = std::iter::once(0)
        .chain(
            clip.windows(4)
                .enumerate()
                .filter_map(|(at, bytes)| (bytes == [0xff, 0xd9, 0xff, 0xd8]).then_some(at + 2)),
        )
        .collect();
    let ends = starts.iter().skip(1).copied().chain([clip.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| &clip[*start..end])
        .collect()
}

/// Up to [`FRAMES`] places, spread evenly.
fn spread(count: usize) -> impl Iterator<Item = usize> {
    let wanted = count.min(FRAMES);
    (0..wanted).map(move |n| n * count / wanted)
}

/// The mean over the frames that have a face, as a scan judges them.
fn judge(engine: &Engine, frames: &[Vec<u8>]) -> Result<Option<f32>> {
    let want = Want {
        embedding: false,
        pad: true,
    };
    let mut scores = Vec::new();
    for frame in frames {
        let report = engine.analyse_frame(&mut Track::default(), frame, want)?;
        scores.extend(report.pad.map(PadScores::mean));
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let mean = scores.iter().sum::<f32>() / scores.len() as f32;
    Ok((!scores.is_empty()).then_some(mean))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}
