//! Which column means what.

/// A column, by the word in the header or by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// The header's word.
    Named(String),
    /// Its number, from 1; a file whose columns are all numbered needs no header.
    Number(usize),
}

impl Column {
    /// A number if it is one, else a word.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        match text.parse() {
            Ok(number) if number > 0 => Self::Number(number),
            _ => Self::Named(text.to_owned()),
        }
    }
}

/// Where amounts and their direction stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Money {
    /// Money that left and money that came in columns of their own.
    Sides {
        /// Money that left.
        debit: Column,
        /// Money that came.
        credit: Column,
    },
    /// One column of amounts.
    One {
        /// Amounts; with a sign if no column tells the direction, and then a minus or brackets mean that money left.
        amount: Column,
        /// The direction: 借 or 贷, 支出 or 收入, `D` or `C` and their like.
        direction: Option<Column>,
    },
}

/// The columns of a bank's CSV statements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// What stands between columns.
    pub delimiter: u8,
    /// Booking time, or day.
    pub time: Column,
    /// Time of day, where it is a column of its own.
    pub time_of_day: Option<Column>,
    /// How times are written (`strftime`); `None`: any of the usual ways.
    pub time_format: Option<String>,
    /// Amounts and their direction.
    pub money: Money,
    /// Whether amounts have commas between thousands.
    pub thousands: bool,
    /// Name on the other side.
    pub counterparty: Column,
    /// Account on the other side.
    pub counterparty_account: Option<Column>,
    /// The text of the payment.
    pub remark: Option<Column>,
    /// The bank's own number of the entry.
    pub serial: Option<Column>,
    /// The end-to-end id, where the bank exports it in a column of its own; else it is looked for in the remark.
    pub end_to_end: Option<Column>,
    /// The currency, where there may be several.
    pub currency: Option<Column>,
    /// Whose statement it is, where the file holds several accounts.
    pub account: Option<Column>,
}

/// Where the columns stand in a file, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) time: usize,
    pub(super) time_of_day: Option<usize>,
    pub(super) money: MoneyPlaces,
    pub(super) counterparty: usize,
    pub(super) counterparty_account: Option<usize>,
    pub(super) remark: Option<usize>,
    pub(super) serial: Option<usize>,
    pub(super) end_to_end: Option<usize>,
    pub(super) currency: Option<usize>,
    pub(super) account: Option<usize>,
    /// The fewest cells that a row needs.
    pub(super) least: usize,
}

/// Where amounts and their direction stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MoneyPlaces {
    Sides {
        debit: usize,
        credit: usize,
    },
    One {
        amount: usize,
        direction: Option<usize>,
    },
}

impl MoneyPlaces {
    /// The last of its columns.
    fn last(self) -> usize {
        match self {
            Self::Sides { debit, credit } => debit.max(credit),
            Self::One { amount, direction } => amount.max(direction.unwrap_or(0)),
        }
    }
}

impl Money {
    fn columns(&self) -> Vec<&Column> {
        match self {
            Self::Sides { debit, credit } => vec![debit, credit],
            Self::One { amount, direction } => [Some(amount), direction.as_ref()]
                .into_iter()
                .flatten()
                .collect(),
        }
    }

    fn places(&self, place: impl Fn(&Column) -> Option<usize>) -> Option<MoneyPlaces> {
        Some(match self {
            Self::Sides { debit, credit } => MoneyPlaces::Sides {
                debit: place(debit)?,
                credit: place(credit)?,
            },
            Self::One { amount, direction } => MoneyPlaces::One {
                amount: place(amount)?,
                direction: match direction {
                    Some(column) => Some(place(column)?),
                    None => None,
                },
            },
        })
    }
}

impl Mapping {
    /// Whether a file needs a header to be understood.
    pub(super) fn needs_header(&self) -> bool {
        self.columns()
            .any(|column| matches!(column, Column::Named(_)))
    }

    /// Words that a header has to hold.
    pub(super) fn words(&self) -> Vec<&str> {
        let mut words = Vec::new();
        for column in self.columns() {
            if let Column::Named(word) = column {
                words.push(word.as_str());
            }
        }
        words
    }

    fn columns(&self) -> impl Iterator<Item = &Column> {
        let needed = [&self.time, &self.counterparty];
        let money = self.money.columns();
        let further = [
            &self.time_of_day,
            &self.counterparty_account,
            &self.remark,
            &self.serial,
            &self.end_to_end,
            &self.currency,
            &self.account,
        ];
        needed
            .into_iter()
            .chain(money)
            .chain(further.into_iter().flatten())
    }

    /// Where the columns stand below a header; `None` if it lacks one.
    pub(super) fn places(&self, header: &[String]) -> Option<Places> {
        let place = |column: &Column| match column {
            Column::Number(number) => Some(number - 1),
            Column::Named(word) => header.iter().position(|cell| same_word(cell, word)),
        };
        let maybe = |column: &Option<Column>| match column {
            Some(column) => place(column).map(Some),
            None => Some(None),
        };
        let mut places = Places {
            time: place(&self.time)?,
            time_of_day: maybe(&self.time_of_day)?,
            money: self.money.places(place)?,
            counterparty: place(&self.counterparty)?,
            counterparty_account: maybe(&self.counterparty_account)?,
            remark: maybe(&self.remark)?,
            serial: maybe(&self.serial)?,
            end_to_end: maybe(&self.end_to_end)?,
            currency: maybe(&self.currency)?,
            account: maybe(&self.account)?,
            least: 0,
        };
        places.least = places.time.max(places.money.last()) + 1;
        Some(places)
    }
}

/// Headers are written with spaces, units and brackets of either width.
fn same_word(cell: &str, word: &str) -> bool {
    let plain = |text: &str| -> String {
        let half = text.chars().map(|c| match c {
            '（' => '(',
            '）' => ')',
            other => other,
        });
        half.filter(|c| !c.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect()
    };
    plain(cell) == plain(word)
}
