//! Statements as domestic consoles export them.

use std::io::Cursor;

use encoding_rs::{GB18030, GBK};
use shiming_bank::csv::{self, Column, Mapping, Money};
use shiming_verification::ports::bank::{Direction, Entry, ReportError};

use crate::support::{OWN, at, entries, own};

fn named(word: &str) -> Column {
    Column::parse(word)
}

fn mapping() -> Mapping {
    Mapping {
        delimiter: b',',
        time: named("交易时间"),
        time_of_day: None,
        time_format: None,
        money: Money::Sides {
            debit: named("支出（元）"),
            credit: named("收入(元)"),
        },
        thousands: true,
        counterparty: named("对方户名"),
        counterparty_account: Some(named("对方账号")),
        remark: Some(named("摘要")),
        serial: Some(named("流水号")),
        end_to_end: None,
        currency: Some(named("币种")),
        account: None,
    }
}

const STATEMENT: &str = "\
示例银行账户明细\n\
账号：11000000000000001,期间：2026-01-01 至 2026-01-31\n\
\n\
流水号,交易时间,币种,支出(元),收入(元),对方户名,对方账号,摘要\n\
\"000001\",2026-01-02 10:05:00,人民币,0.37,,示例科技有限公司,\"\t35000000000000002\",账户验证 SM0123456789ABCDEF0123456789ABCDEF\n\
000002,2026-01-02 11:20:00,CNY,,\"1,234.01\",\"示例,科技\"\"有限\"\"公司\",=\"00350\",sm 0048 2913\n\
合计,,,0.37,\"1,234.01\",,,\n";

fn read_with(bytes: &[u8], mapping: &Mapping) -> Result<Vec<Entry>, ReportError> {
    let records = csv::read(
        Cursor::new(bytes),
        Cursor::new(bytes.to_vec()),
        mapping,
        &own(),
    )?;
    records.collect::<Result<_, _>>().map(entries)
}

fn read(text: &str) -> Result<Vec<Entry>, ReportError> {
    read_with(text.as_bytes(), &mapping())
}

#[test]
fn a_console_export_is_read_through_its_preamble_quotes_and_sums() {
    let found = read(STATEMENT).expect("readable");
    let [out, came] = found.as_slice() else {
        panic!("{} entries", found.len())
    };
    assert_eq!(
        (out.id.as_str(), out.direction, out.amount.expose()),
        ("ref:000001/D/2026-01-02/37", Direction::Debit, 37)
    );
    assert_eq!(out.booked_at, at("2026-01-02T02:05:00Z"));
    assert_eq!(
        out.counterparty_account.as_deref(),
        Some("35000000000000002")
    );
    assert_eq!(
        out.end_to_end.as_deref(),
        Some("SM0123456789ABCDEF0123456789ABCDEF")
    );
    assert_eq!(
        (came.direction, came.amount.expose()),
        (Direction::Credit, 123_401)
    );
    assert_eq!(came.counterparty.as_deref(), Some("示例,科技\"有限\"公司"));
    assert_eq!(came.counterparty_account.as_deref(), Some("00350"));
    assert_eq!(
        (came.end_to_end.as_deref(), came.remittance.as_deref()),
        (None, Some("sm 0048 2913"))
    );
}

#[test]
fn every_encoding_gives_the_same_entries() {
    let expected = read(STATEMENT);
    let gbk = GBK.encode(STATEMENT).0.into_owned();
    let utf8_marked = [b"\xEF\xBB\xBF", STATEMENT.as_bytes()].concat();
    let gbk_marked = GB18030
        .encode(&format!("\u{feff}{STATEMENT}"))
        .0
        .into_owned();
    let utf16: Vec<u8> = format!("\u{feff}{STATEMENT}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [gbk, utf8_marked, gbk_marked, utf16] {
        assert_eq!(read_with(&bytes, &mapping()), expected);
    }
    let windows = STATEMENT.replace('\n', "\r\n");
    assert_eq!(read(&windows), expected);
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_nothing_comes_after_it() {
    for (from, to, line, what) in [
        ("0.37,,", "-0.37,,", "line 5", "negative"),
        ("0.37,,", "12,34.00,,", "line 5", ""),
        ("0.37,,", "\"0,37\",,", "line 5", "thousands"),
        ("0.37,,", "0.375,,", "line 5", "two decimals"),
        ("0.37,,", ",,", "line 5", "neither"),
        ("0.37,,", "0.37,0.37,", "line 5", "both"),
        ("CNY", "USD", "line 6", "USD"),
        ("2026-01-02 11:20:00", "gestern", "line 6", "gestern"),
        ("=\"00350\"", "3.5E+16", "line 6", "spreadsheet"),
        ("=\"00350\"", "\"00350", "line 6", "quoted"),
        ("\"\t35000000000000002\"", "\"35", "line 5", "quoted"),
    ] {
        let error = read(&STATEMENT.replacen(from, to, 1)).expect_err(to);
        assert!(
            error.place == line && error.what.contains(what),
            "{to}: {error}"
        );
    }
    let strict = Mapping {
        thousands: false,
        ..mapping()
    };
    let error = read_with(STATEMENT.as_bytes(), &strict).expect_err("a comma");
    assert!(
        error.place == "line 6" && error.what.contains("bank.csv.thousands"),
        "{error}"
    );
    let error = read(&STATEMENT.replace("对方户名", "对手")).expect_err("a column is missing");
    assert!(error.what.contains("对方户名"), "{error}");
    let error = read_with(b"\xff\xfe\x00", &mapping()).expect_err("no text");
    assert!(!error.what.is_empty());
}

#[test]
fn columns_may_be_numbered_and_rows_without_serial_numbers_are_told_apart() {
    let numbered = Mapping {
        delimiter: b'\t',
        time: Column::Number(1),
        time_of_day: Some(Column::Number(2)),
        time_format: Some("%Y%m%d %H%M%S".to_owned()),
        money: Money::Sides {
            debit: Column::Number(4),
            credit: Column::Number(5),
        },
        thousands: false,
        counterparty: Column::Number(6),
        counterparty_account: None,
        remark: None,
        serial: None,
        end_to_end: None,
        currency: None,
        account: Some(Column::Number(3)),
    };
    let row = format!("20260102\t100500\t{OWN}\t\t0.01\t示例科技有限公司\n");
    let found = read_with(format!("{row}{row}").as_bytes(), &numbered).expect("readable");
    assert_eq!(found[0].booked_at, at("2026-01-02T02:05:00Z"));
    assert_eq!(
        found[1].id,
        format!("{}/1", found[0].id),
        "two equal rows are two payments"
    );
    assert_eq!(
        read_with(format!("{row}{row}").as_bytes(), &numbered),
        Ok(found),
        "and the same ones when read again"
    );
    let other = row.replace(OWN, "99999999999");
    let error =
        read_with(format!("{row}{other}").as_bytes(), &numbered).expect_err("another account");
    assert!(
        error.place == "line 2" && !error.what.contains("99999999999"),
        "{error}"
    );
}

/// One column of amounts, told apart by another column or by a sign.
fn in_one_column(direction: Option<&str>) -> Mapping {
    Mapping {
        delimiter: b';',
        money: Money::One {
            amount: named("金额"),
            direction: direction.map(named),
        },
        serial: None,
        currency: None,
        counterparty_account: None,
        ..mapping()
    }
}

fn short(entries: &[Entry]) -> Vec<(Direction, u64)> {
    entries
        .iter()
        .map(|entry| (entry.direction, entry.amount.expose()))
        .collect()
}

#[test]
fn one_column_of_amounts_has_its_direction_beside_it_or_in_its_sign() {
    let header = "交易时间;借贷标志;金额;对方户名;摘要\n";
    let rows = "2026.01.02 10:05:00;借;0.37;示例科技有限公司;\n\
                2026/1/2;贷;１，２３４．５６;某公司;货款\n\
                20260102 10:05:00;DBIT;¥12元;某公司;\n";
    let found = read_with(
        format!("{header}{rows}").as_bytes(),
        &in_one_column(Some("借贷标志")),
    );
    let expected = [
        (Direction::Debit, 37),
        (Direction::Credit, 123_456),
        (Direction::Debit, 1200),
    ];
    assert_eq!(short(&found.expect("readable")), expected);

    let signed =
        "2026-01-02;;-0.37;某公司;\n2026-01-02;;(0.37);某公司;\n2026-01-02;;+0.37;某公司;\n";
    let found = read_with(format!("{header}{signed}").as_bytes(), &in_one_column(None));
    let expected = [
        (Direction::Debit, 37),
        (Direction::Debit, 37),
        (Direction::Credit, 37),
    ];
    assert_eq!(short(&found.expect("readable")), expected);

    for (row, what) in [
        ("2026-01-02;贷;-0.37;某公司;", "negative"),
        ("2026-01-02;冲;0.37;某公司;", "\"冲\""),
        ("2026-01-02;借;0.00;某公司;", "zero"),
        ("2026-01-02;借;;某公司;", "empty"),
        ("2026-01-02;借;--1;某公司;", "negative"),
    ] {
        let text = format!("{header}{row}\n");
        let error = read_with(text.as_bytes(), &in_one_column(Some("借贷标志"))).expect_err(row);
        assert!(
            error.place == "line 2" && error.what.contains(what),
            "{row}: {error}"
        );
    }
}

#[test]
fn a_quoted_text_may_go_over_lines_and_an_open_quote_swallows_no_row() {
    let (head, rest) = STATEMENT.split_once("账户验证 ").expect("a remark");
    let (id, rest) = rest.split_once('\n').expect("its end");
    let folded = format!("{head}\"账户\r\n验证\n{id}\"\n{rest}");
    let found = read(&folded).expect("readable");
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].end_to_end.as_deref(), Some(id));
    let later = folded.replace("2026-01-02 11:20:00", "gestern");
    assert_eq!(read(&later).expect_err("no time").place, "line 8");

    let open = STATEMENT
        .replace("账户验证", "\"账户验证")
        .replace("sm 0048", "\"sm 0048");
    let error = read(&open).expect_err("two quotes are not one text");
    assert_eq!(error.place, "line 5");
}

#[test]
fn a_serial_number_that_is_used_again_on_another_day_is_another_entry() {
    let next_day = STATEMENT.replace("2026-01-02", "2026-01-03");
    let (first, second) = (read(STATEMENT), read(&next_day));
    let ids = |found: Result<Vec<Entry>, ReportError>| -> Vec<String> {
        found
            .expect("readable")
            .into_iter()
            .map(|entry| entry.id)
            .collect()
    };
    let (first, second) = (ids(first), ids(second));
    assert!(first.iter().all(|id| !second.contains(id)));
}
