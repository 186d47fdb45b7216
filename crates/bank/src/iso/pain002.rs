//! `pain.002`, Customer Payment Status Report.

use std::{collections::VecDeque, io::BufRead};

use chrono::{DateTime, Utc};
use shiming_verification::ports::bank::{BankStatus, Record, ReportError, StatusRecord};

use super::{
    Steps,
    node::Node,
    reason::reason,
    xml::{Token, Xml},
};
use crate::moment;

/// Depths at which the parts of a report stand: `Document/CstmrPmtStsRpt/X`, and the transactions one below.
const PART: usize = 3;
const TRANSACTION: usize = 4;

/// The status records of a report.
///
/// A bank may judge single transactions, or a payment information or the whole message without naming transactions. As
/// each of our messages carries one payment, whose end-to-end id is also the id of message and payment information, a
/// judgement without transactions is one of that payment.
pub(super) struct Statuses<R> {
    xml: Xml<R>,
    at: Option<DateTime<Utc>>,
    /// The judgement of the group and, within it, of the present payment information.
    group: Judged,
    payment: Judged,
    found: VecDeque<Record>,
}

/// A judgement that names no transaction so far.
#[derive(Default)]
struct Judged {
    id: Option<String>,
    status: Option<String>,
    details: Option<Node>,
    /// Whether something within it was judged by itself.
    finer: bool,
}

impl<R: BufRead> Statuses<R> {
    pub(super) fn new(xml: Xml<R>) -> Self {
        Self {
            xml,
            at: None,
            group: Judged::default(),
            payment: Judged::default(),
            found: VecDeque::new(),
        }
    }

    /// One element or end; false at the end of the file.
    fn advance(&mut self) -> Result<bool, ReportError> {
        match self.xml.next()? {
            Token::Eof => return Ok(false),
            Token::Start { currency } => self.element(currency)?,
            Token::End if self.xml.depth() == PART - 1 => self.end_of_part()?,
            Token::End if self.xml.depth() == PART - 2 => self.end_of_report()?,
            Token::End | Token::Text(_) => {}
        }
        Ok(true)
    }

    fn element(&mut self, currency: Option<String>) -> Result<(), ReportError> {
        match (self.xml.depth(), self.xml.name()) {
            (PART, "GrpHdr") => {
                let header = Node::read(&mut self.xml, currency)?;
                self.at = header.text_at(&["CreDtTm"]).and_then(moment::iso);
                if self.at.is_none() {
                    return Err(header.error("there is no date and time of creation (CreDtTm)"));
                }
            }
            (PART, "OrgnlGrpInfAndSts") => {
                let group = Node::read(&mut self.xml, currency)?;
                self.group.id = group.text_at(&["OrgnlMsgId"]).map(str::to_owned);
                self.group.status = group.text_at(&["GrpSts"]).map(str::to_owned);
                self.group.details = Some(group);
            }
            // Its parts come as elements of their own, since it may hold any number of transactions.
            (PART, "OrgnlPmtInfAndSts") => self.payment = Judged::default(),
            (TRANSACTION, "OrgnlPmtInfId") => self.payment.id = Some(self.xml.text()?),
            (TRANSACTION, "PmtInfSts") => self.payment.status = Some(self.xml.text()?),
            (TRANSACTION, "StsRsnInf") => {
                let reason = Node::read(&mut self.xml, currency)?;
                let details = self.payment.details.get_or_insert_default();
                details.children.push(reason);
            }
            (TRANSACTION, "TxInfAndSts") => self.transaction(currency)?,
            _ => self.xml.skip()?,
        }
        Ok(())
    }

    fn transaction(&mut self, currency: Option<String>) -> Result<(), ReportError> {
        let transaction = Node::read(&mut self.xml, currency)?;
        // Not every bank repeats the end-to-end id; those of instruction, payment information and message are the same.
        let own = ["OrgnlEndToEndId", "OrgnlInstrId"].map(|name| transaction.text_at(&[name]));
        let above = [self.payment.id.as_deref(), self.group.id.as_deref()];
        let mut ids = own.into_iter().chain(above).flatten();
        let id = ids.find(|id| *id != "NOTPROVIDED");
        // A transaction without a status has that of what it stands in.
        let status = transaction
            .text_at(&["TxSts"])
            .or(self.payment.status.as_deref())
            .or(self.group.status.as_deref());
        let id = id.ok_or_else(|| {
            transaction.error("there is no OrgnlEndToEndId, so nobody knows which payment is meant")
        })?;
        let status = status.ok_or_else(|| {
            transaction.error("there is no status (TxSts), neither here nor above")
        })?;
        let record = self.record(id, status, Some(&transaction));
        (self.payment.finer, self.group.finer) = (true, true);
        self.found.extend(record);
        Ok(())
    }

    fn end_of_part(&mut self) -> Result<(), ReportError> {
        let payment = std::mem::take(&mut self.payment);
        let coarse = !payment.finer
            && payment
                .status
                .as_deref()
                .is_some_and(|status| status != "PART");
        if let (true, Some(status)) = (coarse, &payment.status) {
            let id = payment.id.as_deref();
            let id = id.ok_or_else(|| self.xml.error("there is no OrgnlPmtInfId"))?;
            self.group.finer = true;
            let record = self.record(id, status, payment.details.as_ref());
            self.found.extend(record);
        }
        Ok(())
    }

    fn end_of_report(&mut self) -> Result<(), ReportError> {
        let group = std::mem::take(&mut self.group);
        let coarse = !group.finer
            && group
                .status
                .as_deref()
                .is_some_and(|status| status != "PART");
        if let (true, Some(status)) = (coarse, &group.status) {
            let id = group.id.as_deref();
            let id = id.ok_or_else(|| self.xml.error("there is no OrgnlMsgId"))?;
            let record = self.record(id, status, group.details.as_ref());
            self.found.extend(record);
        }
        Ok(())
    }

    fn record(&self, id: &str, status: &str, details: Option<&Node>) -> Option<Record> {
        Some(Record::Status(StatusRecord {
            end_to_end: id.to_owned(),
            status: status_of(status, details),
            at: details
                .and_then(|details| details.text_at(&["AccptncDtTm"]))
                .and_then(moment::iso)
                .or(self.at)?,
        }))
    }
}

/// `ExternalPaymentTransactionStatus1Code`. A status that we do not know decides nothing: the statement will.
fn status_of(status: &str, details: Option<&Node>) -> BankStatus {
    match status {
        "ACCC" => BankStatus::Credited,
        "RJCT" | "CANC" => {
            let infos = || {
                details
                    .into_iter()
                    .flat_map(|details| details.all("StsRsnInf"))
            };
            let code = infos().find_map(|info| {
                info.text_at(&["Rsn", "Cd"])
                    .or_else(|| info.text_at(&["Rsn", "Prtry"]))
            });
            let words: Vec<_> = infos()
                .flat_map(|info| info.all("AddtlInf"))
                .map(|info| info.text.as_str())
                .chain(code)
                .collect();
            BankStatus::Rejected(reason(code, &words.join(" ")))
        }
        _ => BankStatus::Accepted,
    }
}

impl<R: BufRead> Steps for Statuses<R> {
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
