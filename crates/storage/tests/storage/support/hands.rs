//! Leads a case through its states by real decisions, each committed.

use chrono::{DateTime, Utc};
use shiming_storage::Storage;
use shiming_verification::{
    case::{Case, Consent, Digest, Opening},
    change::Change,
    claim::Claim,
    fact::{FaceOutcome, Fact, Liveness, RegistryAnswer, Tallies},
    ids::{CaseId, CredentialId, PlatformId},
    policy::Policy,
    ports::CommitError,
    words::{Account, EngineGrade, Method, Realm, SubjectType},
};
use uuid::Uuid;

use super::{DEMO, LIVE, at};

/// The token of the n-th case's QR code.
pub fn token(n: u16) -> Digest {
    digest(b't', n)
}

/// The key of the n-th case's phone.
pub fn phone(n: u16) -> Digest {
    digest(b'p', n)
}

fn digest(kind: u8, n: u16) -> Digest {
    let mut bytes = [kind; 32];
    bytes[..2].copy_from_slice(&n.to_be_bytes());
    Digest(bytes)
}

pub fn consent(now: DateTime<Utc>) -> Consent {
    Consent {
        notice_version: "2026-01".to_owned(),
        language: "zh-CN".to_owned(),
        at: now,
    }
}

/// The n-th case of a platform, and the time at which the hands act.
pub struct Hands<'a> {
    pub storage: &'a dyn Storage,
    pub n: u16,
    pub platform: PlatformId,
    pub account: String,
    /// Overrides the platform's realm.
    pub realm: Option<Realm>,
    pub now: DateTime<Utc>,
}

impl<'a> Hands<'a> {
    pub fn new(storage: &'a dyn Storage, n: u16) -> Self {
        Self {
            storage,
            n,
            platform: LIVE,
            account: format!("account-{n}"),
            realm: None,
            now: at(0),
        }
    }

    pub fn id(&self) -> CaseId {
        CaseId::new(Uuid::from_u128(1000 + u128::from(self.n)))
    }

    pub fn credential(&self) -> CredentialId {
        CredentialId::new(Uuid::from_u128(9000 + u128::from(self.n)))
    }

    pub fn account(&self) -> Account {
        Account::new(self.platform, &self.account, None).expect("an account")
    }

    pub fn opening(&self) -> Change {
        let realm = match self.realm {
            Some(realm) => realm,
            None if self.platform == DEMO => Realm::Demo,
            None => Realm::Live,
        };
        let opening = Opening {
            id: self.id(),
            account: self.account(),
            realm,
            return_url: None,
            renews: None,
            terms: shiming_verification::case::Terms::default(),
        };
        Case::opening(opening, &Policy::default(), self.now)
    }

    pub async fn open(&self) -> Case {
        let change = self.opening();
        self.storage.commit(&change).await.expect("a new case");
        change.case
    }

    pub async fn load(&self) -> Case {
        self.storage
            .load(self.id())
            .await
            .expect("readable")
            .expect("stored")
    }

    /// What the stored case decides on a fact.
    pub async fn decide(&self, fact: Fact) -> Change {
        self.load()
            .await
            .decide(fact, &Policy::default(), self.now)
            .expect("it follows")
    }

    pub async fn hear(&self, fact: Fact) -> Case {
        let change = self.decide(fact).await;
        self.storage
            .commit(&change)
            .await
            .expect("nobody else changes it");
        change.case
    }

    /// Decides and commits until nobody came between; tells how often somebody had.
    pub async fn insist(&self, fact: Fact) -> u32 {
        for conflicts in 0.. {
            match self.storage.commit(&self.decide(fact.clone()).await).await {
                Ok(()) => return conflicts,
                Err(CommitError::Conflict) => {}
                Err(error) => panic!("{error}"),
            }
        }
        unreachable!("the loop has no end")
    }

    pub fn chosen() -> Fact {
        Fact::Chosen {
            subject: SubjectType::Enterprise,
            method: Method::Face,
        }
    }

    pub async fn submit(&self, claim: Claim) -> Case {
        self.open().await;
        self.hear(Self::chosen()).await;
        self.hear(self.submitted(claim)).await
    }

    pub fn submitted(&self, claim: Claim) -> Fact {
        let (claim, invitation) = (Box::new(claim), token(self.n));
        Fact::Submitted {
            claim,
            tallies: Tallies::default(),
            invitation,
        }
    }

    pub fn answered(&self, answer: RegistryAnswer) -> Fact {
        Fact::RegistryAnswered {
            answer,
            tallies: Tallies::default(),
            invitation: token(self.n),
        }
    }

    /// From the opening to the QR code.
    pub async fn invite(&self, claim: Claim) -> Case {
        self.submit(claim).await;
        self.hear(self.answered(RegistryAnswer::Match)).await
    }

    pub async fn agree(&self, claim: Claim) -> Case {
        self.invite(claim).await;
        self.claim_and_agree().await
    }

    async fn claim_and_agree(&self) -> Case {
        let (token, phone) = (token(self.n), phone(self.n));
        self.hear(Fact::PhoneClaimed {
            token,
            phone,
            match_code: "42".to_owned(),
        })
        .await;
        self.hear(Fact::ConsentAnswered {
            phone,
            consent: Some(consent(self.now)),
        })
        .await
    }

    pub async fn film(&self, claim: Claim) -> Case {
        self.agree(claim).await;
        self.start_filming().await
    }

    async fn start_filming(&self) -> Case {
        let (phone, tallies) = (phone(self.n), Tallies::default());
        self.hear(Fact::ScanStarted { phone, tallies }).await
    }

    /// From the opening to the pass.
    pub async fn verify(&self, claim: Claim) -> Case {
        self.film(claim).await;
        self.be_recognised().await
    }

    /// From the submitted elements to the pass.
    pub async fn pass_on(&self) -> Case {
        self.hear(self.answered(RegistryAnswer::Match)).await;
        self.claim_and_agree().await;
        self.start_filming().await;
        self.be_recognised().await
    }

    async fn be_recognised(&self) -> Case {
        let tallies = Tallies::default();
        self.hear(Fact::LivenessJudged {
            verdict: Liveness::Live,
            tallies,
        })
        .await;
        let outcome = FaceOutcome::Match {
            grade: EngineGrade::Rated,
        };
        self.hear(Fact::FaceCompared {
            outcome,
            credential: self.credential(),
            tallies,
        })
        .await
    }
}
