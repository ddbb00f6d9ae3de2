//! The lines of a source that a place points at, cut to what a reader needs, secrets masked. What
//! comes out is still raw text: each face escapes it in its own way.

use plimsoll_text::{Location, Source, Span};

use crate::mask::{MASK, Masks, floor_boundary};

/// Some lines of a source.
#[derive(Debug)]
pub(crate) struct Excerpt {
    /// The lines, in order.
    pub(crate) rows: Vec<Row>,
    /// Whether the place reaches over more than one line.
    pub(crate) is_multi_line: bool,
}

/// One line of an excerpt.
#[derive(Debug)]
pub(crate) enum Row {
    /// A line of the source.
    Line(Line),
    /// So many lines are left out.
    Gap(usize),
}

/// One line of the source, in pieces.
#[derive(Debug)]
pub(crate) struct Line {
    /// Its number, from 1.
    pub(crate) number: usize,
    /// Its text; pieces follow each other without a gap.
    pub(crate) pieces: Vec<Piece>,
    /// Whether the place touches this line.
    pub(crate) is_marked: bool,
    /// Whether text before the first piece is left out.
    pub(crate) cut_before: bool,
    /// Whether text after the last piece is left out.
    pub(crate) cut_after: bool,
}

/// A run of characters that are shown alike.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The text; empty only for a marked point between two characters.
    pub(crate) text: String,
    /// Whether it is what the place points at.
    pub(crate) is_marked: bool,
}

/// The lines that `location` points at, with `n_around` lines before and after.
pub(crate) fn excerpt(location: &Location, masks: &Masks, n_around: usize) -> Excerpt {
    let source = &location.source;
    let first = source.line(location.span.start).clamp(1, source.line_count().max(1));
    // A span that ends with a line feed does not reach into the next line.
    let last_byte = location.span.end.saturating_sub(1).max(location.span.start);
    let last = source.line(last_byte).clamp(first, source.line_count().max(first));
    let mut rows = Vec::new();
    let mut push = |number: usize| {
        let line_span = source.line_span(number)?;
        let marked = (first..=last).contains(&number).then_some(location.span);
        rows.push(Row::Line(line(source, number, line_span, marked, masks)));
        Some(())
    };
    for number in first.saturating_sub(n_around).max(1)..first {
        push(number);
    }
    let n_marked = last - first + 1;
    if n_marked <= MARKED_LINES {
        (first..=last).for_each(|it| {
            push(it);
        });
    } else {
        (first..first + HEAD_LINES).for_each(|it| {
            push(it);
        });
        rows.push(Row::Gap(n_marked - HEAD_LINES - 1));
        rows.extend(marked_line(source, last, location.span, masks));
    }
    for number in last + 1..=(last + n_around).min(source.line_count()) {
        let span = source.line_span(number);
        rows.extend(span.map(|it| Row::Line(line(source, number, it, None, masks))));
    }
    Excerpt { rows, is_multi_line: first != last }
}

fn marked_line(source: &Source, number: usize, span: Span, masks: &Masks) -> Option<Row> {
    let line_span = source.line_span(number)?;
    Some(Row::Line(line(source, number, line_span, Some(span), masks)))
}

/// One line with its marked part; a very long line is cut to the surroundings of the mark.
fn line(source: &Source, number: usize, whole: Span, marked: Option<Span>, masks: &Masks) -> Line {
    let text = source.text();
    let mark = marked.map(|it| {
        let start = it.start.clamp(whole.start, whole.end);
        // On the second and later lines the indentation is not what is meant.
        let blank = source.slice(whole).len() - source.slice(whole).trim_start().len();
        let start = if it.start < whole.start { start + blank } else { start };
        let mark = Span::new(start, it.end.clamp(whole.start, whole.end));
        // A source may be cut from another text; a mark never splits a character.
        Span::new(floor_boundary(text, mark.start), floor_boundary(text, mark.end))
    });
    let middle = mark.map_or(whole.start, |it| it.start);
    let from = floor_boundary(text, middle.saturating_sub(BYTES_BEFORE)).max(whole.start);
    let to = floor_boundary(text, middle.saturating_add(BYTES_AFTER)).min(whole.end);
    let shown = Span::new(from, to);
    Line {
        number,
        pieces: pieces(source, shown, mark, &masks.hidden(source, shown)),
        is_marked: mark.is_some(),
        cut_before: from > whole.start,
        cut_after: to < whole.end,
    }
}

/// Splits `shown` where the mark and the hidden parts start and end.
fn pieces(source: &Source, shown: Span, mark: Option<Span>, hidden: &[Span]) -> Vec<Piece> {
    let mut cuts = vec![shown.start, shown.end];
    cuts.extend(hidden.iter().flat_map(|it| [it.start, it.end]));
    cuts.extend(mark.iter().flat_map(|it| [it.start, it.end]));
    cuts.retain(|it| (shown.start..=shown.end).contains(it));
    cuts.sort_unstable();
    cuts.dedup();
    let mut res: Vec<Piece> = Vec::new();
    let mut masked_to = shown.start;
    let point = mark.filter(|it| it.is_empty());
    for pair in cuts.windows(2) {
        let [start, end] = *pair else { continue };
        if point.is_some_and(|it| it.start == start) {
            res.push(Piece { text: String::new(), is_marked: true });
        }
        let span = Span::new(start, end);
        let is_marked = mark.is_some_and(|it| it.overlaps(span));
        if let Some(secret) = hidden.iter().find(|it| it.contains(span)) {
            // However the secret is cut, it is one mask; a mark on any part of it marks the whole.
            if start < masked_to {
                if let Some(mask) = res.last_mut() {
                    mask.is_marked |= is_marked;
                }
                continue;
            }
            masked_to = secret.end;
            res.push(Piece { text: String::from(MASK), is_marked });
        } else {
            res.push(Piece { text: source.slice(span).to_owned(), is_marked });
        }
    }
    if point.is_some_and(|it| it.start == shown.end) {
        res.push(Piece { text: String::new(), is_marked: true });
    }
    res
}

/// A place of more lines is shown by its first lines and its last.
const MARKED_LINES: usize = 6;
/// How many first lines.
const HEAD_LINES: usize = 4;
/// At most so many bytes of a line are shown before the mark.
const BYTES_BEFORE: usize = 300;
/// At most so many bytes of a line are shown from the start of the mark on.
const BYTES_AFTER: usize = 700;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use plimsoll_text::{Location, Source, Span};

    use super::{Excerpt, Row, excerpt};
    use crate::mask::Masks;

    fn show(it: &Excerpt) -> String {
        let mut res = String::new();
        for row in &it.rows {
            match row {
                Row::Gap(n_lines) => writeln!(res, "({n_lines} lines)").unwrap(),
                Row::Line(line) => {
                    write!(res, "{} ", line.number).unwrap();
                    for piece in &line.pieces {
                        let (open, close) = if piece.is_marked { ("[", "]") } else { ("", "") };
                        write!(res, "{open}{}{close}", piece.text).unwrap();
                    }
                    res.push('\n');
                }
            }
        }
        res
    }

    #[test]
    fn marks_points_lines_and_secrets() {
        let source = Source::new("x", "FROM a\nENV P=secret1A x\nEND");
        let none = Masks::default();
        let at = |start, end| Location::new(&source, Span::new(start, end));
        assert_eq!(show(&excerpt(&at(5, 6), &none, 0)), "1 FROM [a]\n");
        assert_eq!(show(&excerpt(&at(5, 7), &none, 0)), "1 FROM [a]\n");
        assert_eq!(show(&excerpt(&at(6, 6), &none, 0)), "1 FROM a[]\n");
        assert_eq!(show(&excerpt(&at(0, 0), &none, 1)), "1 []FROM a\n2 ENV P=secret1A x\n");
        let masks = Masks::from_locations(&[at(13, 21)]);
        assert_eq!(show(&excerpt(&at(15, 17), &masks, 0)), "2 ENV P=[***] x\n");
        assert_eq!(show(&excerpt(&at(7, 99), &masks, 0)), "2 [ENV P=][***][ x]\n3 [END]\n");
    }

    #[test]
    fn long_places_and_odd_texts_are_cut() {
        let source = Source::new("x", "  a\n".repeat(20));
        let all = Location::new(&source, Span::new(2, 80));
        let expected = "1   [a]\n2   [a]\n3   [a]\n4   [a]\n(15 lines)\n20   [a]\n";
        assert_eq!(show(&excerpt(&all, &Masks::default(), 0)), expected);
        for text in ["", "\n", "é"] {
            let source = Source::new("x", text);
            for (start, end) in [(0, 0), (0, 1), (1, 1), (5, 9)] {
                excerpt(&Location::new(&source, Span::new(start, end)), &Masks::default(), 2);
            }
        }
    }
}
