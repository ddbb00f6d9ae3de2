//! Splitting arguments into words, in the two ways the builder does it.

use std::ops::Range;

use crate::{logical::LogicalText, model::Word};

/// A word of `text`.
pub(crate) fn word(text: &LogicalText, range: Range<usize>) -> Word {
    Word {
        text: text.slice(range.clone()).to_owned(),
        span: text.locate(range.clone()),
        offset: range.start,
    }
}

/// The ranges between white space, quotes counting for nothing.
pub(crate) fn split_white_space(text: &str, start: usize) -> Vec<Range<usize>> {
    let mut res = Vec::new();
    let mut word_start = None;
    for (idx, char) in text.char_indices().skip_while(|it| it.0 < start) {
        match (char.is_whitespace(), word_start) {
            (true, Some(from)) => {
                res.push(from..idx);
                word_start = None;
            }
            (false, None) => word_start = Some(idx),
            _ => {}
        }
    }
    res.extend(word_start.map(|it| it..text.len()));
    res
}

/// The ranges between white space outside of quotes and escapes.
pub(crate) fn split_quoted(text: &str, start: usize, escape: char) -> Vec<Range<usize>> {
    let mut res = Vec::new();
    let mut word_start = None;
    let mut quote = None;
    let mut chars = text.char_indices().skip_while(|it| it.0 < start);
    while let Some((idx, char)) = chars.next() {
        if quote.is_none() && char.is_whitespace() {
            res.extend(word_start.take().map(|it: usize| it..idx));
            continue;
        }
        word_start = word_start.or(Some(idx));
        match quote {
            Some(it) if it == char => quote = None,
            None if char == '\'' || char == '"' => quote = Some(char),
            _ => {}
        }
        if char == escape && quote != Some('\'') {
            chars.next();
        }
    }
    res.extend(word_start.map(|it| it..text.len()));
    res
}

/// `text` without its quotes and escapes.
pub(crate) fn unquote(text: &str, escape: char) -> String {
    if !text.contains(['\'', '"', escape]) {
        return text.to_owned();
    }
    let mut res = String::with_capacity(text.len());
    let mut quote = None;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match quote {
            Some(it) if it == char => quote = None,
            None if char == '\'' || char == '"' => quote = Some(char),
            Some('"') if char == escape => {
                let next = chars.next_if(|it| *it == '"' || *it == '$' || *it == escape);
                res.push(next.unwrap_or(char));
            }
            None if char == escape => res.extend(chars.next()),
            _ => res.push(char),
        }
    }
    res
}

/// Where the first character that is no white space stands, from `start` on.
pub(crate) fn skip_white_space(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    start + (rest.len() - rest.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::{split_quoted, split_white_space, unquote};

    #[test]
    fn words_end_at_white_space_outside_of_quotes() {
        for (text, plain, quoted) in [
            ("a  b", "a|b", "a|b"),
            ("a=\"b c\" d", "a=\"b|c\"|d", "a=\"b c\"|d"),
            ("a\\ b 'c\\' d", "a\\|b|'c\\'|d", "a\\ b|'c\\'|d"),
            ("'open x", "'open|x", "'open x"),
            ("", "", ""),
        ] {
            let show = |ranges: Vec<std::ops::Range<usize>>| {
                ranges.into_iter().map(|it| &text[it]).collect::<Vec<_>>().join("|")
            };
            assert_eq!(show(split_white_space(text, 0)), plain);
            assert_eq!(show(split_quoted(text, 0, '\\')), quoted);
        }
    }

    #[test]
    fn quotes_come_off() {
        for (text, expected) in
            [("a'b c'd", "ab cd"), ("\"a\\\"b\\n\"", "a\"b\\n"), ("a\\ b", "a b"), ("x", "x")]
        {
            assert_eq!(unquote(text, '\\'), expected);
        }
    }
}
