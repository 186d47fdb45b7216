//! A small piece of a message as a tree.

use std::{io::BufRead, sync::Arc};

use shiming_verification::ports::bank::ReportError;

use super::xml::{Token, Xml};

/// Elements of one payment; ISO 20022 allows a few hundred.
const MOST_NODES: usize = 4000;
/// Bytes of all texts of one payment.
const MOST_TEXT: usize = 256 * 1024;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) currency: Option<String>,
    pub(super) text: String,
    pub(super) children: Vec<Node>,
    /// The line on which it begins, and the path of the piece that it belongs to; for errors.
    pub(super) line: u64,
    pub(super) piece: Arc<str>,
}

impl Node {
    /// Reads the innermost open element whole.
    pub(super) fn read<R: BufRead>(
        xml: &mut Xml<R>,
        currency: Option<String>,
    ) -> Result<Self, ReportError> {
        let mut budget = Budget {
            nodes: MOST_NODES,
            text: MOST_TEXT,
            piece: xml.path().into(),
        };
        Self::within(xml, currency, &mut budget)
    }

    fn within<R: BufRead>(
        xml: &mut Xml<R>,
        currency: Option<String>,
        budget: &mut Budget,
    ) -> Result<Self, ReportError> {
        let mut node = Self {
            name: xml.name().to_owned(),
            currency,
            line: xml.line(),
            piece: budget.piece.clone(),
            ..Self::default()
        };
        if !budget.node() {
            return Err(xml.error(format!("one entry has more than {MOST_NODES} elements")));
        }
        loop {
            match xml.next()? {
                Token::Start { currency } => {
                    node.children.push(Self::within(xml, currency, budget)?);
                }
                Token::Text(part) if !budget.text(part.len()) => {
                    return Err(
                        xml.error(format!("one entry has more than {MOST_TEXT} bytes of text"))
                    );
                }
                Token::Text(part) => node.text.push_str(&part),
                Token::End | Token::Eof => return Ok(node),
            }
        }
    }

    /// The first child of each name in turn.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |node, name| node.all(name).next())
    }

    /// All children of a name.
    pub(super) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text at a path, unless it is empty.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<&str> {
        Some(self.at(path)?.text.trim()).filter(|text| !text.is_empty())
    }

    /// What is wrong with it.
    pub(super) fn error(&self, what: impl Into<String>) -> ReportError {
        let (line, piece) = (self.line, &self.piece);
        let inner = if piece.rsplit('/').next() == Some(self.name.as_str()) {
            String::new()
        } else {
            format!("/{}", self.name)
        };
        ReportError::new(format!("line {line}, {piece}{inner}"), what)
    }
}

struct Budget {
    nodes: usize,
    text: usize,
    piece: Arc<str>,
}

impl Budget {
    fn node(&mut self) -> bool {
        let left = self.nodes.checked_sub(1);
        self.nodes = left.unwrap_or(0);
        left.is_some()
    }

    fn text(&mut self, length: usize) -> bool {
        let left = self.text.checked_sub(length);
        self.text = left.unwrap_or(0);
        left.is_some()
    }
}
