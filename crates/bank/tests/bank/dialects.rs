//! The same facts as banks of many countries and versions write them.

use std::io::Cursor;

use shiming_bank::iso;
use shiming_verification::{
    bank::FailReason,
    ports::bank::{BankStatus, Direction, Entry, Record},
};

use crate::support::{OWN, at, entries, own, read, statement};

const ID: &str = "SM0123456789ABCDEF0123456789ABCDEF";

fn one(xml: &str) -> Entry {
    let mut found = entries(read(xml).expect("readable"));
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn statuses(xml: &str) -> Vec<(String, BankStatus)> {
    let status = |record| match record {
        Record::Status(status) => (status.end_to_end, status.status),
        Record::Entry(_) => panic!("an entry"),
    };
    let records = read(xml).expect("readable");
    records.into_iter().map(status).collect()
}

/// Version 2 with a prefix, as older back ends of big banks write it: no `Cd` in `Sts`, no `Pty`, amounts in `AmtDtls`.
#[test]
fn version_2_of_a_statement_with_a_prefix() {
    let xml = format!(
        r#"<?xml version="1.0"?>
<ns2:Document xmlns:ns2="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">
 <ns2:BkToCstmrStmt>
  <ns2:GrpHdr><ns2:MsgId>A</ns2:MsgId><ns2:CreDtTm>2026-01-02T23:00:00</ns2:CreDtTm></ns2:GrpHdr>
  <ns2:Stmt><ns2:Id>S</ns2:Id><ns2:CreDtTm>2026-01-02T23:00:00</ns2:CreDtTm>
   <ns2:Acct><ns2:Id><ns2:Othr><ns2:Id>{OWN}</ns2:Id></ns2:Othr></ns2:Id></ns2:Acct>
   <ns2:Bal><ns2:Tp><ns2:CdOrPrtry><ns2:Cd>PRCD</ns2:Cd></ns2:CdOrPrtry></ns2:Tp><ns2:Amt Ccy="CNY">-1,5</ns2:Amt></ns2:Bal>
   <ns2:Ntry><ns2:Amt Ccy="CNY">0.37</ns2:Amt><ns2:CdtDbtInd>DBIT</ns2:CdtDbtInd><ns2:Sts>BOOK</ns2:Sts>
    <ns2:ValDt><ns2:Dt>2026-01-02</ns2:Dt></ns2:ValDt>
    <ns2:NtryDtls><ns2:TxDtls><ns2:Refs><ns2:InstrId>{ID}</ns2:InstrId><ns2:EndToEndId>NOTPROVIDED</ns2:EndToEndId></ns2:Refs>
     <ns2:AmtDtls><ns2:InstdAmt><ns2:Amt Ccy="USD">0.05</ns2:Amt></ns2:InstdAmt></ns2:AmtDtls>
     <ns2:RltdPties><ns2:Cdtr><ns2:Nm>示例科技有限公司</ns2:Nm></ns2:Cdtr></ns2:RltdPties></ns2:TxDtls></ns2:NtryDtls></ns2:Ntry>
  </ns2:Stmt></ns2:BkToCstmrStmt></ns2:Document>"#
    );
    let entry = one(&xml);
    assert_eq!(
        (entry.direction, entry.amount.expose()),
        (Direction::Debit, 37)
    );
    assert_eq!(
        entry.end_to_end.as_deref(),
        Some(ID),
        "the instruction's id"
    );
    assert_eq!(
        entry.booked_at,
        at("2026-01-01T16:00:00Z"),
        "the value date"
    );
    assert_eq!(entry.counterparty.as_deref(), Some("示例科技有限公司"));
}

/// A business application header around the message, as networks deliver it.
#[test]
fn a_message_in_an_envelope_with_a_header() {
    let plain = statement(&entry_of("<Refs><PmtInfId>SM1</PmtInfId></Refs>"));
    let inner = plain.split_once("?>").expect("a declaration").1;
    let header = r#"<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>A &amp; B</BizMsgIdr></AppHdr>"#;
    let wrapped = format!("<Envelope>\n{header}{inner}<Sgntr>x</Sgntr></Envelope>\n");
    assert_eq!(read(&wrapped), read(&plain));
    let cut = wrapped.replace("</Envelope>", "");
    assert!(read(&cut).is_err(), "the envelope is not closed");
    let two = wrapped.replace("<Sgntr>x</Sgntr>", inner);
    let error = read(&two).expect_err("two messages");
    assert!(error.what.contains("more than one message"), "{error}");
    let none = read(&format!("<Envelope>{header}</Envelope>")).expect_err("no message");
    assert!(
        none.place == "line 1, Envelope" && none.what.contains("no Document"),
        "{none}"
    );
}

fn entry_of(inside: &str) -> String {
    format!(
        r#"<Ntry><Amt Ccy="CNY">0.37</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02+08:00</Dt></BookgDt>
        <NtryDtls><TxDtls>{inside}</TxDtls></NtryDtls></Ntry>"#
    )
}

#[test]
fn our_payment_is_known_by_whichever_of_its_ids_the_bank_repeats() {
    for inside in [
        format!("<Refs><EndToEndId>{ID}</EndToEndId></Refs>"),
        format!("<Refs><MsgId>{ID}</MsgId><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"),
        format!("<Refs><PmtInfId>{ID}</PmtInfId></Refs>"),
        format!("<RmtInf><Ustrd>账户验证 {ID}</Ustrd></RmtInf>"),
    ] {
        let entry = one(&statement(&entry_of(&inside)));
        assert_eq!(entry.end_to_end.as_deref(), Some(ID), "{inside}");
    }
    let batch = r#"<Ntry><Amt Ccy="CNY">0.37</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>
        <NtryDtls><Btch><PmtInfId>SM1</PmtInfId><NbOfTxs>1</NbOfTxs></Btch></NtryDtls></Ntry>"#;
    let entry = one(&statement(batch));
    assert_eq!(entry.end_to_end.as_deref(), Some("SM1"));
}

/// Salaries are often booked as one sum whose payments say nothing of themselves.
#[test]
fn a_batch_that_keeps_its_amounts_to_itself_is_one_entry() {
    let batch = r#"<Ntry><Amt Ccy="CNY">90000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>
        <AcctSvcrRef>B</AcctSvcrRef><NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch>
        <TxDtls><Refs><EndToEndId>X</EndToEndId></Refs></TxDtls><TxDtls/><TxDtls/></NtryDtls></Ntry>"#;
    let entry = one(&statement(batch));
    assert_eq!((entry.amount.expose(), entry.end_to_end), (9_000_000, None));
}

#[test]
fn a_payment_its_fee_and_its_return_may_share_one_reference() {
    let booked = |fen: &str, side: &str| {
        format!(
            r#"<Ntry><Amt Ccy="CNY">{fen}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt><AcctSvcrRef>R</AcctSvcrRef></Ntry>"#
        )
    };
    let all = [
        booked("0.37", "DBIT"),
        booked("0.50", "DBIT"),
        booked("0.37", "CRDT"),
    ]
    .concat();
    let found = entries(read(&statement(&all)).expect("readable"));
    let ids: std::collections::HashSet<_> = found.iter().map(|entry| &entry.id).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn utf_16_and_western_encodings_give_the_same_entries() {
    let plain = statement(&entry_of("<RmtInf><Ustrd>Pr\u{fc}fung</Ustrd></RmtInf>"));
    let records =
        |bytes: Vec<u8>| iso::read(Cursor::new(bytes), &own())?.collect::<Result<Vec<_>, _>>();
    let expected = read(&plain);
    let utf16 = plain.replace("UTF-8", "UTF-16");
    let little = std::iter::once(0xFEFF).chain(utf16.encode_utf16());
    let little: Vec<u8> = little.flat_map(u16::to_le_bytes).collect();
    let big = std::iter::once(0xFEFF).chain(utf16.encode_utf16());
    let big: Vec<u8> = big.flat_map(u16::to_be_bytes).collect();
    let latin = plain.replace("UTF-8", "ISO-8859-1");
    let latin = encoding_rs::WINDOWS_1252.encode(&latin).0.into_owned();
    for bytes in [little, big, latin] {
        assert_eq!(records(bytes), expected);
    }
}

/// Versions 3 to 14 of a status report, the payment named by whatever id the bank repeats.
#[test]
fn status_reports_of_other_banks() {
    let report = |version: &str, inside: &str| {
        format!(
            r#"<p:Document xmlns:p="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><p:CstmrPmtStsRpt><p:GrpHdr><p:MsgId>M</p:MsgId>
            <p:CreDtTm>2026-01-02T10:10:00.123+0800</p:CreDtTm></p:GrpHdr>{}</p:CstmrPmtStsRpt></p:Document>"#,
            inside
                .replace("</", "\u{1}")
                .replace('<', "<p:")
                .replace('\u{1}', "</p:")
        )
    };
    let group = format!(
        "<OrgnlGrpInfAndSts><OrgnlMsgId>{ID}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId></OrgnlGrpInfAndSts>"
    );
    let rejected = |reason| vec![(ID.to_owned(), BankStatus::Rejected(reason))];
    for version in ["03", "10", "14"] {
        for (code, reason) in [
            ("AC03", FailReason::AccountRefused),
            ("AM04", FailReason::Operator),
            ("BE01", FailReason::NameMismatch),
            ("RC10", FailReason::BranchUnknown),
            ("XX99", FailReason::Other),
        ] {
            let nameless = format!(
                "{group}<OrgnlPmtInfAndSts><OrgnlPmtInfId>{ID}</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>NOTPROVIDED</OrgnlEndToEndId>
                <TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"
            );
            assert_eq!(
                statuses(&report(version, &nameless)),
                rejected(reason),
                "{code}"
            );
        }
        let in_words = format!(
            "{group}<OrgnlPmtInfAndSts><OrgnlPmtInfId>{ID}</OrgnlPmtInfId><TxInfAndSts><TxSts>RJCT</TxSts>
            <StsRsnInf><Rsn><Prtry>E1024</Prtry></Rsn><AddtlInf>收款人户名</AddtlInf><AddtlInf>与账号不符</AddtlInf></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"
        );
        assert_eq!(
            statuses(&report(version, &in_words)),
            rejected(FailReason::NameMismatch)
        );
        let settled = format!(
            "{group}<OrgnlPmtInfAndSts><OrgnlPmtInfId>{ID}</OrgnlPmtInfId><TxInfAndSts><OrgnlInstrId>{ID}</OrgnlInstrId><TxSts>ACSC</TxSts></TxInfAndSts></OrgnlPmtInfAndSts>"
        );
        assert_eq!(
            statuses(&report(version, &settled)),
            [(ID.to_owned(), BankStatus::Accepted)]
        );
    }
}

/// A notification that leaves out everything that the schema lets it leave out.
#[test]
fn the_barest_notification() {
    let xml = format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.13"><BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-02T10:00:00Z</CreDtTm></GrpHdr>
        <Ntfctn><Id>N</Id><CreDtTm>2026-01-02T10:00:00Z</CreDtTm><Acct><Id><IBAN>{OWN}</IBAN></Id></Acct>
        <Ntry><Amt Ccy="CNY">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Prtry>x</Prtry></Sts></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"#
    );
    let entry = one(&xml);
    assert_eq!(
        (entry.amount.expose(), entry.booked_at),
        (500, at("2026-01-02T10:00:00Z"))
    );
    assert_eq!(
        (entry.counterparty, entry.remittance, entry.end_to_end),
        (None, None, None)
    );
}
