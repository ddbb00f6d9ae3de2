//! Where the bytes that a set of edits leaves alone stand afterwards.

use plimsoll_text::{Edit, Span};

/// The way from a text before its edits to the text after, for the bytes that no edit touches.
#[derive(Clone, Debug)]
pub(crate) struct Offsets {
    /// Replaced span before, length after; in order.
    steps: Vec<(Span, usize)>,
}

impl Offsets {
    /// The way that `edits` go; they must not overlap.
    pub(crate) fn new(edits: &[Edit]) -> Self {
        let mut steps: Vec<(Span, usize)> =
            edits.iter().map(|it| (it.span, it.text.len())).collect();
        steps.sort_by_key(|it| (it.0.start, it.0.end));
        Self { steps }
    }

    /// Where `span` stands afterwards; `None` if an edit touches it or inserts right at its edge,
    /// so that what stands there may have become another word.
    pub(crate) fn forward(&self, span: Span) -> Option<Span> {
        let mut grown = 0;
        let mut shrunk = 0;
        for (replaced, len) in &self.steps {
            if replaced.start <= span.end && span.start <= replaced.end {
                return None;
            }
            if replaced.end <= span.start {
                grown += len;
                shrunk += replaced.len();
            }
        }
        Some(Span::new(span.start + grown - shrunk, span.end + grown - shrunk))
    }

    /// The edited places as spans of the text afterwards.
    pub(crate) fn after(&self) -> Vec<Span> {
        let (mut grown, mut shrunk) = (0, 0);
        let mut res = Vec::with_capacity(self.steps.len());
        for (replaced, len) in &self.steps {
            let start = replaced.start + grown - shrunk;
            res.push(Span::new(start, start + len));
            grown += len;
            shrunk += replaced.len();
        }
        res
    }

    /// Whether an edit touches `span` of the text before, or inserts at its edge.
    pub(crate) fn touches(&self, span: Span) -> bool {
        self.forward(span).is_none()
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_text::{Edit, Span};

    use super::Offsets;

    #[test]
    fn bytes_between_edits_move_by_what_came_before() {
        let edits = [Edit::replace(Span::new(0, 3), "COPY"), Edit::insert(6, "xx")];
        let offsets = Offsets::new(&edits);
        assert_eq!(offsets.forward(Span::new(4, 5)), Some(Span::new(5, 6)));
        assert_eq!(offsets.forward(Span::new(8, 9)), Some(Span::new(11, 12)));
        assert_eq!(offsets.forward(Span::new(2, 4)), None);
        assert_eq!(offsets.forward(Span::new(6, 7)), None, "the insertion may join the word");
        assert_eq!(offsets.after(), vec![Span::new(0, 4), Span::new(7, 9)]);
    }
}
