//! What a set of edits changes, line by line, secrets masked. Only the touched lines and a little
//! around them are looked at, so the cost is that of the edits, not of the file.

use plimsoll_text::{Edit, Source, Span};

use crate::mask::Masks;

/// One line of a diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DiffLine {
    /// A new place starts here, at this line of the old text.
    At(usize),
    /// The line stays.
    Same(String),
    /// The line goes.
    Old(String),
    /// The line comes.
    New(String),
}

impl DiffLine {
    /// The sign that diffs put before such a line, and the line.
    pub(crate) fn parts(&self) -> (char, String) {
        match self {
            Self::At(line) => ('@', format!("line {line}")),
            Self::Same(text) => (' ', text.clone()),
            Self::Old(text) => ('-', text.clone()),
            Self::New(text) => ('+', text.clone()),
        }
    }
}

/// The lines that `edits` of `source` change, with one line around them.
pub(crate) fn diff(source: &Source, edits: &[Edit], masks: &Masks) -> Vec<DiffLine> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|it| (it.span.start, it.span.end));
    let mut res = Vec::new();
    let mut rest = sorted.as_slice();
    while let Some((first, _)) = rest.split_first() {
        let mut lines = touched(source, first.span);
        let mut n_together = 1;
        for edit in rest.iter().skip(1) {
            let next = touched(source, edit.span);
            if next.0 > lines.1 + 1 {
                break;
            }
            lines.1 = lines.1.max(next.1);
            n_together += 1;
        }
        let (together, later) = rest.split_at(n_together);
        hunk(source, lines, together, masks, &mut res);
        rest = later;
    }
    res
}

/// The first and last line that an edit touches.
fn touched(source: &Source, span: Span) -> (usize, usize) {
    (source.line(span.start), source.line(span.end))
}

/// The diff of the lines `first..=last`, which hold all of `edits`.
fn hunk(
    source: &Source,
    (first, last): (usize, usize),
    edits: &[&Edit],
    masks: &Masks,
    out: &mut Vec<DiffLine>,
) {
    let start = source.line_span(first).map_or(source.text().len(), |it| it.start);
    let end = source.line_span(last).map_or(source.text().len(), |it| it.end);
    let mut new = String::new();
    let mut done = start;
    for edit in edits {
        new.push_str(&masks.slice(source, Span::new(done.min(edit.span.start), edit.span.start)));
        new.push_str(&masks.edit(source, &edit.text));
        done = edit.span.end;
    }
    new.push_str(&masks.slice(source, Span::new(done.min(end), end)));
    let old = masks.slice(source, Span::new(start, end));
    let mut old: Vec<&str> = old.lines().collect();
    let mut new: Vec<&str> = new.lines().collect();
    out.push(DiffLine::At(first));
    let around = |number: usize| {
        let span = source.line_span(number).filter(|_| number <= source.line_count())?;
        Some(DiffLine::Same(masks.slice(source, span)))
    };
    let n_same = old.iter().zip(&new).take_while(|it| it.0 == it.1).count();
    let before: Vec<&str> = old.drain(..n_same).collect();
    new.drain(..n_same);
    let n_after = old.iter().rev().zip(new.iter().rev()).take_while(|it| it.0 == it.1).count();
    let after: Vec<&str> = old.split_off(old.len() - n_after);
    new.truncate(new.len() - n_after);
    match before.last() {
        Some(line) => out.push(DiffLine::Same((*line).to_owned())),
        None => out.extend(first.checked_sub(1).and_then(around)),
    }
    out.extend(old.into_iter().map(|it| DiffLine::Old(it.to_owned())));
    out.extend(new.into_iter().map(|it| DiffLine::New(it.to_owned())));
    match after.first() {
        Some(line) => out.push(DiffLine::Same((*line).to_owned())),
        None => out.extend(around(last + 1)),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_text::{Edit, Location, Source, Span};

    use super::{DiffLine, diff};
    use crate::mask::Masks;

    fn show(text: &str, edits: &[Edit], secret: Option<Span>) -> String {
        let source = Source::new("x", text);
        let secrets: Vec<Location> =
            secret.map(|it| Location::new(&source, it)).into_iter().collect();
        let masks = Masks::from_locations(&secrets);
        let lines = diff(&source, edits, &masks);
        let parts = lines.iter().map(DiffLine::parts).map(|it| format!("{}{}", it.0, it.1));
        parts.fold(String::new(), |text, line| text + &line + "\n")
    }

    #[test]
    fn edits_show_as_lines() {
        let replace = Edit::replace(Span::new(2, 3), "X");
        assert_eq!(show("a\nb\nc\n", &[replace], None), "@line 2\n a\n-b\n+X\n c\n");
        let insert = Edit::insert(2, "n\n");
        assert_eq!(show("a\nb\n", &[insert], None), "@line 2\n a\n+n\n b\n");
        let at_end = Edit::insert(4, "USER 1\n");
        assert_eq!(show("a\nb\n", &[at_end], None), "@line 3\n b\n+USER 1\n");
        let far = [Edit::delete(Span::new(0, 2)), Edit::replace(Span::new(8, 9), "E")];
        assert_eq!(show("a\nb\nc\nd\ne", &far, None), "@line 1\n-a\n b\n@line 5\n d\n-e\n+E\n");
    }

    #[test]
    fn secrets_stay_hidden_on_both_sides() {
        let text = "ENV PASS ab\n";
        let edit = Edit::replace(Span::new(4, 11), "PASS=ab");
        let shown = show(text, &[edit], Some(Span::new(9, 11)));
        assert_eq!(shown, "@line 1\n-ENV PASS ***\n+ENV PASS=***\n");
        let insert = Edit::replace(Span::new(8, 9), "=");
        let shown = show(text, &[insert], Some(Span::new(9, 11)));
        assert_eq!(shown, "@line 1\n-ENV PASS ***\n+ENV PASS=***\n");
    }
}
