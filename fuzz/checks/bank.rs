//! What must hold for any bytes that come as a file of a bank. The fuzz targets and the tests of the crate share it.

use std::{
    io::Cursor,
    pin::pin,
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shiming_bank::{
    branches,
    csv::{self, Column, Mapping, Money},
    iso,
};
use shiming_identifiers::Cnaps;
use shiming_verification::{
    bank::{AccountNumber, Branch},
    ports::{
        LedgerError,
        bank::{BranchDirectory, BranchQuery, BranchRegions, Record, Records, ReportError},
    },
};

fn own() -> AccountNumber {
    AccountNumber::parse("11000000000000001").expect("an account number")
}

/// Reads to the end or the first error; after an error there is nothing.
fn all(records: Result<Records, ReportError>) -> Result<Vec<Record>, ReportError> {
    let mut records = records?;
    let mut found = Vec::new();
    while let Some(record) = records.next() {
        match record {
            Ok(record) => found.push(record),
            Err(error) => {
                assert!(records.next().is_none(), "an error ends the reading");
                assert!(!error.place.is_empty() && !error.what.is_empty());
                return Err(error);
            }
        }
    }
    for record in &found {
        let id = match record {
            Record::Entry(entry) => &entry.id,
            Record::Status(status) => &status.end_to_end,
        };
        assert!(!id.is_empty(), "every record is known by something");
    }
    Ok(found)
}

fn message(bytes: &[u8]) -> Result<Vec<Record>, ReportError> {
    all(iso::read(Cursor::new(bytes.to_vec()), &own()))
}

/// ISO 20022: what is read once is read again, and a file that lacks its last character is never taken for whole.
pub fn iso_message(bytes: &[u8]) {
    let Ok(found) = message(bytes) else { return };
    assert_eq!(message(bytes), Ok(found));
    if let Some(end) = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| text.rfind('>'))
    {
        assert!(message(&bytes[..end]).is_err(), "cut off at the end");
    }
}

fn statement(bytes: &[u8], mapping: &Mapping) -> Result<Vec<Record>, ReportError> {
    let file = || Cursor::new(bytes.to_vec());
    all(csv::read(file(), file(), mapping, &own()))
}

fn mapping(money: Money, header: bool) -> Mapping {
    let column = |number, word| {
        if header {
            Column::parse(word)
        } else {
            Column::Number(number)
        }
    };
    Mapping {
        delimiter: b',',
        time: column(1, "交易时间"),
        time_of_day: None,
        time_format: None,
        money,
        thousands: header,
        counterparty: column(4, "对方户名"),
        counterparty_account: Some(column(5, "对方账号")),
        remark: Some(column(6, "摘要")),
        serial: header.then(|| Column::parse("流水号")),
        end_to_end: None,
        currency: None,
        account: None,
    }
}

/// CSV with a header and with numbered columns: what is read once is read again.
pub fn csv_statement(bytes: &[u8]) {
    let sides = Money::Sides {
        debit: Column::parse("支出"),
        credit: Column::parse("收入"),
    };
    let one = Money::One {
        amount: Column::Number(2),
        direction: Some(Column::Number(3)),
    };
    for mapping in [mapping(sides, true), mapping(one, false)] {
        if let Ok(found) = statement(bytes, &mapping) {
            assert_eq!(statement(bytes, &mapping), Ok(found));
        }
    }
}

/// A directory that counts what it is given.
#[derive(Default)]
struct Counter(std::sync::Mutex<u64>);

#[async_trait]
impl BranchDirectory for Counter {
    async fn branch(&self, _: &Cnaps) -> Result<Option<Branch>, LedgerError> {
        Ok(None)
    }

    async fn find_branches(&self, _: &BranchQuery, _: u32) -> Result<Vec<Branch>, LedgerError> {
        Ok(Vec::new())
    }

    async fn branch_regions(&self) -> Result<BranchRegions, LedgerError> {
        Ok(BranchRegions::default())
    }

    async fn put_branches(
        &self,
        branches: &[Branch],
        _: DateTime<Utc>,
    ) -> Result<(u64, u64), LedgerError> {
        for branch in branches {
            let words = [&branch.bank, &branch.name, &branch.province, &branch.city];
            assert!(words.into_iter().all(|word| !word.is_empty()));
        }
        let new = branches.len() as u64;
        *self.0.lock().expect("one thread") += new;
        Ok((new, 0))
    }
}

/// A list of branches: every line is taken, or told.
pub fn branch_list(bytes: &[u8]) {
    let (directory, mut told) = (Counter::default(), 0);
    let mut tell = |_: &branches::Finding| told += 1;
    let import = branches::import(bytes, bytes, &directory, DateTime::UNIX_EPOCH, &mut tell);
    let Poll::Ready(done) = pin!(import).poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("nothing here waits");
    };
    if let Ok(done) = done {
        assert_eq!(done.new, *directory.0.lock().expect("one thread"));
        assert_eq!(told, done.bad + done.doubtful);
    }
}
