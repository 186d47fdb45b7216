//! More and more phones, until the core carries no more; then many more, to see that it stays honest.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::api::Api;
use crate::clips::Clips;
use crate::figures::{Around, Figures};
use crate::memory::{self, EngineMemory};
use crate::phone::{World, live};
use crate::server::{Server, Start};
use crate::tally::Tally;

/// Scans that one core should carry.
const GOAL: usize = 25;

/// No judged frame may be older, in milliseconds.
const OLDEST_MS: f64 = 400.0;

/// Frames that a carried scan may miss: now and then two arrive at once.
const JUDGED_SHARE: f64 = 0.97;

/// How to measure.
#[derive(clap::Args)]
pub struct Args {
    /// Folders that may hold model sets
    #[arg(long, value_delimiter = ':', default_value = "models:../shared/models")]
    models: Vec<PathBuf>,
    /// The onnxruntime library
    #[arg(long, default_value = "models/runtime/libonnxruntime.so")]
    runtime: PathBuf,
    /// The server; the one that was built together with this program if not given
    #[arg(long)]
    server: Option<PathBuf>,
    /// Frames a second that phones are asked for
    #[arg(long, default_value_t = 5)]
    fps: u32,
    /// Phones to begin with
    #[arg(long, default_value_t = 15)]
    from: usize,
    /// Phones more at each step
    #[arg(long, default_value_t = 5)]
    step: usize,
    /// Seconds of each step
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Where to write the figures as JSON
    #[arg(long, default_value = "target/bench-scan.json")]
    json: PathBuf,
}

#[derive(Serialize)]
struct Report {
    carried: usize,
    /// The most phones that scanned at once, at whatever pace they were told, with no judged frame older than the limit.
    in_time: usize,
    steps: Vec<Figures>,
    past: Vec<Figures>,
    idle_mib: f64,
    per_scan_mib: f64,
    engine: EngineMemory,
}

pub fn run(args: &Args) -> Result<()> {
    if !Path::new("fixtures/faces/clips.json").is_file() {
        bail!("call this at the root of the checkout, as `./x bench scan` does");
    }
    let beside = std::env::current_exe()?.with_file_name("shiming");
    let binary = args.server.clone().unwrap_or(beside).canonicalize();
    let binary = binary.context("the server is not built; `./x bench scan` builds it")?;
    let cores = std::thread::available_parallelism()?.get();
    let engine = memory::of_engine(&args.models, &args.runtime)?;
    stay_off_core(0, cores)?;
    let tally = Arc::new(Tally::new());
    let start = Start {
        binary: &binary,
        core: 0,
        models: &args.models,
        runtime: &args.runtime,
        fps: args.fps,
    };
    let server = Server::start(&start, &tally)?;
    println!(
        "server on core 0 of {cores}, phones on the others; {} frames a second",
        args.fps
    );
    let world = World {
        api: Api::new(&server.origin),
        origin: server.origin.clone(),
        clips: Clips::read(Path::new("fixtures/faces"))?,
        tally,
        waiting: AtomicUsize::new(0),
        fps: AtomicU32::new(args.fps),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.saturating_sub(1).clamp(1, 4))
        .enable_all()
        .build()?;
    let crowd = Crowd {
        server: &server,
        world: Arc::new(world),
        phones: JoinSet::new(),
        seconds: args.seconds,
    };
    let report = runtime.block_on(measure(crowd, args, engine))?;
    print(&report);
    if let Some(directory) = args.json.parent() {
        std::fs::create_dir_all(directory)?;
    }
    std::fs::write(&args.json, serde_json::to_string_pretty(&report)?)?;
    println!("\n{}", args.json.display());
    Ok(())
}

/// Phones that come in and stay.
struct Crowd<'a> {
    server: &'a Server,
    world: Arc<World>,
    phones: JoinSet<Result<()>>,
    seconds: u64,
}

async fn measure(mut crowd: Crowd<'_>, args: &Args, engine: EngineMemory) -> Result<Report> {
    let idle_mib = memory::resident_mib(crowd.server.process())?;
    println!("{}", Figures::head());
    let (mut steps, mut carried, mut wanted) = (Vec::<Figures>::new(), 0, args.from);
    loop {
        let mut figures = crowd.step(wanted).await?;
        if !is_carried(&figures, args.fps) {
            // The machine may have been busy with something else: once more.
            steps.push(figures);
            figures = crowd.step(wanted).await?;
        }
        let enough = is_carried(&figures, args.fps);
        steps.push(figures);
        if !enough {
            break;
        }
        carried = wanted;
        wanted += args.step;
    }
    let most = steps.iter().rfind(|step| step.phones == carried);
    let grown = most.map_or(0.0, |step| step.resident_mib - idle_mib);
    println!("\npast that:\n{}", Figures::head());
    let mut past = Vec::new();
    for many in [wanted * 5 / 4, wanted * 3 / 2, wanted * 3] {
        past.push(crowd.step(many).await?);
    }
    let in_time = steps
        .iter()
        .chain(&past)
        .filter(|step| step.age_most <= OLDEST_MS && step.waiting == 0);
    Ok(Report {
        carried,
        in_time: in_time.map(|step| step.phones).max().unwrap_or(0),
        steps,
        past,
        idle_mib,
        per_scan_mib: grown / f64::from(u32::try_from(carried.max(1))?),
        engine,
    })
}

fn is_carried(figures: &Figures, fps: u32) -> bool {
    figures.age_most <= OLDEST_MS
        && figures.judged_share >= JUDGED_SHARE
        && figures.fps >= fps
        && figures.waiting == 0
}

impl Crowd<'_> {
    /// So many phones for some seconds, after those that are new have come in one after the other.
    async fn step(&mut self, wanted: usize) -> Result<Figures> {
        self.grow(wanted).await?;
        tokio::time::sleep(Duration::from_secs(3)).await;
        drop(self.world.tally.take());
        let process = self.server.process();
        let (begun, computed) = (Instant::now(), computed_seconds(process)?);
        tokio::time::sleep(Duration::from_secs(self.seconds)).await;
        let seconds = begun.elapsed().as_secs_f64();
        let around = Around {
            phones: self.phones.len(),
            seconds,
            fps: self.world.fps.load(Ordering::Relaxed),
            core: (computed_seconds(process)? - computed) / seconds,
            resident_mib: memory::resident_mib(process)?,
            waiting: self.world.waiting.load(Ordering::Relaxed),
        };
        if let Some(ended) = self.phones.try_join_next() {
            ended??;
        }
        let figures = Figures::new(self.world.tally.take(), &around);
        println!("{}", figures.print());
        Ok(figures)
    }

    async fn grow(&mut self, wanted: usize) -> Result<()> {
        let photo = std::fs::read("fixtures/faces/portraits/astronaut.jpg")?;
        while self.phones.len() < wanted {
            let person = format!("访客{}", spelt(self.phones.len()));
            let company = self.world.api.enrol(photo.clone(), &person).await?;
            self.phones.spawn(live(self.world.clone(), company));
        }
        Ok(())
    }
}

/// A number in characters that a name may hold.
fn spelt(number: usize) -> String {
    let digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let text = number.to_string();
    text.bytes()
        .map(|digit| digits[usize::from(digit - b'0')])
        .collect()
}

fn print(report: &Report) {
    let Report {
        carried,
        in_time,
        past,
        engine,
        ..
    } = report;
    println!(
        "\ncarried by one core, no judged frame older than {OLDEST_MS} ms: {carried} scans at full pace, {in_time} at the pace that they are told; goal ≥ {GOAL}"
    );
    let late = past.iter().map(|step| step.age_most).fold(0.0, f64::max);
    let lost: usize = past.iter().map(|step| step.tries_lost_by_waiting).sum();
    let waited: usize = past.iter().map(|step| step.waited).sum();
    println!(
        "past that: oldest judged frame {late:.0} ms; {waited} phones got in after waiting, {lost} tries lost by it"
    );
    let mut outcomes = std::collections::BTreeMap::<&str, usize>::new();
    for (how, count) in report
        .steps
        .iter()
        .chain(past)
        .flat_map(|step| &step.outcomes)
    {
        *outcomes.entry(how).or_default() += count;
    }
    println!("scans ended: {outcomes:?}");
    println!(
        "memory: {:.0} MiB idle with the models loaded, {:.2} MiB a scan; an engine takes {:.0} MiB, {:.0} MiB for each worker more",
        report.idle_mib, report.per_scan_mib, engine.first_worker, engine.next_worker
    );
}

/// Keeps this process, and what it starts, off a core, if there is another.
fn stay_off_core(core: usize, cores: usize) -> Result<()> {
    if cores > 1 {
        let mut set = rustix::thread::CpuSet::new();
        (0..cores)
            .filter(|other| *other != core)
            .for_each(|other| set.set(other));
        rustix::thread::sched_setaffinity(None, &set)?;
    }
    Ok(())
}

/// Processor time of a process so far, all threads together.
fn computed_seconds(process: u32) -> Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name before the closing bracket may hold anything.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok());
    let ticks = ticks(11).zip(ticks(12)).map(|(user, system)| user + system);
    let per_second = f64::from(u32::try_from(rustix::param::clock_ticks_per_second())?);
    Ok(ticks.context("no times in /proc")? / per_second)
}
