//! The table and the JSON.

use std::fmt::Write as _;

use serde::Serialize;

use crate::figures::{Figures, Times};
use crate::stages::{self, FOLLOWED, GEMM, GEMM_FLOPS, GUIDANCE, JUDGEMENT};

/// The share of the better peer's time that the engine aims at.
const GOAL: f64 = 0.67;

/// Everything that was measured on some cores.
#[derive(Serialize)]
pub struct Report {
    pub cores: usize,
    /// Ours first, then the peers.
    pub sides: Vec<String>,
    pub rows: Vec<Row>,
    pub peak_gflops: f64,
    pub models: Vec<ModelRow>,
}

/// A stage, on all sides.
#[derive(Serialize)]
pub struct Row {
    pub title: String,
    /// Milliseconds a frame; ours first, then the peers.
    pub figures: Vec<Figures>,
    /// Our median over the better peer's.
    pub ratio: f64,
    /// The same by processor time.
    pub cpu_ratio: f64,
}

/// A model alone.
#[derive(Serialize)]
pub struct ModelRow {
    #[serde(flatten)]
    pub row: Row,
    /// Floating-point operations of the published network, in thousand millions.
    pub gflop: f64,
    /// Those a second, over what the matrix product reached: the engine's share of the peak.
    pub share_of_peak: f64,
}

impl Report {
    pub fn new(cores: usize, sides: &[String], times: &Times, flops: &[(String, f64)]) -> Self {
        let peak_gflops = GEMM_FLOPS / times.best(GEMM, 1).unwrap_or(f64::NAN) / 1e6;
        let models = flops
            .iter()
            .filter_map(|(model, flop)| {
                let row = Row::of(model, &stages::alone(model), times, sides.len())?;
                let gflop = flop / 1e9;
                // By processor time on one core, so that what else the machine does is left out.
                let took = if cores == 1 {
                    row.figures[0].cpu_median
                } else {
                    row.figures[0].median
                };
                let share_of_peak = gflop / took * 1e3 / peak_gflops;
                Some(ModelRow {
                    row,
                    gflop,
                    share_of_peak,
                })
            })
            .collect();
        Self {
            cores,
            sides: sides.to_vec(),
            rows: rows(times, sides.len()),
            peak_gflops,
            models,
        }
    }

    pub fn print(&self) -> String {
        let mut text = format!(
            "\n== {} ==\n",
            if self.cores == 1 {
                "one core".to_owned()
            } else {
                format!("{} cores", self.cores)
            }
        );
        for (index, side) in self.sides.iter().enumerate() {
            let _ = writeln!(text, "{}: {side}", letter(index));
        }
        let _ = writeln!(
            text,
            "ms a frame: median (p90) by the wall, then median of processor time; ratio of A to the better peer, goal ≤ {GOAL}\n"
        );
        let _ = writeln!(text, "{}", self.head("stage"));
        self.rows
            .iter()
            .for_each(|row| _ = writeln!(text, "{}", row.print()));
        let _ = writeln!(text, "\n{}   GFLOP  of peak", self.head("model alone"));
        for model in &self.models {
            let share = model.share_of_peak * 100.0;
            let _ = writeln!(
                text,
                "{}  {:6.3}  {share:5.0} %",
                model.row.print(),
                model.gflop
            );
        }
        let _ = writeln!(
            text,
            "peak: {:.1} GFLOP/s (512×512 by 512×512 in single precision, numpy, best of this run)",
            self.peak_gflops
        );
        text
    }

    fn head(&self, what: &str) -> String {
        let letters = (0..self.sides.len()).map(letter);
        let sides = letters.fold(String::new(), |line, side| format!("{line}{side:>24}"));
        format!("{what:<42}{sides}   ratio  (cpu)")
    }
}

fn letter(index: usize) -> char {
    char::from(b'A' + u8::try_from(index).unwrap_or(25))
}

impl Row {
    fn of(title: &str, stage: &str, times: &Times, sides: usize) -> Option<Self> {
        let figures: Option<Vec<_>> = (0..sides).map(|side| times.of(stage, side)).collect();
        Some(Self::new(title, figures?))
    }

    fn new(title: &str, figures: Vec<Figures>) -> Self {
        let better = |of: fn(&Figures) -> f64| {
            let peers = figures.iter().skip(1).map(of);
            of(&figures[0]) / peers.fold(f64::INFINITY, f64::min)
        };
        Self {
            title: title.to_owned(),
            ratio: better(|figures| figures.median),
            cpu_ratio: better(|figures| figures.cpu_median),
            figures,
        }
    }

    fn print(&self) -> String {
        let sides = self.figures.iter().map(|f| {
            let wall = format!("{:.2} ({:.2})", f.median, f.p90);
            format!("{wall:>16}{:>8.2}", f.cpu_median)
        });
        format!(
            "{:<42}{}   {:5.2}  {:5.2}",
            self.title,
            sides.collect::<String>(),
            self.ratio,
            self.cpu_ratio
        )
    }
}

/// The stages, what follows from them, and the peers without the engine's shortcut.
fn rows(times: &Times, sides: usize) -> Vec<Row> {
    let mut rows: Vec<Row> = stages::PIPELINE
        .iter()
        .filter_map(|(stage, title, _)| Row::of(title, stage, times, sides))
        .collect();
    let all = |stage: &str| -> Option<Vec<Figures>> {
        (0..sides).map(|side| times.of(stage, side)).collect()
    };
    if let Some((cold, judged)) = all(GUIDANCE).zip(all(JUDGEMENT)) {
        let rest = judged.iter().zip(&cold).map(|(all, cold)| Figures {
            median: all.median - cold.median,
            p90: all.p90 - cold.p90,
            cpu_median: all.cpu_median - cold.cpu_median,
        });
        rows.push(Row::new("judgement alone (difference)", rest.collect()));
        if let Some(followed) = times.of(FOLLOWED, 0) {
            let against = std::iter::once(followed).chain(cold.into_iter().skip(1));
            rows.push(Row::new(
                "followed, peers search every frame",
                against.collect(),
            ));
        }
    }
    rows
}
