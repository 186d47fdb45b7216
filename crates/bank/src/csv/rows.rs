//! The rows of a statement as entries.

use std::io::BufRead;

use shiming_verification::{
    bank::{AccountNumber, Fen},
    ports::bank::{Direction, Entry, Record, ReportError},
};

use super::{
    cells::{Cells, CellsError},
    mapping::{Mapping, MoneyPlaces, Places},
};
use crate::{
    id::{by_reference, digest, end_to_end_in, side},
    lines::Guard,
    moment, money,
};

/// Bytes of a line.
const LONGEST: usize = 64 * 1024;
/// Lines over which one row may go.
const LINES_A_ROW: u32 = 50;
/// The header stands within so many lines; before it are the bank's name, the account, the period.
const HEADER_WITHIN: u64 = 40;
/// How the first cell of a sum begins.
const SUMS: [&str; 6] = ["合计", "总计", "小计", "共计", "总笔数", "共"];
/// What a bank writes where money left, and where it came.
const LEFT: [&str; 12] = [
    "借", "借方", "支出", "付", "付款", "往账", "转出", "出账", "D", "DR", "DEBIT", "DBIT",
];
const CAME: [&str; 12] = [
    "贷", "贷方", "收入", "收", "收款", "来账", "转入", "入账", "C", "CR", "CREDIT", "CRDT",
];
/// What a bank writes for renminbi.
const RENMINBI: [&str; 6] = ["CNY", "RMB", "人民币", "人民币元", "156", "01"];

/// The entries of a statement.
pub(super) struct Rows<R> {
    lines: Guard<R>,
    line: Vec<u8>,
    /// The line on which the present row begins.
    started: u64,
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
            started: 1,
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
        Err(ReportError::new("line 1", what))
    }

    /// The cells of the next line that is not empty. Before the header a line may be anything.
    fn next_cells(&mut self, lenient: bool) -> Result<Option<Vec<String>>, ReportError> {
        loop {
            self.started = self.lines.line();
            let read = self.lines.read_line(&mut self.line);
            if !read.map_err(|error| self.wrong(&error.to_string()))? {
                return Ok(None);
            }
            match self.cells.split(&self.line) {
                Ok(cells) if cells.iter().all(String::is_empty) => {}
                Ok(cells) => return Ok(Some(cells)),
                Err(_) if lenient => {}
                Err(CellsError::OpenQuote) => return self.joined().map(Some),
                Err(error) => return Err(self.wrong(&error.to_string())),
            }
        }
    }

    /// The cells of a row whose quoted text goes over several lines; the first of them is read.
    fn joined(&mut self) -> Result<Vec<String>, ReportError> {
        let (mut row, mut next) = (std::mem::take(&mut self.line), Vec::new());
        for _ in 1..LINES_A_ROW {
            let read = self.lines.read_line(&mut next);
            if !read.map_err(|error| self.wrong(&error.to_string()))? || self.is_a_row(&next) {
                break;
            }
            row.push(b'\n');
            row.append(&mut next);
            match self.cells.split(&row) {
                Err(CellsError::OpenQuote) if row.len() <= LONGEST => {}
                split => return split.map_err(|error| self.wrong(&error.to_string())),
            }
        }
        Err(self.wrong(&CellsError::OpenQuote.to_string()))
    }

    /// Whether a line that would continue a quoted text has a booking time where a row of its own would have it, or is a sum:
    /// then a quote was left open by mistake, and the rows below it must not vanish in its text.
    fn is_a_row(&self, line: &[u8]) -> bool {
        let text = String::from_utf8_lossy(line);
        let cells = text.split(char::from(self.mapping.delimiter));
        let cells: Vec<_> = cells
            .map(|cell| cell.trim_matches(['"', ' ', '\t']).to_owned())
            .collect();
        let row = Row {
            cells: &cells,
            places: &self.places,
            mapping: &self.mapping,
        };
        row.time().is_ok() || row.is_sum()
    }

    /// What is wrong in the row that was read last.
    fn wrong(&self, what: &str) -> ReportError {
        ReportError::new(format!("line {}", self.started), what)
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
            money: MoneyPlaces::Sides {
                debit: 0,
                credit: 0,
            },
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
            end_to_end: self.optional(self.places.end_to_end).or_else(|| {
                remittance
                    .as_deref()
                    .and_then(end_to_end_in)
                    .map(str::to_owned)
            }),
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
        match self.places.money {
            MoneyPlaces::Sides { debit, credit } => self.of_two_columns(debit, credit),
            MoneyPlaces::One { amount, direction } => self.of_one_column(amount, direction),
        }
    }

    fn of_two_columns(&self, debit: usize, credit: usize) -> Result<(Direction, Fen), String> {
        let nothing = Fen::new(0);
        let side = |place: usize, side: &str| match self.cell(place) {
            "" | "-" | "--" => Ok(nothing),
            text => self
                .amount(text)
                .map_err(|error| format!("{side}: {error}")),
        };
        let (debit, credit) = (side(debit, "debit")?, side(credit, "credit")?);
        match (debit == nothing, credit == nothing) {
            (false, true) => Ok((Direction::Debit, debit)),
            (true, false) => Ok((Direction::Credit, credit)),
            (true, true) => Err("there is neither a debit nor a credit amount".to_owned()),
            (false, false) => Err("there are both a debit and a credit amount".to_owned()),
        }
    }

    fn of_one_column(
        &self,
        amount: usize,
        direction: Option<usize>,
    ) -> Result<(Direction, Fen), String> {
        let (negative, text) = money::split_sign(self.cell(amount));
        let told = direction.map(|place| self.direction(place)).transpose()?;
        let direction = match (told, negative) {
            (Some(told), false) => told,
            (None, false) => Direction::Credit,
            // Where both a column and a sign tell that money left, they agree.
            (Some(Direction::Debit) | None, true) => Direction::Debit,
            (Some(Direction::Credit), true) => {
                return Err(
                    "the amount is negative, but its direction says that money came".to_owned(),
                );
            }
        };
        let amount = self.amount(&text)?;
        if amount == Fen::new(0) {
            return Err("the amount is zero".to_owned());
        }
        Ok((direction, amount))
    }

    fn direction(&self, place: usize) -> Result<Direction, String> {
        let told = self.cell(place).to_uppercase();
        let is_one_of = |words: &[&str]| words.contains(&told.as_str());
        if is_one_of(&LEFT) {
            Ok(Direction::Debit)
        } else if is_one_of(&CAME) {
            Ok(Direction::Credit)
        } else {
            let shown: String = told.chars().take(8).collect();
            Err(format!(
                "the direction is {shown:?}; known are 借 and 贷, 支出 and 收入, D and C, DBIT and CRDT"
            ))
        }
    }

    fn amount(&self, text: &str) -> Result<Fen, String> {
        let plain = money::plain(text);
        let read = if self.mapping.thousands {
            money::parse_with_thousands(&plain)
        } else {
            money::parse(&plain)
        };
        read.map_err(|error| match error {
            money::AmountError::Comma => {
                format!("{error}; if this bank writes thousands so, set `bank.csv.thousands`")
            }
            error => error.to_string(),
        })
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
            return by_reference(&serial, entry.direction, entry.amount, entry.booked_at);
        }
        let mut words = vec![own.expose()];
        words.extend(self.cells.iter().map(String::as_str));
        words.push(side(entry.direction));
        digest(&words)
    }
}
