//! Reads YAML into a [`Tree`]: streams, documents and block structure.
//!
//! Takes what Docker's reader (go-yaml 3) takes and says where it does not. On an error the rest of
//! that document is left out and reading goes on at the next `---`.

mod flow;
mod scalar;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use plimsoll_text::{Source, Span};

use crate::tree::{
    Comment, Document, Entry, ErrorKind, Format, Label, MAX_ALIASED_NODES, MAX_ALIASES, MAX_DEPTH,
    MAX_ERRORS, MAX_NODES, MAX_TEXT_BYTES, Node, NodeDraft, NodeKind, Tree, TreeError,
};

/// Reads all documents of `source`.
pub fn parse_yaml(source: &Arc<Source>) -> Tree {
    let mut parser = Parser::new(source.text());
    let documents = if parser.check_text() { parser.parse_stream() } else { Vec::new() };
    Tree {
        source: Arc::clone(source),
        format: Format::Yaml,
        documents,
        errors: parser.errors,
        comments: parser.comments,
        aliased: parser.aliased.into_values().collect(),
    }
}

/// Where a block node stands, which decides what it may look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// The content of a document.
    Root,
    /// After a `- `, where a mapping may start on the same line.
    Item,
    /// After a `? ` or its `:`, where both may be.
    Explicit,
    /// After a key's `:`, where a sequence may stand as far left as the key.
    Value,
}

/// The anchor and tag before a node.
#[derive(Default)]
struct Labels {
    anchor: Option<Label>,
    tag: Option<Label>,
    /// Where the first of them starts.
    start: Option<usize>,
}

struct Parser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// The next byte to read.
    pos: usize,
    /// Where the line of `pos` starts.
    line_start: usize,
    /// The first byte of that line that is no space.
    first: usize,
    /// The end of the last thing that was content.
    last_end: usize,
    /// Set when the document cannot be read further; `pos` then stands at its end.
    failed: bool,
    depth: usize,
    flow_depth: usize,
    n_nodes: usize,
    n_aliases: usize,
    n_aliased_nodes: usize,
    anchors: HashMap<String, Node>,
    aliased: HashMap<(usize, usize), Span>,
    errors: Vec<TreeError>,
    comments: Vec<Comment>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            pos: 0,
            line_start: 0,
            first: 0,
            last_end: 0,
            failed: false,
            depth: 0,
            flow_depth: 0,
            n_nodes: 0,
            n_aliases: 0,
            n_aliased_nodes: 0,
            anchors: HashMap::new(),
            aliased: HashMap::new(),
            errors: Vec::new(),
            comments: Vec::new(),
        }
    }

    /// Whether the text may be read at all; control characters are told but read past.
    fn check_text(&mut self) -> bool {
        if self.text.len() > MAX_TEXT_BYTES {
            let message = format!("the text is larger than {MAX_TEXT_BYTES} bytes and is not read");
            self.error(Span::empty(0), message, ErrorKind::Limit);
            return false;
        }
        let control =
            |it: &u8| (*it < 0x20 && !matches!(*it, b'\t' | b'\n' | b'\r')) || *it == 0x7F;
        if let Some(offset) = self.bytes.iter().position(control) {
            let message = "a control character is not allowed in YAML".to_owned();
            self.error(Span::new(offset, offset + 1), message, ErrorKind::Syntax);
        }
        true
    }

    fn parse_stream(&mut self) -> Vec<Document> {
        if self.text.starts_with('\u{FEFF}') {
            self.pos = '\u{FEFF}'.len_utf8();
            self.line_start = self.pos;
        }
        self.measure_line();
        let mut documents = Vec::new();
        loop {
            self.skip_trivia();
            while self.at_marker(b"...") {
                self.pos += 3;
                self.skip_trivia();
            }
            self.skip_directives();
            if self.pos >= self.bytes.len() {
                return documents;
            }
            documents.push(self.parse_document());
        }
    }

    /// Skips `%YAML` and `%TAG` lines; what they say changes nothing for the files at hand.
    fn skip_directives(&mut self) {
        while self.peek() == Some(b'%') && self.pos == self.line_start {
            self.pos = self.line_end(self.pos);
            self.skip_trivia();
        }
    }

    fn parse_document(&mut self) -> Document {
        let start = self.pos;
        self.failed = false;
        self.last_end = start;
        self.anchors.clear();
        if self.at_marker(b"---") {
            self.pos += 3;
            self.last_end = self.pos;
        }
        let root = self.block_node(-1, Position::Root);
        self.skip_trivia();
        if !self.failed && self.pos < self.bytes.len() && !self.at_document_edge() {
            let message = self.leftover_message();
            self.fail_here(message);
        }
        let span = Span::new(start, self.last_end.max(root.outer_span().end));
        Document { root, span, truncated: self.failed }
    }

    /// What to say of content that nothing expected.
    fn leftover_message(&self) -> &'static str {
        match self.peek() {
            Some(b':') => "a `:` is not expected here: a value cannot itself be a `key: value`",
            Some(b'\t') => "a tab cannot indent YAML, use spaces",
            _ if self.pos == self.first => {
                "this line's indentation fits none of the lines above it"
            }
            _ => "this is not expected here, a line break or an indicator is missing before it",
        }
    }

    /// A node of block structure whose content must stand further right than `indent`.
    fn block_node(&mut self, indent: isize, position: Position) -> Node {
        if !self.enter() {
            return Node::null(self.last_end);
        }
        let node = self.block_node_inside(indent, position);
        self.depth -= 1;
        node
    }

    fn block_node_inside(&mut self, indent: isize, position: Position) -> Node {
        let mut labels = Labels::default();
        // After the marker of a document content may follow, but no block mapping or list.
        let mut fresh =
            self.pos == self.first || matches!(position, Position::Item | Position::Explicit);
        loop {
            let line = self.line_start;
            self.skip_trivia();
            fresh = fresh || self.line_start != line;
            if self.at_end() || self.too_far_left(indent, position) {
                let draft = NodeDraft::new(Span::empty(self.last_end), NodeKind::Null);
                return self.finish(draft, labels);
            }
            if !matches!(self.peek(), Some(b'&' | b'!')) {
                return self.block_content(indent, fresh, labels);
            }
            // Labels at the start of a mapping's line belong to its first key.
            if fresh && self.label_opens_mapping() {
                return self.block_mapping_or(indent, labels);
            }
            self.read_labels(&mut labels);
            fresh = false;
        }
    }

    /// Whether the next content stands too far left to belong to a node inside `indent`.
    fn too_far_left(&self, indent: isize, position: Position) -> bool {
        if self.pos != self.first || self.column() > indent {
            return false;
        }
        let list_may = matches!(position, Position::Value | Position::Explicit);
        !(list_may && self.column() == indent && self.at_indicator(b'-'))
    }

    /// The content itself; `fresh` says that a block collection may start here.
    fn block_content(&mut self, indent: isize, fresh: bool, labels: Labels) -> Node {
        match self.peek() {
            Some(b'-') if self.at_indicator(b'-') && fresh => self.block_sequence(labels),
            Some(b'-') if self.at_indicator(b'-') => {
                self.fail_here("a list cannot start on the line of its key");
                self.finish(NodeDraft::new(Span::empty(self.last_end), NodeKind::Null), labels)
            }
            Some(b'|' | b'>') => {
                let draft = self.block_scalar(indent);
                self.finish(draft, labels)
            }
            Some(b'?' | b':') if fresh && (self.at_indicator(b'?') || self.at_indicator(b':')) => {
                self.block_mapping(None, labels)
            }
            _ if fresh => self.block_mapping_or(indent, labels),
            _ => {
                let draft = self.inline_draft(indent);
                self.finish(draft, labels)
            }
        }
    }

    /// Looks past `&anchor !tag` on this line: whether a `key:` follows.
    fn label_opens_mapping(&self) -> bool {
        let end = self.line_end(self.pos);
        let mut at = self.pos;
        while at < end && matches!(self.byte(at), Some(b'&' | b'!')) {
            while at < end && !is_blank(self.byte(at)) {
                at += 1;
            }
            while at < end && is_blank(self.byte(at)) {
                at += 1;
            }
        }
        at < end && !matches!(self.byte(at), Some(b'#' | b'|' | b'>')) && self.key_follows(at, end)
    }

    /// Whether what starts at `at` is a simple key, as far as its line tells.
    fn key_follows(&self, at: usize, end: usize) -> bool {
        let mut probe = Parser::new(self.text);
        (probe.pos, probe.line_start, probe.first) = (at, self.line_start, at);
        // The probe reads this line only, and says nothing of what it sees.
        probe.bytes = self.bytes.get(..end).unwrap_or_default();
        probe.text = self.text.get(..end).unwrap_or_default();
        probe.depth = self.depth;
        let _ = probe.inline_draft(isize::MAX);
        probe.skip_blanks();
        !probe.failed && probe.at_indicator(b':')
    }

    /// A scalar, alias or flow collection, or the block mapping whose first key it is.
    fn block_mapping_or(&mut self, indent: isize, outer: Labels) -> Node {
        let start = self.pos;
        let line = self.line_start;
        let mut labels = Labels::default();
        if outer.start.is_some() || matches!(self.peek(), Some(b'&' | b'!')) {
            self.read_labels(&mut labels);
            self.skip_blanks();
        }
        let column = self.column_of(start);
        let draft = self.inline_draft(indent);
        let end = self.pos;
        self.skip_blanks();
        if !self.failed && self.line_start == line && self.at_indicator(b':') {
            let key = self.finish(draft, labels);
            return self.block_mapping(Some((key, column, start)), outer);
        }
        self.pos = end;
        if outer.start.is_none() {
            return self.finish(draft, labels);
        }
        if labels.start.is_some() {
            self.fail_here("a value can have one anchor and one tag only");
        }
        self.finish(draft, outer)
    }

    fn block_sequence(&mut self, labels: Labels) -> Node {
        let start = self.pos;
        let column = self.column();
        let (mut items, mut dashes) = (Vec::new(), Vec::new());
        while self.at_indicator(b'-') && self.column() == column {
            dashes.push(self.pos);
            self.pos += 1;
            self.last_end = self.pos;
            items.push(self.block_node(column, Position::Item));
            self.skip_trivia();
            if self.at_end() || self.pos != self.first {
                break;
            }
        }
        let span = Span::new(start, self.last_end.max(start + 1));
        let mut draft = NodeDraft::new(span, NodeKind::Sequence(items));
        draft.dashes = dashes.into_boxed_slice();
        self.finish(draft, labels)
    }

    /// A mapping whose first key may have been read already: the key, its column and start.
    fn block_mapping(&mut self, first: Option<(Node, isize, usize)>, labels: Labels) -> Node {
        let start = first.as_ref().map_or(self.pos, |it| it.2);
        let column = first.as_ref().map_or_else(|| self.column(), |it| it.1);
        let mut known = first.map(|it| it.0);
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let entry = match known.take() {
                Some(key) => Some(self.entry_value(key, column)),
                None => self.block_entry(column),
            };
            let Some(entry) = entry else { break };
            entries.push(entry);
            self.skip_trivia();
            if self.at_end() || self.pos != self.first || self.column() != column {
                break;
            }
            if self.at_indicator(b'-') {
                self.fail_here("a list item is not expected among the keys of a mapping");
                break;
            }
        }
        self.check_duplicates(&entries);
        let span = Span::new(start, self.last_end);
        let draft = NodeDraft::new(span, NodeKind::Mapping(entries));
        self.finish(draft, labels)
    }

    /// The next entry of a block mapping, from its key on.
    fn block_entry(&mut self, column: isize) -> Option<Entry> {
        if self.at_indicator(b'?') {
            self.pos += 1;
            self.last_end = self.pos;
            let key = self.block_node(column, Position::Explicit);
            self.skip_trivia();
            let here = !self.at_end() && self.pos == self.first && self.column() == column;
            if here && self.at_indicator(b':') {
                return Some(self.entry_value(key, column));
            }
            let value = Node::null(self.last_end);
            return Some(Entry { key, value, colon: None });
        }
        let (start, line) = (self.pos, self.line_start);
        let mut labels = Labels::default();
        self.read_labels(&mut labels);
        let draft = self.inline_draft(column);
        let key = self.finish(draft, labels);
        self.skip_blanks();
        if self.failed {
            return None;
        }
        if self.line_start != line || !self.at_indicator(b':') {
            let span = Span::new(start, key.outer_span().end.max(start));
            self.fail(span, "a `:` is missing: this line is no `key: value`");
            return None;
        }
        Some(self.entry_value(key, column))
    }

    /// The value after `key`, at whose `:` the parser stands.
    fn entry_value(&mut self, key: Node, column: isize) -> Entry {
        let colon = self.pos;
        // An explicit key's `:` may be followed by a mapping on its own line.
        let explicit = colon == self.first && key.span.start != colon;
        self.pos += 1;
        self.last_end = self.pos;
        let position = if explicit { Position::Explicit } else { Position::Value };
        let value = self.block_node(column, position);
        Entry { key, value, colon: Some(colon) }
    }

    /// Tells keys that stand twice in one mapping.
    fn check_duplicates(&mut self, entries: &[Entry]) {
        let mut seen = HashSet::new();
        for entry in entries {
            if let NodeKind::Scalar { value, .. } = &entry.key.kind
                && !seen.insert(value.as_str())
            {
                let message = format!("the key `{}` stands twice in this mapping", short(value));
                self.error(entry.key.span, message, ErrorKind::DuplicateKey);
            }
        }
    }

    /// Reads `&anchor` and `!tag`, in any order.
    fn read_labels(&mut self, labels: &mut Labels) {
        while let Some(sign @ (b'&' | b'!')) = self.peek() {
            let start = self.pos;
            self.pos = self.label_end(start, sign);
            let span = Span::new(start, self.pos);
            let skip = usize::from(sign == b'&');
            let text = self.text.get(start + skip..self.pos).unwrap_or_default().to_owned();
            if sign == b'&' && text.is_empty() {
                self.fail(span, "an anchor needs a name after its `&`");
                return;
            }
            labels.start.get_or_insert(start);
            self.last_end = self.pos;
            let slot = if sign == b'&' { &mut labels.anchor } else { &mut labels.tag };
            let text = if sign == b'!' { normal_tag(text) } else { text };
            if slot.replace(Label { text, span }).is_some() {
                self.fail(span, "a value can have one anchor and one tag only");
                return;
            }
            self.skip_blanks();
        }
    }

    fn label_end(&self, start: usize, sign: u8) -> usize {
        let rest = self.bytes.get(start..).unwrap_or_default();
        if sign == b'!' && rest.starts_with(b"!<") {
            let close = rest.iter().position(|it| matches!(it, b'>' | b'\n' | b'\r'));
            return start + close.map_or(rest.len(), |it| it + 1);
        }
        let stop =
            |it: &u8| matches!(it, b' ' | b'\t' | b'\n' | b'\r' | b',' | b'[' | b']' | b'{' | b'}');
        start + rest.iter().position(stop).unwrap_or(rest.len())
    }

    /// Reads `*name`.
    fn alias(&mut self) -> NodeDraft {
        let start = self.pos;
        let mut end = self.label_end(start, b'*');
        // `*name:` before a blank is a key; go-yaml takes the colon as the key's.
        if self.byte(end.wrapping_sub(1)) == Some(b':') && end > start + 1 {
            end -= 1;
        }
        self.pos = end;
        self.last_end = end;
        let span = Span::new(start, end);
        let name = self.text.get(start + 1..end).unwrap_or_default().to_owned();
        let target = self.follow(&name, span);
        NodeDraft::new(span, NodeKind::Alias { name, target })
    }

    /// The node that an alias stands for, if it is there and within the limits.
    fn follow(&mut self, name: &str, span: Span) -> Option<Node> {
        let Some(node) = self.anchors.get(name).cloned() else {
            let message = format!("there is no anchor `&{}` before this alias", short(name));
            self.error(span, message, ErrorKind::Alias);
            return None;
        };
        self.n_aliases += 1;
        let total = self.n_aliased_nodes.saturating_add(node.weight);
        if self.n_aliases > MAX_ALIASES || total > MAX_ALIASED_NODES {
            let message = "too much is repeated through aliases, this one is not followed";
            self.error(span, message.to_owned(), ErrorKind::Limit);
            return None;
        }
        if self.depth + node.height > MAX_DEPTH {
            let message = format!("aliases nest deeper than {MAX_DEPTH}, this one is not followed");
            self.error(span, message, ErrorKind::Limit);
            return None;
        }
        self.n_aliased_nodes = total;
        self.aliased.insert((node.span.start, node.span.end), node.outer_span());
        Some(node)
    }

    /// Makes the node, gives it its labels and makes its anchor known.
    fn finish(&mut self, mut draft: NodeDraft, labels: Labels) -> Node {
        self.n_nodes += 1;
        if self.n_nodes > MAX_NODES && !self.failed {
            let message = format!("there are more than {MAX_NODES} values, the rest is not read");
            self.error(draft.span, message, ErrorKind::Limit);
            self.failed = true;
            self.move_to(self.bytes.len());
        }
        draft.anchor = labels.anchor;
        draft.tag = labels.tag;
        let name = draft.anchor.as_ref().map(|it| it.text.clone());
        let node = Node::new(draft);
        if let Some(name) = name {
            self.anchors.insert(name, node.clone());
        }
        node
    }
}

/// Reading forward: lines, blanks, comments, edges of documents, errors.
impl Parser<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn peek(&self) -> Option<u8> {
        self.byte(self.pos)
    }

    /// Whether `sign` stands here with a blank, a line end or nothing after it.
    fn at_indicator(&self, sign: u8) -> bool {
        self.peek() == Some(sign) && is_blank_or_end(self.byte(self.pos + 1))
    }

    fn column(&self) -> isize {
        self.column_of(self.pos)
    }

    fn column_of(&self, offset: usize) -> isize {
        isize::try_from(offset.saturating_sub(self.line_start)).unwrap_or(isize::MAX)
    }

    /// Whether the document has nothing more to read.
    fn at_end(&self) -> bool {
        self.failed || self.pos >= self.bytes.len() || self.at_document_edge()
    }

    fn at_document_edge(&self) -> bool {
        self.at_marker(b"---") || self.at_marker(b"...")
    }

    fn at_marker(&self, marker: &[u8]) -> bool {
        self.pos == self.line_start && self.marker_at(self.pos, marker)
    }

    fn marker_at(&self, at: usize, marker: &[u8]) -> bool {
        self.bytes.get(at..).is_some_and(|it| it.starts_with(marker))
            && is_blank_or_end(self.byte(at + marker.len()))
    }

    /// The offset of the line ending at or after `at`.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        at + rest.iter().position(|it| matches!(it, b'\n' | b'\r')).unwrap_or(rest.len())
    }

    fn skip_blanks(&mut self) {
        while is_blank(self.peek()) {
            self.pos += 1;
        }
    }

    /// Steps over a line ending, of either kind.
    fn skip_break(&mut self) {
        if self.peek() == Some(b'\r') && self.byte(self.pos + 1) == Some(b'\n') {
            self.pos += 1;
        }
        self.pos += 1;
        self.line_start = self.pos;
        self.measure_line();
    }

    fn measure_line(&mut self) {
        let rest = self.bytes.get(self.line_start..).unwrap_or_default();
        self.first = self.line_start + rest.iter().take_while(|it| **it == b' ').count();
    }

    /// Steps over blanks, line ends and comments to the next content.
    fn skip_trivia(&mut self) {
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b'\n' | b'\r') => {
                    self.skip_break();
                    // Docker's reader refuses this even on a line that says nothing.
                    if self.byte(self.first) == Some(b'\t') && !self.in_flow() && !self.failed {
                        let span = Span::new(self.first, self.first + 1);
                        self.fail(span, "a tab cannot indent YAML, use spaces");
                    }
                }
                Some(b'#') => self.read_comment(),
                _ => return,
            }
        }
    }

    fn read_comment(&mut self) {
        let start = self.pos;
        self.pos = self.line_end(start);
        // Some places are looked at twice; a comment counts once.
        if self.comments.last().is_none_or(|it| it.span.start < start) {
            let head = self.bytes.get(self.line_start..start).unwrap_or_default();
            let own_line = head.iter().all(|it| is_blank(Some(*it)));
            let text = self.text.get(start..self.pos).unwrap_or_default();
            let span = Span::new(start, start + text.trim_end().len());
            self.comments.push(Comment { span, own_line });
        }
    }

    /// Counts a level of nesting; `false` and an error where there are too many.
    fn enter(&mut self) -> bool {
        if self.depth >= MAX_DEPTH {
            if !self.failed {
                let message = format!("values nest deeper than {MAX_DEPTH}, the rest is not read");
                self.error(Span::empty(self.pos), message, ErrorKind::Limit);
                self.leave_document();
            }
            return false;
        }
        self.depth += 1;
        true
    }

    fn error(&mut self, span: Span, message: String, kind: ErrorKind) {
        if self.errors.len() < MAX_ERRORS {
            self.errors.push(TreeError { span, message, kind });
        }
    }

    fn fail_here(&mut self, message: &str) {
        let end = self.line_end(self.pos);
        let text = self.text.get(self.pos..end).unwrap_or_default();
        self.fail(Span::new(self.pos, self.pos + text.trim_end().len()), message);
    }

    /// Tells an error and leaves the document.
    fn fail(&mut self, span: Span, message: &str) {
        if !self.failed {
            self.error(span, message.to_owned(), ErrorKind::Syntax);
            self.leave_document();
        }
    }

    /// Goes to the next line that starts or ends a document.
    fn leave_document(&mut self) {
        self.failed = true;
        let mut at = self.pos;
        if self.at_document_edge() {
            return;
        }
        while at < self.bytes.len() {
            at = self.line_end(at);
            while matches!(self.byte(at), Some(b'\n' | b'\r')) {
                at += 1;
            }
            if self.marker_at(at, b"---") || self.marker_at(at, b"...") {
                break;
            }
        }
        self.move_to(at);
    }

    fn move_to(&mut self, at: usize) {
        self.pos = at;
        self.line_start = at;
        self.measure_line();
    }
}

/// `!!str` in its long forms is `!!str`.
fn normal_tag(text: String) -> String {
    let long = text.strip_prefix("!<").and_then(|it| it.strip_suffix('>'));
    match long.map(|it| it.strip_prefix("tag:yaml.org,2002:").ok_or(it)) {
        Some(Ok(name)) => format!("!!{name}"),
        Some(Err(name)) => name.to_owned(),
        None => text,
    }
}

/// Foreign text for a message, cut to a bearable length.
pub(crate) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn is_blank(byte: Option<u8>) -> bool {
    matches!(byte, Some(b' ' | b'\t'))
}

fn is_blank_or_end(byte: Option<u8>) -> bool {
    matches!(byte, None | Some(b' ' | b'\t' | b'\n' | b'\r'))
}

#[cfg(test)]
mod tests;
