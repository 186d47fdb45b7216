//! A made-up enterprise, its legal representative and a clock that tests turn by hand.
#![allow(dead_code)] // Each test file uses its part.

pub mod bank;

use chrono::{DateTime, Duration, TimeZone, Utc};
use shiming_verification::{
    case::{Case, Consent, Digest, Opening, Terms},
    change::Change,
    claim::{Claim, ElementsForm},
    code::Refusal,
    fact::{FaceOutcome, Fact, Liveness, RegistryAnswer, Tallies},
    ids::{CaseId, CredentialId, PlatformId},
    policy::Policy,
    words::{Account, EngineGrade, Method, Realm, SubjectType},
};
use uuid::Uuid;

pub const PHONE: Digest = Digest([1; 32]);
pub const OTHER_PHONE: Digest = Digest([2; 32]);

pub fn start() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).unwrap()
}

pub fn token(seq: u32) -> Digest {
    Digest([u8::try_from(100 + seq % 100).unwrap(); 32])
}

pub fn claim() -> Claim {
    claim_of("示例科技有限公司")
}

pub fn claim_of(enterprise_name: &str) -> Claim {
    let form = ElementsForm {
        enterprise_name: enterprise_name.to_owned(),
        uscc: "91350100M000100Y43".to_owned(),
        legal_representative: "张三".to_owned(),
        id_number: "110101199003070310".to_owned(),
    };
    Claim::parse(&form, SubjectType::Enterprise, 16, start().date_naive()).unwrap()
}

pub fn credential() -> CredentialId {
    CredentialId::new(Uuid::from_u128(9))
}

/// A case and the hands that feed it.
pub struct Story {
    pub case: Case,
    pub policy: Policy,
    pub now: DateTime<Utc>,
    pub tallies: Tallies,
    pub last: Option<Change>,
}

impl Story {
    pub fn opened() -> Self {
        let platform = PlatformId::new(Uuid::from_u128(1));
        let account = Account::new(platform, "acct-1", None).unwrap();
        let id = CaseId::new(Uuid::from_u128(7));
        let opening = Opening {
            id,
            account,
            realm: Realm::Live,
            return_url: None,
            renews: None,
            terms: Terms::default(),
        };
        let policy = Policy::default();
        let case = Case::opening(opening, &policy, start()).case;
        Self {
            case,
            policy,
            now: start(),
            tallies: Tallies::default(),
            last: None,
        }
    }

    pub fn hear(&mut self, fact: Fact) -> Result<(), Refusal> {
        let change = self.case.clone().decide(fact, &self.policy, self.now)?;
        assert_eq!(
            change.expected_version + 1,
            change.case.version,
            "a change adds one version"
        );
        self.case = change.case.clone();
        self.last = Some(change);
        Ok(())
    }

    pub fn after(&mut self, time: Duration) -> &mut Self {
        self.now += time;
        self
    }

    pub fn state(&self) -> &'static str {
        self.case.state.name()
    }

    pub fn error(&self) -> Option<&'static str> {
        self.case
            .last_error
            .as_ref()
            .map(|notice| notice.code.as_str())
    }

    pub fn choose(&mut self) -> Result<(), Refusal> {
        self.hear(Fact::Chosen {
            subject: SubjectType::Enterprise,
            method: Method::Face,
        })
    }

    pub fn submit(&mut self, claim: Claim) -> Result<(), Refusal> {
        let (tallies, invitation) = (self.tallies, self.next_token());
        self.hear(Fact::Submitted {
            claim: Box::new(claim),
            tallies,
            invitation,
        })
    }

    pub fn answer(&mut self, answer: RegistryAnswer) -> Result<(), Refusal> {
        let (tallies, invitation) = (self.tallies, self.next_token());
        self.hear(Fact::RegistryAnswered {
            answer,
            tallies,
            invitation,
        })
    }

    pub fn claim_with(&mut self, token: Digest, phone: Digest) -> Result<(), Refusal> {
        self.hear(Fact::PhoneClaimed {
            token,
            phone,
            match_code: "42".to_owned(),
        })
    }

    pub fn consent(&mut self, agreed: bool) -> Result<(), Refusal> {
        let consent = agreed.then(|| Consent {
            notice_version: "1".to_owned(),
            language: "zh-CN".to_owned(),
            at: self.now,
        });
        self.hear(Fact::ConsentAnswered {
            phone: PHONE,
            consent,
        })
    }

    pub fn scan(&mut self) -> Result<(), Refusal> {
        let tallies = self.tallies;
        self.hear(Fact::ScanStarted {
            phone: PHONE,
            tallies,
        })
    }

    pub fn liveness(&mut self, verdict: Liveness) -> Result<(), Refusal> {
        let tallies = self.tallies;
        self.hear(Fact::LivenessJudged { verdict, tallies })
    }

    pub fn face(&mut self, outcome: FaceOutcome) -> Result<(), Refusal> {
        let (tallies, credential) = (self.tallies, credential());
        self.hear(Fact::FaceCompared {
            outcome,
            credential,
            tallies,
        })
    }

    /// Straight to the QR code.
    pub fn awaiting_scan() -> Self {
        let mut story = Self::opened();
        story.choose().unwrap();
        story.submit(claim()).unwrap();
        story.answer(RegistryAnswer::Match).unwrap();
        story
    }

    /// Straight to the running camera.
    pub fn filming() -> Self {
        let mut story = Self::awaiting_scan();
        story.claim_with(token(1), PHONE).unwrap();
        story.consent(true).unwrap();
        story.scan().unwrap();
        story
    }

    fn next_token(&self) -> Digest {
        token(self.case.next_invitation())
    }
}

pub fn a_match() -> FaceOutcome {
    FaceOutcome::Match {
        grade: EngineGrade::Rated,
    }
}
