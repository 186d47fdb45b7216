//! Payments as they arrive: `pain.001.001.09`.

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};

/// What the bank is asked to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub message: String,
    pub end_to_end: String,
    pub payer_account: String,
    pub payee: String,
    pub account: String,
    pub bank_code: String,
    pub amount: String,
    pub remark: String,
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "@xmlns")]
    namespace: String,
    #[serde(rename = "CstmrCdtTrfInitn")]
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    #[serde(rename = "GrpHdr")]
    header: Header,
    #[serde(rename = "PmtInf")]
    payments: Vec<Payments>,
}

#[derive(Deserialize)]
struct Header {
    #[serde(rename = "MsgId")]
    id: String,
    #[serde(rename = "NbOfTxs")]
    count: usize,
}

#[derive(Deserialize)]
struct Payments {
    #[serde(rename = "DbtrAcct")]
    payer: Account,
    #[serde(rename = "CdtTrfTxInf")]
    transfers: Vec<Transfer>,
}

#[derive(Deserialize)]
struct Transfer {
    #[serde(rename = "PmtId")]
    id: PaymentId,
    #[serde(rename = "Amt")]
    amount: Amount,
    #[serde(rename = "CdtrAgt")]
    agent: Agent,
    #[serde(rename = "Cdtr")]
    payee: Party,
    #[serde(rename = "CdtrAcct")]
    account: Account,
    #[serde(rename = "RmtInf", default)]
    remittance: Remittance,
}

#[derive(Deserialize)]
struct PaymentId {
    #[serde(rename = "EndToEndId")]
    end_to_end: String,
}

#[derive(Deserialize)]
struct Amount {
    #[serde(rename = "InstdAmt")]
    instructed: Money,
}

#[derive(Deserialize)]
struct Money {
    #[serde(rename = "@Ccy")]
    currency: String,
    #[serde(rename = "$text")]
    amount: String,
}

#[derive(Deserialize)]
struct Party {
    #[serde(rename = "Nm")]
    name: String,
}

#[derive(Deserialize)]
struct Account {
    #[serde(rename = "Id")]
    id: Other,
}

#[derive(Deserialize)]
struct Other {
    #[serde(rename = "Othr")]
    other: Id,
}

#[derive(Deserialize)]
struct Id {
    #[serde(rename = "Id")]
    id: String,
}

#[derive(Deserialize)]
struct Agent {
    #[serde(rename = "FinInstnId")]
    institution: Institution,
}

#[derive(Deserialize)]
struct Institution {
    #[serde(rename = "ClrSysMmbId")]
    member: Member,
}

#[derive(Deserialize)]
struct Member {
    #[serde(rename = "MmbId")]
    id: String,
}

#[derive(Deserialize, Default)]
struct Remittance {
    #[serde(rename = "Ustrd", default)]
    text: Vec<String>,
}

/// The orders of a file.
pub fn read(xml: &str) -> Result<Vec<Order>> {
    let document: Document =
        quick_xml::de::from_str(xml).context("no pain.001 with all that a payment needs")?;
    let expected = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
    ensure!(
        document.namespace == expected,
        "the namespace is {}",
        document.namespace
    );
    let header = document.message.header;
    let orders: Vec<_> = document
        .message
        .payments
        .iter()
        .flat_map(|payments| {
            payments
                .transfers
                .iter()
                .map(|transfer| order(&header.id, payments, transfer))
        })
        .collect();
    ensure!(
        orders.len() == header.count,
        "NbOfTxs is {}, but there are {} payments",
        header.count,
        orders.len()
    );
    for transfer in document
        .message
        .payments
        .iter()
        .flat_map(|payments| &payments.transfers)
    {
        ensure!(
            transfer.amount.instructed.currency == "CNY",
            "only CNY is paid here"
        );
    }
    Ok(orders)
}

fn order(message: &str, payments: &Payments, transfer: &Transfer) -> Order {
    Order {
        message: message.to_owned(),
        end_to_end: transfer.id.end_to_end.clone(),
        payer_account: payments.payer.id.other.id.clone(),
        payee: transfer.payee.name.clone(),
        account: transfer.account.id.other.id.clone(),
        bank_code: transfer.agent.institution.member.id.clone(),
        amount: transfer.amount.instructed.amount.clone(),
        remark: transfer.remittance.text.join(" "),
    }
}
