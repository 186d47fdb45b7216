//! A full run with logs as loud as they get: nothing that anybody submitted, and no secret that was handed out, is in them.

use serde_json::{Value, json};
use shiming_identifiers::Uscc;
use shiming_testbed::{
    applicant::Applicant,
    browser::{Browser, Diary, http_client},
    free_port, wait_until,
};

use crate::machine::{Machine, enrol};

/// Our own crates at the loudest level, everybody else's as loud as it stays legible.
const LOUD: &str = "debug,shiming=trace,shiming_http=trace,shiming_service=trace,shiming_storage=trace,\
    shiming_verification=trace,shiming_bank=trace,shiming_outbound=trace,sqlx=trace";

/// Words of the interface itself, which logs may hold.
const WORDS: [&str; 10] = [
    "enterprise",
    "individual_business",
    "face",
    "bank",
    "zh-CN",
    "en",
    "hello",
    "test.ping",
    "991100000015",
    // The version of the notice.
    "2026-11",
];

#[tokio::test(flavor = "multi_thread")]
async fn logs_hold_nothing_that_was_submitted_and_no_secret() {
    let machine = Machine::new(&[
        ("SHIMING_LOG", LOUD.to_owned()),
        ("SHIMING_LOG_FORMAT", "json".to_owned()),
        ("SHIMING_BANK_MODE", "folder".to_owned()),
        ("SHIMING_BANK_SANDBOX", "true".to_owned()),
        ("SHIMING_BANK_ACCOUNT_NAME", "示例平台有限公司".to_owned()),
        (
            "SHIMING_BANK_ACCOUNT_NUMBER",
            "11000000000000001".to_owned(),
        ),
        ("SHIMING_BANK_ACCOUNT_CNAPS", "991100000015".to_owned()),
        ("SHIMING_TRUSTED_HOSTS", "127.0.0.1".to_owned()),
    ]);
    let diary = Diary::default();
    let key = key_in(&machine.run(&["platform", "add", "示例商城"]));
    import(&machine);
    let mut node = machine.serve();
    let (http, origin) = (http_client(), node.origin());
    let mut program = Browser::with_key(&http, &origin, &key).noting(&diary);
    note(&diary, &key);

    set_up_webhook(&mut program, &diary).await;
    verify_by_face(&mut program, &diary).await;
    pay_from_the_account(&mut program, &diary).await;
    sign_in_wrongly(&mut Browser::new(&http, &origin).noting(&diary)).await;
    let company = enrol(&http, &origin).await;
    for field in [
        "legal_representative",
        "id_number",
        "enterprise_name",
        "uscc",
    ] {
        note(&diary, company[field].as_str().expect("a text"));
    }
    // The messages to the webhook that nobody answers are on their way, and fail.
    let log = || std::fs::read_to_string(machine.file("log")).expect("a log");
    wait_until("a message failed", || {
        log().contains("a webhook message was not taken")
    });
    node.tell("-TERM");
    wait_until("the server has ended", || node.has_ended());

    let log = log();
    for told in [
        "/portal/api/cases/{id}/elements",
        "UPDATE verification_case",
    ] {
        assert!(
            log.contains(told),
            "the log is loud enough to tell of {told}"
        );
    }
    let mut submitted = diary.lock().expect("whole").clone();
    submitted.retain(|value| value.chars().count() > 1 && !WORDS.contains(&value.as_str()));
    assert!(submitted.len() > 40, "only {} values", submitted.len());
    let told: Vec<_> = submitted
        .iter()
        .filter(|value| log.contains(value.as_str()))
        .collect();
    assert!(told.is_empty(), "the log holds {told:?}");
}

fn key_in(printed: &str) -> String {
    let mut words = printed.split_whitespace();
    let key = words.find(|word| word.starts_with("sk_"));
    key.unwrap_or_else(|| panic!("no key in {printed}"))
        .to_owned()
}

fn note(diary: &Diary, value: &str) {
    diary.lock().expect("whole").push(value.to_owned());
}

async fn set_up_webhook(program: &mut Browser, diary: &Diary) {
    // The secret is in the address, as many receivers want it.
    let url = format!("http://127.0.0.1:{}/hook?token=dont-tell-4711", free_port());
    let made = program
        .post("/v1/webhook_endpoints", &json!({ "url": url }))
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    note(diary, made.body["secret"].as_str().expect("a secret"));
    note(diary, "dont-tell-4711");
}

/// Wrong elements, another person's, then the right ones; the phone, the consent, the camera's connection.
async fn verify_by_face(program: &mut Browser, diary: &Diary) {
    let company = registered();
    let mut applicant = open(program, "kunde-13800138000", diary).await;
    applicant.choose().await;
    let mut wrong = company.clone();
    wrong["uscc"] = json!("91110108MADEM00");
    wrong["id_number"] = json!("11010119800101888");
    let refused = applicant
        .pc
        .post(&applicant.path("/elements"), &wrong)
        .await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    let mut other = company.clone();
    other["legal_representative"] = json!("欧阳别人");
    assert_eq!(applicant.submit(&other).await["state"], "draft");
    let view = applicant.submit(&company).await;
    assert_eq!(view["state"], "awaiting_scan", "{view}");
    let token = view["invitation"]["url"].as_str().expect("a link");
    note(diary, token.split_once('#').expect("a token").1);
    let mut phone = applicant.phone(program.origin(), &view).await;
    phone.consent().await;
    let mut scan = phone.scan().await.expect("a connection");
    scan.until("ready").await;
    scan.say(&json!({ "type": "camera", "label": "王五的前置相机" }))
        .await;
}

async fn pay_from_the_account(program: &mut Browser, diary: &Diary) {
    let company = registered();
    let mut applicant = open(program, "kunde-13900139000", diary).await;
    let choice = json!({ "subject_type": "enterprise", "method": "bank" });
    let chosen = applicant.pc.post(&applicant.path("/choice"), &choice).await;
    assert_eq!(chosen.status, 200, "{}", chosen.body);
    applicant.submit(&company).await;
    let account = json!({
        "account_name": company["enterprise_name"], "account_number": "62220212345678901", "cnaps": "991100000015",
    });
    let entered = applicant.pc.post(&applicant.path("/bank"), &account).await;
    assert_eq!(entered.status, 200, "{}", entered.body);
    let confirmed = applicant
        .pc
        .post(&applicant.path("/transfer"), &json!({}))
        .await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
}

async fn open(program: &mut Browser, account: &str, diary: &Diary) -> Applicant {
    let body = json!({
        "account": { "id": account, "name": "张三的小店" },
        "return_url": "https://shop.example.cn/back?session=hush-1234567",
        "metadata": { "order": "bestellung-998877" },
    });
    let path = "/v1/verifications";
    let opened = program.post_once(path, account, &body).await;
    let secret = opened.body["client_secret"].as_str();
    note(diary, secret.expect("a secret"));
    let origin = program.origin().to_owned();
    Applicant::enter(program.of_another(&origin), &opened).await
}

async fn sign_in_wrongly(browser: &mut Browser) {
    let body = json!({ "login": "chefin@example.cn", "password": "korrekt-pferd-batterie", "code": "482913" });
    let answer = browser.post("/console/api/session/password", &body).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
}

/// The elements of an enterprise that the registry knows.
fn registered() -> Value {
    let uscc = Uscc::from_parts("91", "110108", "MA4711AB").expect("of the alphabet");
    json!({
        "enterprise_name": "示例隐私科技（北京）有限公司", "uscc": uscc.as_str(),
        "legal_representative": "欧阳静默", "id_number": "110101198506150019",
    })
}

fn import(machine: &Machine) {
    let company = registered();
    let columns = [
        "enterprise_name",
        "uscc",
        "legal_representative",
        "id_number",
    ];
    let row = columns.map(|column| company[column].as_str().expect("a text").to_owned());
    let text = format!("{}\n{}\n", columns.join(","), row.join(","));
    let file = machine.file("registry.csv");
    std::fs::write(&file, text).expect("written");
    machine.run(&["registry", "import", &file.display().to_string()]);
}
