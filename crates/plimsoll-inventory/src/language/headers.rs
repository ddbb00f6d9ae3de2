//! Files of `Key: value` lines with continuation lines: Python's metadata, R's `DESCRIPTION`, the
//! manifests of Java archives.
//!
//! The module must not know any of these formats.

/// How a long value goes on on the next line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Continuation {
    /// After a line break and any blanks, which count as one blank.
    Folded,
    /// Right after a line break and one blank, in the middle of a word (Java).
    Joined,
}

/// The fields of `text` up to the first empty line, in their order.
pub(crate) fn headers(text: &str, continuation: Continuation) -> Vec<(String, String)> {
    let mut res: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = res.last_mut() {
                if continuation == Continuation::Joined {
                    value.push_str(line.get(1..).unwrap_or_default());
                } else {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
        } else if let Some((key, value)) = line.split_once(':') {
            res.push((key.trim().to_owned(), value.trim_start().to_owned()));
        }
    }
    res
}

/// The first value of `key`, whatever its case; `None` if it is empty.
pub(crate) fn header<'a>(headers: &'a [(String, String)], key: &str) -> Option<&'a str> {
    let found = headers.iter().find(|it| it.0.eq_ignore_ascii_case(key))?;
    Some(found.1.trim()).filter(|it| !it.is_empty())
}

/// All values of `key`, whatever its case.
pub(crate) fn all_headers<'a>(
    headers: &'a [(String, String)],
    key: &str,
) -> impl Iterator<Item = &'a str> {
    headers.iter().filter(move |it| it.0.eq_ignore_ascii_case(key)).map(|it| it.1.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_go_on() {
        let text = "A: one\r\n two\r\nb:three\n\nC: four";
        let folded = headers(text, Continuation::Folded);
        assert_eq!(header(&folded, "a"), Some("one two"));
        assert_eq!(header(&folded, "B"), Some("three"));
        assert_eq!(header(&folded, "C"), None);
        let joined = headers(text, Continuation::Joined);
        assert_eq!(header(&joined, "A"), Some("onetwo"));
    }
}
