//! The loop of one scan: frames in, prompts out, until the script has a verdict or the phone is gone.

use std::{pin::Pin, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use shiming_face::{
    EngineInfo, Track,
    scan::{Input, PhoneEvent, Prompt, ScanStart, ScanVerdict, Script, Stage},
};
use shiming_verification::{
    case::{Case, State},
    code::{Code, Refusal},
    ids::CaseId,
};
use tokio::sync::mpsc::Sender;
use tokio_util::sync::CancellationToken;

use super::{
    Hello, Inbox, Incoming, Phase, Place, Turn,
    judge::{no_try_used, result},
    keep::Film,
    seen::Seen,
};
use crate::{
    Services, edge::random, error::ServiceError, measure, progress::Progress, step::Step,
    tokens::digest,
};

/// How often time alone is told to the script.
const TICK: Duration = Duration::from_millis(100);
/// How often a waiting phone is told that it still waits.
const WAIT_PACE: Duration = Duration::from_secs(2);

/// How a scan's loop ended.
enum End {
    Verdict(Box<ScanVerdict>),
    Left,
    Gone,
    /// The PC renewed the code, or the same phone connected again.
    Stopped,
    /// This node is going to end.
    Moved,
}

/// How the conversation with a phone ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It has heard everything.
    Told,
    /// It is to connect again, to another node; no try is used.
    Elsewhere,
}

/// One running scan.
struct Scan<'a> {
    services: &'a Services,
    case: CaseId,
    script: Script,
    track: Track,
    film: Film,
    out: &'a Sender<Prompt>,
}

impl Services {
    /// Runs a phone's scan to its end. Returns when the last message is on its way.
    ///
    /// # Errors
    /// `NoSession`; `Refused` when this phone may not scan now; `Unavailable`.
    pub async fn scan(
        &self,
        phone_key: &str,
        hello: &Hello,
        inbox: &Arc<Inbox>,
        out: &Sender<Prompt>,
    ) -> Result<Ended, ServiceError> {
        let id = self.case_of_phone(phone_key).await?.id;
        let engine = self.faces.engine()?.info().clone();
        let _place = tokio::select! {
            place = self.admit(inbox, out) => match place {
                Some(place) => place,
                None => return Ok(Ended::Told),
            },
            () = self.scans.closed() => return Ok(Ended::Elsewhere),
        };
        let case = self
            .cases
            .step(id, Step::StartScan(digest(phone_key)))
            .await?;
        let stop = self.scans.begin(id, since(&case, self.clock.now()));
        send(out, self.ready(&case, &engine)).await;
        let mut scan = self.begin(id, hello, engine, out)?;
        let end = scan.run(inbox, &stop).await;
        let moved = matches!(end, End::Moved);
        let last = self.conclude(&case, end, scan.film).await;
        self.cases.board.set(id, None);
        self.scans.end(id, &stop);
        if moved {
            return Ok(Ended::Elsewhere);
        }
        send(out, last?).await;
        Ok(Ended::Told)
    }

    /// Waits in line; tells the phone so. `None` when it went away meanwhile. The case does not know of it: whatever
    /// happens here, no try is used.
    async fn admit(&self, inbox: &Inbox, out: &Sender<Prompt>) -> Option<Place> {
        let in_line = self.faces.join();
        let mut news = tokio::time::interval(WAIT_PACE);
        loop {
            tokio::select! {
                biased;
                place = in_line.enter() => return Some(place),
                incoming = inbox.next() => if matches!(incoming, Incoming::Gone | Incoming::Left) {
                    return None;
                },
                _ = news.tick() => send(out, wait(in_line.ahead())).await,
            }
        }
    }

    fn ready(&self, case: &Case, engine: &EngineInfo) -> Prompt {
        let tries = self.cases.policy.face_tries;
        let failed = case.session().map_or(0, |session| session.failed_tries);
        Prompt::Ready {
            r#try: failed + 1,
            tries,
            width: self.settings.width,
            fps: self.fps(*self.faces.fps().borrow()),
            jpeg_quality: self.settings.jpeg_quality,
            demo_grade: engine.demo_grade,
        }
    }

    /// Frames a second for one phone, under the ceiling for all.
    fn fps(&self, ceiling: u32) -> u32 {
        self.settings.fps.min(ceiling)
    }

    fn begin<'a>(
        &'a self,
        case: CaseId,
        hello: &Hello,
        engine: EngineInfo,
        out: &'a Sender<Prompt>,
    ) -> Result<Scan<'a>, ServiceError> {
        let start = ScanStart {
            seed: random(&*self.entropy)?,
            reduced_motion: hello.reduced_motion,
            camera_label: hello.camera.label.clone(),
            engine,
        };
        let now = self.clock.steady_ms();
        Ok(Scan {
            services: self,
            case,
            film: Film::begin(&self.settings, &start, now),
            script: Script::new(self.settings.script.clone(), start, now),
            track: Track::default(),
            out,
        })
    }

    /// What the end of the loop means for the case; answers with the last message.
    async fn conclude(&self, started: &Case, end: End, film: Film) -> Result<Prompt, ServiceError> {
        let id = started.id;
        match end {
            End::Verdict(verdict) => {
                let judged = self.judge(id, &verdict, &film.end(&verdict)).await;
                // The consent may have been taken back, here or on another node, while the scan was being judged.
                self.erase_if_withdrawn(id).await?;
                Ok(result(&judged?, self.cases.policy.face_tries))
            }
            End::Left => {
                let case = self
                    .cases
                    .step(id, Step::Interrupt(Code::ScanInterrupted))
                    .await?;
                Ok(result(&case, self.cases.policy.face_tries))
            }
            End::Gone => {
                self.give_up_later(started);
                Ok(no_try_used(Code::ScanInterrupted, 0))
            }
            // After a move the case stays as it is: the same phone begins anew on another node.
            End::Stopped | End::Moved => Ok(no_try_used(Code::QrExpired, 0)),
        }
    }

    /// Ends the try unjudged if the phone does not come back in time.
    fn give_up_later(&self, started: &Case) {
        let (services, id, before) = (self.clone(), started.id, started.version);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(services.settings.reconnect_seconds)).await;
            let unchanged = services.cases.get(id).await.is_ok_and(|case| {
                case.version == before && matches!(case.state, State::FaceRunning { .. })
            });
            if unchanged {
                let step = Step::Interrupt(Code::ScanInterrupted);
                match services.cases.step(id, step).await {
                    Ok(_) | Err(ServiceError::Refused(Refusal::NotNow { .. })) => {}
                    Err(error) => tracing::warn!(case = %id, %error, "a lost scan stays open"),
                }
            }
        });
    }
}

impl Scan<'_> {
    async fn run(&mut self, inbox: &Inbox, stop: &CancellationToken) -> End {
        let mut ticks = tokio::time::interval(TICK);
        let services = self.services;
        let mut fps = services.faces.fps();
        let mut told = services.fps(*fps.borrow_and_update());
        let mut turn = turn(services, inbox);
        loop {
            let prompts = tokio::select! {
                biased;
                () = stop.cancelled() => return End::Stopped,
                () = services.scans.moved() => return End::Moved,
                incoming = inbox.next() => match incoming {
                    Incoming::Left => return End::Left,
                    Incoming::Gone => return End::Gone,
                    Incoming::Note(event) => self.hear(event),
                },
                _ = ticks.tick() => self.pass_time(),
                Ok(()) = fps.changed() => self.new_rate(&mut told, *fps.borrow_and_update()),
                mine = &mut turn => {
                    turn = self::turn(services, inbox);
                    self.look_at(mine, inbox).await
                }
            };
            self.tell(prompts).await;
            if let Some(verdict) = self.script.verdict() {
                return End::Verdict(Box::new(verdict.clone()));
            }
        }
    }

    /// Takes the frame only now, when a worker is free for it: the newest there is.
    async fn look_at(&mut self, turn: Turn<'_>, inbox: &Inbox) -> Vec<Prompt> {
        let Some(taken) = inbox.take_frame() else {
            return Vec::new();
        };
        let (meta, arrived) = (taken.frame.meta, taken.frame.arrived);
        let track = std::mem::take(&mut self.track);
        let measured = turn.analyse(track, taken, self.script.want()).await;
        let (age, phone_ms) = (arrived.elapsed(), meta.phone_ms);
        tracing::trace!(case = %self.case, seq = meta.seq, phone_ms, ?age, "frame judged");
        let now = self.now();
        measure::frame(age);
        let Ok(Ok(measured)) = measured else {
            self.film.note(Input::Unreadable, now);
            return self.script.on_unreadable_frame(now);
        };
        self.track = measured.track;
        self.film.note(Input::Frame(meta), now);
        let prompts = self.script.on_frame(&measured.report, meta, now);
        let seen = Seen::of(&measured.report);
        self.film
            .add(meta.seq, measured.jpeg, seen, &self.script.kept_frames());
        prompts
    }

    fn hear(&mut self, event: PhoneEvent) -> Vec<Prompt> {
        let now = self.now();
        self.film.note(Input::Note(event), now);
        self.script.on_note(event, now)
    }

    fn pass_time(&mut self) -> Vec<Prompt> {
        let now = self.now();
        self.film.note(Input::Tick, now);
        self.script.tick(now)
    }

    /// What to tell the phone when the ceiling for all scans has changed.
    fn new_rate(&self, told: &mut u32, ceiling: u32) -> Vec<Prompt> {
        let fps = self.services.fps(ceiling);
        if std::mem::replace(told, fps) == fps {
            return Vec::new();
        }
        let settings = &self.services.settings;
        vec![Prompt::Rate {
            fps,
            width: settings.width,
            jpeg_quality: settings.jpeg_quality,
        }]
    }

    async fn tell(&self, prompts: Vec<Prompt>) {
        for prompt in prompts {
            if let Prompt::Progress { stage, step, steps } = prompt {
                let phase = if stage == Stage::Judging {
                    Phase::Judging
                } else {
                    Phase::Scanning
                };
                let progress = Progress { phase, step, steps };
                self.services.cases.board.set(self.case, Some(progress));
            }
            send(self.out, prompt).await;
        }
    }

    fn now(&self) -> u64 {
        self.services.clock.steady_ms()
    }
}

/// A worker for the next frame, as soon as there is one of each.
fn turn<'a>(
    services: &'a Services,
    inbox: &'a Inbox,
) -> Pin<Box<dyn Future<Output = Turn<'a>> + Send + 'a>> {
    Box::pin(async {
        inbox.framed().await;
        services.faces.turn().await
    })
}

fn wait(ahead: usize) -> Prompt {
    Prompt::Wait {
        retry_after_ms: u64::try_from(WAIT_PACE.as_millis()).unwrap_or_default(),
        ahead: u32::try_from(ahead).unwrap_or(u32::MAX),
    }
}

/// When the case's running scan started.
fn since(case: &Case, now: DateTime<Utc>) -> DateTime<Utc> {
    match case.state {
        State::FaceRunning { since, .. } => since,
        _ => now,
    }
}

async fn send(out: &Sender<Prompt>, prompt: Prompt) {
    // A phone that is gone is noticed by the inbox.
    let _ = out.send(prompt).await;
}
