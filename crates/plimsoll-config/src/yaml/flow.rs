//! Flow collections, and whatever else fits between blanks on a line.

use plimsoll_text::Span;

use crate::{
    tree::{Entry, Node, NodeDraft, NodeKind, ScalarStyle},
    yaml::{Labels, Parser, is_blank_or_end},
};

impl Parser<'_> {
    pub(super) fn in_flow(&self) -> bool {
        self.flow_depth > 0
    }

    /// A quoted or plain scalar, an alias or a flow collection, in block surroundings.
    pub(super) fn inline_draft(&mut self, indent: isize) -> NodeDraft {
        match self.peek() {
            Some(b'"') => self.double_quoted(),
            Some(b'\'') => self.single_quoted(),
            Some(b'*') => self.alias(),
            Some(b'[') => self.flow_sequence(),
            Some(b'{') => self.flow_mapping(),
            _ => self.plain(indent),
        }
    }

    fn flow_sequence(&mut self) -> NodeDraft {
        let start = self.pos;
        let mut items = Vec::new();
        if !self.open() {
            return NodeDraft::new(Span::empty(start), NodeKind::Null);
        }
        loop {
            self.skip_trivia();
            match self.peek() {
                Some(b']') => break,
                _ if self.flow_broken(start, "a list") => break,
                Some(b',') => {
                    self.fail_here("a value is missing before this `,`");
                    break;
                }
                _ => items.push(self.flow_item()),
            }
            if !self.next_in_flow(b']') {
                break;
            }
        }
        self.close();
        NodeDraft::flow(Span::new(start, self.last_end.max(start)), NodeKind::Sequence(items))
    }

    fn flow_mapping(&mut self) -> NodeDraft {
        let start = self.pos;
        let mut entries: Vec<Entry> = Vec::new();
        if !self.open() {
            return NodeDraft::new(Span::empty(start), NodeKind::Null);
        }
        loop {
            self.skip_trivia();
            match self.peek() {
                Some(b'}') => break,
                _ if self.flow_broken(start, "a mapping") => break,
                Some(b',') => {
                    self.fail_here("a key is missing before this `,`");
                    break;
                }
                _ => entries.push(self.flow_entry()),
            }
            if !self.next_in_flow(b'}') {
                break;
            }
        }
        self.close();
        self.check_duplicates(&entries);
        NodeDraft::flow(Span::new(start, self.last_end.max(start)), NodeKind::Mapping(entries))
    }

    fn open(&mut self) -> bool {
        if !self.enter() {
            return false;
        }
        self.flow_depth += 1;
        self.pos += 1;
        self.last_end = self.pos;
        true
    }

    /// Steps over the closing bracket, unless the document was left before it.
    fn close(&mut self) {
        if !self.failed {
            self.pos += 1;
            self.last_end = self.pos;
        }
        self.flow_depth -= 1;
        self.depth -= 1;
    }

    /// Tells a collection that never closes.
    fn flow_broken(&mut self, start: usize, what: &str) -> bool {
        if self.at_end() {
            let message = format!("{what} in brackets is not closed");
            self.fail(Span::new(start, start + 1), &message);
        }
        self.failed
    }

    /// Goes over a comma to the next element; `false` at the closing bracket or on an error.
    fn next_in_flow(&mut self, close: u8) -> bool {
        self.skip_trivia();
        match self.peek() {
            _ if self.failed => false,
            Some(b',') => {
                self.pos += 1;
                true
            }
            Some(byte) if byte == close => false,
            None => true,
            _ if self.at_document_edge() => true,
            _ => {
                self.fail_here("a `,` or a closing bracket is missing before this");
                false
            }
        }
    }

    /// An item of a flow sequence, which may be a single `key: value`.
    fn flow_item(&mut self) -> Node {
        let (start, line) = (self.pos, self.line_start);
        let explicit = self.at_indicator(b'?');
        if !explicit {
            let node = self.flow_node();
            let end = (self.pos, self.line_start, self.first);
            self.skip_blanks();
            let quoted = !matches!(&node.kind, NodeKind::Scalar { style: ScalarStyle::Plain, .. });
            if self.failed || self.line_start != line || !self.at_flow_colon(quoted) {
                (self.pos, self.line_start, self.first) = end;
                return node;
            }
            let entry = self.flow_value(node);
            return self.single_pair(start, entry);
        }
        let entry = self.flow_entry();
        self.single_pair(start, entry)
    }

    fn single_pair(&mut self, start: usize, entry: Entry) -> Node {
        let span = Span::new(start, entry.span().end);
        let draft = NodeDraft::flow(span, NodeKind::Mapping(vec![entry]));
        self.finish(draft, Labels::default())
    }

    fn flow_entry(&mut self) -> Entry {
        if self.at_indicator(b'?') {
            self.pos += 1;
            self.last_end = self.pos;
            self.skip_trivia();
        }
        let absent = matches!(self.peek(), Some(b',' | b'}' | b']'));
        let key = if absent { Node::null(self.pos) } else { self.flow_node() };
        self.skip_trivia();
        // After a quoted key or a collection the value may follow its `:` without a blank.
        let plain = matches!(&key.kind, NodeKind::Scalar { style: ScalarStyle::Plain, .. });
        if !self.failed && self.at_flow_colon(!plain) {
            return self.flow_value(key);
        }
        let value = Node::null(key.outer_span().end);
        Entry { key, value, colon: None }
    }

    fn flow_value(&mut self, key: Node) -> Entry {
        let colon = self.pos;
        self.pos += 1;
        self.last_end = self.pos;
        self.skip_trivia();
        let absent = self.at_end() || matches!(self.peek(), Some(b',' | b'}' | b']'));
        let value = if absent { Node::null(colon + 1) } else { self.flow_node() };
        Entry { key, value, colon: Some(colon) }
    }

    fn flow_node(&mut self) -> Node {
        let mut labels = Labels::default();
        while matches!(self.peek(), Some(b'&' | b'!')) && !self.failed {
            self.read_labels(&mut labels);
            self.skip_trivia();
        }
        if self.at_end()
            || matches!(self.peek(), Some(b',' | b'}' | b']'))
            || self.at_flow_colon(false)
        {
            let draft = NodeDraft::new(Span::empty(self.last_end), NodeKind::Null);
            return self.finish(draft, labels);
        }
        let draft = self.inline_draft(-1);
        self.finish(draft, labels)
    }

    /// Whether a `:` that parts key and value stands here.
    fn at_flow_colon(&self, adjacent: bool) -> bool {
        if self.peek() != Some(b':') {
            return false;
        }
        let next = self.byte(self.pos + 1);
        adjacent || is_blank_or_end(next) || matches!(next, Some(b',' | b'[' | b']' | b'{' | b'}'))
    }
}
