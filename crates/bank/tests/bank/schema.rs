//! What we write, against the schemas that ISO publishes.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use shiming_bank::iso::{WriteError, pain001};
use shiming_verification::{bank::Fen, ports::bank::Instruction};

use crate::support::{debtor, entry, instruction, program, statement};

/// The folder into which the set-up for tests puts the schemas.
fn schema(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("iso20022");
    let file = folder.join(format!("{name}.xsd"));
    assert!(
        file.is_file(),
        "{} is missing: `./x setup --tests` brings it",
        file.display()
    );
    file
}

/// What `xmllint` says against it; nothing if it is valid.
fn faults(name: &str, xml: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("message.xml");
    std::fs::write(&file, xml).expect("written");
    let mut command = Command::new(program("xmllint"));
    let output = command
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema(name))
        .arg(&file)
        .output();
    let output = output.expect("xmllint runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() {
        String::new()
    } else {
        told
    }
}

fn payment(number: u128, fen: u64) -> Instruction {
    Instruction {
        amount: Fen::new(fen),
        ..instruction(number)
    }
}

#[test]
fn a_payment_and_a_batch_are_valid_and_always_the_same() {
    let one = pain001(&debtor(), &[payment(1, 37)]).expect("written");
    assert_eq!(faults("pain.001.001.09", &one), "");
    assert_eq!(pain001(&debtor(), &[payment(1, 37)]).as_ref(), Ok(&one));
    let text = String::from_utf8(one).expect("UTF-8");
    for part in [
        "<CreDtTm>2026-01-02T09:30:00+08:00</CreDtTm>",
        "<ReqdExctnDt><Dt>2026-01-02</Dt></ReqdExctnDt>",
        "<CtrlSum>0.37</CtrlSum>",
        "<EndToEndId>SM00000000000000000000000000000001</EndToEndId>",
        "<UETR>00000000-0000-4000-8000-000000000001</UETR>",
        "示例银行 &lt;A&amp;B&gt; 示例支行",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(
        !text.contains("Ustrd>0.37"),
        "the amount is never in the text"
    );
    let batch: Vec<_> = (1..=3).map(|number| payment(number, 33)).collect();
    let batch = pain001(&debtor(), &batch).expect("written");
    assert_eq!(faults("pain.001.001.09", &batch), "");
    let batch = String::from_utf8(batch).expect("UTF-8");
    assert_eq!(
        batch
            .matches("<NbOfTxs>3</NbOfTxs><CtrlSum>0.99</CtrlSum>")
            .count(),
        2
    );
    assert_eq!(pain001(&debtor(), &[]), Err(WriteError::Empty));
    assert_eq!(
        pain001(&debtor(), &[payment(1, 0)]),
        Err(WriteError::Amount)
    );
}

#[test]
fn names_are_cut_where_the_schema_ends() {
    let mut debtor = debtor();
    debtor.name = "示".repeat(200);
    let message = pain001(&debtor, &[payment(1, 1)]).expect("written");
    assert_eq!(faults("pain.001.001.09", &message), "");
}

#[test]
fn the_validation_can_fail() {
    let message = pain001(&debtor(), &[payment(1, 37)]).expect("written");
    let message = String::from_utf8(message)
        .expect("UTF-8")
        .replace("<ChrgBr>DEBT</ChrgBr>", "<ChrgBr>NONE</ChrgBr>");
    assert!(faults("pain.001.001.09", message.as_bytes()).contains("ChrgBr"));
}

#[test]
fn the_statements_of_these_tests_are_like_real_ones() {
    let entry = entry(r#"<Amt Ccy="CNY">0.37</Amt>"#, "R1").replace(
        "</AcctSvcrRef>",
        "</AcctSvcrRef><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd>",
    );
    let balance = "<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"CNY\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-02</Dt></Dt></Bal>";
    assert_eq!(
        faults(
            "camt.053.001.08",
            statement(&format!("{balance}{entry}")).as_bytes()
        ),
        ""
    );
}
