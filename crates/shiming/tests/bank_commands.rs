//! `shiming bank` as its users call it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

/// A folder with nothing but what a story puts there, and the operator's account in the environment.
struct Desk {
    folder: tempfile::TempDir,
    settings: Vec<(&'static str, String)>,
}

impl Desk {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            settings: vec![("SHIMING_BANK_ACCOUNT_NUMBER", "11000000000000001".into())],
        }
    }

    /// Statements in CSV are read by these columns.
    fn with_columns(mut self) -> Self {
        for (name, value) in [
            ("TIME", "交易时间"),
            ("DEBIT", "支出"),
            ("CREDIT", "收入"),
            ("COUNTERPARTY", "对方户名"),
            ("COUNTERPARTY_ACCOUNT", "对方账号"),
            ("REMARK", "摘要"),
        ] {
            let name: &'static str = format!("SHIMING_BANK_CSV_{name}").leak();
            self.settings.push((name, value.to_owned()));
        }
        self
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.folder.path().join(name), content).expect("written");
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shiming"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SHIMING_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .envs(self.settings.iter().cloned())
            .current_dir(self.folder.path())
            .output()
            .expect("the program runs")
    }

    /// What a command prints that ends well.
    fn told(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What a command complains of that fails.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn import(&self, file: &str) -> String {
        self.told(&["bank", "statement", "import", file])
    }
}

fn statement(entries: &str) -> String {
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt>\n\
         <GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-02T18:00:00+08:00</CreDtTm></GrpHdr>\n\
         <Stmt><Id>S1</Id><Acct><Id><Othr><Id>11000000000000001</Id></Othr></Id></Acct>\n\
         {entries}</Stmt></BkToCstmrStmt></Document>\n"
    )
}

fn entry(reference: &str, amount: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"CNY\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>2026-01-02</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef></Ntry>\n"
    )
}

/// The id at the end of the first entry that is listed.
fn first_entry(outstanding: &str) -> &str {
    let mut lines = outstanding
        .lines()
        .skip_while(|line| !line.starts_with("entries"));
    let line = lines.nth(1).expect("an entry");
    line.rsplit(' ').next().expect("its id")
}

#[test]
fn a_statement_is_read_once_and_what_belongs_to_nothing_is_listed_until_somebody_notes_why() {
    let desk = Desk::new();
    let all = format!("{}{}", entry("R1", "12.00"), entry("R2", "0.37"));
    desk.file("day.xml", statement(&all));
    let first = desk.import("day.xml");
    assert!(
        first.starts_with("2 records: 0 belong to a transfer, 2 to none"),
        "{first}"
    );
    let again = desk.import("day.xml");
    assert!(
        again.contains("read before; nothing was changed"),
        "{again}"
    );
    desk.file(
        "next.xml",
        statement(&format!("{all}{}", entry("R3", "1.00"))),
    );
    let next = desk.import("next.xml");
    assert!(
        next.starts_with("3 records: 0 belong to a transfer, 1 to none")
            && next.contains("2 were known"),
        "{next}"
    );

    let outstanding = desk.told(&["bank", "outstanding"]);
    assert!(outstanding.contains("transfers: 0\n"), "{outstanding}");
    assert!(
        outstanding.contains("entries that belong to no transfer: 3\n")
            && outstanding.contains("NoReference  in 12.00  day.xml"),
        "{outstanding}"
    );
    let id = first_entry(&outstanding);
    let resolve = ["bank", "outstanding", "--resolve", id, "--note", "货款"];
    let rest = desk.told(&resolve);
    assert!(
        rest.contains("entries that belong to no transfer: 2\n") && !rest.contains(id),
        "{rest}"
    );
    assert!(desk.refused(&resolve).contains("no entry"));
    let empty = desk.refused(&["bank", "outstanding", "--resolve", id, "--note", " "]);
    assert!(empty.contains("1 to 1000 characters"), "{empty}");
    let without = desk.run(&["bank", "outstanding", "--resolve", id]);
    assert_eq!(without.status.code(), Some(2), "a note is needed");

    desk.told(&[
        "audit",
        "export",
        "--from",
        "1",
        "--to",
        "4",
        "--out",
        "trail.jsonl",
    ]);
    let trail = fs::read_to_string(desk.folder.path().join("trail.jsonl")).expect("a trail");
    for word in [
        "bank.file_brought",
        "bank.entry_resolved",
        id,
        "command_line",
    ] {
        assert!(trail.contains(word), "{word}: {trail}");
    }
    assert!(!trail.contains("货款"), "what was noted stays in the books");
}

#[test]
fn a_file_that_can_not_be_read_is_refused_with_its_place_and_leaves_nothing() {
    let desk = Desk::new().with_columns();
    let good = entry("R1", "12.00");
    let header = "交易时间,支出,收入,对方户名,对方账号,摘要\n2026-01-02 10:05:00,,12.00,某公司,123456789,货款\n";
    let gbk = encoding(header);
    for (name, content, expected) in [
        (
            "comma.xml",
            statement(&format!("{good}{}", entry("R2", "1,000.00"))).into_bytes(),
            vec![
                "comma.xml: line 5, Document/BkToCstmrStmt/Stmt/Ntry",
                "comma",
            ],
        ),
        (
            "dollars.xml",
            statement(&entry("R2", "1").replace("CNY", "USD")).into_bytes(),
            vec!["line 4", "\"USD\"", "only CNY"],
        ),
        (
            "cut.xml",
            statement(&good).into_bytes()[..400].to_vec(),
            vec!["ends in the middle"],
        ),
        (
            "other.xml",
            statement(&good)
                .replace("camt.053", "camt.052")
                .into_bytes(),
            vec!["line 1, Document", "camt.052.001.08"],
        ),
        (
            "negative.csv",
            format!("{header}2026-01-02 10:06:00,-0.37,,某公司,,\n").into_bytes(),
            vec!["negative.csv: line 3", "negative"],
        ),
        (
            "gbk.csv",
            [
                gbk.clone(),
                encoding("2026-01-02 10:06:00,0.375,,某公司,,\n"),
            ]
            .concat(),
            vec!["gbk.csv: line 3", "two decimals"],
        ),
        ("book.csv", b"PK\x03\x04".to_vec(), vec!["Excel workbook"]),
        ("empty.csv", Vec::new(), vec!["the file is empty"]),
    ] {
        desk.file(name, content);
        let told = desk.refused(&["bank", "statement", "import", name]);
        for part in &expected {
            assert!(told.contains(part), "{name}: {part:?} is not in: {told}");
        }
        assert!(told.contains("nothing of it was stored"), "{told}");
    }
    let missing = desk.refused(&["bank", "statement", "import", "none.xml"]);
    assert!(missing.contains("none.xml"), "{missing}");
    let outstanding = desk.told(&["bank", "outstanding"]);
    assert!(
        outstanding.contains("entries that belong to no transfer: 0"),
        "{outstanding}"
    );

    desk.file("good.csv", gbk);
    assert!(desk.import("good.csv").starts_with("1 records"));
}

fn encoding(text: &str) -> Vec<u8> {
    encoding_rs::GBK.encode(text).0.into_owned()
}

#[test]
fn without_an_account_or_columns_the_setting_is_named() {
    let mut desk = Desk::new();
    desk.file("day.csv", "交易时间,支出\n");
    let told = desk.refused(&["bank", "statement", "import", "day.csv"]);
    assert!(told.contains("bank.csv"), "{told}");
    desk.settings.clear();
    let told = desk.refused(&["bank", "statement", "import", "day.csv"]);
    assert!(told.contains("bank.account_number"), "{told}");
}

#[test]
fn branches_are_imported_again_and_again_and_found() {
    let desk = Desk::new();
    let list = "联行号,银行名称,支行名称,省份,城市\n\
        105100000017,示例银行,示例银行北京支行,北京市,北京市\n\
        102100099995,示例银行,校验位不符支行,北京市,北京市\n\
        12345,示例银行,太短支行,北京市,北京市\n\
        103100000026,示例银行,,北京市,北京市\n";
    desk.file("branches.csv", encoding(list));
    let output = desk.run(&["bank", "branches", "import", "branches.csv"]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "branches: 2 new, 0 changed, 0 as they were, 2 lines not usable, 1 with a doubtful check digit\n"
    );
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for line in [
        "line 3, cnaps: the check digit does not fit",
        "line 4, cnaps: is no 12-digit code",
        "line 5, branch: is empty",
    ] {
        assert!(told.contains(line), "{told}");
    }
    let again = desk.told(&["bank", "branches", "import", "branches.csv"]);
    assert!(
        again.contains("0 new, 0 changed, 2 as they were"),
        "{again}"
    );
    for text in ["北京支行", "1051"] {
        let found = desk.told(&["bank", "branches", "search", text]);
        assert!(found.starts_with("105100000017  示例银行"), "{found}");
    }
    assert_eq!(
        desk.run(&["bank", "branches", "search", "没有"])
            .status
            .code(),
        Some(1)
    );
    desk.file("other.csv", "name,age\n");
    let told = desk.refused(&["bank", "branches", "import", "other.csv"]);
    assert!(told.contains("no column \"cnaps\""), "{told}");
    assert!(Path::new(&desk.folder.path().join("data")).exists());
}
