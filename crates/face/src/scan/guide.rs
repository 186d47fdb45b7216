//! Telling the person one thing at a time, and not too often.

use super::Prompt;
use crate::Hint;

/// The hint that the person sees.
#[derive(Clone, Debug)]
pub(super) struct Guide {
    interval_ms: u64,
    /// What was told last, and when; nothing yet at first.
    told: Option<(Option<Hint>, u64)>,
}

impl Guide {
    pub fn new(interval_ms: u64) -> Self {
        Self {
            interval_ms,
            told: None,
        }
    }

    /// Says what to tell, if it is news and the last news was long enough ago.
    pub fn say(&mut self, hint: Option<Hint>, now_ms: u64) -> Option<Prompt> {
        if let Some((told, at)) = self.told
            && (told == hint || now_ms.saturating_sub(at) < self.interval_ms)
        {
            return None;
        }
        self.told = Some((hint, now_ms));
        Some(Prompt::Guide { hint })
    }
}

/// What is worth saying while an action is under way: not that the head is turned.
pub(super) fn during_action(hint: Option<Hint>) -> Option<Hint> {
    hint.filter(|hint| {
        matches!(
            hint,
            Hint::FaceNotFound
                | Hint::MultipleFaces
                | Hint::TooFar
                | Hint::TooClose
                | Hint::LightTooDark
                | Hint::LightTooStrong
                | Hint::FaceCovered
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_news_and_at_most_twice_a_second() {
        let mut guide = Guide::new(500);
        let told: Vec<_> = [
            (0, Some(Hint::TooFar)),
            (100, Some(Hint::TooFar)),
            (200, None),
            (500, None),
            (900, Some(Hint::Blurred)),
            (1_000, Some(Hint::OffCentre)),
        ]
        .into_iter()
        .filter_map(|(at, hint)| guide.say(hint, at).map(|prompt| (at, prompt)))
        .collect();
        assert_eq!(
            told,
            [
                (
                    0,
                    Prompt::Guide {
                        hint: Some(Hint::TooFar)
                    }
                ),
                (500, Prompt::Guide { hint: None }),
                (
                    1_000,
                    Prompt::Guide {
                        hint: Some(Hint::OffCentre)
                    }
                ),
            ]
        );
    }

    #[test]
    fn a_turned_head_is_no_fault_during_an_action() {
        assert_eq!(during_action(Some(Hint::LookStraight)), None);
        assert_eq!(during_action(Some(Hint::EyesClosed)), None);
        assert_eq!(
            during_action(Some(Hint::MultipleFaces)),
            Some(Hint::MultipleFaces)
        );
    }
}
