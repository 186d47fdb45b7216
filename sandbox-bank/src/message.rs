//! What the bank writes: `pain.002.001.12`, `camt.054.001.08`, `camt.053.001.08`.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::book::{Booking, Payment, Side};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// A status report on one payment. Without a reason code there is no reason.
pub fn status(
    id: &str,
    now: &str,
    payment: &Payment,
    status: &str,
    reason: Option<(&str, &str)>,
) -> String {
    let order = &payment.order;
    let reason = reason.map_or_else(String::new, |(code, words)| {
        let words = if words.is_empty() {
            String::new()
        } else {
            format!("<AddtlInf>{}</AddtlInf>", escape(words))
        };
        format!(
            "<StsRsnInf><Rsn><Cd>{}</Cd></Rsn>{words}</StsRsnInf>",
            escape(code)
        )
    });
    let (message, end_to_end) = (escape(&order.message), escape(&order.end_to_end));
    format!(
        "{HEAD}<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.12\"><CstmrPmtStsRpt>\
         <GrpHdr><MsgId>{id}</MsgId><CreDtTm>{now}</CreDtTm></GrpHdr>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId></OrgnlGrpInfAndSts>\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId><TxInfAndSts><StsId>{id}-1</StsId>\
         <OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}</TxInfAndSts></OrgnlPmtInfAndSts>\
         </CstmrPmtStsRpt></Document>\n"
    )
}

/// A notification of bookings, or with `statement` a statement of them.
pub fn account_report(
    id: &str,
    now: &str,
    account: &str,
    bookings: &[Booking],
    statement: bool,
) -> String {
    let (namespace, root, part) = if statement {
        ("camt.053.001.08", "BkToCstmrStmt", "Stmt")
    } else {
        ("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn")
    };
    let balances = if statement {
        balances(now, bookings)
    } else {
        String::new()
    };
    let entries: String = bookings.iter().map(entry).collect();
    format!(
        "{HEAD}<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{namespace}\"><{root}>\
         <GrpHdr><MsgId>{id}</MsgId><CreDtTm>{now}</CreDtTm></GrpHdr>\
         <{part}><Id>{id}-1</Id><CreDtTm>{now}</CreDtTm><Acct><Id><Othr><Id>{}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>\
         {balances}{entries}</{part}></{root}></Document>\n",
        escape(account)
    )
}

/// The account opens with 10 000 yuan.
fn balances(now: &str, bookings: &[Booking]) -> String {
    let opening = 1_000_000_i64;
    let closing = bookings
        .iter()
        .fold(opening, |sum, booking| match booking.side {
            Side::Debit => sum - booking.fen,
            Side::Credit => sum + booking.fen,
        });
    let day = &now[..10];
    let mut out = String::new();
    for (kind, fen) in [("OPBD", opening), ("CLBD", closing)] {
        let side = if fen < 0 { "DBIT" } else { "CRDT" };
        let _ = write!(
            out,
            "<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">{}</Amt>\
             <CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>",
            yuan(fen.abs())
        );
    }
    out
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn entry(booking: &Booking) -> String {
    let (side, party, family) = match booking.side {
        Side::Debit => ("DBIT", "Cdtr", "ICDT"),
        Side::Credit if booking.returned.is_some() => ("CRDT", "Dbtr", "ICDT"),
        Side::Credit => ("CRDT", "Dbtr", "RCDT"),
    };
    let sub_family = if booking.returned.is_some() {
        "RRTN"
    } else {
        "DMCT"
    };
    let returned = booking.returned.as_ref().map_or_else(String::new, |code| {
        format!("<RtrInf><Rsn><Cd>{}</Cd></Rsn></RtrInf>", escape(code))
    });
    let remark = if booking.remark.is_empty() {
        String::new()
    } else {
        format!(
            "<RmtInf><Ustrd>{}</Ustrd></RmtInf>",
            escape(&booking.remark)
        )
    };
    let amount = yuan(booking.fen);
    let (name, account) = (escape(&booking.name), escape(&booking.account));
    let end_to_end = escape(booking.end_to_end.as_deref().unwrap_or("NOTPROVIDED"));
    format!(
        "<Ntry><NtryRef>{number}</NtryRef><Amt Ccy=\"CNY\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><DtTm>{at}</DtTm></BookgDt><ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef>\
         <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly></Domn></BkTxCd>\
         <NtryDtls><TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>\
         <Amt Ccy=\"CNY\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>\
         <RltdPties><{party}><Pty><Nm>{name}</Nm></Pty></{party}><{party}Acct><Id><Othr><Id>{account}</Id></Othr></Id></{party}Acct></RltdPties>\
         {remark}{returned}</TxDtls></NtryDtls></Ntry>",
        number = booking.number,
        at = booking.at,
        day = &booking.at[..10],
        reference = booking.reference(),
    )
}
