//! Operators: how they sign in, their sessions, and what they leave behind.

use std::collections::BTreeSet;

use chrono::Duration;
use shiming_verification::{
    case::Digest,
    ids::OperatorId,
    operator::{Operator, Role},
    ports::operators::{OperatorSession, Passkey, PasswordLogin},
    sso::SsoIdentity,
};
use uuid::Uuid;

use crate::support::{Bench, at};

pub fn operator(n: u128, login: &str) -> Operator {
    Operator {
        id: OperatorId::new(Uuid::from_u128(n)),
        login: login.to_owned(),
        name: format!("Operator {n}"),
        roles: BTreeSet::from([Role::Reviewer, Role::Auditor]),
        created_at: at(i64::try_from(n).expect("small")),
        disabled_at: None,
    }
}

fn passkey(n: u8, of: &Operator) -> Passkey {
    Passkey {
        id: vec![n; 16],
        operator: of.id,
        public_key: vec![4; 70],
        counter: 0,
        label: format!("key {n}"),
        created_at: at(n.into()),
        last_used_at: None,
    }
}

fn session(n: u128, of: &Operator) -> OperatorSession {
    OperatorSession {
        id: Uuid::from_u128(n),
        operator: of.id,
        method: "passkey".to_owned(),
        agent: "Firefox".to_owned(),
        created_at: at(0),
        seen_at: at(0),
        fresh_at: at(0),
        expires_at: at(60),
    }
}

pub async fn an_operator_has_one_login_and_is_found_by_it(bench: Bench) {
    let storage = &*bench.storage;
    let (anna, mut ben) = (operator(1, "anna"), operator(2, "ben"));
    assert!(storage.put_operator(&anna, true).await.unwrap());
    let late = storage.put_operator(&ben, true).await.unwrap();
    assert!(!late, "somebody was first");
    assert!(storage.put_operator(&ben, false).await.unwrap());
    "anna".clone_into(&mut ben.login);
    let taken = storage.put_operator(&ben, false).await.unwrap();
    assert!(!taken, "it is Anna's");
    "benjamin".clone_into(&mut ben.login);
    ben.disabled_at = Some(at(9));
    assert!(storage.put_operator(&ben, false).await.unwrap());
    let all = storage.operators().await.unwrap();
    assert_eq!(all, [anna.clone(), ben.clone()]);
    let found = storage.operator_by_login("benjamin").await.unwrap();
    assert_eq!(found.as_ref(), Some(&ben));
    assert_eq!(storage.operator(anna.id).await.unwrap(), Some(anna.clone()));
    assert_eq!(storage.sso_of(anna.id).await.unwrap(), None);
}

pub async fn somebody_at_an_identity_provider_is_one_operator(bench: Bench) {
    let storage = &*bench.storage;
    let identity = |issuer, subject| SsoIdentity::new(issuer, subject).expect("an identity");
    let (here, elsewhere) = (
        identity("https://id.example", "7"),
        identity("https://other.example", "7"),
    );
    let (mut anna, ben) = (operator(1, "anna"), operator(2, "ben"));
    assert!(storage.add_sso_operator(&anna, &here).await.unwrap());
    let again = storage.add_sso_operator(&ben, &here).await.unwrap();
    assert!(!again, "this person is Anna");
    let named_alike = operator(3, "anna");
    let taken = storage.add_sso_operator(&named_alike, &elsewhere).await;
    assert!(!taken.unwrap(), "the login is Anna's");
    assert_eq!(storage.operators().await.unwrap(), [anna.clone()]);

    // What changes of an operator leaves the identity as it is.
    anna.roles = BTreeSet::from([Role::Support]);
    assert!(storage.put_operator(&anna, false).await.unwrap());
    let found = storage.operator_by_sso(&here).await.unwrap();
    assert_eq!(found.as_ref(), Some(&anna));
    assert_eq!(storage.operator_by_sso(&elsewhere).await.unwrap(), None);
    assert_eq!(storage.sso_of(anna.id).await.unwrap(), Some(here));
    assert!(storage.add_sso_operator(&ben, &elsewhere).await.unwrap());
    assert_eq!(
        storage.operator_by_sso(&elsewhere).await.unwrap(),
        Some(ben)
    );
}

pub async fn a_code_counts_once_and_a_password_can_be_taken_away(bench: Bench) {
    let storage = &*bench.storage;
    let anna = operator(1, "anna");
    storage.put_operator(&anna, true).await.unwrap();
    assert_eq!(storage.password_of(anna.id).await.unwrap(), None);
    let login = PasswordLogin {
        hash: "$argon2id$…".to_owned(),
        totp: vec![7; 20],
        totp_step: 5,
    };
    storage.set_password(anna.id, Some(&login)).await.unwrap();
    assert_eq!(storage.password_of(anna.id).await.unwrap(), Some(login));
    assert!(storage.use_totp_step(anna.id, 6).await.unwrap());
    for spent in [5, 6] {
        assert!(!storage.use_totp_step(anna.id, spent).await.unwrap());
    }
    storage.set_password(anna.id, None).await.unwrap();
    assert_eq!(storage.password_of(anna.id).await.unwrap(), None);
}

pub async fn passkeys_are_their_operators_own(bench: Bench) {
    let storage = &*bench.storage;
    let (anna, ben) = (operator(1, "anna"), operator(2, "ben"));
    for one in [&anna, &ben] {
        storage.put_operator(one, false).await.unwrap();
    }
    let (first, second) = (passkey(1, &anna), passkey(2, &anna));
    for key in [&second, &first] {
        assert!(storage.add_passkey(key).await.unwrap());
    }
    let stolen = Passkey {
        operator: ben.id,
        ..first.clone()
    };
    assert!(
        !storage.add_passkey(&stolen).await.unwrap(),
        "the id is taken"
    );
    let own = storage.passkeys_of(anna.id).await.unwrap();
    assert_eq!(own, [first.clone(), second], "oldest first");
    storage.passkey_used(&first.id, 3, at(8)).await.unwrap();
    let used = storage.passkey(&first.id).await.unwrap().expect("stored");
    assert_eq!((used.counter, used.last_used_at), (3, Some(at(8))));
    assert!(!storage.remove_passkey(ben.id, &first.id).await.unwrap());
    assert!(storage.remove_passkey(anna.id, &first.id).await.unwrap());
    assert_eq!(storage.passkey(&first.id).await.unwrap(), None);
}

pub async fn a_session_is_seen_freshened_and_ended(bench: Bench) {
    let storage = &*bench.storage;
    let (anna, ben) = (operator(1, "anna"), operator(2, "ben"));
    for one in [&anna, &ben] {
        storage.put_operator(one, false).await.unwrap();
    }
    let key = |n: u8| Digest([n; 32]);
    for (n, of) in [(1_u8, &anna), (2, &anna), (3, &ben)] {
        storage
            .add_session(key(n), &session(n.into(), of))
            .await
            .unwrap();
    }
    storage
        .session_seen(Uuid::from_u128(1), at(5), false)
        .await
        .unwrap();
    storage
        .session_seen(Uuid::from_u128(2), at(9), true)
        .await
        .unwrap();
    let seen = storage
        .session(key(1), at(10))
        .await
        .unwrap()
        .expect("it lasts");
    assert_eq!((seen.seen_at, seen.fresh_at), (at(5), at(0)));
    let own = storage.sessions(Some(anna.id), at(10)).await.unwrap();
    let ids: Vec<u128> = own.iter().map(|session| session.id.as_u128()).collect();
    assert_eq!(ids, [2, 1], "the newest first, and nobody else's");
    assert_eq!(own[0].fresh_at, at(9));
    assert_eq!(storage.sessions(None, at(10)).await.unwrap().len(), 3);
    assert_eq!(
        storage.session(key(1), at(60)).await.unwrap(),
        None,
        "it is over"
    );

    assert_eq!(storage.end_session(Uuid::from_u128(1)).await.unwrap(), 1);
    assert_eq!(storage.session(key(1), at(10)).await.unwrap(), None);
    assert_eq!(storage.end_sessions_of(anna.id).await.unwrap(), 1);
    assert_eq!(storage.sessions(None, at(10)).await.unwrap().len(), 1);
}

pub async fn links_and_challenges_are_used_once_and_in_time(bench: Bench) {
    let storage = &*bench.storage;
    let anna = operator(1, "anna");
    storage.put_operator(&anna, true).await.unwrap();
    let (first, own) = (Digest([1; 32]), Digest([2; 32]));
    storage.add_link(first, None, at(60)).await.unwrap();
    storage.add_link(own, Some(anna.id), at(60)).await.unwrap();
    assert_eq!(storage.link(first, at(1)).await.unwrap(), Some(None));
    assert_eq!(storage.use_link(first, at(1)).await.unwrap(), Some(None));
    assert_eq!(storage.use_link(first, at(1)).await.unwrap(), None, "used");
    assert_eq!(storage.use_link(own, at(60)).await.unwrap(), None, "over");
    assert_eq!(
        storage.link(own, at(59)).await.unwrap(),
        Some(Some(anna.id))
    );

    let challenge = Digest([3; 32]);
    storage
        .add_challenge(challenge, "sign_in", b"state", at(5))
        .await
        .unwrap();
    let other = storage.use_challenge(challenge, "enrol", at(1)).await;
    assert_eq!(other.unwrap(), None, "made for something else");
    let state = storage.use_challenge(challenge, "sign_in", at(1)).await;
    assert_eq!(state.unwrap().as_deref(), Some(&b"state"[..]));
    let again = storage.use_challenge(challenge, "sign_in", at(1)).await;
    assert_eq!(again.unwrap(), None, "used");
}

pub async fn failed_attempts_count_for_a_while_and_what_is_over_goes(bench: Bench) {
    let storage = &*bench.storage;
    let anna = operator(1, "anna");
    storage.put_operator(&anna, true).await.unwrap();
    let (login, address) = (Digest([1; 32]), Digest([2; 32]));
    for n in 0..3_u8 {
        let ids = [1, 2].map(|scope| Uuid::from_u128(u128::from(n) * 10 + scope));
        let scopes = [(ids[0], login), (ids[1], address)];
        storage.add_failures(&scopes, at(n.into())).await.unwrap();
    }
    assert_eq!(storage.failures(login, at(-1)).await.unwrap(), 3);
    assert_eq!(
        storage.failures(address, at(0)).await.unwrap(),
        2,
        "later ones"
    );

    let (key, link) = (Digest([5; 32]), Digest([6; 32]));
    storage.add_session(key, &session(1, &anna)).await.unwrap();
    storage.add_link(link, None, at(30)).await.unwrap();
    storage
        .add_challenge(link, "sign_in", b"state", at(30))
        .await
        .unwrap();
    storage.prune_operators(at(30)).await.unwrap();
    assert_eq!(storage.link(link, at(0)).await.unwrap(), None);
    let challenge = storage.use_challenge(link, "sign_in", at(0)).await;
    assert_eq!(challenge.unwrap(), None);
    assert!(
        storage.session(key, at(30)).await.unwrap().is_some(),
        "it lasts"
    );
    storage
        .prune_operators(at(2) + Duration::days(1))
        .await
        .unwrap();
    assert_eq!(storage.session(key, at(0)).await.unwrap(), None);
    assert_eq!(storage.failures(login, at(-1)).await.unwrap(), 0);
}
