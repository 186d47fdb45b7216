//! What the end of an account number decides.

/// What becomes of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    Pay,
    /// Refuse with a reason code and its words.
    Reject(&'static str, &'static str),
    Wait,
    Twice,
    Half,
    Garbage,
    Return,
}

impl Rule {
    /// The rule of an account.
    pub fn of(account: &str) -> Self {
        match account.get(account.len().saturating_sub(2)..) {
            Some("91") => Self::Reject("BE01", "账号户名不符"),
            Some("92") => Self::Reject("AC01", "收款账号不存在"),
            Some("93") => Self::Reject("MS03", ""),
            Some("94") => Self::Wait,
            Some("95") => Self::Twice,
            Some("96") => Self::Half,
            Some("97") => Self::Garbage,
            Some("98") => Self::Return,
            _ => Self::Pay,
        }
    }
}
