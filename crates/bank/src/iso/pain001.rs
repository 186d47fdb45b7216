//! `pain.001.001.09`, Customer Credit Transfer Initiation, in renminbi.

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use shiming_identifiers::Cnaps;
use shiming_verification::{
    bank::{AccountNumber, EndToEndId, Fen},
    ports::bank::Instruction,
};
use uuid::Uuid;

use crate::moment::in_china;

const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
/// `Max140Text`.
const LONGEST_NAME: usize = 140;
/// What the payee reads. Never the amount, never a code.
const REMITTANCE: &str = "账户验证";

/// Who pays.
#[derive(Debug, Clone)]
pub struct Debtor {
    /// Name of the account.
    pub name: String,
    /// Its number.
    pub account: AccountNumber,
    /// Where it is kept.
    pub cnaps: Cnaps,
}

/// A message can't be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// A message without payments is none.
    #[error("a message needs at least one payment")]
    Empty,
    /// A payment of nothing, or more than the message can hold.
    #[error("the amount can't be paid")]
    Amount,
}

/// The name of an instruction's file: the same for the same instruction, for ever.
#[must_use]
pub fn file_name(id: &EndToEndId) -> String {
    format!("{}.pain.001.xml", id.as_str())
}

/// Writes a message of one payment or several. The id of message and payment information is the first payment's end-to-end
/// id, the time is that of the first order: the same instructions always give the same bytes.
///
/// # Errors
/// [`WriteError`].
pub fn pain001(debtor: &Debtor, payments: &[Instruction]) -> Result<Vec<u8>, WriteError> {
    let first = payments.first().ok_or(WriteError::Empty)?;
    if payments.iter().any(|payment| payment.amount == Fen::new(0)) {
        return Err(WriteError::Amount);
    }
    let sum = payments.iter().try_fold(0_u64, |sum, payment| {
        sum.checked_add(payment.amount.expose())
    });
    let sum = sum.ok_or(WriteError::Amount)?;
    let totals = Totals {
        id: first.end_to_end.as_str(),
        count: payments.len().to_string(),
        sum: Fen::new(sum).expose_yuan(),
    };
    let mut out = Out::begin();
    out.wrap("CstmrCdtTrfInitn", |out| {
        out.wrap("GrpHdr", |out| {
            out.text("MsgId", totals.id);
            out.text(
                "CreDtTm",
                &in_china(first.ordered_at)
                    .format("%Y-%m-%dT%H:%M:%S%:z")
                    .to_string(),
            );
            out.text("NbOfTxs", &totals.count);
            out.text("CtrlSum", &totals.sum);
            out.wrap("InitgPty", |out| out.text("Nm", name(&debtor.name)));
        });
        out.wrap("PmtInf", |out| {
            payment_information(out, debtor, payments, &totals);
        });
    });
    Ok(out.end())
}

struct Totals<'a> {
    id: &'a str,
    count: String,
    sum: String,
}

fn payment_information(
    out: &mut Out,
    debtor: &Debtor,
    payments: &[Instruction],
    totals: &Totals<'_>,
) {
    out.text("PmtInfId", totals.id);
    out.text("PmtMtd", "TRF");
    out.text("BtchBookg", "false");
    out.text("NbOfTxs", &totals.count);
    out.text("CtrlSum", &totals.sum);
    out.wrap("PmtTpInf", |out| {
        out.text("InstrPrty", "NORM");
        out.wrap("CtgyPurp", |out| out.text("Cd", "OTHR"));
    });
    let day = payments
        .first()
        .map(|payment| in_china(payment.ordered_at).format("%Y-%m-%d").to_string());
    out.wrap("ReqdExctnDt", |out| {
        out.text("Dt", &day.unwrap_or_default());
    });
    out.wrap("Dbtr", |out| out.text("Nm", name(&debtor.name)));
    out.wrap("DbtrAcct", |out| {
        account(out, &debtor.account);
        out.text("Ccy", "CNY");
    });
    out.wrap("DbtrAgt", |out| agent(out, &debtor.cnaps, None));
    // The payee has to receive the very amount.
    out.text("ChrgBr", "DEBT");
    for payment in payments {
        out.wrap("CdtTrfTxInf", |out| transaction(out, payment));
    }
}

fn transaction(out: &mut Out, payment: &Instruction) {
    let id = payment.end_to_end.as_str();
    out.wrap("PmtId", |out| {
        out.text("InstrId", id);
        out.text("EndToEndId", id);
        if let Some(uetr) = uetr(id) {
            out.text("UETR", &uetr);
        }
    });
    out.wrap("Amt", |out| {
        out.with_currency("InstdAmt", &payment.amount.expose_yuan());
    });
    out.wrap("CdtrAgt", |out| {
        agent(out, &payment.branch.cnaps, Some(&payment.branch.name));
    });
    out.wrap("Cdtr", |out| {
        out.text("Nm", name(payment.creditor.as_str()));
        out.wrap("Id", |out| {
            out.wrap("OrgId", |out| {
                out.wrap("Othr", |out| {
                    out.text("Id", payment.creditor_uscc.as_str());
                    out.wrap("SchmeNm", |out| out.text("Prtry", "USCC"));
                });
            });
        });
    });
    out.wrap("CdtrAcct", |out| account(out, &payment.account));
    out.wrap("Purp", |out| out.text("Prtry", "ACCTVRFY"));
    out.wrap("RmtInf", |out| out.text("Ustrd", REMITTANCE));
}

fn account(out: &mut Out, number: &AccountNumber) {
    out.wrap("Id", |out| {
        out.wrap("Othr", |out| out.text("Id", number.expose()));
    });
}

fn agent(out: &mut Out, cnaps: &Cnaps, bank: Option<&str>) {
    out.wrap("FinInstnId", |out| {
        out.wrap("ClrSysMmbId", |out| {
            out.wrap("ClrSysId", |out| out.text("Cd", "CNAPS"));
            out.text("MmbId", cnaps.as_str());
        });
        if let Some(bank) = bank {
            out.text("Nm", name(bank));
        }
    });
}

/// The end of a text that the message can hold.
fn name(text: &str) -> &str {
    text.char_indices()
        .nth(LONGEST_NAME)
        .map_or(text, |(end, _)| &text[..end])
}

/// A version 4 UUID made of the end-to-end id's own 128 bits, so that a repeated message is known as the same payment.
fn uetr(id: &str) -> Option<String> {
    let bits = Uuid::try_parse(id.get(2..)?).ok()?;
    let uuid = uuid::Builder::from_random_bytes(bits.into_bytes()).into_uuid();
    Some(uuid.as_hyphenated().to_string())
}

/// An XML document in memory. Writing to memory does not fail.
struct Out(Writer<Vec<u8>>);

impl Out {
    fn begin() -> Self {
        let mut out = Self(Writer::new(Vec::new()));
        let _ = out
            .0
            .write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        let document =
            quick_xml::events::BytesStart::new("Document").with_attributes([("xmlns", NAMESPACE)]);
        let _ = out.0.write_event(Event::Start(document));
        out
    }

    fn end(mut self) -> Vec<u8> {
        let _ = self
            .0
            .write_event(Event::End(quick_xml::events::BytesEnd::new("Document")));
        self.0.into_inner()
    }

    fn wrap(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        let _ = self
            .0
            .write_event(Event::Start(quick_xml::events::BytesStart::new(name)));
        inside(self);
        let _ = self
            .0
            .write_event(Event::End(quick_xml::events::BytesEnd::new(name)));
    }

    fn text(&mut self, name: &str, text: &str) {
        let _ = self
            .0
            .create_element(name)
            .write_text_content(BytesText::new(text));
    }

    fn with_currency(&mut self, name: &str, text: &str) {
        let element = self.0.create_element(name).with_attribute(("Ccy", "CNY"));
        let _ = element.write_text_content(BytesText::new(text));
    }
}
