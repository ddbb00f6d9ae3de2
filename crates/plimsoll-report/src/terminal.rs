//! What a terminal can do, and how text is laid on it: colours, links, wrapping, widths. Everything
//! that passes here is harmless: nothing foreign moves the cursor.

use plimsoll_finding::Severity;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::escape;

/// What the reader's terminal can do and what the reader wants; found out by the face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether ANSI colours are wanted.
    pub color: bool,
    /// How many columns there are.
    pub width: usize,
    /// Whether the terminal makes links of OSC 8 sequences.
    pub hyperlinks: bool,
    /// Whether to tell also evidence, diffs of fixes, and each accepted finding and gap.
    pub verbose: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: false, width: 80, hyperlinks: false, verbose: false }
    }
}

/// How a piece of text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Bold,
    Faint,
    Good,
    Frame,
    Severity(Severity),
}

impl Options {
    /// The columns that text is laid out for; absurdly narrow or wide terminals are not followed.
    pub(crate) fn columns(&self) -> usize {
        self.width.clamp(24, 200)
    }

    /// `text` in `style`, where colours are wanted. The text must be harmless already.
    pub(crate) fn paint(&self, style: Style, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match style {
            Style::Plain => return text.to_owned(),
            Style::Bold => "1",
            Style::Faint => "2",
            Style::Good => "32",
            Style::Frame => "34",
            Style::Severity(Severity::Critical) => "1;35",
            Style::Severity(Severity::High) => "1;31",
            Style::Severity(Severity::Medium) => "1;33",
            Style::Severity(Severity::Low) => "1;36",
            Style::Severity(Severity::Info) => "1;34",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// `text` as a link to `target`, where links are wanted. The target must be a URI without
    /// control letters.
    pub(crate) fn link(&self, target: Option<&str>, text: &str) -> String {
        match target {
            Some(target) if self.hyperlinks && target.is_ascii() => {
                let target = escape::line(target);
                format!("\u{1b}]8;;{target}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
            }
            _ => text.to_owned(),
        }
    }
}

/// The columns that `text` takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// The columns that `letter` takes.
pub(crate) fn letter_width(letter: char) -> usize {
    letter.width().unwrap_or_default()
}

/// Breaks `text` between words into lines of at most `columns`, the first shorter by `taken`. A
/// word that is longer than a line is broken where the line ends.
pub(crate) fn wrap(text: &str, columns: usize, taken: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut res = vec![String::new()];
    let mut used = taken.min(columns);
    let mut is_empty = true;
    for word in text.split(' ') {
        let n_columns = width(word);
        if !is_empty && used + 1 + n_columns > columns {
            res.push(String::new());
            used = 0;
            is_empty = true;
        }
        if !is_empty {
            push(&mut res, ' ');
            used += 1;
        }
        if is_empty && used > 0 && used + n_columns > columns && n_columns <= columns {
            res.push(String::new());
            used = 0;
        }
        for letter in word.chars() {
            let n_columns = letter_width(letter);
            if used + n_columns > columns {
                res.push(String::new());
                used = 0;
            }
            push(&mut res, letter);
            used += n_columns;
        }
        is_empty = false;
    }
    res
}

fn push(lines: &mut [String], letter: char) {
    if let Some(line) = lines.last_mut() {
        line.push(letter);
    }
}

/// The end of `text` in at most `columns`, with a sign where its start is cut off: the end of a
/// path tells more.
pub(crate) fn tail(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let mut kept: Vec<char> = Vec::new();
    for letter in text.chars().rev() {
        used += letter_width(letter);
        if used > columns {
            break;
        }
        kept.push(letter);
    }
    kept.push('…');
    kept.iter().rev().collect()
}

/// The start of `text` in at most `columns`, with a sign where its end is cut off.
pub(crate) fn head(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let mut res = String::new();
    for letter in text.chars() {
        used += letter_width(letter);
        if used > columns {
            break;
        }
        res.push(letter);
    }
    res.push('…');
    res
}

#[cfg(test)]
mod tests {
    use super::{head, tail, wrap};

    #[test]
    fn text_is_broken_between_words_and_long_words_where_they_must() {
        assert_eq!(wrap("one two three", 8, 0), ["one two", "three"]);
        assert_eq!(wrap("one two three", 8, 6), ["", "one two", "three"]);
        assert_eq!(wrap("abcdefghijkl m", 8, 0), ["abcdefgh", "ijkl m"]);
        assert_eq!(wrap("", 8, 0), [""]);
        assert_eq!(wrap("語語語語語語", 8, 0), ["語語語語", "語語"]);
    }

    #[test]
    fn cut_text_says_so() {
        assert_eq!(tail("a/very/long/path", 7), "…g/path");
        assert_eq!(head("a long title", 7), "a long…");
        assert_eq!(head("short", 7), "short");
    }
}
