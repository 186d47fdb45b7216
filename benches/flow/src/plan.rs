//! A recorded verification as a plan that can be repeated: which values are the same in every verification, and which are
//! each one's own.

use std::collections::{HashMap, HashSet};

use anyhow::{Context as _, Result};

use crate::recording::{Statement, Unit};

/// Where a parameter comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Null,
    /// As recorded.
    Number(String),
    Bool(bool),
    Text(String),
    Bytes(String),
    Id(String),
    /// The n-th id, digest or text that each verification has for itself.
    OwnId(usize),
    OwnDigest(usize),
    OwnText {
        nth: usize,
        length: usize,
    },
    /// So many after the number that a [`Keeps`] kept.
    After(Keeps, i64),
}

/// Numbers that a statement answers with and later ones use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Keeps {
    /// The end of the audit trail.
    Audit,
    /// The end of the platform's feed.
    Feed,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub sql: String,
    pub values: Vec<Value>,
    pub keeps: Option<Keeps>,
}

#[derive(Clone, Debug)]
pub struct Part {
    pub steps: Vec<Step>,
    pub transaction: bool,
}

/// The statements of one verification.
pub struct Plan(pub Vec<Part>);

impl Plan {
    /// From the recordings of two verifications: what both hold is common to all.
    pub fn of(one: &[Unit], other: &[Unit]) -> Result<Self> {
        let common: HashSet<&str> = texts(other).collect();
        let mut planner = Planner {
            common,
            own: HashMap::new(),
            appended: 0,
            told: 0,
        };
        let parts = one.iter().map(|unit| planner.part(unit));
        Ok(Self(parts.collect::<Result<_>>()?))
    }

    /// Ids that are common to all verifications: that of the platform, which has to be there.
    pub fn platforms(&self) -> impl Iterator<Item = &str> {
        let steps = self.0.iter().flat_map(|part| &part.steps);
        let values = steps.flat_map(|step| &step.values);
        values.filter_map(|value| match value {
            Value::Id(id) => Some(id.as_str()),
            _ => None,
        })
    }

    pub fn statements(&self) -> usize {
        self.0.iter().map(|part| part.steps.len()).sum()
    }

    pub fn transactions(&self) -> usize {
        self.0.iter().filter(|part| part.transaction).count()
    }
}

fn texts(units: &[Unit]) -> impl Iterator<Item = &str> {
    let statements = units.iter().flat_map(|unit| &unit.statements);
    statements.flat_map(|one| one.values.iter().flatten().map(String::as_str))
}

struct Planner<'a> {
    common: HashSet<&'a str>,
    own: HashMap<String, usize>,
    /// Entries that this transaction has appended to the audit trail.
    appended: i64,
    /// Events that it has told.
    told: i64,
}

impl Planner<'_> {
    fn part(&mut self, unit: &Unit) -> Result<Part> {
        (self.appended, self.told) = (0, 0);
        let steps = unit.statements.iter().map(|one| self.step(one));
        Ok(Part {
            steps: steps.collect::<Result<_>>()?,
            transaction: unit.transaction,
        })
    }

    fn step(&mut self, statement: &Statement) -> Result<Step> {
        let sql = statement.sql.as_str();
        let registry = sql.contains("FROM enterprise");
        let mut values: Vec<Value> = statement
            .values
            .iter()
            .map(|value| self.value(value.as_deref(), registry))
            .collect();
        let first = |values: &mut Vec<Value>| values.first_mut().context("a number").map(drop);
        let mut keeps = None;
        if sql.contains("audit_head SET seq = seq") {
            keeps = Some(Keeps::Audit);
        } else if sql.starts_with("INSERT INTO audit_entry") {
            self.appended += 1;
            first(&mut values)?;
            values[0] = Value::After(Keeps::Audit, self.appended);
        } else if sql.starts_with("UPDATE audit_head") {
            first(&mut values)?;
            values[0] = Value::After(Keeps::Audit, self.appended);
        } else if sql.starts_with("INSERT INTO feed_head") {
            keeps = Some(Keeps::Feed);
            let events = statement.values.get(1).cloned().flatten();
            self.told = -events.context("a number of events")?.parse::<i64>()?;
        } else if sql.starts_with("INSERT INTO public_event") {
            self.told += 1;
            values[1] = Value::After(Keeps::Feed, self.told);
        }
        Ok(Step {
            sql: sql.to_owned(),
            values,
            keeps,
        })
    }

    fn value(&mut self, text: Option<&str>, registry: bool) -> Value {
        let Some(text) = text else {
            return Value::Null;
        };
        let own = !self.common.contains(text) && !registry;
        let next = self.own.len();
        let mut nth = || *self.own.entry(text.to_owned()).or_insert(next);
        match text {
            "t" | "f" => Value::Bool(text == "t"),
            _ if text.parse::<i64>().is_ok() => Value::Number(text.to_owned()),
            _ if uuid::Uuid::try_parse(text).is_ok() && own => Value::OwnId(nth()),
            _ if uuid::Uuid::try_parse(text).is_ok() => Value::Id(text.to_owned()),
            _ if text.starts_with("\\x") && text.len() == 66 && own => Value::OwnDigest(nth()),
            _ if text.starts_with("\\x") => Value::Bytes(text[2..].to_owned()),
            _ if own => Value::OwnText {
                nth: nth(),
                length: text.chars().count(),
            },
            _ => Value::Text(text.to_owned()),
        }
    }
}
