//! Webhook endpoints and the messages for them.

use shiming_storage::Storage;
use shiming_verification::{
    feed::PublicKind,
    ids::EndpointId,
    ports::{
        feed::EventQuery,
        webhooks::{
            Attempt, DeliveryFilter, DeliveryStatus, Endpoint, LeasedDelivery, OffReason, Outcome,
            SigningSecret,
        },
    },
};
use uuid::Uuid;

use crate::support::{Bench, DEMO, Hands, LIVE, at};

fn endpoint(n: u128, events: &[PublicKind]) -> Endpoint {
    let secret = SigningSecret {
        text: "whsec_c2VjcmV0".to_owned(),
        ends_at: None,
    };
    Endpoint {
        url: format!("https://shop.example.cn/hook/{n}"),
        description: format!("hook {n}"),
        events: events.to_vec(),
        ..Endpoint::fresh(EndpointId::new(Uuid::from_u128(n)), LIVE, secret, at(0))
    }
}

fn attempt(of: &LeasedDelivery, status: Option<u16>) -> Attempt {
    Attempt {
        nth: of.attempts,
        at: at(2),
        took_ms: 12,
        status,
        error: status.is_none().then(|| "no answer".to_owned()),
    }
}

async fn lease(storage: &dyn Storage, endpoint: &Endpoint, minute: i64) -> Vec<LeasedDelivery> {
    let (now, until) = (at(minute), at(minute + 1));
    let leased = storage.lease_deliveries(endpoint.id, 10, now, until).await;
    leased.expect("leased")
}

pub async fn an_endpoint_is_its_platforms_own_and_its_secrets_lie_sealed(bench: Bench) {
    let storage = &*bench.storage;
    let (one, two) = (
        endpoint(1, &[]),
        endpoint(2, &[PublicKind::CredentialIssued]),
    );
    for endpoint in [&one, &two] {
        storage.put_endpoint(endpoint, at(0)).await.unwrap();
    }
    assert_eq!(
        storage.endpoint(LIVE, one.id).await.unwrap(),
        Some(one.clone())
    );
    assert_eq!(storage.endpoint(DEMO, one.id).await.unwrap(), None);
    assert_eq!(storage.endpoints(LIVE).await.unwrap(), [one.clone(), two]);
    assert!(!storage.remove_endpoint(DEMO, one.id).await.unwrap());
    assert!(storage.remove_endpoint(LIVE, one.id).await.unwrap());
    assert_eq!(storage.endpoint(LIVE, one.id).await.unwrap(), None);
}

pub async fn each_endpoint_gets_what_it_wants_in_the_order_of_the_case(bench: Bench) {
    let storage = &*bench.storage;
    let (all, some) = (
        endpoint(1, &[]),
        endpoint(2, &[PublicKind::VerificationCanceled]),
    );
    for endpoint in [&all, &some] {
        storage.put_endpoint(endpoint, at(0)).await.unwrap();
    }
    let hands = Hands::new(storage, 1);
    hands.open().await;
    hands.hear(Hands::chosen()).await;
    let due = storage.due_endpoints(at(1), 10).await.unwrap();
    assert_eq!(due, std::slice::from_ref(&all), "the other one has nothing");
    let first = lease(storage, &all, 1).await;
    assert_eq!(first.len(), 1, "of a case the earliest only");
    assert_eq!(first[0].event.event.kind, PublicKind::VerificationCreated);
    assert_eq!((first[0].round, first[0].attempts), (1, 1));
    assert!(lease(storage, &all, 1).await.is_empty(), "it is on its way");

    let done = attempt(&first[0], Some(204));
    storage
        .note_attempt(first[0].id, &done, Outcome::Delivered)
        .await
        .unwrap();
    let second = lease(storage, &all, 1).await;
    assert_eq!(second[0].event.event.kind, PublicKind::VerificationUpdated);
    let failed = attempt(&second[0], None);
    storage
        .note_attempt(second[0].id, &failed, Outcome::Again(at(9)))
        .await
        .unwrap();
    assert!(lease(storage, &all, 8).await.is_empty(), "not yet");
    let again = lease(storage, &all, 9).await;
    assert_eq!((again[0].round, again[0].attempts), (2, 2));
    let late = attempt(&second[0], Some(200));
    storage
        .note_attempt(second[0].id, &late, Outcome::Delivered)
        .await
        .unwrap();
    let told = storage.attempts(LIVE, second[0].id).await.unwrap();
    assert_eq!(told, [failed], "who is late changes nothing");
    assert!(
        storage
            .attempts(DEMO, second[0].id)
            .await
            .unwrap()
            .is_empty()
    );
    let given_up = attempt(&again[0], Some(500));
    storage
        .note_attempt(again[0].id, &given_up, Outcome::GivenUp)
        .await
        .unwrap();
    lists_tell_how_messages_fared(storage, &all).await;
}

async fn lists_tell_how_messages_fared(storage: &dyn Storage, all: &Endpoint) {
    let list = async |filter: DeliveryFilter| {
        let listed = storage.deliveries(LIVE, all.id, filter, 10).await.unwrap();
        listed
            .iter()
            .map(|one| (one.event.seq, one.status, one.attempts))
            .collect::<Vec<_>>()
    };
    let (failed, delivered) = (DeliveryStatus::Failed, DeliveryStatus::Delivered);
    let whole = list(DeliveryFilter::default()).await;
    assert_eq!(whole, [(2, failed, 2), (1, delivered, 1)], "newest first");
    let only = DeliveryFilter {
        status: Some(delivered),
        before: None,
    };
    assert_eq!(list(only).await, [(1, delivered, 1)]);
    let before = DeliveryFilter {
        status: None,
        before: Some(2),
    };
    assert_eq!(list(before).await, [(1, delivered, 1)]);

    let replayed = storage
        .replay(all, EventQuery::default(), at(20))
        .await
        .unwrap();
    assert_eq!(replayed, 2);
    let first = lease(storage, all, 20).await;
    assert_eq!((first[0].round, first[0].attempts), (1, 2), "a new round");
}

pub async fn an_endpoint_that_fails_waits_and_gets_everything_when_it_is_back(bench: Bench) {
    let storage = &*bench.storage;
    let hook = endpoint(1, &[]);
    storage.put_endpoint(&hook, at(0)).await.unwrap();
    Hands::new(storage, 1).open().await;
    let leased = lease(storage, &hook, 1).await;
    let failed = attempt(&leased[0], Some(503));
    storage
        .note_attempt(leased[0].id, &failed, Outcome::Again(at(600)))
        .await
        .unwrap();
    for minute in [2, 3] {
        let since = Some(at(minute));
        storage
            .note_health(hook.id, since, at(minute))
            .await
            .unwrap();
    }
    let failing = storage
        .endpoint(LIVE, hook.id)
        .await
        .unwrap()
        .expect("there");
    assert_eq!(
        failing.failing_since,
        Some(at(2)),
        "the first failure counts"
    );
    storage.pause_endpoint(hook.id, at(700)).await.unwrap();
    assert!(
        storage.due_endpoints(at(650), 10).await.unwrap().is_empty(),
        "paused"
    );
    storage.pause_endpoint(hook.id, at(0)).await.unwrap();
    storage.note_health(hook.id, None, at(5)).await.unwrap();
    assert_eq!(storage.due_endpoints(at(5), 10).await.unwrap().len(), 1);
    let back = lease(storage, &hook, 5).await;
    assert_eq!(back.len(), 1, "due with the first message that got through");
}

pub async fn an_endpoint_is_switched_off_once_and_catches_up(bench: Bench) {
    let storage = &*bench.storage;
    let hook = endpoint(1, &[]);
    storage.put_endpoint(&hook, at(0)).await.unwrap();
    assert!(storage.switch_off(hook.id, OffReason::Gone).await.unwrap());
    assert!(
        !storage
            .switch_off(hook.id, OffReason::Failing)
            .await
            .unwrap()
    );
    let off = storage
        .endpoint(LIVE, hook.id)
        .await
        .unwrap()
        .expect("there");
    assert_eq!(off.off, Some(OffReason::Gone));
    Hands::new(storage, 1).open().await;
    assert!(storage.due_endpoints(at(1), 10).await.unwrap().is_empty());
    storage.put_endpoint(&hook, at(3)).await.unwrap();
    assert_eq!(storage.due_endpoints(at(3), 10).await.unwrap().len(), 1);
    assert_eq!(lease(storage, &hook, 3).await.len(), 1, "what it missed");
}
