//! Why a bank did not pay, in our vocabulary.

use shiming_verification::bank::FailReason;

/// The reason of an external status or return code (ISO 20022 external code sets), or, where a bank only says it in words
/// (`NARR`, `MS02`, `MS03`, proprietary codes), of the words that domestic banks use.
pub(super) fn reason(code: Option<&str>, words: &str) -> FailReason {
    match code.unwrap_or_default() {
        "BE01" | "BE04" | "BE05" => FailReason::NameMismatch,
        "AC01" | "AC03" | "AC04" | "AC06" | "AC07" | "AC09" | "AC11" | "AC12" | "AC14" | "AG01"
        | "AG02" => FailReason::AccountRefused,
        "AC08" | "AGNT" | "CNOR" | "RC01" | "RC04" | "RC05" | "RC07" | "RC08" | "RC10" => {
            FailReason::BranchUnknown
        }
        // The payer's account, agent and message, and the amount, are ours.
        "AC02" | "AC05" | "AC10" | "AC13" | "DNOR" | "RC03" | "RC06" | "RC09" | "TM01" => {
            FailReason::Operator
        }
        code if ["AM", "DT", "DU", "FF"].contains(&code.get(..2).unwrap_or_default()) => {
            FailReason::Operator
        }
        _ => in_words(words),
    }
}

fn in_words(words: &str) -> FailReason {
    let says = |any: &[&str]| any.iter().any(|word| words.contains(word));
    if says(&["户名", "名称不符", "账户名称", "账号与名称"]) {
        FailReason::NameMismatch
    } else if says(&["行号", "联行", "开户行"]) {
        FailReason::BranchUnknown
    } else if says(&["账号", "帐号", "账户", "帐户", "销户", "冻结"]) {
        FailReason::AccountRefused
    } else if says(&["余额不足", "限额"]) {
        FailReason::Operator
    } else {
        FailReason::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_count_and_words_help_where_a_code_says_nothing() {
        for (code, words, expected) in [
            (Some("BE01"), "", FailReason::NameMismatch),
            (Some("AC04"), "", FailReason::AccountRefused),
            (Some("RC01"), "", FailReason::BranchUnknown),
            (Some("AM04"), "账户余额不足", FailReason::Operator),
            (Some("AM23"), "", FailReason::Operator),
            (Some("FF01"), "账号格式", FailReason::Operator),
            (Some("AC02"), "", FailReason::Operator),
            (Some("AC03"), "", FailReason::AccountRefused),
            (Some("AG01"), "", FailReason::AccountRefused),
            (Some("MS03"), "", FailReason::Other),
            (Some("NARR"), "账号户名不符", FailReason::NameMismatch),
            (Some("NARR"), "收款账号不存在", FailReason::AccountRefused),
            (None, "收款行行号有误", FailReason::BranchUnknown),
            (None, "", FailReason::Other),
        ] {
            assert_eq!(reason(code, words), expected, "{code:?} {words}");
        }
    }
}
