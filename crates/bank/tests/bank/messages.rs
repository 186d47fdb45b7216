//! Status reports and statements as banks send them.

use shiming_verification::{
    bank::FailReason,
    ports::bank::{BankStatus, Direction, Record},
};

use crate::support::{at, entries, entry, read, statement};

fn statuses(version: &str, inside: &str) -> Vec<(String, BankStatus)> {
    let xml = format!(
        r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
        <GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-01-02T10:10:00+08:00</CreDtTm></GrpHdr>{inside}</CstmrPmtStsRpt></Document>"#
    );
    let status = |record| match record {
        Record::Status(status) => {
            assert_eq!(status.at, at("2026-01-02T02:10:00Z"));
            (status.end_to_end, status.status)
        }
        Record::Entry(_) => panic!("an entry"),
    };
    read(&xml)
        .expect("readable")
        .into_iter()
        .map(status)
        .collect()
}

#[test]
fn each_transaction_is_judged_with_its_reason() {
    let transaction = |id: &str, status: &str, reason: &str| {
        format!(
            "<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{status}</TxSts>{reason}</TxInfAndSts>"
        )
    };
    let inside = format!(
        "<OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId>{}{}{}{}</OrgnlPmtInfAndSts>",
        transaction("A", "ACSP", ""),
        transaction("B", "ACCC", ""),
        transaction("C", "RJCT", "<StsRsnInf><Rsn><Cd>BE01</Cd></Rsn><AddtlInf>账号户名不符</AddtlInf></StsRsnInf>"),
        transaction("D", "RJCT", "<StsRsnInf><Rsn><Prtry>9999</Prtry></Rsn><AddtlInf>收款账号不存在</AddtlInf></StsRsnInf>"),
    );
    for version in ["03", "12", "14"] {
        let expected = [
            ("A".to_owned(), BankStatus::Accepted),
            ("B".to_owned(), BankStatus::Credited),
            (
                "C".to_owned(),
                BankStatus::Rejected(FailReason::NameMismatch),
            ),
            (
                "D".to_owned(),
                BankStatus::Rejected(FailReason::AccountRefused),
            ),
        ];
        assert_eq!(statuses(version, &inside), expected);
    }
}

#[test]
fn a_judgement_of_the_whole_message_is_one_of_its_payment() {
    let group = |status: &str| {
        format!(
            "<OrgnlGrpInfAndSts><OrgnlMsgId>SM1</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId><GrpSts>{status}</GrpSts>
             <StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts>"
        )
    };
    let rejected = BankStatus::Rejected(FailReason::Operator);
    assert_eq!(
        statuses("12", &group("RJCT")),
        [("SM1".to_owned(), rejected)]
    );
    assert_eq!(
        statuses("12", &group("ACTC")),
        [("SM1".to_owned(), BankStatus::Accepted)]
    );
    assert_eq!(statuses("12", &group("PART")), []);
    let payment = "<OrgnlPmtInfAndSts><OrgnlPmtInfId>SM2</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>
                   <StsRsnInf><Rsn><Cd>RC01</Cd></Rsn></StsRsnInf></OrgnlPmtInfAndSts>";
    let both = format!("{}{payment}", group("RJCT"));
    let unknown = BankStatus::Rejected(FailReason::BranchUnknown);
    assert_eq!(statuses("12", &both), [("SM2".to_owned(), unknown)]);
}

const CURRENT: &str = r#"<Ntry><NtryRef>1</NtryRef><Amt Ccy="CNY">0.37</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><DtTm>2026-01-02T10:05:00+08:00</DtTm></BookgDt><AcctSvcrRef>BNK1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>SM1</EndToEndId></Refs><Amt Ccy="CNY">0.37</Amt><CdtDbtInd>DBIT</CdtDbtInd>
<RltdPties><Cdtr><Pty><Nm>A &amp; B <![CDATA[<有限>]]>公司</Nm></Pty></Cdtr><CdtrAcct><Id><Othr><Id>35000000000000002</Id></Othr></Id></CdtrAcct></RltdPties>
<RmtInf><Ustrd>账户验证</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"#;

const INCOMING: &str = r#"<Ntry><Amt Ccy="CNY">0.01</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RltdPties><Dbtr><Nm>示例科技有限公司</Nm></Dbtr><DbtrAcct><Id><Othr><Id>3500</Id></Othr></Id></DbtrAcct></RltdPties>
<RmtInf><Ustrd>ＳＭ 0048</Ustrd><Ustrd>2913</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"#;

#[test]
fn a_booked_entry_is_read_in_the_present_and_in_the_old_spelling() {
    let found = entries(read(&statement(&format!("{CURRENT}{INCOMING}"))).expect("readable"));
    let [out, came] = found.as_slice() else {
        panic!("{} entries", found.len())
    };
    assert_eq!(
        (out.id.as_str(), out.direction, out.amount.expose()),
        ("ref:BNK1/D/2026-01-02/37", Direction::Debit, 37)
    );
    assert_eq!(out.booked_at, at("2026-01-02T02:05:00Z"));
    assert_eq!(out.end_to_end.as_deref(), Some("SM1"));
    assert_eq!(out.counterparty.as_deref(), Some("A & B <有限>公司"));
    assert_eq!(
        out.counterparty_account.as_deref(),
        Some("35000000000000002")
    );
    assert!(
        came.id.starts_with("sha256:"),
        "without a reference an entry is known by what it says"
    );
    assert_eq!(
        (came.direction, came.amount.expose()),
        (Direction::Credit, 1)
    );
    assert_eq!(
        came.booked_at,
        at("2026-01-01T16:00:00Z"),
        "a day begins in China"
    );
    assert_eq!(came.counterparty.as_deref(), Some("示例科技有限公司"));
    assert_eq!(
        (came.end_to_end.as_deref(), came.remittance.as_deref()),
        (None, Some("ＳＭ 0048 2913"))
    );
}

#[test]
fn every_version_and_prefix_gives_the_same_entries_under_the_same_ids() {
    let plain = statement(&format!("{CURRENT}{INCOMING}"));
    let first = read(&plain).expect("readable");
    for version in ["02", "06", "14"] {
        assert_eq!(
            read(&plain.replace("camt.053.001.08", &format!("camt.053.001.{version}"))).as_ref(),
            Ok(&first)
        );
    }
    let prefixed = plain.replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "");
    let prefixed = prefixed
        .replace("</", "\u{1}")
        .replace('<', "<n:")
        .replace('\u{1}', "</n:");
    let prefixed = prefixed
        .replace("<n:![CDATA", "<![CDATA")
        .replace("xmlns=", "xmlns:n=");
    let inner = prefixed.replace("<![CDATA[<n:有限>]]>", "<![CDATA[<有限>]]>");
    assert_eq!(read(&inner).as_ref(), Ok(&first));
    let notification = plain
        .replace("camt.053.001", "camt.054.001")
        .replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
        .replace("Stmt>", "Ntfctn>");
    assert_eq!(
        entries(read(&notification).expect("readable"))[0],
        entries(first)[0]
    );
}

#[test]
fn what_is_not_booked_does_not_count() {
    let pending = CURRENT.replace("BOOK", "PDNG");
    assert_eq!(read(&statement(&pending)), Ok(Vec::new()));
}

#[test]
fn money_that_came_back_says_why() {
    let credit = |more: &str, details: &str| {
        format!(
            r#"<Ntry><Amt Ccy="CNY">0.37</Amt><CdtDbtInd>CRDT</CdtDbtInd>{more}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>
            <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>
            <NtryDtls><TxDtls><Refs><EndToEndId>SM1</EndToEndId></Refs>{details}</TxDtls></NtryDtls></Ntry>"#
        )
    };
    let returned = |xml: &str| entries(read(&statement(xml)).expect("readable"))[0].returned;
    let info = credit("", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>");
    assert_eq!(returned(&info), Some(FailReason::AccountRefused));
    assert_eq!(
        returned(&credit("", "").replace("DMCT", "RRTN")),
        Some(FailReason::Other)
    );
    assert_eq!(
        returned(&credit(
            "<RvslInd>true</RvslInd>",
            "<RmtInf><Ustrd>户名不符退汇</Ustrd></RmtInf>"
        )),
        Some(FailReason::NameMismatch)
    );
    assert_eq!(returned(&credit("", "")), None);
}

#[test]
fn a_batch_gives_one_entry_for_each_of_its_payments() {
    let payment = |id: &str, fen: &str| {
        format!(
            r#"<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><Amt Ccy="CNY">{fen}</Amt></TxDtls>"#
        )
    };
    let batch = format!(
        r#"<Ntry><Amt Ccy="CNY">0.60</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-02</Dt></BookgDt>
        <AcctSvcrRef>B</AcctSvcrRef><NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch>{}{}{}</NtryDtls></Ntry>"#,
        payment("X", "0.10"),
        payment("Y", "0.20"),
        payment("Z", "0.30")
    );
    let found = entries(read(&statement(&batch)).expect("readable"));
    let short: Vec<_> = found
        .iter()
        .map(|entry| {
            (
                entry.id.as_str(),
                entry.end_to_end.as_deref(),
                entry.amount.expose(),
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            ("ref:B/1/D/2026-01-02/10", Some("X"), 10),
            ("ref:B/2/D/2026-01-02/20", Some("Y"), 20),
            ("ref:B/3/D/2026-01-02/30", Some("Z"), 30)
        ]
    );
}

#[test]
fn statements_of_other_accounts_are_passed_over_and_a_file_without_ours_is_refused() {
    let ours = statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1"));
    let other = "<Stmt><Id>S2</Id><Acct><Id><Othr><Id>99999999999</Id></Othr></Id></Acct>\
                 <Ntry><Amt Ccy=\"USD\">-1</Amt></Ntry></Stmt>";
    let both = ours.replace("</BkToCstmrStmt>", &format!("{other}</BkToCstmrStmt>"));
    assert_eq!(read(&both).map(|records| records.len()), Ok(1));
    let error = read(&ours.replace(crate::support::OWN, "99999999999")).expect_err("not ours");
    assert!(error.what.contains("bank.account_number"), "{error}");
    assert!(
        !error.to_string().contains("99999999999"),
        "account numbers stay out of messages"
    );
}
