//! Here-documents: found when their line ends, read up to their delimiter.

use std::{
    mem,
    sync::{Arc, OnceLock},
};

use plimsoll_text::Span;

use crate::{
    command::HereDocument,
    parser::{Parser, class::Mode},
};

/// A here-document whose body is not read yet.
pub(super) struct PendingDocument {
    pub(super) document: Arc<OnceLock<HereDocument>>,
    pub(super) delimiter: String,
    pub(super) is_literal: bool,
    pub(super) strip_tabs: bool,
    /// The delimiter in the redirection.
    pub(super) opening: Span,
}

impl Parser<'_> {
    /// Reads the bodies that begin at the cursor, the start of a line.
    pub(super) fn read_documents(&mut self) {
        for pending in mem::take(&mut self.pending) {
            self.read_document(&pending);
        }
    }

    fn read_document(&mut self, pending: &PendingDocument) {
        let start = self.pos;
        let (body_end, after) = self.delimiter_line(pending);
        let text = self.text(start, body_end);
        let parts = if pending.is_literal {
            self.pos = body_end;
            let mut parts = Vec::new();
            self.push_literal(&mut parts, start, body_end);
            parts
        } else {
            let read = |it: &mut Self| it.up_to(body_end, |it| it.parts(Mode::Document));
            self.deeper(read).unwrap_or_default()
        };
        let span = self.span(start, body_end);
        let end_span = match after {
            Some(after) => {
                let line = self.slice(body_end, after);
                let line_len = line.trim_end_matches(['\n', '\r']).len();
                self.span(body_end, body_end + line_len)
            }
            None => self.span(body_end, body_end),
        };
        if after.is_none() {
            self.error_at(pending.opening, "the delimiter of this here-document is missing");
        }
        if !self.aborted {
            self.pos = after.unwrap_or(body_end);
        }
        let is_literal = pending.is_literal;
        // Each pending document is read once, so the cell is still empty.
        let _ = pending.document.set(HereDocument { span, end_span, text, is_literal, parts });
    }

    /// Where the body ends, and where the text goes on after the delimiter's line if there is one.
    fn delimiter_line(&self, pending: &PendingDocument) -> (usize, Option<usize>) {
        let mut line_start = self.pos;
        let mut is_continued = false;
        while line_start < self.end {
            let rest = self.bytes(line_start, self.end);
            let len = rest.iter().position(|it| *it == b'\n');
            let line_end = line_start + len.unwrap_or(rest.len());
            let line = self.slice(line_start, line_end);
            let line = line.strip_suffix('\r').unwrap_or(line);
            let content = if pending.strip_tabs { line.trim_start_matches('\t') } else { line };
            if content == pending.delimiter && !is_continued {
                return (line_start, Some(line_end + usize::from(len.is_some())));
            }
            let n_backslashes = line.bytes().rev().take_while(|it| *it == b'\\').count();
            is_continued = !pending.is_literal && n_backslashes % 2 == 1;
            line_start = line_end + usize::from(len.is_some());
        }
        (self.end, None)
    }
}
