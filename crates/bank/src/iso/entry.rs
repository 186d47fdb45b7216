//! One `Ntry` of a statement as an entry of the business.

use chrono::{DateTime, Utc};
use shiming_verification::{
    bank::{AccountNumber, Fen},
    ports::bank::{Direction, Entry, ReportError},
};

use super::{node::Node, reason::reason};
use crate::{
    id::{by_reference, digest, end_to_end_in, side},
    moment, money,
};

/// What ISO 20022 writes where there is no id.
const NO_ID: [&str; 3] = ["NOTPROVIDED", "NONREF", "NOREF"];

/// Which part of an entry becomes a record.
pub(super) enum Part<'a> {
    /// All of it; it names no transactions.
    Whole,
    /// Its only transaction, which may leave out what the entry says.
    Only(&'a Node),
    /// One of several, with its number from 1.
    OneOfMany(&'a Node, u64),
}

impl Part<'_> {
    const fn details(&self) -> Option<&Node> {
        match self {
            Self::Whole => None,
            Self::Only(details) | Self::OneOfMany(details, _) => Some(details),
        }
    }
}

/// What an entry says of all its transactions.
pub(super) struct Header<'a> {
    node: &'a Node,
    own: &'a AccountNumber,
    statement: &'a str,
    booked: bool,
    amount: Fen,
    direction: Direction,
    at: DateTime<Utc>,
}

impl<'a> Header<'a> {
    /// Reads what stands before the transactions.
    pub(super) fn read(
        node: &'a Node,
        own: &'a AccountNumber,
        statement: &'a str,
        created: Option<DateTime<Utc>>,
    ) -> Result<Self, ReportError> {
        let amount = node
            .at(&["Amt"])
            .ok_or_else(|| node.error("the entry has no amount (Amt)"))?;
        let at = ["BookgDt", "ValDt"].into_iter().find_map(|name| {
            let date = node
                .text_at(&[name, "DtTm"])
                .or_else(|| node.text_at(&[name, "Dt"]));
            date.map(|date| (name, date))
        });
        let at = match at {
            Some((name, date)) => {
                moment::iso(date).ok_or_else(|| node.error(format!("{name} is no date")))?
            }
            None => created.ok_or_else(|| node.error("the entry has no booking date (BookgDt)"))?,
        };
        // Version 8 wraps the code, older ones do not.
        let status = node
            .text_at(&["Sts", "Cd"])
            .or_else(|| node.text_at(&["Sts"]));
        Ok(Self {
            node,
            own,
            statement,
            booked: status.is_none_or(|status| status == "BOOK"),
            amount: fen(amount)?,
            direction: direction(node)?.ok_or_else(|| node.error("the entry has no CdtDbtInd"))?,
            at,
        })
    }

    /// The record of a part; `None` if the entry is not booked, only announced.
    pub(super) fn record(&self, part: &Part<'_>) -> Result<Option<Entry>, ReportError> {
        if !self.booked {
            return Ok(None);
        }
        let details = part.details();
        let direction = match details {
            Some(details) => direction(details)?.unwrap_or(self.direction),
            None => self.direction,
        };
        let remittance = remittance(details, self.node);
        let mut entry = Entry {
            id: String::new(),
            direction,
            amount: self.amount_of(part)?,
            booked_at: self.at,
            counterparty: details.and_then(|details| party(details, direction)),
            counterparty_account: details.and_then(|details| account(details, direction)),
            end_to_end: self
                .named(details)
                .or_else(|| remittance.as_deref().and_then(end_to_end_in))
                .map(str::to_owned),
            remittance,
            returned: None,
        };
        entry.returned = self
            .returned(details)
            .map(|(code, words)| reason(code, &words));
        entry.id = self.id(part, &entry);
        Ok(Some(entry))
    }

    /// The payment that the bank says it is. Each of our messages carries one payment, whose end-to-end id is also the id of
    /// instruction, payment information and message, so a bank that repeats only one of these has said it all.
    fn named<'n>(&'n self, details: Option<&'n Node>) -> Option<&'n str> {
        let refs = details.and_then(|details| details.at(&["Refs"]));
        let batch = self.node.at(&["Btch"]);
        let ids = [
            (refs, "EndToEndId"),
            (refs, "InstrId"),
            (refs, "PmtInfId"),
            (refs, "MsgId"),
            (batch, "PmtInfId"),
            (batch, "MsgId"),
        ];
        ids.into_iter()
            .filter_map(|(node, name)| node?.text_at(&[name]))
            .find(|id| !NO_ID.contains(id))
    }

    fn amount_of(&self, part: &Part<'_>) -> Result<Fen, ReportError> {
        match part {
            Part::Whole => Ok(self.amount),
            Part::Only(details) => own_amount(details).map_or(Ok(self.amount), fen),
            Part::OneOfMany(details, _) => own_amount(details)
                .ok_or_else(|| {
                    details.error("a transaction of a batch has no amount of its own in CNY")
                })
                .and_then(fen),
        }
    }

    /// What the bank calls it, or a digest of everything that tells it from others.
    fn id(&self, part: &Part<'_>, entry: &Entry) -> String {
        let given = |id: Option<&str>| id.filter(|id| !NO_ID.contains(id)).map(str::to_owned);
        let own = part
            .details()
            .and_then(|details| given(details.text_at(&["Refs", "AcctSvcrRef"])));
        let shared = given(self.node.text_at(&["AcctSvcrRef"]));
        let reference = match (own, shared, part) {
            (_, Some(id), Part::Whole | Part::Only(_)) | (Some(id), None, _) => id,
            (Some(own), Some(id), _) if own != id => own,
            (_, Some(id), Part::OneOfMany(_, number)) => format!("{id}/{number}"),
            (None, None, _) => return self.digest(part, entry),
        };
        by_reference(&reference, entry.direction, entry.amount, self.at)
    }

    fn digest(&self, part: &Part<'_>, entry: &Entry) -> String {
        let number = match part {
            Part::OneOfMany(_, number) => number.to_string(),
            Part::Whole | Part::Only(_) => String::new(),
        };
        let (amount, at) = (
            entry.amount.expose().to_string(),
            entry.booked_at.to_rfc3339(),
        );
        let words = [
            self.own.expose(),
            self.statement,
            self.node.text_at(&["NtryRef"]).unwrap_or_default(),
            &number,
            &amount,
            &at,
            side(entry.direction),
            entry.end_to_end.as_deref().unwrap_or_default(),
            entry.counterparty.as_deref().unwrap_or_default(),
            entry.counterparty_account.as_deref().unwrap_or_default(),
            entry.remittance.as_deref().unwrap_or_default(),
        ];
        digest(&words)
    }

    /// Whether money came back, with the reason's code and words: by a return's own details, by the code of a returned
    /// payment, or because the entry reverses an earlier one.
    fn returned<'n>(&self, details: Option<&'n Node>) -> Option<(Option<&'n str>, String)> {
        if let Some(info) = details.and_then(|details| details.at(&["RtrInf"])) {
            let code = info
                .text_at(&["Rsn", "Cd"])
                .or_else(|| info.text_at(&["Rsn", "Prtry"]));
            let words: Vec<_> = info
                .all("AddtlInf")
                .map(|info| info.text.as_str())
                .collect();
            return Some((code, words.join(" ")));
        }
        let code = ["BkTxCd", "Domn", "Fmly", "SubFmlyCd"];
        let returns = [details, Some(self.node)]
            .into_iter()
            .flatten()
            .any(|node| node.text_at(&code) == Some("RRTN"));
        let reverses = matches!(self.node.text_at(&["RvslInd"]), Some("true" | "1"));
        (returns || reverses).then(|| (None, remittance(details, self.node).unwrap_or_default()))
    }
}

/// What a transaction says of its own amount, unless it says it only in another currency, which the bank has converted.
pub(super) fn own_amount(details: &Node) -> Option<&Node> {
    let paths = [
        &["Amt"][..],
        &["AmtDtls", "TxAmt", "Amt"],
        &["AmtDtls", "InstdAmt", "Amt"],
    ];
    let mut amounts = paths.into_iter().filter_map(|path| details.at(path));
    amounts.find(|amount| amount.currency.as_deref() == Some("CNY"))
}

fn fen(amount: &Node) -> Result<Fen, ReportError> {
    match amount.currency.as_deref() {
        Some("CNY") => {}
        Some(other) => {
            let other: String = other.chars().take(8).collect();
            return Err(amount.error(format!("the currency is {other:?}; only CNY is handled")));
        }
        None => return Err(amount.error("the amount names no currency (Ccy)")),
    }
    money::parse(&amount.text).map_err(|error| amount.error(error.to_string()))
}

fn direction(node: &Node) -> Result<Option<Direction>, ReportError> {
    match node.text_at(&["CdtDbtInd"]) {
        None => Ok(None),
        Some("DBIT") => Ok(Some(Direction::Debit)),
        Some("CRDT") => Ok(Some(Direction::Credit)),
        Some(_) => Err(node.error("CdtDbtInd is neither DBIT nor CRDT")),
    }
}

/// The name on the other side: a payer where money came, a payee where it left. From version 8 on it is nested in `Pty`.
fn party(details: &Node, direction: Direction) -> Option<String> {
    let side = if direction == Direction::Debit {
        "Cdtr"
    } else {
        "Dbtr"
    };
    let name = details
        .text_at(&["RltdPties", side, "Pty", "Nm"])
        .or_else(|| details.text_at(&["RltdPties", side, "Nm"]));
    name.map(str::to_owned)
}

fn account(details: &Node, direction: Direction) -> Option<String> {
    let side = if direction == Direction::Debit {
        "CdtrAcct"
    } else {
        "DbtrAcct"
    };
    let number = details
        .text_at(&["RltdPties", side, "Id", "Othr", "Id"])
        .or_else(|| details.text_at(&["RltdPties", side, "Id", "IBAN"]));
    number.map(str::to_owned)
}

/// Everything that a payer may have written for us.
fn remittance(details: Option<&Node>, entry: &Node) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    if let Some(details) = details {
        for info in details.all("RmtInf") {
            words.extend(info.all("Ustrd").map(|text| text.text.trim()));
            for strd in info.all("Strd") {
                words.extend(strd.text_at(&["CdtrRefInf", "Ref"]));
                words.extend(strd.all("AddtlRmtInf").map(|text| text.text.trim()));
            }
        }
        words.extend(details.text_at(&["AddtlTxInf"]));
    }
    words.extend(entry.text_at(&["AddtlNtryInf"]));
    words.retain(|word| !word.is_empty());
    (!words.is_empty()).then(|| words.join(" "))
}
