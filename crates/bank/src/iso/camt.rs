//! `camt.053`, Bank To Customer Statement, and `camt.054`, Bank To Customer Debit Credit Notification.

use std::{collections::VecDeque, io::BufRead};

use chrono::{DateTime, Utc};
use shiming_verification::{
    bank::AccountNumber,
    ports::bank::{Record, ReportError},
};

use super::{
    Steps,
    entry::{Header, Part, own_amount},
    node::Node,
    xml::{Token, Xml},
};
use crate::moment;

/// Depths at which the parts stand: `Document/BkToCstmrStmt/Stmt/Ntry/NtryDtls/TxDtls`, `Btch` beside `TxDtls`.
const STATEMENT: usize = 3;
const ENTRY: usize = 4;
const ENTRY_PART: usize = 5;
const TRANSACTION: usize = 6;

/// The booked entries of our own account.
pub(super) struct Entries<R> {
    xml: Xml<R>,
    own: AccountNumber,
    statement: Statement,
    entry: Option<Open>,
    found: VecDeque<Record>,
    /// Whether any statement was one of ours.
    any: bool,
    /// Statements of other accounts.
    others: u64,
}

/// What stands above the entries of a statement.
#[derive(Default)]
struct Statement {
    id: String,
    created: Option<DateTime<Utc>>,
    /// Whether it is of our own account; `None` before the account was named.
    ours: Option<bool>,
}

/// An entry that is being read. A batch may hold any number of transactions, so each leaves as soon as the next one shows
/// that it is not the only one.
struct Open {
    node: Node,
    waiting: Option<Node>,
    passed: u64,
    /// Whether it is a batch whose transactions say no amounts, so that only the whole of it is money.
    whole: bool,
}

impl<R: BufRead> Entries<R> {
    pub(super) fn new(xml: Xml<R>, own: AccountNumber) -> Self {
        Self {
            xml,
            own,
            statement: Statement::default(),
            entry: None,
            found: VecDeque::new(),
            any: false,
            others: 0,
        }
    }

    /// One element or end; false at the end of the file.
    fn advance(&mut self) -> Result<bool, ReportError> {
        match self.xml.next()? {
            Token::Eof => return self.end_of_file(),
            Token::Start { currency } => self.element(currency)?,
            Token::End if self.xml.depth() == ENTRY - 1 && self.entry.is_some() => {
                self.end_of_entry()?;
            }
            Token::End | Token::Text(_) => {}
        }
        Ok(true)
    }

    fn element(&mut self, currency: Option<String>) -> Result<(), ReportError> {
        match (self.xml.depth(), self.xml.name()) {
            (STATEMENT, "Stmt" | "Ntfctn") => self.statement = Statement::default(),
            (ENTRY, "Id") => self.statement.id = self.xml.text()?,
            (ENTRY, "CreDtTm") => self.statement.created = moment::iso(&self.xml.text()?),
            (ENTRY, "Acct") => self.account(currency)?,
            (ENTRY, "Ntry") => self.begin_entry()?,
            (ENTRY_PART, "NtryDtls") if self.entry.is_some() => {}
            (ENTRY_PART, _) | (TRANSACTION, "Btch") if self.entry.is_some() => {
                self.part_of_entry(currency)?;
            }
            (TRANSACTION, "TxDtls") if self.entry.is_some() => self.transaction(currency)?,
            _ => self.xml.skip()?,
        }
        Ok(())
    }

    fn account(&mut self, currency: Option<String>) -> Result<(), ReportError> {
        let account = Node::read(&mut self.xml, currency)?;
        let number = [
            &["Id", "Othr", "Id"][..],
            &["Id", "IBAN"],
            &["Id", "PrtryAcct", "Id"],
        ]
        .into_iter()
        .find_map(|path| account.text_at(path))
        .ok_or_else(|| account.error("the account has no number"))?;
        let ours = AccountNumber::parse(number).as_ref() == Ok(&self.own);
        self.statement.ours = Some(ours);
        self.any |= ours;
        self.others += u64::from(!ours);
        Ok(())
    }

    fn begin_entry(&mut self) -> Result<(), ReportError> {
        match self.statement.ours {
            None => Err(self
                .xml
                .error("an entry before its account (Acct) is named")),
            Some(false) => self.xml.skip(),
            Some(true) => {
                let node = Node {
                    name: "Ntry".to_owned(),
                    line: self.xml.line(),
                    piece: self.xml.path().into(),
                    ..Node::default()
                };
                self.entry = Some(Open {
                    node,
                    waiting: None,
                    passed: 0,
                    whole: false,
                });
                Ok(())
            }
        }
    }

    /// Something that an entry says of itself. A kind that is there already is counted out, as entries may have any number of
    /// details in a row.
    fn part_of_entry(&mut self, currency: Option<String>) -> Result<(), ReportError> {
        let part = Node::read(&mut self.xml, currency)?;
        if let Some(open) = &mut self.entry
            && open.node.at(&[&part.name]).is_none()
        {
            open.node.children.push(part);
        }
        Ok(())
    }

    fn transaction(&mut self, currency: Option<String>) -> Result<(), ReportError> {
        let next = Node::read(&mut self.xml, currency)?;
        let Some(open) = &mut self.entry else {
            return Ok(());
        };
        let unsaid = |node: &Node| own_amount(node).is_none();
        open.whole |= open.passed == 0 && open.waiting.as_ref().is_some_and(unsaid);
        if open.whole {
            open.waiting = None;
        } else if let Some(waiting) = open.waiting.replace(next) {
            open.passed += 1;
            let part = Part::OneOfMany(&waiting, open.passed);
            let record = header(&self.statement, &open.node, &self.own)?.record(&part)?;
            self.found.extend(record.map(Record::Entry));
        }
        Ok(())
    }

    fn end_of_entry(&mut self) -> Result<(), ReportError> {
        let Some(open) = self.entry.take() else {
            return Ok(());
        };
        let part = match &open.waiting {
            None => Part::Whole,
            Some(only) if open.passed == 0 => Part::Only(only),
            Some(last) => Part::OneOfMany(last, open.passed + 1),
        };
        let record = header(&self.statement, &open.node, &self.own)?.record(&part)?;
        self.found.extend(record.map(Record::Entry));
        Ok(())
    }

    fn end_of_file(&self) -> Result<bool, ReportError> {
        if !self.any {
            let what = "there is no statement of the configured account (bank.account_number) in this file";
            return Err(self.xml.error(what));
        }
        if self.others > 0 {
            tracing::warn!(
                statements = self.others,
                "statements of other accounts were passed over"
            );
        }
        Ok(false)
    }
}

fn header<'a>(
    statement: &'a Statement,
    entry: &'a Node,
    own: &'a AccountNumber,
) -> Result<Header<'a>, ReportError> {
    Header::read(entry, own, &statement.id, statement.created)
}

impl<R: BufRead> Steps for Entries<R> {
    fn step(&mut self) -> Result<Option<Record>, ReportError> {
        loop {
            if let Some(record) = self.found.pop_front() {
                return Ok(Some(record));
            }
            if !self.advance()? {
                return Ok(None);
            }
        }
    }
}
