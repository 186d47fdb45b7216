//! The rows of a statement as entries.

use std::io::BufRead;

use shiming_verification::{
    bank::{AccountNumber, Fen},
    ports::bank::{Direction, Entry, Record, ReportError},
};

use super::{
    cells::Cells,
    mapping::{Mapping, Places},
};
use crate::{iso::digest, lines::Guard, moment, money};

/// Bytes of a line.
const LONGEST: usize = 64 * 1024;
/// The header stands within so many lines; before it are the bank's name, the account, the period.
const HEADER_WITHIN: u64 = 40;
/// How the first cell of a sum begins.
const SUMS: [&str; 6] = ["合计", "总计", "小计", "共计", "总笔数", "共"];
/// What a bank writes for renminbi.
const RENMINBI: [&str; 6] = ["CNY", "RMB", "人民币", "人民币元", "156", "01"];

/// The entries of a statement.
pub(super) struct Rows<R> {
    lines: Guard<R>,
    line: Vec<u8>,
    cells: Cells,
    mapping: Mapping,
    places: Places,
    own: AccountNumber,
    /// Digest and count of the rows before this one that are equal to it.
    last: (String, u64),
    over: bool,
}

impl<R: BufRead> Rows<R> {
    /// Reads up to the header.
    pub(super) fn open(
        input: R,
        mapping: Mapping,
        own: AccountNumber,
    ) -> Result<Self, ReportError> {
        let mut rows = Self {
            lines: Guard::new(input, LONGEST),
            line: Vec::new(),
            cells: Cells::new(mapping.delimiter),
            places: mapping.places(&[]).unwrap_or_else(Places::nowhere),
            mapping,
            own,
            last: (String::new(), 0),
            over: false,
        };
        if !rows.mapping.needs_header() {
            return Ok(rows);
        }
        while let Some(cells) = rows.next_cells(true)? {
            if let Some(places) = rows.mapping.places(&cells) {
                rows.places = places;
                return Ok(rows);
            }
            if rows.lines.line() > HEADER_WITHIN {
                break;
            }
        }
        let words = rows.mapping.words().join(", ");
        let what =
            format!("no line of the first {HEADER_WITHIN} has all columns of `bank.csv`: {words}");
        Err(ReportError {
            place: "line 1".to_owned(),
            what,
        })
    }

    /// The cells of the next line that is not empty. Before the header a line may be anything.
    fn next_cells(&mut self, lenient: bool) -> Result<Option<Vec<String>>, ReportError> {
        loop {
            let read = self.lines.read_line(&mut self.line);
            if !read.map_err(|error| self.wrong(&error.to_string()))? {
                return Ok(None);
            }
            match self.cells.split(&self.line) {
                Ok(cells) if cells.iter().all(String::is_empty) => {}
                Ok(cells) => return Ok(Some(cells)),
                Err(_) if lenient => {}
                Err(what) => return Err(self.wrong(what)),
            }
        }
    }

    /// What is wrong on the line that was read last.
    fn wrong(&self, what: &str) -> ReportError {
        // The break at the end of the line is read already, unless it is the file's last one.
        let line = self.lines.line().saturating_sub(1).max(1);
        ReportError {
            place: format!("line {line}"),
            what: what.to_owned(),
        }
    }

    /// The next entry of our own account.
    fn entry(&mut self) -> Result<Option<Record>, ReportError> {
        while let Some(cells) = self.next_cells(false)? {
            let row = Row {
                cells: &cells,
                places: &self.places,
                mapping: &self.mapping,
            };
            if row.is_sum()
                || self
                    .mapping
                    .places(&cells)
                    .is_some_and(|_| self.mapping.needs_header())
            {
                continue;
            }
            let entry = row.read(&self.own).map_err(|what| self.wrong(&what))?;
            let Some(mut entry) = entry else { continue };
            if entry.id.starts_with("sha256:") {
                self.tell_apart(&mut entry);
            }
            return Ok(Some(Record::Entry(entry)));
        }
        Ok(None)
    }

    /// Two equal rows in succession are two payments, as a bank does not list one twice.
    fn tell_apart(&mut self, entry: &mut Entry) {
        self.last = match std::mem::take(&mut self.last) {
            (id, count) if id == entry.id => (id, count + 1),
            _ => (entry.id.clone(), 0),
        };
        if self.last.1 > 0 {
            entry.id = format!("{}/{}", entry.id, self.last.1);
        }
    }
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Record, ReportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let entry = self.entry().transpose();
        self.over = !matches!(entry, Some(Ok(_)));
        entry
    }
}

impl Places {
    /// Before the header is read.
    const fn nowhere() -> Self {
        Self {
            time: 0,
            time_of_day: None,
            debit: 0,
            credit: 0,
            counterparty: 0,
            counterparty_account: None,
            remark: None,
            serial: None,
            end_to_end: None,
            currency: None,
            account: None,
            least: 0,
        }
    }
}

/// One row.
struct Row<'a> {
    cells: &'a [String],
    places: &'a Places,
    mapping: &'a Mapping,
}

impl Row<'_> {
    fn cell(&self, place: usize) -> &str {
        self.cells.get(place).map_or("", String::as_str)
    }

    fn optional(&self, place: Option<usize>) -> Option<String> {
        let cell = self.cell(place?);
        (!cell.is_empty()).then(|| cell.to_owned())
    }

    /// A sum below the entries has no booking time.
    fn is_sum(&self) -> bool {
        let first = self.cells.iter().find(|cell| !cell.is_empty());
        let sums = first.is_some_and(|cell| SUMS.iter().any(|word| cell.starts_with(word)));
        let time = self.cell(self.places.time);
        sums && moment::domestic(time, self.mapping.time_format.as_deref()).is_none()
    }

    /// The entry, or `None` if it is of another account than ours.
    fn read(&self, own: &AccountNumber) -> Result<Option<Entry>, String> {
        if self.cells.len() < self.places.least {
            return Err(format!(
                "the line has {} columns; at least {} are needed",
                self.cells.len(),
                self.places.least
            ));
        }
        if let Some(account) = self.optional(self.places.account)
            && AccountNumber::parse(&account).as_ref() != Ok(own)
        {
            return Err(
                "the entry is of another account than the configured one (bank.account_number)"
                    .to_owned(),
            );
        }
        if let Some(currency) = self.optional(self.places.currency)
            && !RENMINBI.contains(&currency.to_ascii_uppercase().as_str())
        {
            let shown: String = currency.chars().take(8).collect();
            return Err(format!(
                "the currency is {shown:?}; only renminbi is handled"
            ));
        }
        let (direction, amount) = self.money()?;
        let remittance = self.optional(self.places.remark);
        let mut entry = Entry {
            id: String::new(),
            direction,
            amount,
            booked_at: self.time()?,
            counterparty: self.optional(Some(self.places.counterparty)),
            counterparty_account: self.account()?,
            end_to_end: self
                .optional(self.places.end_to_end)
                .or_else(|| remittance.as_deref().and_then(end_to_end_in)),
            remittance,
            returned: None,
        };
        entry.id = self.id(own, &entry);
        Ok(Some(entry))
    }

    fn time(&self) -> Result<chrono::DateTime<chrono::Utc>, String> {
        let day = self.cell(self.places.time);
        let text = match self.places.time_of_day {
            Some(place) => format!("{day} {}", self.cell(place)),
            None => day.to_owned(),
        };
        moment::domestic(&text, self.mapping.time_format.as_deref()).ok_or_else(|| {
            let shown: String = text.chars().take(32).collect();
            format!("{shown:?} is no booking time; its form can be set in `bank.csv.time_format`")
        })
    }

    fn money(&self) -> Result<(Direction, Fen), String> {
        let parse = if self.mapping.thousands {
            money::parse_with_thousands
        } else {
            money::parse
        };
        let amount = |place: usize, side: &str| {
            match self.cell(place) {
            "" | "-" | "--" => Ok(Fen::new(0)),
            text => parse(text).map_err(|error| match error {
                money::AmountError::Comma => {
                    format!("{side}: {error}; if this bank writes thousands so, set `bank.csv.thousands`")
                }
                error => format!("{side}: {error}"),
            }),
        }
        };
        let nothing = Fen::new(0);
        let debit = amount(self.places.debit, "debit")?;
        let credit = amount(self.places.credit, "credit")?;
        match (debit == nothing, credit == nothing) {
            (false, true) => Ok((Direction::Debit, debit)),
            (true, false) => Ok((Direction::Credit, credit)),
            (true, true) => Err("there is neither a debit nor a credit amount".to_owned()),
            (false, false) => Err("there are both a debit and a credit amount".to_owned()),
        }
    }

    fn account(&self) -> Result<Option<String>, String> {
        let Some(account) = self.optional(self.places.counterparty_account) else {
            return Ok(None);
        };
        let scientific =
            account.contains(['E', 'e']) && account.contains('+') && account.contains('.');
        if scientific {
            return Err("the other side's account was turned into a rounded number by a spreadsheet (like 3.5E+16); export the column as text".to_owned());
        }
        Ok(Some(account))
    }

    /// The bank's number, or a digest of everything that tells the entry from others.
    fn id(&self, own: &AccountNumber, entry: &Entry) -> String {
        if let Some(serial) = self.optional(self.places.serial) {
            return format!("ref:{serial}");
        }
        let mut words = vec![own.expose()];
        words.extend(self.cells.iter().map(String::as_str));
        if entry.direction == Direction::Debit {
            words.push("D");
        }
        digest(&words)
    }
}

/// Our end-to-end id in a text: `SM` and 32 hexadecimal digits.
fn end_to_end_in(text: &str) -> Option<String> {
    let found = text.match_indices("SM").find_map(|(start, _)| {
        let id = text.get(start..start + 34)?;
        id[2..]
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then_some(id)
    });
    found.map(str::to_owned)
}
