//! The course of the measurement: a recording, then on each engine the crowd, half of it, and the limit.

use std::{path::PathBuf, sync::Arc};

use anyhow::{Result, bail};
use shiming_testbed::{Durability, Postgres, Statements};

use crate::{
    applicants::Town,
    bare, pages, pgbench,
    plan::Plan,
    recording,
    report::{Course, Engine, Report},
    setup::Place,
};

/// How to measure.
#[derive(clap::Args)]
pub struct Args {
    /// Applicants at once
    #[arg(long, default_value_t = 16)]
    applicants: usize,
    /// Seconds of each step
    #[arg(long, default_value_t = 8)]
    seconds: u64,
    /// Enterprises in the registry; each applicant is of another one
    #[arg(long, default_value_t = 20_000)]
    enterprises: u32,
    /// Pages that wait at the end; 0 leaves them out
    #[arg(long, default_value_t = 10_000)]
    pages: usize,
    /// `sqlite`, `postgres`, or both if not given
    #[arg(long)]
    engine: Option<String>,
    /// Where to write the figures as JSON
    #[arg(long, default_value = "target/bench-flow.json")]
    json: PathBuf,
}

pub fn run(args: &Args) -> Result<()> {
    if !std::path::Path::new("models").is_dir() {
        bail!("call this at the root of the checkout, as `./x bench flow` does");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(measure(args))
}

async fn measure(args: &Args) -> Result<()> {
    let wanted = |engine: &str| args.engine.as_deref().is_none_or(|only| only == engine);
    let plan = Arc::new(record(args).await?);
    let mut report = Report::default();
    Report::head();
    if wanted("sqlite") {
        report.engines.push(on_sqlite(args, &plan).await?);
    }
    if wanted("postgres") {
        report.engines.push(on_postgres(args, &plan).await?);
    }
    if args.pages > 0 {
        let place = Place::new(None, 10)?;
        let server = place.serve(&[])?;
        let town = Town::new(&server.origin, &place.key);
        let pages = pages::measure(&town, &server, args.pages).await?;
        pages.print();
        report.pages = Some(pages);
    }
    report.conclude(&args.json)
}

/// Two verifications, one after the other, with nothing else going on.
async fn record(args: &Args) -> Result<Plan> {
    let postgres = Postgres::start_with(Durability::None, Statements::Logged);
    let place = Place::new(
        Some(postgres.database("shiming")),
        args.enterprises.min(100),
    )?;
    let server = place.serve(&["--no-worker"])?;
    let town = Town::new(&server.origin, &place.key);
    // The first one opens connections.
    town.verify().await?;
    for mark in ["mark one", "mark two", "mark three"] {
        postgres.execute("shiming", &format!("SELECT '{mark}'"));
        if mark != "mark three" {
            town.verify().await?;
            // What is told to other nodes follows the commit.
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        }
    }
    let log = std::fs::read_to_string(postgres.log())?;
    let one = recording::read(&log, "mark one", "mark two")?;
    let other = recording::read(&log, "mark two", "mark three")?;
    Plan::of(&one, &other)
}

async fn on_sqlite(args: &Args, plan: &Arc<Plan>) -> Result<Engine> {
    let place = Place::new(None, args.enterprises)?;
    let size = || -> Result<u64> { Ok(std::fs::metadata(place.database())?.len()) };
    let course = over_http(args, &place, size).await?;
    let steps = (args.applicants, args.seconds);
    let limit = bare::run(&place.database(), plan.clone(), steps).await?;
    let engine = Engine::new("SQLite", plan, &course, limit);
    engine.print();
    Ok(engine)
}

async fn on_postgres(args: &Args, plan: &Plan) -> Result<Engine> {
    let postgres = Postgres::start_with(Durability::Full, Statements::Unlogged);
    let place = Place::new(Some(postgres.database("shiming")), args.enterprises)?;
    let size = || -> Result<u64> {
        let sql = "SELECT pg_database_size(current_database())";
        Ok(postgres.psql("shiming", sql).parse()?)
    };
    let course = over_http(args, &place, size).await?;
    let steps = (args.applicants, args.seconds);
    let limit = pgbench::run(&postgres, "shiming", plan, place.folder.path(), steps)?;
    let engine = Engine::new("PostgreSQL", plan, &course, limit);
    engine.print();
    Ok(engine)
}

async fn over_http(args: &Args, place: &Place, size: impl Fn() -> Result<u64>) -> Result<Course> {
    let server = place.serve(&[])?;
    let town = Town::new(&server.origin, &place.key);
    town.crowd(args.applicants, 1).await?;
    let before = size()?;
    let full = town.crowd(args.applicants, args.seconds).await?;
    let half = town.stream(full.rate() / 2.0, args.seconds).await?;
    drop(server);
    let grown = size()?.saturating_sub(before);
    Ok(Course { full, half, grown })
}
