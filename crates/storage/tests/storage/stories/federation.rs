//! Sister platforms: whom we trust, who may ask us, the secrets between us, and what became of what was told.

use chrono::{DateTime, Duration, Utc};
use shiming_storage::Storage;
use shiming_verification::{
    case::Digest,
    credential::CredentialStatus,
    fact::{Fact, RegistryAnswer},
    ids::{ClientId, IssuerId},
    lifecycle::{LifeFact, Revocation},
    policy::Policy,
    ports::{
        CommitError,
        federation::{
            ListedStatus, RelyingParty, RelyingPartyWebhook, SecretText, StoredKey, Ticket,
            TicketKind, TrustedIssuer, Used,
        },
    },
    sync::{
        Imported, IssuerPolicy, StatusReference, SyncOutcome, SyncSource, SyncStanding,
        VerifiedElements,
    },
    words::{AssuranceLevel, Realm},
};
use uuid::Uuid;

use crate::support::{Bench, DEMO, Hands, LIVE, at, claim};

const SISTER: IssuerId = IssuerId::new(Uuid::from_u128(31));

fn issuer(n: u128, name: &str) -> TrustedIssuer {
    TrustedIssuer {
        id: IssuerId::new(Uuid::from_u128(n)),
        platform: LIVE,
        name: name.to_owned(),
        url: "https://sister.example".to_owned(),
        client_id: format!("client-{n}"),
        client_secret: SecretText::new("secret".to_owned()),
        policy: IssuerPolicy {
            trust_frameworks: vec!["cn_enterprise_real_name".to_owned()],
            least_assurance: AssuranceLevel::BankTransfer,
            highest_assurance: AssuranceLevel::LegalRepFace,
            max_age_days: 365,
            confirm_in_registry: true,
        },
        webhook_secret: None,
    }
}

fn party(n: u128, webhook: bool) -> RelyingParty {
    RelyingParty {
        id: ClientId::new(Uuid::from_u128(n)),
        platform: LIVE,
        name: format!("party {n}"),
        redirect_uris: vec!["https://sister.example/federation/callback".to_owned()],
        secret: Digest([7; 32]),
        webhook: webhook.then(|| RelyingPartyWebhook {
            url: "https://sister.example/federation/notices/x".to_owned(),
            secret: SecretText::new("whsec_AAAA".to_owned()),
        }),
    }
}

fn ticket(kind: TicketKind, n: u8, body: &str) -> Ticket {
    Ticket {
        kind,
        digest: Digest([n; 32]),
        parent: None,
        body: body.to_owned(),
        expires_at: at(60),
    }
}

/// What the sister platform says of the n-th enterprise.
fn vouched(n: u16, subject: &str, now: DateTime<Utc>) -> Imported {
    Imported {
        elements: VerifiedElements {
            id_number: None,
            ..claim(n).into()
        },
        assurance: AssuranceLevel::LegalRepFace,
        source: SyncSource {
            issuer: SISTER,
            issuer_name: "Sister".to_owned(),
            issuer_url: "https://sister.example".to_owned(),
            subject: subject.to_owned(),
            trust_framework: "cn_enterprise_real_name".to_owned(),
            verification_process: format!("vrf-{subject}"),
            verified_at: now,
            expires_at: now + Duration::days(365),
            status: Some(StatusReference {
                idx: 7,
                uri: "https://sister.example/status/1".to_owned(),
            }),
        },
    }
}

/// The n-th case synchronises from an account there; false if that account is bound to another one by now.
async fn synchronise(hands: &Hands<'_>, subject: &str) -> bool {
    hands.open().await;
    hands.hear(Fact::SyncStarted { issuer: SISTER }).await;
    let answered = Fact::SyncAnswered {
        issuer: SISTER,
        outcome: SyncOutcome::Granted {
            imported: Box::new(vouched(hands.n, subject, hands.now)),
            registry: Some(RegistryAnswer::Match),
        },
        credential: hands.credential(),
        standing: SyncStanding::default(),
    };
    match hands.storage.commit(&hands.decide(answered).await).await {
        Ok(()) => true,
        Err(CommitError::Conflict) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn revoke(hands: &Hands<'_>, now: DateTime<Utc>) {
    let living = hands
        .storage
        .living(hands.credential())
        .await
        .unwrap()
        .unwrap();
    let fact = LifeFact::Revoked {
        cause: Revocation::Operator,
        told: None,
    };
    let change = living
        .life
        .decide(hands.credential(), fact, &Policy::default(), now);
    hands.storage.commit_life(&change.unwrap()).await.unwrap();
}

async fn standing(storage: &dyn Storage, hands: &Hands<'_>, subject: &str) -> SyncStanding {
    let (imported, account) = (vouched(hands.n, subject, at(0)), hands.account());
    let standing = storage.sync_standing(&imported, &account, Realm::Live);
    standing.await.unwrap()
}

pub async fn a_trusted_issuer_belongs_to_its_platform(bench: Bench) {
    let storage = &*bench.storage;
    let (first, second) = (issuer(31, "First"), issuer(32, "Second"));
    storage.put_issuer(&first, at(0)).await.unwrap();
    storage.put_issuer(&second, at(1)).await.unwrap();
    assert_eq!(
        storage.issuers(LIVE).await.unwrap(),
        [first.clone(), second.clone()]
    );
    assert_eq!(storage.issuers(DEMO).await.unwrap(), []);
    let renamed = TrustedIssuer {
        name: "Renamed".to_owned(),
        ..first.clone()
    };
    storage.put_issuer(&renamed, at(2)).await.unwrap();
    assert_eq!(storage.issuer(first.id).await.unwrap(), Some(renamed));
    assert_eq!(
        storage.issuers_by_client("client-32").await.unwrap(),
        std::slice::from_ref(&second)
    );
    assert_eq!(storage.issuers_by_client("client-33").await.unwrap(), []);
    assert!(
        !storage.remove_issuer(DEMO, first.id).await.unwrap(),
        "another platform's"
    );
    assert!(storage.remove_issuer(LIVE, first.id).await.unwrap());
    assert_eq!(storage.issuer(first.id).await.unwrap(), None);
}

pub async fn a_relying_party_belongs_to_its_platform(bench: Bench) {
    let storage = &*bench.storage;
    let party = party(41, true);
    storage.put_party(&party, at(0)).await.unwrap();
    assert_eq!(
        storage.parties(LIVE).await.unwrap(),
        std::slice::from_ref(&party)
    );
    assert_eq!(storage.party(party.id).await.unwrap(), Some(party.clone()));
    assert!(!storage.remove_party(DEMO, party.id).await.unwrap());
    assert!(storage.remove_party(LIVE, party.id).await.unwrap());
    assert_eq!(storage.party(party.id).await.unwrap(), None);
    assert_eq!(storage.login_url(LIVE).await.unwrap(), None);
    for url in ["https://a.example/login", "https://b.example/login"] {
        storage.set_login_url(LIVE, url).await.unwrap();
        assert_eq!(storage.login_url(LIVE).await.unwrap().as_deref(), Some(url));
    }
}

pub async fn signing_keys_are_newest_first_until_they_are_forgotten(bench: Bench) {
    let storage = &*bench.storage;
    let key = |n: u8, minutes| StoredKey {
        scalar: vec![n; 32],
        created_at: at(minutes),
    };
    for key in [key(1, 0), key(2, 5), key(3, 5)] {
        storage.add_signing_key(&key).await.unwrap();
    }
    assert_eq!(
        storage.signing_keys().await.unwrap(),
        [key(2, 5), key(1, 0)],
        "of two of the same moment the first stays"
    );
    assert_eq!(storage.prune_signing_keys(at(5)).await.unwrap(), 1);
    assert_eq!(storage.signing_keys().await.unwrap(), [key(2, 5)]);
}

pub async fn a_ticket_is_used_by_one_of_eight_and_ends_with_its_parent(bench: Bench) {
    let code = ticket(TicketKind::Code, 1, "grant");
    bench.storage.put_ticket(&code).await.unwrap();
    let seen = |kind, now| bench.storage.ticket(kind, code.digest, now);
    assert_eq!(
        seen(TicketKind::Code, at(59)).await.unwrap().as_deref(),
        Some("grant")
    );
    assert_eq!(
        seen(TicketKind::Token, at(59)).await.unwrap(),
        None,
        "of another kind"
    );
    assert_eq!(seen(TicketKind::Code, at(60)).await.unwrap(), None, "over");
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let (storage, digest) = (bench.storage.clone(), code.digest);
        tasks.push(tokio::spawn(async move {
            storage
                .use_ticket(TicketKind::Code, digest, at(1))
                .await
                .unwrap()
        }));
    }
    let mut first = 0;
    for task in tasks {
        match task.await.unwrap() {
            Used::First(body) => {
                assert_eq!(body, "grant");
                first += 1;
            }
            other => assert_eq!(other, Used::Again),
        }
    }
    assert_eq!(first, 1);
    let child = Ticket {
        parent: Some(code.digest),
        ..ticket(TicketKind::Token, 2, "access")
    };
    bench.storage.put_ticket(&child).await.unwrap();
    let used = bench
        .storage
        .use_ticket(TicketKind::Code, code.digest, at(2));
    assert_eq!(used.await.unwrap(), Used::Again);
    let dead = bench.storage.ticket(TicketKind::Token, child.digest, at(2));
    assert_eq!(dead.await.unwrap(), None);
    let unknown = bench
        .storage
        .use_ticket(TicketKind::Code, Digest([9; 32]), at(2));
    assert_eq!(unknown.await.unwrap(), Used::Unknown);
}

pub async fn an_account_there_is_bound_to_one_account_here(bench: Bench) {
    let storage = &*bench.storage;
    let (first, second) = (Hands::new(storage, 1), Hands::new(storage, 2));
    assert!(synchronise(&first, "ent_1").await);
    assert!(
        !standing(storage, &first, "ent_1").await.bound_elsewhere,
        "one's own does not count"
    );
    assert!(standing(storage, &second, "ent_1").await.bound_elsewhere);
    assert!(!standing(storage, &second, "ent_2").await.bound_elsewhere);
    assert!(
        !synchronise(&second, "ent_1").await,
        "who did not look is stopped all the same"
    );
    revoke(&first, at(1)).await;
    assert!(!standing(storage, &second, "ent_1").await.bound_elsewhere);
    let mut third = Hands::new(storage, 3);
    third.now = at(2);
    assert!(synchronise(&third, "ent_1").await, "free again");
}

pub async fn what_came_from_a_source_is_found_by_its_number_and_looked_at_in_turn(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    assert!(synchronise(&hands, "ent_1").await);
    let by = async |issuer, process| storage.imported_by(issuer, process).await.unwrap();
    assert_eq!(by(SISTER, "vrf-ent_1").await, [hands.credential()]);
    assert_eq!(by(SISTER, "vrf-ent_2").await, []);
    assert_eq!(by(IssuerId::new(Uuid::from_u128(5)), "vrf-ent_1").await, []);
    let due = async |before| storage.imported_to_check(before, 10).await.unwrap();
    let found = due(at(1)).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].source, Some(vouched(1, "ent_1", at(0)).source));
    assert_eq!(found[0].claim.id_number, None);
    storage.note_check(hands.credential(), at(5)).await.unwrap();
    assert_eq!((due(at(5)).await.len(), due(at(6)).await.len()), (0, 1));
    revoke(&hands, at(7)).await;
    assert_eq!(by(SISTER, "vrf-ent_1").await, []);
    assert_eq!(due(at(9)).await.len(), 0);
}

pub async fn a_credential_has_one_place_in_the_status_lists(bench: Bench) {
    let storage = &*bench.storage;
    assert_eq!(
        storage.status_list(1).await.unwrap(),
        Some(vec![]),
        "there before its first entry"
    );
    assert_eq!(storage.status_list(2).await.unwrap(), None);
    let (first, second) = (Hands::new(storage, 1), Hands::new(storage, 2));
    first.verify(claim(1)).await;
    second.verify(claim(2)).await;
    let place = async |hands: &Hands<'_>, wish| {
        storage
            .status_place(hands.credential(), wish)
            .await
            .unwrap()
    };
    assert_eq!(place(&first, 42).await, (1, 42));
    assert_eq!(place(&first, 99).await, (1, 42), "kept");
    let (list, idx) = place(&second, 42).await;
    assert!(list == 1 && idx != 42, "taken: another one");
    revoke(&second, at(1)).await;
    let ended = ListedStatus {
        idx,
        status: CredentialStatus::Revoked,
    };
    assert_eq!(storage.status_list(1).await.unwrap(), Some(vec![ended]));
}

pub async fn who_was_told_hears_of_the_end_once_and_in_time(bench: Bench) {
    let storage = &*bench.storage;
    let hands = Hands::new(storage, 1);
    hands.verify(claim(1)).await;
    let (told, deaf, gone) = (party(41, true), party(42, false), party(43, true));
    for party in [&told, &deaf, &gone] {
        storage.put_party(party, at(0)).await.unwrap();
        let grant = storage.note_grant(party.id, hands.credential(), "ent_a", at(0));
        grant.await.unwrap();
    }
    let again = storage.note_grant(told.id, hands.credential(), "ent_a", at(1));
    again.await.unwrap();
    storage.remove_party(LIVE, gone.id).await.unwrap();
    let lease = async |now, until| storage.claim_notices(10, now, until).await.unwrap();
    assert_eq!(lease(at(1), at(3)).await, []);
    revoke(&hands, at(2)).await;
    let leased = lease(at(2), at(4)).await;
    assert_eq!(
        leased.len(),
        1,
        "who has no address, or is gone, hears nothing"
    );
    let notice = &leased[0];
    assert_eq!((&notice.party, notice.subject.as_str()), (&told, "ent_a"));
    assert_eq!((notice.attempts, notice.at), (1, at(2)));
    assert_eq!(notice.credential.status, CredentialStatus::Revoked);
    assert_eq!(lease(at(3), at(5)).await, [], "leased");
    storage.retry_notice(notice.id, at(10)).await.unwrap();
    assert_eq!(lease(at(9), at(11)).await, []);
    let second = lease(at(10), at(12)).await;
    assert_eq!((second[0].id, second[0].attempts), (notice.id, 2));
    storage.finish_notice(notice.id).await.unwrap();
    assert_eq!(lease(at(99), at(100)).await, []);
}
