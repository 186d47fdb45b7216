//! The bounded pool in which inference runs, so that requests keep being answered under load.

use std::{sync::Arc, time::Duration};

use shiming_face::{Engine, EngineError, FrameReport, Track, Want};
use tokio::{
    sync::{Semaphore, SemaphorePermit, watch},
    time::Instant,
};

use super::{
    gate::{Gate, InLine, Load},
    inbox::Taken,
    pace::{JudgedFrame, Work},
};
use crate::error::ServiceError;

/// The engine behind a bound on how much of it runs at once.
#[derive(Clone)]
pub struct FacePool {
    engine: Option<Arc<Engine>>,
    work: Arc<Semaphore>,
    gate: Arc<Gate>,
    born: Instant,
}

impl FacePool {
    /// A pool with so many inferences at once, and at most so many scans; 0 scans: as many as the workers carry.
    #[must_use]
    pub fn new(engine: Arc<Engine>, workers: usize, scans: usize) -> Self {
        Self::over(Some(engine), workers, scans)
    }

    /// A pool for a process that scans no faces, such as a worker beside the servers: it costs no memory for models.
    #[must_use]
    pub fn without_engine() -> Self {
        Self::over(None, 0, 0)
    }

    fn over(engine: Option<Arc<Engine>>, workers: usize, scans: usize) -> Self {
        Self {
            engine,
            // One more than there are workers, so that none waits for the task that brings it the next frame.
            work: Arc::new(Semaphore::new(workers.max(1) + 1)),
            gate: Arc::new(Gate::new(workers, scans)),
            born: Instant::now(),
        }
    }

    /// The engine, for asking what it is.
    ///
    /// # Errors
    /// `Unavailable` in a process without one.
    pub fn engine(&self) -> Result<&Engine, ServiceError> {
        self.engine.as_deref().ok_or_else(no_engine)
    }

    /// Stands in line for a place among the scans that run at once.
    #[must_use]
    pub fn join(&self) -> InLine {
        InLine::join(&self.gate)
    }

    /// Frames a second that a scan may send, and every change of it.
    #[must_use]
    pub fn fps(&self) -> watch::Receiver<u32> {
        self.gate.fps()
    }

    /// How busy the workers are.
    #[must_use]
    pub fn load(&self) -> Load {
        self.gate.load()
    }

    /// Waits, first come, first served, until a worker is free.
    pub async fn turn(&self) -> Turn<'_> {
        Turn {
            // Fails for a closed semaphore only, and nobody closes it.
            _permit: self.work.acquire().await.ok(),
            pool: self,
        }
    }

    /// Runs work on the engine when a worker is free.
    ///
    /// # Errors
    /// `Unavailable` in a process without an engine.
    ///
    /// # Panics
    /// If the work itself panicked: the panic goes on in the caller.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        self.turn().await.run(None, work).await
    }
}

fn no_engine() -> ServiceError {
    ServiceError::Unavailable("this process has no face engine".to_owned())
}

/// A worker that is free and held.
pub struct Turn<'a> {
    pool: &'a FacePool,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Turn<'_> {
    /// Measures a frame; the track goes in and comes back.
    ///
    /// # Errors
    /// `Unavailable` in a process without an engine. The inner one: the frame can't be read, or the engine failed; the track is
    /// lost then and the face is searched anew.
    pub async fn analyse(
        self,
        mut track: Track,
        taken: Taken,
        want: Want,
    ) -> Result<Result<Measured, EngineError>, ServiceError> {
        let judged = JudgedFrame {
            displaced: taken.displaced,
        };
        let jpeg = taken.frame.jpeg;
        self.run(Some(judged), move |engine| {
            let report = engine.analyse_frame(&mut track, &jpeg, want)?;
            Ok(Measured {
                track,
                report,
                jpeg,
            })
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        frame: Option<JudgedFrame>,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> Result<T, ServiceError> {
        let engine = self.pool.engine.clone().ok_or_else(no_engine)?;
        let timed = move || {
            let (begun, computed) = (Instant::now(), computed_ms());
            let done = work(&engine);
            let busy_ms = begun.elapsed().as_secs_f64() * 1e3;
            (done, computed_ms() - computed, busy_ms)
        };
        let done = tokio::task::spawn_blocking(timed).await;
        let (done, computed_ms, busy_ms) = match done {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        let now_ms = u64::try_from(self.pool.born.elapsed().as_millis()).unwrap_or(u64::MAX);
        let work = Work {
            computed_ms,
            busy_ms,
            frame,
        };
        self.pool.gate.note(work, now_ms);
        Ok(done)
    }
}

/// Processor time of this thread so far, in milliseconds. By the wall, the work of others on the same core would count as well, and
/// the wait for another's networks.
fn computed_ms() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let (seconds, nanos) = (
        u64::try_from(time.tv_sec).unwrap_or_default(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    );
    Duration::new(seconds, nanos).as_secs_f64() * 1e3
}

/// A measured frame with what went in.
pub struct Measured {
    /// For the next frame.
    pub track: Track,
    /// What was seen.
    pub report: FrameReport,
    /// The frame's bytes.
    pub jpeg: Vec<u8>,
}
