//! What the stories share.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Utc};
use shiming_bank::{
    iso::{self, Debtor},
    spool::{Folders, Place, Spool},
};
use shiming_identifiers::{Cnaps, EnterpriseName, Uscc};
use shiming_verification::{
    bank::{AccountNumber, Branch, EndToEndId, Fen},
    ids::TransferId,
    ports::bank::{Entry, Instruction, Record, ReportError},
};
use uuid::Uuid;

/// The operator's account.
pub const OWN: &str = "11000000000000001";

pub fn own() -> AccountNumber {
    AccountNumber::parse(OWN).expect("an account number")
}

pub fn debtor() -> Debtor {
    Debtor {
        name: "示例平台有限公司".to_owned(),
        account: own(),
        cnaps: Cnaps::parse("102100099996").expect("a code"),
    }
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

pub fn instruction(number: u128) -> Instruction {
    Instruction {
        end_to_end: EndToEndId::of(TransferId::new(Uuid::from_u128(number))),
        creditor: EnterpriseName::parse("示例科技（北京）有限公司").expect("a name"),
        creditor_uscc: Uscc::parse("91350100M000100Y43").expect("a code"),
        account: AccountNumber::parse("35000000000000002").expect("a number"),
        branch: Branch {
            cnaps: Cnaps::parse("105100000017").expect("a code"),
            bank: "示例银行".to_owned(),
            name: "示例银行 <A&B> 示例支行".to_owned(),
            province: "北京市".to_owned(),
            city: "北京市".to_owned(),
        },
        amount: Fen::new(37),
        ordered_at: at("2026-01-02T01:30:00Z"),
    }
}

/// All records of a message, or where it can't be read.
pub fn read(xml: &str) -> Result<Vec<Record>, ReportError> {
    iso::read(Cursor::new(xml.as_bytes().to_vec()), &own())?.collect()
}

pub fn entries(records: Vec<Record>) -> Vec<Entry> {
    let entry = |record| match record {
        Record::Entry(entry) => entry,
        Record::Status(_) => panic!("a status record"),
    };
    records.into_iter().map(entry).collect()
}

/// A statement of our account with these entries.
pub fn statement(entries: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-02T18:00:00+08:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2026-01-02T18:00:00+08:00</CreDtTm><Acct><Id><Othr><Id>{OWN}</Id></Othr></Id></Acct>
{entries}</Stmt></BkToCstmrStmt></Document>"#
    )
}

/// An entry with this amount element and reference.
pub fn entry(amount: &str, reference: &str) -> String {
    format!(
        "<Ntry>{amount}<CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>2026-01-02</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef></Ntry>\n"
    )
}

pub fn folders() -> Folders {
    Folders {
        outgoing: "out".to_owned(),
        incoming: "in".to_owned(),
        records: "records".to_owned(),
    }
}

/// Numbers that differ within the tests.
pub fn unique() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed).into()
}

pub fn spool(place: impl Place + 'static) -> Spool {
    Spool::new(std::sync::Arc::new(place), folders(), unique)
}

/// Names of the files in a folder, sorted.
pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .map(|entries| {
            entries
                .flatten()
                .map(|entry| entry.file_name().to_string_lossy().into_owned())
                .collect()
        })
        .unwrap_or_default();
    names.sort();
    names
}

/// A program that the set-up for tests brings.
pub fn program(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/lib/openssh".into()]);
    let found = folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("{name} is missing: `./x setup --tests` brings it"))
}
