//! A person's rights: to see what is kept, to have it erased, to take a consent back; and what retention does by itself.

mod consent;
mod person;

use chrono::Duration;
use shiming_verification::ports::privacy::{DataKind, RetentionRun};

pub use consent::{ConsentStanding, Standing};
pub use person::{ConsentData, Erased, MessageData, Named, NoteData, PersonData, ScanData};

use crate::{Services, error::ServiceError};

/// How many cases or photos one statement erases; the rest follows at once.
const AT_ONCE: u32 = 200;

/// How long each kind of data is kept after it is over; `None` for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Cases that passed.
    pub verified_cases: Option<Duration>,
    /// Cases that ended otherwise.
    pub other_cases: Option<Duration>,
    /// Reference photos, from their last import.
    pub reference_photos: Option<Duration>,
}

impl Retention {
    /// How long a kind is kept. Frames go by the scan's own setting.
    #[must_use]
    pub const fn of(&self, kind: DataKind) -> Option<Duration> {
        match kind {
            DataKind::VerifiedCases => self.verified_cases,
            DataKind::OtherCases => self.other_cases,
            DataKind::ReferencePhotos => self.reference_photos,
            DataKind::ScanFrames => None,
        }
    }
}

impl Services {
    /// Erases what is over and older than it may be, and writes down what that came to.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn keep_retention(&self, retention: &Retention) -> Result<(), ServiceError> {
        let now = self.clock.now();
        for kind in DataKind::ALL {
            let Some(keep) = retention.of(kind) else {
                continue;
            };
            let before = now - keep;
            let mut erased = 0;
            loop {
                let some = self.privacy.erase_older(kind, before, now, AT_ONCE).await?;
                erased += some;
                if some < u64::from(AT_ONCE) {
                    break;
                }
            }
            if erased > 0 {
                let kind = kind.as_str().to_owned();
                let run = RetentionRun {
                    kind,
                    at: now,
                    before,
                    erased,
                };
                self.privacy.note_retention(&run).await?;
            }
        }
        Ok(())
    }
}
