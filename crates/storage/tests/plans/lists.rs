//! The lists, as the console and the platforms' programs ask for them.

use std::collections::BTreeSet;

use shiming_audit::{ActorKind, AuditFilter};
use shiming_storage::Storage;
use shiming_verification::{
    ids::CaseId,
    ports::{
        console::{CaseCursor, CaseFilter, Lookup},
        listings,
    },
    words::Realm,
};

use crate::{
    engine::{Engine, Order},
    noted,
    seed::{self, FIRST_ENTRY, ORIGINALS, RARE, ROWS, body_id, opened_at, row_id},
    support::{Bench, DEMO, Hands, LIVE, at, claim},
};

const PAGE: u32 = 51;

/// Fills the tables of an empty storage and looks at every list.
pub async fn hold(bench: &Bench, engine: &Engine<'_>) {
    for n in 1..=ORIGINALS {
        Hands::new(&*bench.storage, n).verify(claim(n)).await;
    }
    seed::fill(engine).await;
    let storage = &*bench.second_node().await;
    cases(storage, engine).await;
    lookups(storage, engine).await;
    a_platforms_own(storage, engine).await;
    review_queue(storage, engine).await;
    audit(storage, engine).await;
    jobs(storage, engine).await;
}

/// Which copies a filter lets through.
type Fits = fn(u32) -> bool;

fn case_filters() -> Vec<(&'static str, CaseFilter, Fits)> {
    let all = CaseFilter::default;
    let of = |state: &str| CaseFilter {
        state: Some(state.to_owned()),
        ..all()
    };
    vec![
        ("every case", all(), |_| true),
        ("a common state", of("verified"), |i| i % RARE != 3),
        ("a rare state", of("in_review"), |i| i % RARE == 3),
        (
            "a common realm",
            CaseFilter {
                realm: Some(Realm::Live),
                ..all()
            },
            |i| i % RARE != 2,
        ),
        (
            "a rare realm",
            CaseFilter {
                realm: Some(Realm::Test),
                ..all()
            },
            |i| i % RARE == 2,
        ),
        (
            "a rare method",
            CaseFilter {
                method: Some("bank".to_owned()),
                ..all()
            },
            |i| i % RARE == 4,
        ),
        (
            "a rare code",
            CaseFilter {
                code: Some("face_mismatch".to_owned()),
                ..all()
            },
            |i| i % RARE == 5,
        ),
        (
            "a common platform",
            CaseFilter {
                platform: Some(LIVE),
                ..all()
            },
            |i| i % RARE != 1,
        ),
        (
            "a rare platform",
            CaseFilter {
                platform: Some(DEMO),
                ..all()
            },
            |i| i % RARE == 1,
        ),
        (
            "a month",
            CaseFilter {
                since: Some(at(0) + chrono::Duration::milliseconds(opened_at(500) - opened_at(0))),
                until: Some(at(0) + chrono::Duration::milliseconds(opened_at(900) - opened_at(0))),
                ..all()
            },
            |i| (499..899).contains(&i),
        ),
    ]
}

/// The first page, one in the middle, and the last: each holds what comes next, and is read off an index.
async fn cases(storage: &dyn Storage, engine: &Engine<'_>) {
    for (what, filter, fits) in case_filters() {
        let expected: Vec<u32> = (0..ROWS).rev().filter(|i| fits(*i)).collect();
        for start in [0, expected.len() / 2, expected.len() - 5] {
            let after = start.checked_sub(1).map(|last| CaseCursor {
                opened_at: opened_at(expected[last]),
                id: row_id(expected[last]).uuid(),
            });
            noted::taken();
            let found = storage.find_cases(&filter, after, PAGE).await.expect(what);
            engine
                .explain(what, "verification_case", Order::Index)
                .await;
            let page = expected[start..].iter().take(PAGE as usize);
            let page: Vec<CaseId> = page.map(|i| body_id(*i)).collect();
            let found: Vec<CaseId> = found.iter().map(|case| case.id).collect();
            assert!(found.starts_with(&page), "{what} from {start}");
        }
    }
}

/// Whatever is looked for by its identifier is found by it, and only that is sorted.
async fn lookups(storage: &dyn Storage, engine: &Engine<'_>) {
    let original = claim(3);
    let lookups = vec![
        Lookup::Account("copy-77".to_owned()),
        Lookup::Uscc(original.uscc),
        Lookup::Person(original.id_number),
        Lookup::Name(original.enterprise_name),
    ];
    let credential = Hands::new(storage, 4).credential();
    let id = Hands::new(storage, 5).id();
    for (what, lookups, expected) in [
        (
            "any identifier",
            lookups,
            vec![body_id(77), Hands::new(storage, 3).id()],
        ),
        (
            "a credential",
            vec![Lookup::Credential(credential)],
            vec![Hands::new(storage, 4).id()],
        ),
        ("an id", vec![Lookup::Case(id)], vec![id]),
    ] {
        let filter = CaseFilter {
            lookups,
            ..CaseFilter::default()
        };
        noted::taken();
        let found = storage.find_cases(&filter, None, PAGE).await.expect(what);
        engine
            .explain(what, "verification_case", Order::Found)
            .await;
        let found: Vec<CaseId> = found.iter().map(|case| case.id).collect();
        assert_eq!(found, expected, "{what}");
    }
}

async fn a_platforms_own(storage: &dyn Storage, engine: &Engine<'_>) {
    for (what, platform, after, account) in [
        ("a platform's", LIVE, None, None),
        ("a platform's next", LIVE, Some(50_000), None),
        ("a small platform's", DEMO, None, None),
        ("an account's", LIVE, None, Some("copy-7")),
    ] {
        let filter = listings::CaseFilter {
            account_id: account.map(str::to_owned),
            state: None,
            after: after.map(row_id),
        };
        noted::taken();
        let found = storage.list_cases(platform, &filter, PAGE).await;
        engine
            .explain(what, "verification_case", Order::Index)
            .await;
        let first = match (after, account) {
            (_, Some(_)) => 7,
            (Some(after), _) => after - 1,
            _ if platform == LIVE => ROWS - 1,
            _ => ROWS - RARE + 1,
        };
        assert_eq!(found.expect(what)[0].id, body_id(first), "{what}");
    }
}

async fn review_queue(storage: &dyn Storage, engine: &Engine<'_>) {
    noted::taken();
    let queue = storage.review_queue(at(9), 100).await.expect("the queue");
    let what = "the queue of reviews";
    engine
        .explain(what, "verification_case", Order::Index)
        .await;
    let waiting: Vec<CaseId> = queue.iter().map(|queued| queued.case.id).collect();
    let expected: Vec<CaseId> = (0..100).map(|n| body_id(n * RARE + 3)).collect();
    assert_eq!(waiting, expected, "the longest waiting first");
}

/// Each filter of the page is read off an index, and page after page the whole trail comes by.
async fn audit(storage: &dyn Storage, engine: &Engine<'_>) {
    let all = AuditFilter::default;
    let of = |action: &str| AuditFilter {
        action: Some(action.to_owned()),
        ..all()
    };
    let about = AuditFilter {
        subject: Some("ver_77".to_owned()),
        ..all()
    };
    let by_operators = AuditFilter {
        actor_kind: Some(ActorKind::Operator),
        ..all()
    };
    let by_one = AuditFilter {
        actor_id: Some("op_one".to_owned()),
        ..all()
    };
    for (what, filter, newest) in [
        ("every entry", all(), ROWS - 1),
        ("a common action", of("case.chosen"), ROWS - 1),
        ("a rare action", of("case.revealed"), ROWS - RARE + 3),
        ("a common area", of("case."), ROWS - 1),
        ("a rare area", of("person"), ROWS - RARE + 2),
        ("one subject", about, 779),
        ("a rare kind of actor", by_operators, ROWS - RARE + 1),
        ("one actor", by_one, ROWS - RARE + 1),
    ] {
        for below in [None, Some(FIRST_ENTRY + u64::from(newest))] {
            noted::taken();
            let found = storage.find_entries(&filter, below, 101).await.expect(what);
            engine.explain(what, "audit_entry", Order::Index).await;
            if below.is_none() {
                let first = found.first().map(|entry| entry.seq);
                assert_eq!(first, Some(FIRST_ENTRY + u64::from(newest)), "{what}");
            }
        }
    }
    let mut below = None;
    let mut seen = 0;
    loop {
        let page = storage.find_entries(&all(), below, 1_000).await;
        let page = page.expect("a page");
        let before = below.unwrap_or(FIRST_ENTRY + u64::from(ROWS));
        assert!(page.first().is_none_or(|entry| entry.seq < before));
        seen += page.iter().filter(|entry| entry.seq >= FIRST_ENTRY).count();
        let Some(last) = page.last() else { break };
        below = Some(last.seq);
    }
    assert_eq!(seen, ROWS as usize);
}

async fn jobs(storage: &dyn Storage, engine: &Engine<'_>) {
    let mut seen = BTreeSet::new();
    let mut after = None;
    loop {
        noted::taken();
        let page = storage.stuck_jobs(after.as_ref(), 1_000).await;
        let page = page.expect("a page");
        if seen.is_empty() || page.is_empty() {
            engine.explain("jobs that died", "job", Order::Index).await;
        }
        let Some(last) = page.last() else { break };
        after = Some(last.place.clone());
        seen.extend(page.iter().map(|job| job.id));
    }
    assert_eq!(seen.len(), (ROWS / 2) as usize, "each once, ties included");
}
