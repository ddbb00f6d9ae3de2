//! From offsets of the logical text back to offsets of the file. Knows nothing of shells.

use std::ops::Range;

use plimsoll_text::Span;

/// Where the bytes of a logical text stand in the file.
///
/// The logical text is the file with pieces left out (line continuations, comment lines), so it is
/// a row of segments, each of which is copied from the file without change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionMap {
    segments: Vec<Segment>,
}

impl PositionMap {
    /// The logical text is the file from `base_offset` on.
    pub fn identity(base_offset: usize) -> Self {
        Self { segments: vec![Segment { logical: 0, file: base_offset }] }
    }

    /// A map without segments, to be filled by [`PositionMap::push`].
    pub fn empty() -> Self {
        Self { segments: Vec::new() }
    }

    /// From the logical offset `logical` on, the text is the file from `file` on. Offsets must not
    /// fall; a segment that starts where the last one does takes its place.
    pub fn push(&mut self, logical: usize, file: usize) {
        let last = self.segments.last().copied();
        if let Some(last) = last {
            let continues = last.file.checked_add(logical.saturating_sub(last.logical));
            if logical < last.logical || continues == Some(file) {
                return;
            }
            if last.logical == logical {
                self.segments.pop();
            }
        }
        self.segments.push(Segment { logical, file });
    }

    /// The offset in the file of the byte at `logical`.
    pub fn offset(&self, logical: usize) -> usize {
        let (bytes, file) = self.segment(logical);
        file.saturating_add(logical.saturating_sub(bytes.start))
    }

    /// The bytes of the file from the first to the last byte of `start..end`; what was left out of
    /// the file between them is covered.
    pub fn span(&self, start: usize, end: usize) -> Span {
        let first = self.offset(start);
        if end <= start {
            return Span::empty(first);
        }
        // The last byte is looked up, not the one after it: a span that ends where a continuation
        // begins must not swallow the continuation.
        Span::new(first, self.offset(end - 1).saturating_add(1))
    }

    /// The segment that holds the byte at `logical`: its bytes, and where the first of them is in
    /// the file. Who reads from front to back looks it up once for many places.
    pub(crate) fn segment(&self, logical: usize) -> (Range<usize>, usize) {
        let next_idx = self.segments.partition_point(|it| it.logical <= logical);
        let end = self.segments.get(next_idx).map_or(usize::MAX, |it| it.logical);
        let segment = next_idx.checked_sub(1).and_then(|it| self.segments.get(it));
        match segment {
            Some(it) => (it.logical..end, it.file),
            // Before the first segment, or without any: the place of the first one is the best.
            None => (logical..logical, self.segments.first().map_or(logical, |it| it.file)),
        }
    }

    /// Copies the segments of `range` of `other`, whose first byte becomes the byte `at` of this.
    pub(crate) fn extend_from(&mut self, at: usize, other: &PositionMap, range: Range<usize>) {
        self.push(at, other.offset(range.start));
        let first = other.segments.partition_point(|it| it.logical <= range.start);
        for segment in other.segments.iter().skip(first).take_while(|it| it.logical < range.end) {
            self.push(at + (segment.logical - range.start), segment.file);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Segment {
    logical: usize,
    file: usize,
}

#[cfg(test)]
mod tests {
    use plimsoll_text::Span;

    use super::PositionMap;

    #[test]
    fn spans_lead_back_over_what_was_left_out() {
        // The file `RUN ab \⏎ cd` reads as `ab  cd`, with the backslash and line feed left out.
        let mut map = PositionMap::identity(4);
        map.push(3, 9);
        assert_eq!(map.span(0, 2), Span::new(4, 6));
        assert_eq!(map.span(0, 3), Span::new(4, 7));
        assert_eq!(map.span(4, 6), Span::new(10, 12));
        assert_eq!(map.span(0, 6), Span::new(4, 12));
        assert_eq!(map.span(3, 3), Span::empty(9));
        assert_eq!(map.segment(3), (3..usize::MAX, 9));
        assert_eq!(PositionMap::empty().span(1, 3), Span::new(1, 3));
    }

    #[test]
    fn a_part_of_a_map_keeps_its_places() {
        let mut map = PositionMap::identity(4);
        map.push(3, 9);
        let mut part = PositionMap::empty();
        part.extend_from(0, &map, 1..6);
        for offset in 0..5 {
            assert_eq!(part.offset(offset), map.offset(offset + 1));
        }
    }
}
