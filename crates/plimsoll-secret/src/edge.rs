//! Where a token may start and end in the text around it.

use std::ops::Range;

/// Whether a token may start at `at`: the byte before belongs to no word, or to an escape such as
/// `\n` or `%20`.
pub(crate) fn may_start(text: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).and_then(|it| text.get(it)) else { return true };
    if !is_word(*before) {
        return true;
    }
    let earlier = |n: usize| at.checked_sub(n).and_then(|it| text.get(it)).copied();
    let is_escape = earlier(2) == Some(b'\\') && matches!(before, b'n' | b't' | b'r');
    let is_percent = earlier(3) == Some(b'%')
        && before.is_ascii_hexdigit()
        && earlier(2).is_some_and(|it| it.is_ascii_hexdigit());
    is_escape || is_percent
}

/// Whether a token may end at `end`: the byte there belongs to no word.
pub(crate) fn may_end(text: &[u8], end: usize) -> bool {
    text.get(end).is_none_or(|it| !is_word(*it))
}

/// Whether the letters and digits of a token lie in the middle of a long text in base 64, where any
/// token comes up by chance.
pub(crate) fn is_inside_base64(text: &[u8], token: &Range<usize>) -> bool {
    let is_inside = |it: &&u8| it.is_ascii_alphanumeric() || matches!(**it, b'+' | b'/');
    let before = text.get(token.start.saturating_sub(REACH)..token.start).unwrap_or_default();
    let after = text.get(token.end..text.len().min(token.end + REACH)).unwrap_or_default();
    let n_before = before.iter().rev().take_while(is_inside).count();
    let n_after = after.iter().take_while(is_inside).count();
    let around = before.iter().rev().take(n_before).chain(after.iter().take(n_after));
    let n_signs = around.filter(|it| !it.is_ascii_alphanumeric()).count();
    // A path has signs, too, but short pieces between them.
    n_signs > 0 && n_before + n_after >= 24 && n_signs * 6 < n_before + n_after
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// How far to look for base 64.
const REACH: usize = 96;

#[cfg(test)]
mod tests {
    use super::{is_inside_base64, may_end, may_start};

    #[test]
    fn a_token_stands_for_itself() {
        for (text, at, expected) in [
            ("tok", 0, true),
            (" tok", 1, true),
            ("xtok", 1, false),
            ("_tok", 1, false),
            ("\\ntok", 2, true),
            ("%3Dtok", 3, true),
            ("=tok", 1, true),
        ] {
            assert_eq!(may_start(text.as_bytes(), at), expected, "{text}");
        }
        assert!(may_end(b"tok", 3) && may_end(b"tok\"", 3) && !may_end(b"token", 3));
    }

    #[test]
    fn chance_tokens_in_base64_are_known() {
        let text = b"wqX6fNUXA/rYqRvfQ+TOKENTOKEN+qfRDXQMvWMs/95CVmWq";
        assert!(is_inside_base64(text, &(18..28)));
        assert!(!is_inside_base64(b"/usr/lib/some/path/to/TOKEN/x", &(22..27)));
        assert!(!is_inside_base64(b"key=TOKEN", &(4..9)));
    }
}
