//! ISO 20022: credit transfers out (`pain.001.001.09`); status reports (`pain.002`), statements (`camt.053`) and
//! notifications (`camt.054`) in, each in any version, because what we read of them has stood at the same place since
//! version 2.

mod camt;
mod entry;
mod node;
mod pain001;
mod pain002;
mod reason;
mod xml;

use std::io::BufRead;

use shiming_verification::{
    bank::AccountNumber,
    ports::bank::{Record, Records, ReportError},
};

pub use pain001::{Debtor, WriteError, file_name, pain001};
use xml::Xml;

use crate::text::{Utf8, declared};

/// What a message is called before its version number.
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:";

/// A message that is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Message {
    Status,
    Statement,
    Notification,
}

impl Message {
    /// The message of a namespace, whatever its version.
    fn of(namespace: &str) -> Option<Self> {
        let name = namespace.strip_prefix(NAMESPACE)?;
        let (message, version) = name.rsplit_once('.')?;
        let versioned = version.len() == 2 && version.bytes().all(|byte| byte.is_ascii_digit());
        match message {
            _ if !versioned => None,
            "pain.002.001" => Some(Self::Status),
            "camt.053.001" => Some(Self::Statement),
            "camt.054.001" => Some(Self::Notification),
            _ => None,
        }
    }

    /// The element within `Document`.
    const fn root(self) -> &'static str {
        match self {
            Self::Status => "CstmrPmtStsRpt",
            Self::Statement => "BkToCstmrStmt",
            Self::Notification => "BkToCstmrDbtCdtNtfctn",
        }
    }
}

/// Reads a message of the bank, entry by entry. Entries of other accounts than `own` are passed over; a file without any
/// statement of it is refused.
///
/// # Errors
/// It is no message that we read. Everything that is wrong further inside comes from the records.
pub fn read(
    mut input: impl BufRead + Send + 'static,
    own: &AccountNumber,
) -> Result<Records, ReportError> {
    let start = input
        .fill_buf()
        .map_err(|error| ReportError::new("the beginning", error.to_string()))?;
    let encoding = declared(start).map_err(|name| {
        let what = format!("the encoding {name:?} is not read; have the file written in UTF-8");
        ReportError::new("line 1", what)
    })?;
    let mut xml = Xml::new(Utf8::new(input, encoding));
    let namespace = xml.open_document()?;
    let message = Message::of(&namespace).ok_or_else(|| {
        let read = "pain.002.001, camt.053.001 and camt.054.001 of ISO 20022 in any version";
        let shown: String = namespace.chars().take(100).collect();
        xml.error(format!(
            "the namespace {shown:?} is none that is read here ({read})"
        ))
    })?;
    xml.open(message.root())?;
    Ok(match message {
        Message::Status => Box::new(Fused::new(pain002::Statuses::new(xml))),
        _ => Box::new(Fused::new(camt::Entries::new(xml, own.clone()))),
    })
}

/// One step of reading: some records, or none yet.
trait Steps {
    /// Reads on until there is a record, an error, or the end (`None`).
    fn step(&mut self) -> Result<Option<Record>, ReportError>;
}

/// Steps as an iterator that ends at the first error.
struct Fused<S> {
    steps: S,
    over: bool,
}

impl<S> Fused<S> {
    const fn new(steps: S) -> Self {
        Self { steps, over: false }
    }
}

impl<S: Steps> Iterator for Fused<S> {
    type Item = Result<Record, ReportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let step = self.steps.step().transpose();
        self.over = !matches!(step, Some(Ok(_)));
        step
    }
}
