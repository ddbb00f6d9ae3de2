//! Makes foreign text harmless for the place it goes to. Each function is total: any text in, safe
//! text out.

use std::fmt::Write as _;

/// For a terminal or a log: one line, and every character that is invisible, moves the cursor or
/// turns the direction of writing is shown by its number.
pub(crate) fn line(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    for letter in text.trim_end_matches(['\r', '\n']).chars() {
        match letter {
            '\n' | '\t' => res.push(' '),
            letter => push_visible(&mut res, letter),
        }
    }
    res
}

/// Like [`line`], but line feeds stay.
pub(crate) fn lines(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        match letter {
            '\n' => res.push('\n'),
            '\t' => res.push_str("    "),
            letter => push_visible(&mut res, letter),
        }
    }
    res
}

/// Appends `letter`, or its number where it could not be seen.
pub(crate) fn push_visible(out: &mut String, letter: char) {
    if !is_hidden(letter) {
        out.push(letter);
    } else if letter.is_ascii() {
        let _ = write!(out, "\\x{:02x}", u32::from(letter));
    } else {
        let _ = write!(out, "\\u{{{:x}}}", u32::from(letter));
    }
}

/// Whether a character shows nothing, moves the cursor, or changes how others are shown.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// For the text and the attributes of an HTML or XML document.
pub(crate) fn html(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => res.push_str("&amp;"),
            '<' => res.push_str("&lt;"),
            '>' => res.push_str("&gt;"),
            '"' => res.push_str("&quot;"),
            '\'' => res.push_str("&#39;"),
            '\n' | '\t' => res.push(letter),
            '\u{fffe}' | '\u{ffff}' => res.push('\u{fffd}'),
            letter => push_visible(&mut res, letter),
        }
    }
    res
}

/// For running Markdown text of a code host: no markup, no link, no mention, one line. What stands
/// between backticks becomes code.
pub(crate) fn markdown(text: &str) -> String {
    let text = line(text);
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return markdown_plain(&text);
    }
    let mut res = String::with_capacity(text.len());
    for (number, part) in parts.iter().enumerate() {
        let part = markdown_plain(part);
        let (open, close) = if number % 2 == 1 { ("<code>", "</code>") } else { ("", "") };
        let _ = write!(res, "{open}{part}{close}");
    }
    res
}

fn markdown_plain(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    let mut before = '\n';
    for letter in text.chars() {
        // A sign that joins letters is harmless; at the start of a word or a link it is not.
        let joins = before.is_alphanumeric() && "-.:".contains(letter);
        let is_link = letter == '.' && res.ends_with("www") || letter == ':' && is_scheme(&res);
        let is_plain = letter.is_alphanumeric() || " ,;()/'=+?!%".contains(letter);
        if is_plain || !letter.is_ascii() || joins && !is_link {
            res.push(letter);
        } else {
            // Numbers instead of letters, since a backslash does not stop mentions and links.
            let _ = write!(res, "&#{};", u32::from(letter));
        }
        before = letter;
    }
    res
}

/// Whether a text ends with the name of a protocol that hosts make links of.
fn is_scheme(text: &str) -> bool {
    let names = ["http", "https", "ftp", "mailto", "xmpp"];
    let end = |name: &str| text.len().checked_sub(name.len()).and_then(|at| text.get(at..));
    names.iter().any(|name| end(name).is_some_and(|it| it.eq_ignore_ascii_case(name)))
}

/// For the message of a workflow command.
pub(crate) fn command(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '%' => res.push_str("%25"),
            '\r' => res.push_str("%0D"),
            '\n' => res.push_str("%0A"),
            '\t' => res.push(' '),
            letter => push_visible(&mut res, letter),
        }
    }
    res
}

/// For a property of a workflow command.
pub(crate) fn property(text: &str) -> String {
    command(text).replace(':', "%3A").replace(',', "%2C")
}

/// For a path inside a URI.
pub(crate) fn uri(path: &str) -> String {
    let mut res = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            res.push(char::from(byte));
        } else {
            let _ = write!(res, "%{byte:02X}");
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use super::{command, html, line, markdown, property, uri};

    #[test]
    fn foreign_text_is_made_harmless() {
        assert_eq!(line("a\u{1b}[31m\u{202e}b\nc\r\n"), "a\\x1b[31m\\u{202e}b c");
        assert_eq!(html("<a href='x'>&\u{0}"), "&lt;a href=&#39;x&#39;&gt;&amp;\\x00");
        assert_eq!(markdown("a|b @me"), "a&#124;b &#64;me");
        assert_eq!(markdown("https://x www.y"), "https&#58;//x www&#46;y");
        assert_eq!(
            markdown("1. set `a_b` to no-op: *"),
            "1. set <code>a&#95;b</code> to no-op: &#42;"
        );
        assert_eq!(markdown("- odd ` tick"), "&#45; odd &#96; tick");
        assert_eq!(command("100%\n::error::x"), "100%25%0A::error::x");
        assert_eq!(property("a:b,c"), "a%3Ab%2Cc");
        assert_eq!(uri("a b/é#?"), "a%20b/%C3%A9%23%3F");
    }
}
