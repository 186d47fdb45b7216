//! What a mail says: a subject, plain text, and the same as simple HTML that loads nothing.

use std::fmt::Write as _;

use shiming_verification::ports::notifications::Letter;

use crate::texts::{filled, text};

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Between the paragraphs of a text.
const BETWEEN: &str = "\n\n";

/// Puts a letter into words.
#[must_use]
pub fn mail(letter: &Letter) -> Mail {
    let occasion = letter.occasion.as_str();
    let mark = if letter.facts.demo {
        text(letter.to.language, "demo_mark")
    } else {
        ""
    };
    let body = filled(letter, &format!("{occasion}_text"));
    let paragraphs: Vec<&str> = body.split(BETWEEN).collect();
    let footer = footer(letter);
    Mail {
        subject: format!("{mark}{}", filled(letter, &format!("{occasion}_subject"))),
        text: format!("{body}{BETWEEN}-- \n{}\n", footer.join("\n")),
        html: html(letter, &paragraphs, &footer),
    }
}

/// What stands below every mail: what it is, and how to get no more of it.
fn footer(letter: &Letter) -> Vec<String> {
    let refuse = if letter.occasion.is_transactional() {
        "refuse_link"
    } else {
        "refuse_notices"
    };
    let mut lines = vec![filled(letter, "automatic"), filled(letter, refuse)];
    if letter.facts.demo {
        lines.insert(0, filled(letter, "demo_note"));
    }
    lines
}

fn html(letter: &Letter, paragraphs: &[&str], footer: &[String]) -> String {
    let language = letter.to.language;
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"></head>\n\
         <body style=\"margin:0;padding:24px;font:16px/1.6 sans-serif;color:#10282b\">\n\
         <div style=\"max-width:36em;margin:0 auto\">\n",
        language.tag()
    );
    for paragraph in paragraphs {
        if Some(*paragraph) == letter.facts.link.as_deref() {
            button(&mut out, paragraph, text(language, "open_link"));
        } else {
            let _ = writeln!(out, "<p>{}</p>", escaped(paragraph));
        }
    }
    out.push_str(
        "<hr style=\"border:0;border-top:1px solid #c9d6d7\">\n\
         <p style=\"font-size:14px;color:#4a6164\">",
    );
    let lines: Vec<String> = footer
        .iter()
        .map(|line| linked(line, &letter.refuse_url))
        .collect();
    let _ = write!(
        out,
        "{}</p>\n</div>\n</body></html>\n",
        lines.join("<br>\n")
    );
    out
}

/// The link as a button, and in full below it for whoever would rather read where it leads.
fn button(out: &mut String, url: &str, label: &str) {
    let url = escaped(url);
    let _ = writeln!(
        out,
        "<p><a href=\"{url}\" style=\"display:inline-block;padding:12px 24px;border-radius:8px;\
         background:#0b6e6e;color:#ffffff;font-weight:600;text-decoration:none\">{}</a></p>\n\
         <p style=\"word-break:break-all\">{url}</p>",
        escaped(label)
    );
}

/// A line with its one address as a link.
fn linked(line: &str, url: &str) -> String {
    let url = escaped(url);
    escaped(line).replace(&url, &format!("<a href=\"{url}\">{url}</a>"))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br>\n"),
            c => out.push(c),
        }
    }
    out
}
