//! What banks don't send and others might.

use std::io::Cursor;

use shiming_bank::iso;
use shiming_verification::ports::bank::ReportError;

use crate::support::{entry, own, read, statement};

fn refused(xml: &str) -> ReportError {
    read(xml).expect_err("it has to be refused")
}

/// Refused at a line, within a path, for a reason.
#[track_caller]
fn assert_refused(xml: &str, place: &str, what: &str) {
    let error = refused(xml);
    assert!(
        error.place.contains(place) && error.what.contains(what),
        "{error}"
    );
}

#[test]
fn entities_and_document_types_are_refused_before_they_grow() {
    let bomb = "<!DOCTYPE b [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n";
    let whole = statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1"));
    let with_bomb = whole.replace("?>\n", &format!("?>\n{bomb}"));
    assert_refused(&with_bomb, "line 2", "DOCTYPE");
    assert_refused(
        &whole.replace("R1", "&b;"),
        "Ntry/AcctSvcrRef",
        "entity \"b\"",
    );
    assert_refused(&whole.replace("R1", "&#0;"), "line 5", "");
}

#[test]
fn other_namespaces_are_refused_by_name() {
    let whole = statement("");
    assert_refused(
        &whole.replace("camt.053.001.08", "camt.052.001.08"),
        "Document",
        "camt.052.001.08",
    );
    assert_refused(
        &whole.replace("camt.053.001.08", "camt.053.001.8"),
        "Document",
        "none that is read",
    );
    assert_refused(
        &whole.replace(
            " xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"",
            "",
        ),
        "Document",
        "namespace \"\"",
    );
    assert_refused(
        &whole.replace("camt.053.001.08", "pain.002.001.12"),
        "BkToCstmrStmt",
        "CstmrPmtStsRpt",
    );
    assert_refused("<html/>", "line 1, html", "Document");
    assert_refused("hello", "line 1", "");
    assert_refused("", "line 1", "");
}

#[test]
fn an_amount_that_is_none_is_told_with_its_line() {
    for (amount, what) in [
        (r#"<Amt Ccy="CNY">1,000.00</Amt>"#, "comma"),
        (r#"<Amt Ccy="CNY">-0.37</Amt>"#, "negative"),
        (r#"<Amt Ccy="USD">0.37</Amt>"#, "\"USD\""),
        (r#"<Amt Ccy="CNY">0.375</Amt>"#, "two decimals"),
        (r#"<Amt Ccy="CNY"></Amt>"#, "empty"),
        ("<Amt>0.37</Amt>", "no currency"),
        (r#"<Amt Ccy="CNY">零点三七</Amt>"#, "no number"),
        ("", "no amount"),
    ] {
        let good = entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1");
        let error = refused(&statement(&format!("{good}{}", entry(amount, "R2"))));
        assert!(
            error
                .place
                .starts_with("line 6, Document/BkToCstmrStmt/Stmt/Ntry"),
            "{error}"
        );
        assert!(error.what.contains(what), "{error}");
        assert!(
            !error.what.contains("0.37"),
            "amounts stay out of messages: {error}"
        );
    }
}

#[test]
fn a_file_that_ends_early_is_refused_however_little_is_missing() {
    let whole = statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1"));
    assert!(read(&whole).is_ok());
    for end in (0..whole.trim_end().len()).filter(|end| whole.is_char_boundary(*end)) {
        let error = read(&whole[..end]).expect_err("cut off");
        assert!(error.unfinished, "cut at {end}: {error}");
    }
    assert_refused(&whole[..whole.len() - 3], "Document", "");
}

#[test]
fn depth_and_lengths_have_limits() {
    let deep = "<a>".repeat(100);
    assert_refused(&statement(&deep), "line 5", "deep");
    let long = "x".repeat(100_000);
    assert_refused(
        &statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, &long)),
        "line 5",
        "65536 bytes",
    );
    assert_refused(
        &statement(&format!("<!--{long}-->")),
        "line 5",
        "65536 bytes",
    );
    let many = "<x/>".repeat(5000);
    let details = format!("<NtryDtls><TxDtls>{many}</TxDtls></NtryDtls></Ntry>");
    let entry = entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1").replace("</Ntry>", &details);
    assert_refused(&statement(&entry), "TxDtls", "4000 elements");
}

#[test]
fn elements_of_other_namespaces_count_for_nothing() {
    let foreign = r#"<Ntry xmlns="urn:example"><Amt Ccy="CNY">9.99</Amt></Ntry>"#;
    assert_eq!(read(&statement(foreign)), Ok(Vec::new()));
    assert_refused(&statement("<q:Ntry/>"), "line 5", "prefix");
}

#[test]
fn gbk_is_read_where_it_is_declared_and_refused_where_it_is_not() {
    let xml = statement(&entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "参考一"));
    let gbk = |xml: &str| encoding_rs::GBK.encode(xml).0.into_owned();
    let read =
        |bytes: Vec<u8>| iso::read(Cursor::new(bytes), &own())?.collect::<Result<Vec<_>, _>>();
    let declared = read(gbk(&xml.replace("UTF-8", "GBK"))).expect("readable");
    assert_eq!(Ok(declared), crate::support::read(&xml));
    let error = read(gbk(&xml)).expect_err("no UTF-8");
    assert!(error.what.contains("UTF-8"), "{error}");
    let error = read(xml.replace("UTF-8", "EBCDIC").into_bytes()).expect_err("unknown");
    assert!(error.what.contains("EBCDIC"), "{error}");
}

#[test]
fn a_status_report_has_to_say_whose_status_it_is() {
    let report = |inside: &str| {
        format!(
            r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.12"><CstmrPmtStsRpt><GrpHdr><CreDtTm>2026-01-02T10:10:00+08:00</CreDtTm></GrpHdr>
<OrgnlPmtInfAndSts><TxInfAndSts>{inside}</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"#
        )
    };
    assert_refused(
        &report("<TxSts>RJCT</TxSts>"),
        "line 2, Document/CstmrPmtStsRpt/OrgnlPmtInfAndSts/TxInfAndSts",
        "OrgnlEndToEndId",
    );
    assert_refused(
        &report("<OrgnlEndToEndId>A</OrgnlEndToEndId>"),
        "line 2",
        "TxSts",
    );
}
