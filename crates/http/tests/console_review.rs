//! A reviewer's work: two pairs of eyes, a question and its answer, a refusal with a reason for each reader.

mod support;

use axum::http::StatusCode;
use serde_json::{Value, json};
use shiming_audit::Chain;
use shiming_verification::{
    case::Case, code::Code, operator::Role, policy::Policy, ports::feed::EventQuery,
};
use support::{
    Browser, World,
    review::{in_review, reviewing},
    staff::{administrator, staff},
};

/// What only colleagues may read.
const INTERNAL: &str = "怀疑代办，已电话核实";

async fn case_of(world: &World, path: &str) -> Case {
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    world.services.cases.get(id).await.unwrap()
}

/// Two reviewers at a server where an approval needs both.
struct Pair {
    world: World,
    first: Browser,
    second: Browser,
    pc: Browser,
    path: String,
}

impl Pair {
    async fn at_work() -> Self {
        let world = World::with_policy(Policy {
            review_unclear_faces: true,
            review_four_eyes: true,
            ..Policy::default()
        })
        .await;
        let mut admin = administrator(&world).await;
        let (first, _) = staff(&world, &mut admin, "first", &[Role::Reviewer]).await;
        let (second, _) = staff(&world, &mut admin, "second", &[Role::Reviewer]).await;
        let (pc, path) = in_review(&world).await;
        Self {
            world,
            first,
            second,
            pc,
            path,
        }
    }

    fn decision(&self) -> String {
        let id = self.path.rsplit('/').next().unwrap();
        format!("/cases/{id}/decision")
    }

    async fn first(&mut self, decision: Value) -> Value {
        let path = self.decision();
        self.first.tell(&self.world, &path, decision).await.body
    }

    async fn second(&mut self, decision: Value) -> Value {
        let path = self.decision();
        self.second.tell(&self.world, &path, decision).await.body
    }
}

fn approve() -> Value {
    json!({ "decision": "approve" })
}

#[tokio::test]
async fn an_approval_needs_a_second_pair_of_eyes_and_nobody_has_four() {
    let mut pair = Pair::at_work().await;
    let once = pair.first(approve()).await;
    assert_eq!(once["case"]["state"], "in_review", "{once}");
    assert_eq!(
        (&once["four_eyes"], &once["approvals"]),
        (&json!(true), &json!(["first"]))
    );
    let twice = pair.first(approve()).await;
    assert_eq!(twice["code"], "not_allowed_now", "the same person again");

    let queue = pair.second.read(&pair.world, "/review").await.body;
    assert_eq!(queue[0]["approvals"], json!(["first"]));
    assert_eq!(queue[0]["claimed_by"], Value::Null, "free for a colleague");
    let applicant = pair.pc.get(&pair.world, &pair.path).await.body;
    assert_eq!(applicant["state"], "in_review");
    assert!(
        !applicant.to_string().contains("first"),
        "who has approved stays inside"
    );

    let passed = pair.second(approve()).await;
    assert_eq!(passed["case"]["state"], "verified", "{passed}");
    assert_eq!(passed["approvals"], json!(["first", "second"]));
}

#[tokio::test]
async fn either_pair_of_eyes_may_refuse_alone() {
    let mut pair = Pair::at_work().await;
    pair.first(approve()).await;
    let reason = Code::RiskRejected.as_str();
    let refused = pair
        .second(json!({ "decision": "reject", "reason": reason }))
        .await;
    assert_eq!(refused["case"]["state"], "rejected", "{refused}");
}

#[tokio::test]
async fn an_approval_does_not_outlive_a_question_that_comes_after_it() {
    let mut pair = Pair::at_work().await;
    pair.first(approve()).await;
    let asked = json!({ "decision": "ask", "message": "请说明更名情况。" });
    let asked = pair.second(asked).await;
    assert_eq!(
        (&asked["case"]["state"], &asked["approvals"]),
        (&json!("needs_info"), &json!([]))
    );
    let answer = json!({ "answer": "上月已更名。" });
    let path = format!("{}/answer", pair.path);
    let answered = pair.pc.post(&pair.world, &path, &answer).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.body);
    let once = pair.second(approve()).await;
    assert_eq!(
        once["case"]["state"], "in_review",
        "the answer is new to both"
    );
    let passed = pair.first(approve()).await;
    assert_eq!(passed["case"]["state"], "verified", "{passed}");
}

#[tokio::test]
async fn a_reviewer_asks_the_applicant_answers_and_the_case_passes() {
    let world = reviewing().await;
    let mut admin = administrator(&world).await;
    let (mut reviewer, _) = staff(&world, &mut admin, "reviewer", &[Role::Reviewer]).await;
    let (mut colleague, _) = staff(&world, &mut admin, "colleague", &[Role::Reviewer]).await;
    let (mut pc, path) = in_review(&world).await;
    let id = path.rsplit('/').next().unwrap();

    let queue = reviewer.read(&world, "/review").await.body;
    assert_eq!(queue[0]["case"]["id"], id);
    reviewer
        .tell(&world, &format!("/cases/{id}/claim"), json!({}))
        .await;
    let decision = format!("/cases/{id}/decision");
    let answer = colleague
        .tell(&world, &decision, json!({ "decision": "approve" }))
        .await;
    assert_eq!(
        answer.body["code"], "not_allowed_now",
        "it is the reviewer's for now"
    );

    let ask = json!({ "decision": "ask", "message": "请说明更名情况。", "internal": "looks odd" });
    let answer = reviewer.tell(&world, &decision, ask).await;
    assert_eq!(
        answer.body["case"]["state"], "needs_info",
        "{}",
        answer.body
    );
    let seen = pc.get(&world, &path).await.body;
    assert_eq!(seen["review"]["message"], "请说明更名情况。");
    assert!(
        !seen.to_string().contains("looks odd"),
        "the internal note stays inside"
    );
    let answer = pc
        .post(
            &world,
            &format!("{path}/answer"),
            &json!({ "answer": "上月已更名。" }),
        )
        .await;
    assert_eq!(answer.body["state"], "in_review", "{}", answer.body);

    let approve = json!({ "decision": "approve" });
    let answer = reviewer.tell(&world, &decision, approve).await;
    assert_eq!(answer.body["case"]["state"], "verified", "{}", answer.body);
    assert_eq!(answer.body["answer"], "上月已更名。");

    let mut chain = Chain::default();
    for stored in world.services.audit.entries_from(1, 10_000).await.unwrap() {
        chain.pass(&stored.entry).expect("the trail holds");
    }
}

#[tokio::test]
async fn a_refusal_tells_the_applicant_why_in_their_words() {
    let world = reviewing().await;
    let mut admin = administrator(&world).await;
    let (mut reviewer, _) = staff(&world, &mut admin, "reviewer", &[Role::Reviewer]).await;
    let (mut pc, path) = in_review(&world).await;
    let id = path.rsplit('/').next().unwrap();
    let decision = format!("/cases/{id}/decision");
    let odd = json!({ "decision": "reject", "reason": "made_up" });
    assert_eq!(
        reviewer.tell(&world, &decision, odd).await.body["code"],
        "invalid_input"
    );
    let reject = json!({
        "decision": "reject", "reason": Code::NotLegalRep.as_str(),
        "message": "请由法定代表人办理。", "internal": INTERNAL,
    });
    let answer = reviewer.tell(&world, &decision, reject).await;
    assert_eq!(answer.body["case"]["state"], "rejected");
    assert_eq!(
        answer.body["notes"][0]["text"], INTERNAL,
        "colleagues read it"
    );
    let seen = pc.get(&world, &path).await.body;
    assert_eq!(seen["last_error"]["code"], "not_legal_rep");
    assert_eq!(seen["review"]["message"], "请由法定代表人办理。");
    assert!(
        !seen.to_string().contains(INTERNAL),
        "the applicant does not"
    );
    let platform = case_of(&world, &path).await.account.platform;
    let told = world
        .services
        .feed
        .events(platform, EventQuery::default(), 100);
    let told = format!("{:?}", told.await.unwrap());
    assert!(told.contains("NotLegalRep") && !told.contains(INTERNAL));
    let trail = admin.read(&world, "/audit").await.body.to_string();
    assert!(trail.contains("case.rejected") && !trail.contains(INTERNAL));
    let again = reviewer
        .tell(&world, &decision, json!({ "decision": "approve" }))
        .await;
    assert_eq!(again.body["code"], "not_allowed_now", "refused for good");
}
