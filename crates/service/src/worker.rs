//! The worker: does what commits have left to be done later.

use std::time::Duration;

use chrono::{DateTime, Utc};
use shiming_verification::{change::JobKind, code::Refusal, ports::LeasedJob};
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{Services, error::ServiceError, measure, step::Step};

/// How long a worker may take for a job before another may begin it.
const LEASE: chrono::Duration = chrono::Duration::seconds(60);
/// How often due jobs are looked for.
const PACE: Duration = Duration::from_millis(500);
/// How many jobs are taken at once.
const BATCH: u32 = 16;
/// After so many attempts a job waits for a person.
const MOST_ATTEMPTS: u32 = 12;

impl Services {
    /// Does jobs and sends webhooks until it is told to stop; what is in hand is finished first.
    pub async fn work(&self, name: &str, stop: CancellationToken) {
        tokio::join!(self.do_jobs(name, &stop), self.send_webhooks(&stop));
    }

    async fn do_jobs(&self, name: &str, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let worked = self.work_once(name).await.unwrap_or_else(|error| {
                tracing::error!(%error, "jobs can't be fetched");
                0
            });
            if worked == 0 {
                let _ = tokio::time::timeout(PACE, stop.cancelled()).await;
            }
        }
    }

    /// Does the jobs that are due now, all at once so that a slow provider holds up nobody else's; answers with their number.
    ///
    /// # Errors
    /// `Unavailable` if the store can't be asked.
    pub async fn work_once(&self, name: &str) -> Result<usize, ServiceError> {
        let now = self.clock.now();
        let jobs = self.jobs.claim_jobs(name, BATCH, now, now + LEASE).await?;
        let count = jobs.len();
        let mut working = JoinSet::new();
        for job in jobs {
            let services = self.clone();
            working.spawn(async move { services.do_job(&job).await });
        }
        let mut result = Ok(count);
        while let Some(done) = working.join_next().await {
            match done {
                Ok(Ok(())) => {}
                Ok(Err(error)) => result = Err(error),
                Err(error) => result = Err(ServiceError::Unavailable(error.to_string())),
            }
        }
        result
    }

    #[tracing::instrument(name = "job", skip_all, fields(job = %job.id))]
    async fn do_job(&self, job: &LeasedJob) -> Result<(), ServiceError> {
        let begun = Instant::now();
        let outcome = self.run(job).await;
        measure::job(job.kind, outcome.is_ok(), begun.elapsed());
        self.finish(job, outcome).await
    }

    async fn run(&self, job: &LeasedJob) -> Result<(), ServiceError> {
        let done = match job.kind {
            JobKind::CheckRegistry { case } => self.check_registry(case).await.map(drop),
            JobKind::Wake { case } => self.cases.step(case, Step::Wake).await.map(drop),
            JobKind::HandOver { transfer } => self.bank_desk().hand_over(transfer).await,
            JobKind::TendCredential { credential } => return self.tend(credential).await,
            JobKind::Notify { notification } => return self.notify(notification).await,
        };
        match done {
            Ok(())
            | Err(
                ServiceError::NotFound
                | ServiceError::Refused(Refusal::NothingDue | Refusal::NotNow { .. }),
            ) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn finish(
        &self,
        job: &LeasedJob,
        outcome: Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let Err(error) = outcome else {
            return Ok(self.jobs.complete_job(job.id).await?);
        };
        let why = error.to_string();
        tracing::warn!(job = %job.id, attempts = job.attempts, %why, "a job failed");
        match self.next_try(job, &error)? {
            Some(at) => Ok(self.jobs.retry_job(job.id, at, &why).await?),
            None => Ok(self.jobs.bury_job(job.id, &why).await?),
        }
    }

    /// When a job that failed is tried again; `None` if it waits for a person.
    fn next_try(
        &self,
        job: &LeasedJob,
        error: &ServiceError,
    ) -> Result<Option<DateTime<Utc>>, ServiceError> {
        let gives_up = match job.kind {
            JobKind::Notify { .. } => return self.next_try_of_message(job.attempts, error),
            // A transfer waits for its bank for as long as its case does.
            JobKind::HandOver { .. } => false,
            _ => true,
        };
        let pause = chrono::Duration::seconds(1 << job.attempts.min(10));
        let over = gives_up && job.attempts >= MOST_ATTEMPTS;
        Ok((!over).then(|| self.clock.now() + pause))
    }
}
