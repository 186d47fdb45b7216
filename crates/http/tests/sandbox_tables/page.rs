//! The book's page, in both languages.

use std::fmt::Write as _;

use shiming_service::sandbox::{ACCOUNT, MAGIC, sample, sample_branch};

use super::{CODES, CREDENTIAL_STATES, Do, How, STATES, magic::with_magic};

const EN: &str = include_str!("en.md");
const ZH: &str = include_str!("zh.md");

/// The page: its text, with the tables put in.
pub fn page(language: &str) -> String {
    let (text, nth) = if language == "zh" { (ZH, 1) } else { (EN, 0) };
    text.replace("{{sample}}", &sample_table(nth))
        .replace("{{magic}}", &magic_table(nth))
        .replace("{{states}}", &ways(STATES, nth))
        .replace("{{credential_states}}", &ways(CREDENTIAL_STATES, nth))
        .replace("{{codes}}", &codes(nth))
}

fn table(header: [&str; 2], rows: impl Iterator<Item = [String; 2]>) -> String {
    let mut table = format!("| {} | {} |\n|---|---|\n", header[0], header[1]);
    for [left, right] in rows {
        let _ = writeln!(table, "| {left} | {right} |");
    }
    table.trim_end().to_owned()
}

fn sample_table(nth: usize) -> String {
    let header = [["field", "passes"], ["字段", "可通过的值"]][nth];
    let sample = sample();
    let rows = [
        ("enterprise_name", sample.enterprise_name),
        ("uscc", sample.uscc),
        ("legal_representative", sample.legal_representative),
        ("id_number", sample.id_number),
        ("account_number", ACCOUNT.to_owned()),
        ("cnaps", sample_branch().to_owned()),
    ];
    table(
        header,
        rows.into_iter()
            .map(|(field, value)| [format!("`{field}`"), format!("`{value}`")]),
    )
}

fn magic_table(nth: usize) -> String {
    let header = [["credit code", "leads to"], ["信用代码", "结果"]][nth];
    let rows = MAGIC.iter().map(|value| {
        let uscc = value.uscc().unwrap();
        let effect = serde_json::to_value(value.magic).unwrap();
        let effect = effect.as_str().unwrap();
        let code = value.code.map(|code| format!(", `{code}`"));
        let outcome = format!("{effect}: `{}`{}", value.state, code.unwrap_or_default());
        [format!("`{}`", uscc.as_str()), outcome]
    });
    table(header, rows)
}

fn ways(states: &[(&str, &[Do])], nth: usize) -> String {
    let header = [["state", "steps"], ["状态", "步骤"]][nth];
    let rows = states
        .iter()
        .map(|(state, steps)| [format!("`{state}`"), printed(steps)]);
    table(header, rows)
}

fn codes(nth: usize) -> String {
    let header = [["code", "reached by"], ["错误码", "到达方式"]][nth];
    let by_asking = ["`answer_with`", "`answer_with`"][nth];
    let rows = CODES.iter().map(|(code, how)| {
        let how = match how {
            How::Steps(steps) => printed(steps),
            How::Call(what) => what[nth].to_owned(),
            How::AnswerWith(why) => format!("{by_asking} ({})", why[nth]),
        };
        [format!("[`{code}`](errors.md#{code})"), how]
    });
    table(header, rows)
}

/// The steps on one line; the same one several times is counted.
fn printed(steps: &[Do]) -> String {
    let mut words: Vec<(String, u32)> = Vec::new();
    for step in steps {
        let word = match step {
            Do::Simulate(action) => format!("`{}`", with_magic(action)),
            Do::Life(action) => format!("credential `{}`", with_magic(action)),
            Do::Cancel => "`POST /v1/verifications/{id}/cancel`".to_owned(),
            Do::OpenAgain => "`POST /v1/verifications`".to_owned(),
        };
        match words.last_mut() {
            Some((last, times)) if *last == word => *times += 1,
            _ => words.push((word, 1)),
        }
    }
    let words: Vec<_> = words
        .into_iter()
        .map(|(word, times)| match times {
            1 => word,
            times => format!("{times} × {word}"),
        })
        .collect();
    if words.is_empty() {
        "–".to_owned()
    } else {
        words.join(" → ")
    }
}
