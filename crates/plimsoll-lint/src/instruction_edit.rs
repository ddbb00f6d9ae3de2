//! Edits that take a whole instruction into account. Knows no rule.

use plimsoll_dockerfile::{Comment, Dockerfile, Instruction, Word};
use plimsoll_text::{Edit, Source, Span};

/// Takes the lines of `instruction` away. `None` where a comment stands inside, which would be
/// lost, or where its lines hold something else too.
pub(crate) fn delete_instruction(
    dockerfile: &Dockerfile,
    instruction: &Instruction,
) -> Option<Edit> {
    if has_comment_inside(dockerfile, instruction) {
        return None;
    }
    let text = dockerfile.source.text();
    let before = text.get(..instruction.span.start)?;
    let start = before.rfind('\n').map_or(0, |it| it + 1);
    let inside = text.get(..instruction.span.end)?;
    let end = if inside.ends_with('\n') {
        instruction.span.end
    } else {
        let rest = text.get(instruction.span.end..)?;
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        line.trim().is_empty().then_some(instruction.span.end + line.len())?
    };
    before.get(start..)?.trim().is_empty().then(|| Edit::delete(Span::new(start, end)))
}

/// Whether a comment line stands between the lines of `instruction`.
pub(crate) fn has_comment_inside(dockerfile: &Dockerfile, instruction: &Instruction) -> bool {
    comments_of(dockerfile, instruction.index).iter().any(|it| it.in_continuation)
}

/// The comments before the instruction at `index` and inside of it.
pub(crate) fn comments_of(dockerfile: &Dockerfile, index: usize) -> &[Comment] {
    let all = dockerfile.comments.as_slice();
    let start = all.partition_point(|it| it.instruction < index);
    let end = all.partition_point(|it| it.instruction <= index);
    all.get(start..end).unwrap_or_default()
}

/// Whether the word stands in the file just as it reads: no line ends inside it, and it is no
/// string of a JSON array.
pub(crate) fn is_as_written(source: &Source, word: &Word) -> bool {
    source.slice(word.span) == word.text
}

/// How the line that holds `offset` ends, or a line feed where it is the last one.
pub(crate) fn line_break(source: &Source, offset: usize) -> &'static str {
    let line = source.line_span(source.line(offset));
    let after = line.and_then(|it| source.text().as_bytes().get(it.end));
    if after == Some(&b'\r') { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use plimsoll_dockerfile::Dockerfile;
    use plimsoll_text::{Source, apply_edits};

    use super::delete_instruction;

    #[test]
    fn an_instruction_goes_with_its_lines_and_no_comment_goes_with_it() {
        for (text, expected) in [
            ("FROM a\nCMD b\nUSER c\n", Some("FROM a\nUSER c\n")),
            ("FROM a\nCMD b \\\n  c\nUSER c\n", Some("FROM a\nUSER c\n")),
            ("FROM a\n  CMD b", Some("FROM a\n")),
            ("FROM a\nCMD b \\\n# why\n  c\nUSER c\n", None),
        ] {
            let dockerfile = Dockerfile::parse(&Source::new("x", text));
            let edit = delete_instruction(&dockerfile, &dockerfile.instructions[1]);
            let res = edit.map(|it| apply_edits(text, &[it]).unwrap());
            assert_eq!(res.as_deref(), expected, "{text}");
        }
    }
}
