//! XML as a stream of elements, with everything refused that a bank has no use for and an attacker has.

use std::io::BufRead;

use quick_xml::{
    NsReader,
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
};
use shiming_verification::ports::bank::ReportError;

use crate::lines::Guard;

/// Elements within elements; ISO 20022 has about fifteen.
const DEEPEST: usize = 48;
/// Bytes of one tag, text or comment.
const LONGEST: usize = 64 * 1024;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// An element begins; its name is the last of the path.
    Start {
        /// The `Ccy` attribute.
        currency: Option<String>,
    },
    /// Text, or a part of it.
    Text(String),
    /// An element has ended; the path has lost its name.
    End,
    /// The file has ended, with all elements closed.
    Eof,
}

/// The stream.
pub(super) struct Xml<R> {
    reader: NsReader<Guard<R>>,
    buffer: Vec<u8>,
    namespace: String,
    path: Vec<String>,
    /// The first element, with its line.
    root: Option<(String, u64)>,
    /// Whether the message's own `Document` was seen.
    seen: bool,
    /// How deep we are within what is wrapped around `Document`: an envelope, its header, its signature.
    around: usize,
    /// How deep we are within elements of other namespaces (`SplmtryData`), which are passed over.
    foreign: usize,
}

impl<R: BufRead> Xml<R> {
    pub(super) fn new(input: R) -> Self {
        let mut reader = NsReader::from_reader(Guard::new(input, LONGEST));
        reader.config_mut().expand_empty_elements = true;
        Self {
            reader,
            buffer: Vec::new(),
            namespace: String::new(),
            path: Vec::new(),
            root: None,
            seen: false,
            around: 0,
            foreign: 0,
        }
    }

    /// Reads up to the start of `Document`, which may lie in an envelope, and gives its namespace.
    pub(super) fn open_document(&mut self) -> Result<String, ReportError> {
        match (self.next()?, &self.root) {
            (Token::Start { .. }, _) => Ok(self.namespace.clone()),
            (_, Some((root, line))) => Err(ReportError::new(
                format!("line {line}, {root}"),
                "there is no Document within, as in every ISO 20022 message",
            )),
            _ => Err(self.error("there is no XML element").at_the_end()),
        }
    }

    /// Reads up to the start of the one element that has to come now.
    pub(super) fn open(&mut self, name: &str) -> Result<(), ReportError> {
        loop {
            match self.next()? {
                Token::Start { .. } if self.name() == name => return Ok(()),
                Token::Text(text) if text.trim().is_empty() => {}
                _ => return Err(self.error(format!("here has to be {name}"))),
            }
        }
    }

    /// The name of the innermost open element.
    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// How many elements are open.
    pub(super) fn depth(&self) -> usize {
        self.path.len()
    }

    /// The line that is being read.
    pub(super) fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    /// The open elements.
    pub(super) fn path(&self) -> String {
        self.path.join("/")
    }

    /// What is wrong here.
    pub(super) fn error(&self, what: impl Into<String>) -> ReportError {
        let line = self.reader.get_ref().line();
        let path = self.path.join("/");
        let path = if path.is_empty() {
            "outside of all elements"
        } else {
            &path
        };
        ReportError::new(format!("line {line}, {path}"), what)
    }

    /// Passes over the rest of the innermost open element.
    pub(super) fn skip(&mut self) -> Result<(), ReportError> {
        let depth = self.depth();
        while self.depth() >= depth {
            self.next()?;
        }
        Ok(())
    }

    /// The text of the innermost open element, whose end is read.
    pub(super) fn text(&mut self) -> Result<String, ReportError> {
        let mut text = String::new();
        loop {
            match self.next()? {
                Token::Text(part) => text.push_str(&part),
                Token::End => return Ok(text.trim().to_owned()),
                Token::Start { .. } | Token::Eof => {
                    return Err(self.error("here is a text, no element"));
                }
            }
            self.must_be_short(&text)?;
        }
    }

    /// Texts come in parts when they have references; their sum has the limit of one.
    pub(super) fn must_be_short(&self, text: &str) -> Result<(), ReportError> {
        if text.len() > LONGEST {
            return Err(self.error(format!("a text of more than {LONGEST} bytes")));
        }
        Ok(())
    }

    /// The next token of the message's own namespace.
    pub(super) fn next(&mut self) -> Result<Token, ReportError> {
        loop {
            if let Some(token) = self.event()? {
                return Ok(token);
            }
        }
    }

    /// One event, as a token if it is of interest.
    fn event(&mut self) -> Result<Option<Token>, ReportError> {
        self.buffer.clear();
        self.reader.get_mut().reset();
        let mut buffer = std::mem::take(&mut self.buffer);
        let outside = self.is_outside();
        let read = match self.reader.read_resolved_event_into(&mut buffer) {
            Ok((namespace, event)) => Ok(Seen::of(&namespace, &event, outside)),
            Err(error) => Err(error.to_string()),
        };
        self.buffer = buffer;
        match read {
            Ok(Ok(seen)) => self.take(seen),
            Ok(Err(what)) => Err(self.error(what)),
            Err(_) if self.reader.get_mut().is_at_the_end() => Err(self.cut_off()),
            Err(what) => Err(self.error(format!("no well-formed XML: {what}"))),
        }
    }

    fn cut_off(&self) -> ReportError {
        let what = "the file ends in the middle; it was cut off, or is still being written";
        self.error(what).at_the_end()
    }

    fn take(&mut self, seen: Seen) -> Result<Option<Token>, ReportError> {
        match seen {
            Seen::Start {
                name,
                namespace,
                currency,
            } => self.begin(name, namespace, currency),
            Seen::End if self.foreign > 0 => {
                self.foreign -= 1;
                Ok(None)
            }
            Seen::End if self.path.is_empty() => {
                self.around = self.around.saturating_sub(1);
                Ok(None)
            }
            Seen::End => {
                self.path.pop();
                Ok(Some(Token::End))
            }
            Seen::Text(text) if self.foreign == 0 && !self.path.is_empty() => {
                Ok(Some(Token::Text(text)))
            }
            Seen::Text(text) if self.is_outside() && !text.trim().is_empty() => {
                Err(self.error("text outside of all elements"))
            }
            Seen::Text(_) | Seen::Nothing => Ok(None),
            Seen::Eof if self.is_outside() => Ok(Some(Token::Eof)),
            Seen::Eof => Err(self.cut_off()),
        }
    }

    const fn is_outside(&self) -> bool {
        self.path.is_empty() && self.around == 0
    }

    fn begin(
        &mut self,
        name: String,
        namespace: String,
        currency: Option<String>,
    ) -> Result<Option<Token>, ReportError> {
        if self.path.len() + self.foreign + self.around >= DEEPEST {
            return Err(self.error(format!(
                "elements within elements, more than {DEEPEST} deep"
            )));
        }
        if self.root.is_none() {
            self.root = Some((name.clone(), self.line()));
        }
        if self.path.is_empty() && name != "Document" {
            self.around += 1;
            return Ok(None);
        }
        if self.path.is_empty() {
            if self.seen {
                return Err(self.error(
                    "the file holds more than one message; each has to be a file of its own",
                ));
            }
            (self.seen, self.namespace) = (true, namespace);
        } else if self.foreign > 0 || namespace != self.namespace {
            self.foreign += 1;
            return Ok(None);
        }
        self.path.push(name);
        Ok(Some(Token::Start { currency }))
    }
}

/// An event without its borrow of the buffer.
enum Seen {
    Start {
        name: String,
        namespace: String,
        currency: Option<String>,
    },
    End,
    Text(String),
    Nothing,
    Eof,
}

impl Seen {
    fn of(namespace: &ResolveResult<'_>, event: &Event<'_>, outside: bool) -> Result<Self, String> {
        Ok(match event {
            Event::Start(start) => Self::start(namespace, start)?,
            Event::End(_) => Self::End,
            Event::Text(text) => Self::Text(text.xml10_content().into_owned()),
            Event::CData(text) => Self::Text(text.xml10_content().into_owned()),
            Event::GeneralRef(_) if outside => return Err("a reference outside of all elements".to_owned()),
            Event::GeneralRef(reference) => Self::Text(character(reference)?.to_string()),
            Event::DocType(_) => return Err("a document type (DOCTYPE) is refused: messages of banks have none, and entities could blow the file up".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => Self::Nothing,
            Event::Eof => Self::Eof,
        })
    }

    fn start(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Self, String> {
        let namespace = match namespace {
            ResolveResult::Bound(Namespace(name)) => (*name).to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(prefix) => {
                return Err(format!("the prefix {prefix:?} is bound to no namespace"));
            }
        };
        let currency = start
            .try_get_attribute("Ccy")
            .map_err(|error| error.to_string())?;
        Ok(Self::Start {
            name: start.local_name().into_inner().to_owned(),
            namespace,
            currency: currency.map(|attribute| attribute.value.trim().to_owned()),
        })
    }
}

/// The character of a reference: one of the five of XML itself, or a number.
fn character(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, String> {
    if reference.is_char_ref() {
        let character = reference
            .resolve_char_ref()
            .map_err(|error| error.to_string())?;
        return character.ok_or_else(|| "a reference to no character".to_owned());
    }
    match reference.xml10_content().as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        name => Err(format!(
            "the entity {:?} is refused",
            name.chars().take(32).collect::<String>()
        )),
    }
}
