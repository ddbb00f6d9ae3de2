//! Paragraphs of fields, as deb-control(5) writes them: `Name: value` lines, continued by lines
//! that begin with a space, parted by empty lines.
//!
//! It must not know what any field means.

/// One paragraph.
pub(super) struct Paragraph<'a> {
    fields: Vec<(&'a str, &'a str)>,
}

impl<'a> Paragraph<'a> {
    /// The value of the first field of that name, trimmed; one of several lines keeps them.
    pub(super) fn field(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.fields.iter().find(|it| it.0.eq_ignore_ascii_case(name))?;
        Some(value.trim())
    }
}

/// All paragraphs of the text that have a field at all.
pub(super) fn paragraphs(text: &str) -> impl Iterator<Item = Paragraph<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let paragraph = next_paragraph(&mut rest);
            if !paragraph.fields.is_empty() {
                return Some(paragraph);
            }
        }
        None
    })
}

/// Fields that a paragraph may have; a real one has some thirty.
const MAX_FIELDS: usize = 256;

fn next_paragraph<'a>(rest: &mut &'a str) -> Paragraph<'a> {
    let mut res = Paragraph { fields: Vec::new() };
    // Where the value of the field that is being read begins and ends, in the rest as it was.
    let whole = *rest;
    let mut open: Option<(&'a str, usize, usize)> = None;
    let mut at = 0;
    while let Some(line) = whole.get(at..).and_then(|it| it.split_inclusive('\n').next()) {
        let start = at;
        at += line.len();
        if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            if let Some((_, _, end)) = &mut open {
                *end = at;
            }
            continue;
        }
        close(&mut res, whole, open.take());
        if line.trim().is_empty() {
            break;
        }
        if let Some((name, _)) = line.split_once(':') {
            open = Some((name.trim(), start + name.len() + 1, at));
        }
    }
    close(&mut res, whole, open);
    *rest = whole.get(at..).unwrap_or_default();
    res
}

fn close<'a>(paragraph: &mut Paragraph<'a>, whole: &'a str, open: Option<(&'a str, usize, usize)>) {
    if let Some((name, start, end)) = open
        && let Some(value) = whole.get(start..end)
        && paragraph.fields.len() < MAX_FIELDS
    {
        paragraph.fields.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_continuations() {
        let text = "\n\nPackage: a\nDepends: b,\n c\nversion:1\n\n\nPackage: d\r\nno field\n";
        let all: Vec<_> = paragraphs(text).collect();
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].field("package"), Some("a"));
        assert_eq!(all[0].field("Depends"), Some("b,\n c"));
        assert_eq!(all[0].field("Version"), Some("1"));
        assert_eq!(all[1].field("Package"), Some("d"));
        assert_eq!(all[1].field("Depends"), None);
    }
}
