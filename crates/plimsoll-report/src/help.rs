//! Reads the help that a rule carries: a title line, then sections under `## ` headings.

/// The text of the section called `name`, without its heading; headings inside fences do not count.
pub(crate) fn section<'a>(doc: &'a str, name: &str) -> Option<&'a str> {
    let mut fenced = false;
    let mut start = None;
    let mut offset = 0;
    for line in doc.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced && line.starts_with("## ") {
            if let Some(start) = start {
                return doc.get(start..offset).map(str::trim);
            }
            if line.trim_start_matches('#').trim().eq_ignore_ascii_case(name) {
                start = Some(offset + line.len());
            }
        }
        offset += line.len();
    }
    doc.get(start?..).map(str::trim)
}

/// Why a rule is right, in one sentence.
pub(crate) fn why(doc: &str) -> Option<String> {
    let text = section(doc, "Why")?;
    let paragraph: Vec<&str> = text.lines().take_while(|it| !it.trim().is_empty()).collect();
    let paragraph = paragraph.join(" ");
    let mut end = paragraph.len();
    for (offset, _) in paragraph.match_indices(". ") {
        let next = paragraph.get(offset + 2..).and_then(|it| it.chars().next());
        if next.is_some_and(|it| !it.is_lowercase()) {
            end = offset;
            break;
        }
    }
    let sentence = paragraph.get(..end)?.trim().trim_end_matches('.');
    (!sentence.is_empty()).then(|| sentence.to_owned())
}

/// What stands after the title line.
pub(crate) fn body(doc: &str) -> &str {
    doc.split_once('\n').map_or("", |it| it.1).trim()
}

#[cfg(test)]
mod tests {
    use super::{section, why};

    #[test]
    fn the_first_sentence_of_why_is_found() {
        let doc = "Title.\n\n## Why\nA process, e.g. a shell,\nmay leave. Then it\nowns.\n\n\
                   ## Bad\n```\n## Why not\n```\n";
        assert_eq!(why(doc).as_deref(), Some("A process, e.g. a shell, may leave"));
        assert_eq!(section(doc, "bad"), Some("```\n## Why not\n```"));
        assert_eq!(section(doc, "Good"), None);
    }
}
