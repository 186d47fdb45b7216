//! No sequence of facts reaches `verified` without a registry match, a consent, a live face and a face match, in
//! that order, on the same claim.

mod support;

use chrono::Duration;
use proptest::prelude::*;
use shiming_verification::{
    case::State,
    change::EventKind,
    code::Code,
    fact::{FaceOutcome, Fact, Liveness, RegistryAnswer},
    ids::OperatorId,
    review::Verdict,
    words::EngineGrade,
};
use support::{OTHER_PHONE, PHONE, Story, a_match, claim, claim_of, credential, token};

#[derive(Debug, Clone)]
enum Move {
    /// What an honest person would do next; random moves alone hardly ever get anywhere.
    Honest,
    Choose,
    Submit(bool),
    Answer(RegistryAnswer),
    Edit,
    Renew,
    Claim {
        seq: u32,
        own: bool,
    },
    Consent(bool),
    Withdraw,
    Scan,
    Interrupt,
    Live(Liveness),
    Face(FaceOutcome),
    Review(bool),
    Cancel,
    Wait(i64),
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        40 => Just(Move::Honest),
        3 => Just(Move::Choose),
        4 => any::<bool>().prop_map(Move::Submit),
        4 => prop_oneof![
            4 => Just(RegistryAnswer::Match),
            1 => Just(RegistryAnswer::Mismatch),
            1 => Just(RegistryAnswer::NotFound),
            1 => Just(RegistryAnswer::Inactive),
            1 => Just(RegistryAnswer::Unavailable),
        ].prop_map(Move::Answer),
        1 => Just(Move::Edit),
        1 => Just(Move::Renew),
        4 => (1..5_u32, any::<bool>()).prop_map(|(seq, own)| Move::Claim { seq, own }),
        4 => any::<bool>().prop_map(Move::Consent),
        1 => Just(Move::Withdraw),
        4 => Just(Move::Scan),
        1 => Just(Move::Interrupt),
        4 => prop_oneof![
            3 => Just(Liveness::Live),
            1 => Just(Liveness::NotLive(Code::LivenessFailed)),
            1 => Just(Liveness::NotJudged(Code::LightTooDark)),
        ].prop_map(Move::Live),
        4 => prop_oneof![
            3 => Just(a_match()),
            1 => Just(FaceOutcome::NoMatch),
            1 => Just(FaceOutcome::Unclear { grade: EngineGrade::Unrated }),
            1 => Just(FaceOutcome::ReferenceMissing),
        ].prop_map(Move::Face),
        1 => any::<bool>().prop_map(Move::Review),
        1 => Just(Move::Cancel),
        1 => (0..2000_i64).prop_map(Move::Wait),
    ]
}

/// What an onlooker knows who hears the same facts but not the case's mind.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools)] // Four independent observations, not a hidden state machine.
struct Onlooker {
    matched: bool,
    consented: bool,
    live: bool,
    face: bool,
}

fn honest(story: &Story) -> Move {
    match &story.case.state {
        State::Draft if story.case.method.is_none() => Move::Choose,
        State::Draft => Move::Submit(true),
        State::Checking { .. } => Move::Answer(RegistryAnswer::Match),
        State::RegistryPending { .. } | State::Locked { .. } => Move::Wait(1440),
        State::AwaitingScan {
            resumable: Some(session),
            ..
        } if session.consent.is_some() => Move::Scan,
        State::AwaitingScan { invitation, .. } if story.now < invitation.expires_at => {
            Move::Claim {
                seq: invitation.seq,
                own: true,
            }
        }
        State::AwaitingScan { .. } => Move::Renew,
        State::ScanClaimed { session, .. } if session.consent.is_some() => Move::Scan,
        State::ScanClaimed { .. } => Move::Consent(true),
        State::FaceRunning { live_at: None, .. } => Move::Live(Liveness::Live),
        State::FaceRunning { .. } => Move::Face(a_match()),
        State::InReview { .. } => Move::Review(true),
        _ => Move::Wait(1),
    }
}

fn play(story: &mut Story, next: &Move) -> Result<(), shiming_verification::code::Refusal> {
    match next.clone() {
        Move::Honest => unreachable!("an honest move is made concrete before it is played"),
        Move::Choose => story.choose(),
        Move::Submit(same) => story.submit(if same {
            claim()
        } else {
            claim_of("另一家示例有限公司")
        }),
        Move::Answer(answer) => story.answer(answer),
        Move::Edit => story.hear(Fact::EditWanted),
        Move::Renew => {
            let invitation = token(story.case.next_invitation());
            story.hear(Fact::InvitationWanted { invitation })
        }
        Move::Claim { seq, own } => {
            story.claim_with(token(seq), if own { PHONE } else { OTHER_PHONE })
        }
        Move::Consent(agreed) => story.consent(agreed),
        Move::Withdraw => story.hear(Fact::ConsentWithdrawn),
        Move::Scan => story.scan(),
        Move::Interrupt => story.hear(Fact::ScanInterrupted {
            code: Code::ScanInterrupted,
        }),
        Move::Live(verdict) => story.liveness(verdict),
        Move::Face(outcome) => story.face(outcome),
        Move::Review(approved) => story.hear(Fact::Reviewed {
            verdict: if approved {
                Verdict::Approve
            } else {
                Verdict::Reject {
                    code: Code::RiskRejected,
                    message: None,
                }
            },
            by: OperatorId::new(uuid::Uuid::nil()),
            credential: credential(),
        }),
        Move::Cancel => story.hear(Fact::Canceled),
        Move::Wait(minutes) => {
            story.after(Duration::minutes(minutes));
            story.hear(Fact::TimePassed)
        }
    }
}

fn concrete(next: Move, story: &Story) -> Move {
    if matches!(next, Move::Honest) {
        honest(story)
    } else {
        next
    }
}

impl Onlooker {
    /// Forgets whatever a later step has made worthless.
    fn see(
        &mut self,
        next: &Move,
        before: Option<&shiming_verification::claim::Claim>,
        story: &Story,
    ) {
        if story.case.claim.as_ref() != before {
            *self = Self::default();
        }
        match next {
            Move::Answer(RegistryAnswer::Match) => {
                *self = Self {
                    matched: true,
                    ..Self::default()
                }
            }
            Move::Answer(_) => *self = Self::default(),
            Move::Claim { .. } | Move::Withdraw => self.consented = false,
            Move::Consent(agreed) => self.consented = *agreed,
            Move::Scan => (self.live, self.face) = (false, false),
            Move::Live(verdict) => self.live = *verdict == Liveness::Live && self.consented,
            Move::Face(outcome) => {
                self.face = matches!(outcome, FaceOutcome::Match { .. }) && self.live;
            }
            // A reviewer's approval is a person's own look at a face that was live but unclear.
            Move::Review(approved) => self.face = *approved && self.live,
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn nobody_is_verified_by_a_shortcut(
        review in any::<bool>(),
        game in prop::collection::vec(moves(), 1..60),
    ) {
        let mut story = Story::opened();
        story.policy.review_unclear_faces = review;
        let mut onlooker = Onlooker::default();
        for next in game {
            let before = story.case.claim.clone();
            let next = concrete(next, &story);
            if play(&mut story, &next).is_err() {
                continue;
            }
            onlooker.see(&next, before.as_ref(), &story);
            if let State::Verified { .. } = story.case.state {
                prop_assert!(onlooker.matched, "verified without a registry match: {onlooker:?}");
                prop_assert!(onlooker.consented, "verified without a consent: {onlooker:?}");
                prop_assert!(onlooker.live && onlooker.face, "verified without a face: {onlooker:?}");
                let change = story.last.as_ref().unwrap();
                prop_assert_eq!(change.credential.as_ref().unwrap().claim.claim(), story.case.claim.clone());
                prop_assert!(change.events.iter().any(|event| event.kind == EventKind::Verified));
                break;
            }
        }
    }
}

#[test]
fn the_game_can_be_won() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let games = prop::collection::vec(moves(), 1..60);
    let won = (0..500).filter(|_| {
        let mut story = Story::opened();
        for next in games.new_tree(&mut runner).unwrap().current() {
            let next = concrete(next, &story);
            let _ = play(&mut story, &next);
        }
        matches!(story.case.state, State::Verified { .. })
    });
    assert!(
        won.count() > 50,
        "the property says little unless many games reach `verified`"
    );
}
