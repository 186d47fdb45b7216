//! The real server with one route more: a scan's commits and records without its frames, so that no face engine is measured.

use anyhow::Result;
use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde::Deserialize;
use shiming::serve::Role;
use shiming_service::{ServiceError, Services, step::Step};
use shiming_verification::{
    fact::{FaceOutcome, Liveness},
    ids::{CaseId, CredentialId},
    risk::Signals,
    words::EngineGrade,
};

#[derive(clap::Args)]
pub struct Args {
    /// Leave out the worker, whose own statements would stand in a recording
    #[arg(long)]
    no_worker: bool,
}

pub fn serve(args: &Args) -> Result<()> {
    let config = shiming::config::load(None)?.config;
    let role = if args.no_worker {
        Role::Pages
    } else {
        Role::PagesAndJobs
    };
    let _traces = shiming::serve::start_logging(&config)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(shiming::serve::run(&config, role, |services| {
        Router::new()
            .route("/bench/judge", post(judge))
            .with_state(services.clone())
    }))
}

#[derive(Deserialize)]
struct Judged {
    case: CaseId,
}

async fn judge(State(services): State<Services>, Json(asked): Json<Judged>) -> StatusCode {
    match pass(&services, asked.case).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(error) => {
            eprintln!("{}: {error}", asked.case);
            StatusCode::CONFLICT
        }
    }
}

/// What a scan that passes commits, in the order in which it does.
async fn pass(services: &Services, id: CaseId) -> Result<(), ServiceError> {
    let phone = services.cases.get(id).await?.phone;
    let phone = phone.ok_or(ServiceError::NoSession)?;
    services.cases.step(id, Step::StartScan(phone)).await?;
    record(services, id).await?;
    services
        .cases
        .step(id, Step::Liveness(Liveness::Live, Signals::default()))
        .await?;
    record(services, id).await?;
    let outcome = FaceOutcome::Match {
        grade: EngineGrade::Rated,
    };
    let credential = CredentialId::new(services.fresh_id()?);
    services
        .cases
        .step(id, Step::Face(outcome, credential))
        .await?;
    Ok(())
}

/// A record as long as a scan's usually are.
async fn record(services: &Services, id: CaseId) -> Result<(), ServiceError> {
    let record = format!("{{\"scores\":\"{}\"}}", "0".repeat(3_000));
    let now = services.clock.now();
    services.records.add_scan_record(id, &record, now).await?;
    Ok(())
}
