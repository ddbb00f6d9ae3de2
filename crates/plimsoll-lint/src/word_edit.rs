//! Taking a word out of a line so that what is left still reads well. Knows no rule.

use plimsoll_shell::{Word, find_flag};
use plimsoll_text::{Edit, Source, Span};

/// Takes the word at `span` away, with the blanks on one side of it. `None` where what is left
/// would end in a continuation that goes nowhere, and swallow the line after it.
pub(crate) fn delete_word(source: &Source, span: Span) -> Option<Edit> {
    let text = source.text();
    let after = text.get(span.end..)?;
    let n_after = after.len() - after.trim_start_matches([' ', '\t']).len();
    let next = after.get(n_after..)?.chars().next();
    let trimmed = text.get(..span.start)?.trim_end_matches([' ', '\t']);
    let starts_line = trimmed.is_empty() || trimmed.ends_with('\n');
    let continues = next.is_some_and(|it| matches!(it, '\\' | '`'));
    let ends_line = continues || next.is_none_or(|it| matches!(it, '\n' | '\r'));
    if starts_line && ends_line && !continues {
        // The continuation before goes too. Where a comment stands between, nothing can be cut.
        let before = trimmed.trim_end_matches(['\n', '\r']).trim_end_matches([' ', '\t']);
        let before = before.strip_suffix(['\\', '`'])?.trim_end_matches([' ', '\t']);
        return Some(Edit::delete(Span::new(before.len(), span.end)));
    }
    // At the end of a line the blank before goes, elsewhere the blank after: what stands before
    // may be the indentation.
    Some(if ends_line && !starts_line {
        Edit::delete(Span::new(trimmed.len(), span.end))
    } else {
        Edit::delete(Span::new(span.start, span.end + n_after))
    })
}

/// An option among the arguments that turns something off.
pub(crate) struct FoundFlag {
    /// Where it is written.
    pub(crate) span: Span,
    /// What takes it away; `None` where it is written in a way that cannot be cut.
    pub(crate) removal: Option<Edit>,
}

/// Finds a long option without a value, as [`find_flag`] does.
pub(crate) fn find_switch(source: &Source, args: &[Word], long: &[&str]) -> Option<FoundFlag> {
    let word = find_flag(args, None, long)?;
    Some(FoundFlag { span: word.span, removal: switch_removal(source, word, None) })
}

/// Takes an option without a value away; `short` is its letter in a cluster such as `-fsk`.
pub(crate) fn switch_removal(source: &Source, word: &Word, short: Option<char>) -> Option<Edit> {
    let written = source.slice(word.span);
    // A quoted option, or one in a JSON array, is left alone: too much stands around it.
    let quoted = |it: Option<&u8>| it.is_some_and(|it| matches!(it, b'"' | b'\''));
    let bytes = source.text().as_bytes();
    let before = word.span.start.checked_sub(1).and_then(|it| bytes.get(it));
    if word.text() != written || quoted(before) || quoted(bytes.get(word.span.end)) {
        return None;
    }
    let is_cluster = !written.starts_with("--") && written.len() > 2;
    if !is_cluster {
        return delete_word(source, word.span);
    }
    let letter = short?;
    let at = word.span.start + written.find(letter)?;
    Some(Edit::delete(Span::new(at, at + letter.len_utf8())))
}

/// The line ending that `source` uses.
pub(crate) fn line_ending(source: &Source) -> &'static str {
    if source.text().contains("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use plimsoll_text::{Source, Span, apply_edits};

    use super::delete_word;

    #[test]
    fn a_word_goes_with_one_blank() {
        for (text, expected) in [
            ("RUN a -k b", "RUN a b"),
            ("RUN a -k", "RUN a"),
            ("RUN a -k \\\n  b", "RUN a \\\n  b"),
            ("RUN a \\\n  -k \\\n  b", "RUN a \\\n  \\\n  b"),
            ("RUN a \\\n  -k b", "RUN a \\\n  b"),
            ("RUN a \\\n  -k\nCMD b", "RUN a\nCMD b"),
            ("RUN a \\\n # why\n  -k\nCMD b", ""),
        ] {
            let source = Source::new("x", text);
            let at = text.find("-k").unwrap();
            let edit = delete_word(&source, Span::new(at, at + 2));
            let res = edit.map(|it| apply_edits(text, &[it]).unwrap());
            assert_eq!(res.unwrap_or_default(), expected);
        }
    }
}
