//! Bank reconciliation at the console: what is open, files brought by hand, entries dealt with by a person.

mod support;

use std::{path::Path, sync::Arc};

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};
use shiming_audit::AuditFilter;
use shiming_bank::{
    channel::FileChannel,
    iso::Debtor,
    report::Reading,
    spool::{Folder, Folders, Spool},
};
use shiming_identifiers::Cnaps;
use shiming_verification::{bank::AccountNumber, operator::Role};
use support::{
    Answer, Browser, World,
    staff::{administrator, staff},
    text,
};

const OWN: &str = "11000000000000001";

fn bank(root: &Path) -> Arc<FileChannel> {
    let folders = Folders {
        outgoing: "out".to_owned(),
        incoming: "in".to_owned(),
        records: "records".to_owned(),
    };
    let account = AccountNumber::parse(OWN).unwrap();
    let debtor = Debtor {
        name: "示例平台有限公司".to_owned(),
        account: account.clone(),
        cnaps: Cnaps::parse("991100000015").unwrap(),
    };
    let spool = Spool::new(Arc::new(Folder::new(root)), folders, || 1);
    let reading = Reading { account, csv: None };
    Arc::new(FileChannel::new(
        spool,
        debtor,
        "示例银行".to_owned(),
        reading,
    ))
}

fn statement(amount: &str) -> String {
    format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<Stmt><Id>S</Id><Acct><Id><Othr><Id>{OWN}</Id></Othr></Id></Acct>
<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>
<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>某公司</Nm></Dbtr><DbtrAcct><Id><Othr><Id>35000000000000002</Id></Othr></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>货款</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">0.37</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"#
    )
}

impl Browser {
    async fn bring(&mut self, world: &World, name: &str, file: impl Into<Body>) -> Answer {
        let request = Request::post(format!("/console/api/bank/files?name={name}"))
            .header("x-shiming-console", "1");
        self.ask(world, request, file.into()).await
    }

    async fn resolve(&mut self, world: &World, entry: &Value, note: &str) -> Answer {
        let path = format!("/bank/entries/{}/resolve", text(&entry["id"]));
        self.tell(world, &path, json!({ "note": note })).await
    }
}

#[tokio::test]
async fn a_file_is_brought_once_and_each_entry_stays_until_somebody_says_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::with_bank(bank(folder.path())).await;
    let mut admin = administrator(&world).await;
    let (mut reviewer, _) = staff(&world, &mut admin, "rev", &[Role::Reviewer]).await;
    let (mut auditor, _) = staff(&world, &mut admin, "aud", &[Role::Auditor]).await;

    let stored = admin
        .bring(&world, "..%2Fday.xml", statement("12.00"))
        .await;
    assert_eq!(stored.status, StatusCode::OK, "{}", stored.body);
    let expected =
        json!({ "known_file": false, "records": 2, "matched": 0, "unmatched": 2, "known": 0 });
    assert_eq!(stored.body, expected);
    let again = reviewer.bring(&world, "day.xml", statement("12.00")).await;
    assert_eq!(again.body["known_file"], true);

    let books = auditor.read(&world, "/bank").await.body;
    assert_eq!(books["account"], "****0001");
    assert_eq!(books["transfers"], json!([]));
    let entries = books["entries"].as_array().unwrap().clone();
    let came = entries
        .iter()
        .find(|entry| entry["direction"] == "credit")
        .unwrap();
    for (name, value) in [
        ("misfit", "no_reference"),
        ("amount", "12.00"),
        ("counterparty", "某公司"),
        ("counterparty_account", "****0002"),
        ("remittance", "货款"),
        ("source", "day.xml"),
    ] {
        assert_eq!(came[name], value, "{name}");
    }
    let left = entries
        .iter()
        .find(|entry| entry["direction"] == "debit")
        .unwrap();
    assert_eq!(
        left["amount"],
        Value::Null,
        "it may be the amount of a transfer"
    );

    assert_eq!(
        auditor.resolve(&world, came, "货款").await.body["code"],
        "forbidden"
    );
    let empty = reviewer.resolve(&world, came, "  ").await;
    assert_eq!(empty.body["errors"][0]["pointer"], "/note");
    let done = reviewer.resolve(&world, came, "货款，与认证无关").await;
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    let twice = admin.resolve(&world, came, "again").await;
    assert_eq!(twice.status, StatusCode::NOT_FOUND);
    let rest = auditor.read(&world, "/bank").await.body;
    assert_eq!(rest["entries"].as_array().unwrap().len(), 1);

    let filter = AuditFilter {
        action: Some("bank.".to_owned()),
        ..AuditFilter::default()
    };
    let trail = world
        .services
        .audit
        .find_entries(&filter, None, 10)
        .await
        .unwrap();
    let done: Vec<_> = trail
        .iter()
        .rev()
        .map(|entry| entry.record.action.as_str())
        .collect();
    let expected = [
        "bank.file_brought",
        "bank.file_brought",
        "bank.entry_resolved",
        "bank.entry_resolved",
    ];
    assert_eq!(done, expected);
    assert!(!format!("{trail:?}").contains("货款"));
}

#[tokio::test]
async fn a_file_that_can_not_be_read_says_where_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::with_bank(bank(folder.path())).await;
    let mut admin = administrator(&world).await;
    for (file, place) in [
        (
            statement("1,200.00"),
            "line 3, Document/BkToCstmrStmt/Stmt/Ntry",
        ),
        (statement("12.00").replace("CNY", "USD"), "\"USD\""),
        (statement("12.00")[..300].to_owned(), "ends in the middle"),
        ("no statement".to_owned(), "line 1"),
        (String::new(), "empty"),
    ] {
        let told = admin.bring(&world, "bad", file).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        let reason = text(&told.body["errors"][0]["reason"]);
        assert!(reason.contains(place), "{reason}");
    }
    let books = admin.read(&world, "/bank").await.body;
    assert_eq!(books["entries"], json!([]));
}

#[tokio::test]
async fn without_a_bank_there_is_nothing_to_bring_a_file_to() {
    let world = World::new().await;
    let mut admin = administrator(&world).await;
    let books = admin.read(&world, "/bank").await.body;
    assert_eq!(books["account"], Value::Null);
    let told = admin.bring(&world, "day.xml", statement("12.00")).await;
    assert_eq!(told.body["errors"][0]["reason"], "no_bank");
}
