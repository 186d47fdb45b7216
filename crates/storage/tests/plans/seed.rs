//! A hundred thousand cases, jobs and audit entries, written straight into the tables. The cases' bodies are copies of a few real
//! ones, so that they can be opened; which copy a row holds tells one row from its neighbours.

use shiming_verification::ids::CaseId;
use uuid::Uuid;

use crate::{engine::Engine, support::at};

/// Rows of each table.
pub const ROWS: u32 = 100_000;
/// Real cases whose bodies are copied.
pub const ORIGINALS: u16 = 20;
/// Ids of copies begin here.
const FIRST_ID: u32 = 1_000_000;
/// Ids of the real cases begin here (`Hands::id`).
const FIRST_ORIGINAL: u32 = 1_001;
/// Numbers of copied audit entries begin here, behind those that the originals have left.
pub const FIRST_ENTRY: u64 = 1_000;

/// One of a thousand is rare.
pub const RARE: u32 = 1_000;

/// The id of the i-th copy's row.
pub fn row_id(i: u32) -> CaseId {
    CaseId::new(Uuid::from_u128(u128::from(FIRST_ID + i)))
}

/// When the i-th copy was opened, in milliseconds.
pub fn opened_at(i: u32) -> i64 {
    at(0).timestamp_millis() + i64::from(i) * 1_000 + 1_000
}

/// The id in the body of the i-th copy.
pub fn body_id(i: u32) -> CaseId {
    let original = FIRST_ORIGINAL + i % u32::from(ORIGINALS);
    CaseId::new(Uuid::from_u128(u128::from(original)))
}

/// Fills the tables.
pub async fn fill(engine: &Engine<'_>) {
    engine
        .fill(&[keys(), cases(engine), audit(engine), jobs(engine)])
        .await;
    engine.settle();
}

/// `n(i)` from 0 on.
fn numbers() -> String {
    format!("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {ROWS})")
}

/// As many keys as a server with as many cases has.
fn keys() -> String {
    let numbers = numbers();
    format!(
        "INSERT INTO data_key (owner, master_key, wrapped) {numbers}
         SELECT 'case:' || i, k.master_key, k.wrapped FROM n
           CROSS JOIN (SELECT master_key, wrapped FROM data_key LIMIT 1) k"
    )
}

fn cases(engine: &Engine<'_>) -> String {
    let (numbers, first) = (numbers(), at(0).timestamp_millis());
    let id = engine.uuid(&format!("{FIRST_ID} + i"));
    let original = engine.uuid(&format!("{FIRST_ORIGINAL} + i % {ORIGINALS}"));
    let (live, demo) = (engine.uuid("1"), engine.uuid("2"));
    let [uscc, person, name] = ["i * 3", "i * 3 + 1", "i * 3 + 2"].map(|n| engine.hash(n));
    format!(
        "INSERT INTO verification_case
           (id, platform, account_id, realm, version, state, key_owner, body, uscc_index,
            id_index, name_index, wake_at, expires_at, opened_at, updated_at, method, last_code)
         {numbers}
         SELECT {id}, CASE i % {RARE} WHEN 1 THEN {demo} ELSE {live} END, 'copy-' || i,
           CASE i % {RARE} WHEN 2 THEN 'test' ELSE 'live' END, 9,
           CASE i % {RARE} WHEN 3 THEN 'in_review' ELSE 'verified' END, t.key_owner, t.body,
           {uscc}, {person}, {name}, NULL, {first}, {first} + (i + 1) * 1000, {first},
           CASE i % {RARE} WHEN 4 THEN 'bank' ELSE 'face' END,
           CASE i % {RARE} WHEN 5 THEN 'face_mismatch' ELSE NULL END
         FROM n JOIN verification_case t ON t.id = {original}"
    )
}

fn audit(engine: &Engine<'_>) -> String {
    let (numbers, first) = (numbers(), at(0).timestamp_millis());
    let (hash, seal) = (engine.hash("i * 2"), engine.hash("i * 2 + 1"));
    format!(
        "INSERT INTO audit_entry (seq, at, actor_kind, actor_id, action, subject, detail, hash, seal)
         {numbers}
         SELECT {FIRST_ENTRY} + i, {first} + i, CASE i % {RARE} WHEN 1 THEN 'operator' ELSE 'system' END,
           CASE i % {RARE} WHEN 1 THEN 'op_one' ELSE NULL END,
           CASE i % {RARE} WHEN 2 THEN 'person.exported' WHEN 3 THEN 'case.revealed' ELSE 'case.chosen' END,
           'ver_' || (i / 10), '{{}}', {hash}, {seal} FROM n"
    )
}

/// Every second one waits for a person; two each were due at the same time.
fn jobs(engine: &Engine<'_>) -> String {
    let (numbers, first) = (numbers(), at(0).timestamp_millis());
    let id = engine.uuid(&format!("{FIRST_ID} + i"));
    format!(
        "INSERT INTO job (job_key, id, payload, due_at, attempts, dead) {numbers}
         SELECT 'copy:' || i, {id}, '{{}}', {first} + i / 4, 3, i % 2 = 0 FROM n"
    )
}
