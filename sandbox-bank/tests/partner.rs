//! The bank channel and the sandbox bank, as partners.

#![allow(clippy::disallowed_methods, reason = "waits for another process")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use shiming_bank::{
    channel::FileChannel,
    iso::Debtor,
    report::Reading,
    spool::{Folder, Folders, Spool},
};
use shiming_identifiers::{Cnaps, EnterpriseName, Uscc};
use shiming_verification::{
    bank::{AccountNumber, Branch, EndToEndId, Fen},
    ids::TransferId,
    ports::bank::{BankChannel, BankStatus, Direction, Handled, Instruction, Record, ReportError},
};
use uuid::Uuid;

const OWN: &str = "11000000000000001";

struct Partner {
    folder: tempfile::TempDir,
    process: Child,
    address: String,
    channel: FileChannel,
}

impl Drop for Partner {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn unique() -> u128 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).into()
}

fn account(number: &str) -> AccountNumber {
    AccountNumber::parse(number).expect("a number")
}

fn channel(root: &Path) -> FileChannel {
    let folders = Folders {
        outgoing: "out".to_owned(),
        incoming: "in".to_owned(),
        records: "records".to_owned(),
    };
    let debtor = Debtor {
        name: "示例平台有限公司".to_owned(),
        account: account(OWN),
        cnaps: Cnaps::parse("102100099996").expect("a code"),
    };
    let spool = Spool::new(Arc::new(Folder::new(root)), folders, unique);
    FileChannel::new(
        spool,
        debtor,
        "示例银行".to_owned(),
        Reading {
            account: account(OWN),
            csv: None,
        },
    )
}

impl Partner {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut process = Command::new(env!("CARGO_BIN_EXE_sandbox-bank"))
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--with-parent",
                "--folder",
            ])
            .arg(folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bank starts");
        let mut line = String::new();
        let out = process.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let address = line
            .trim()
            .rsplit("//")
            .next()
            .expect("an address")
            .to_owned();
        let channel = channel(folder.path());
        Self {
            folder,
            process,
            address,
            channel,
        }
    }

    /// Pays to an account, with this number in the end-to-end id.
    async fn pay(&self, number: u128, to: &str) -> String {
        let order = Instruction {
            end_to_end: EndToEndId::of(TransferId::new(Uuid::from_u128(number))),
            creditor: EnterpriseName::parse("示例科技有限公司").expect("a name"),
            creditor_uscc: Uscc::parse("91350100M000100Y43").expect("a code"),
            account: account(to),
            branch: Branch {
                cnaps: Cnaps::parse("105100000017").expect("a code"),
                bank: "示例银行".to_owned(),
                name: "示例支行".to_owned(),
                province: "北京市".to_owned(),
                city: "北京市".to_owned(),
            },
            amount: Fen::new(37),
            ordered_at: "2026-01-02T01:30:00Z".parse().expect("a time"),
        };
        self.channel.hand_over(&order).await.expect("given");
        order.end_to_end.as_str().to_owned()
    }

    /// What the bank says next, file by file, until there are so many records or refusals.
    async fn hear(&self, count: usize) -> Vec<Result<Record, ReportError>> {
        let (mut heard, until) = (Vec::new(), Instant::now() + Duration::from_secs(30));
        while heard.len() < count {
            assert!(Instant::now() < until, "only {heard:?} of {count}");
            for report in self.channel.incoming().await.expect("looked") {
                let records: Result<Vec<_>, _> = report.records().and_then(Iterator::collect);
                let how = match &records {
                    Ok(_) => Handled::Applied,
                    Err(error) if error.unfinished => Handled::Unfinished(error.to_string()),
                    Err(error) => Handled::Refused(error.to_string()),
                };
                match records {
                    Ok(records) => heard.extend(records.into_iter().map(Ok)),
                    Err(error) => heard.push(Err(error)),
                }
                self.channel
                    .dealt_with(report.name(), how)
                    .await
                    .expect("moved");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        heard
    }

    fn command(&self, arguments: &[&str]) -> bool {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sandbox-bank"));
        command
            .args(arguments)
            .args(["--at", &self.address])
            .status()
            .expect("it runs")
            .success()
    }
}

/// A short word for each record.
fn words(heard: &[Result<Record, ReportError>]) -> Vec<String> {
    let word = |record: &Result<Record, ReportError>| match record {
        Ok(Record::Status(status)) => match status.status {
            BankStatus::Accepted => "accepted".to_owned(),
            BankStatus::Credited => "credited".to_owned(),
            BankStatus::Rejected(reason) => format!("{reason:?}"),
        },
        Ok(Record::Entry(entry)) => {
            let side = if entry.direction == Direction::Debit {
                '-'
            } else {
                '+'
            };
            format!("{side}{} {:?}", entry.amount.expose(), entry.returned)
        }
        Err(error) if error.unfinished => "half".to_owned(),
        Err(_) => "garbage".to_owned(),
    };
    heard.iter().map(word).collect()
}

#[tokio::test]
async fn the_end_of_the_account_decides() {
    let partner = Partner::start();
    for (number, (to, expected)) in [
        (
            "35000000000000002",
            vec!["accepted", "-37 None", "credited"],
        ),
        ("35000000000000091", vec!["NameMismatch"]),
        ("35000000000000092", vec!["AccountRefused"]),
        ("35000000000000093", vec!["Other"]),
        (
            "35000000000000095",
            vec![
                "accepted", "accepted", "-37 None", "-37 None", "credited", "credited",
            ],
        ),
        ("35000000000000097", vec!["garbage"]),
        (
            "35000000000000098",
            vec![
                "accepted",
                "-37 None",
                "credited",
                "+37 Some(AccountRefused)",
            ],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        partner.pay(number as u128, to).await;
        let heard = partner.hear(expected.len()).await;
        assert_eq!(words(&heard), expected, "{to}");
        if to.ends_with("95") {
            let id = |record: &Result<Record, ReportError>| match record {
                Ok(Record::Entry(entry)) => Some(entry.id.clone()),
                _ => None,
            };
            let ids: Vec<_> = heard.iter().filter_map(id).collect();
            assert_eq!(ids[0], ids[1], "a duplicate has the same id");
        }
    }
    assert_valid(partner.folder.path());
}

#[tokio::test]
async fn a_file_that_is_half_written_is_read_when_it_is_whole() {
    let partner = Partner::start();
    let id = partner.pay(1, "35000000000000096").await;
    assert_eq!(words(&partner.hear(2).await), ["accepted", "half"]);
    assert!(partner.command(&["finish", &id]));
    let mut told = words(&partner.hear(2).await);
    told.sort();
    assert_eq!(told, ["-37 None", "credited"]);
    assert!(!partner.command(&["finish", &id]), "it is whole already");
    assert_valid(partner.folder.path());
}

#[tokio::test]
async fn commands_settle_return_receive_and_state() {
    let partner = Partner::start();
    let id = partner.pay(1, "35000000000000094").await;
    assert_eq!(words(&partner.hear(1).await), ["accepted"]);
    assert!(partner.command(&["settle", &id]));
    assert_eq!(
        words(&partner.hear(3).await),
        ["accepted", "-37 None", "credited"]
    );
    assert!(!partner.command(&["settle", &id]), "it is paid already");
    assert!(partner.command(&["return", &id, "--reason", "BE01"]));
    let told = words(&partner.hear(1).await);
    assert!(
        told.iter().any(|word| word == "+37 Some(NameMismatch)"),
        "{told:?}"
    );
    let incoming = [
        "receive",
        "--name",
        "示例科技有限公司",
        "--account",
        "35000000000000002",
        "--amount",
        "0.01",
        "--remark",
        "SM 0048 2913",
    ];
    assert!(partner.command(&incoming));
    let heard = partner.hear(1).await;
    let Ok(Record::Entry(entry)) = &heard[0] else {
        panic!("{heard:?}")
    };
    assert_eq!(
        (entry.counterparty.as_deref(), entry.remittance.as_deref()),
        (Some("示例科技有限公司"), Some("SM 0048 2913"))
    );
    assert!(partner.command(&["statement"]));
    let all = partner.hear(3).await;
    assert_eq!(
        words(&all),
        ["-37 None", "+37 Some(NameMismatch)", "+1 None"]
    );
    let Ok(Record::Entry(again)) = &all[2] else {
        panic!("{all:?}")
    };
    assert_eq!(
        again.id, entry.id,
        "notification and statement name an entry alike"
    );
    assert_valid(partner.folder.path());
}

/// Everything that the bank has written and we have read is valid against the published schemas.
fn assert_valid(root: &Path) {
    let schemas = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("iso20022");
    let done: Vec<PathBuf> = fs::read_dir(root.join("records/done"))
        .expect("done")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    assert!(!done.is_empty());
    for (kind, schema) in [
        ("pain.002", "pain.002.001.12"),
        ("camt.054", "camt.054.001.08"),
        ("camt.053", "camt.053.001.08"),
    ] {
        let files: Vec<_> = done
            .iter()
            .filter(|file| file.to_string_lossy().contains(kind))
            .collect();
        if files.is_empty() {
            continue;
        }
        let schema = schemas.join(format!("{schema}.xsd"));
        assert!(
            schema.is_file(),
            "{} is missing: `./x setup --tests` brings it",
            schema.display()
        );
        let mut command = Command::new("xmllint");
        let output = command
            .args(["--noout", "--nonet", "--schema"])
            .arg(&schema)
            .args(&files)
            .output();
        let output = output.expect("xmllint is missing: `./x setup --tests` brings it");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
