//! The bounded pool in which inference runs, so that requests keep being answered under load.

use std::sync::Arc;

use shiming_face::{Engine, EngineError, FrameReport, Track, Want};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The engine behind a bound on how much of it runs at once.
#[derive(Clone)]
pub struct FacePool {
    engine: Arc<Engine>,
    work: Arc<Semaphore>,
    scans: Arc<Semaphore>,
}

impl FacePool {
    /// A pool with so many inferences and so many scans at once.
    #[must_use]
    pub fn new(engine: Arc<Engine>, workers: usize, scans: usize) -> Self {
        let (work, scans) = (Semaphore::new(workers.max(1)), Semaphore::new(scans.max(1)));
        Self {
            engine,
            work: Arc::new(work),
            scans: Arc::new(scans),
        }
    }

    /// The engine, for asking what it is.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Waits in line for a place among the scans that run at once.
    pub async fn admit(&self) -> Option<OwnedSemaphorePermit> {
        self.scans.clone().acquire_owned().await.ok()
    }

    /// Measures a frame; the track goes in and comes back.
    ///
    /// # Errors
    /// The frame can't be read, or the engine failed; the track is lost then and the face is searched anew.
    pub async fn analyse(
        &self,
        mut track: Track,
        jpeg: Vec<u8>,
        want: Want,
    ) -> Result<Measured, EngineError> {
        self.run(move |engine| {
            let report = engine.analyse_frame(&mut track, &jpeg, want)?;
            Ok(Measured {
                track,
                report,
                jpeg,
            })
        })
        .await
    }

    /// Runs work on the engine when a worker is free.
    ///
    /// # Panics
    /// If the work itself panicked: the panic goes on in the caller.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> T + Send + 'static,
    ) -> T {
        let _permit = self.work.acquire().await;
        let engine = self.engine.clone();
        match tokio::task::spawn_blocking(move || work(&engine)).await {
            Ok(done) => done,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
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
