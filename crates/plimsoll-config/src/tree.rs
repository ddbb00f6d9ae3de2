//! The concrete tree of a YAML or JSON text: what is written, how, and where.
//!
//! One tree serves reading and editing, because two parsers would disagree. It must not know what a
//! compose file or a manifest is.

mod compare;
mod lookup;
mod resolve;

use std::{ops::Deref, sync::Arc};

use plimsoll_text::{Source, Span};

pub use crate::tree::{
    compare::{comment_texts, diff_paths, same_comments, same_value},
    resolve::{ScalarType, resolve_plain},
};

/// Texts above this many bytes are not read.
pub const MAX_TEXT_BYTES: usize = 8 << 20;
/// Nodes nested deeper than this, through aliases too, are not read.
pub const MAX_DEPTH: usize = 128;
/// A text with more nodes than this is read up to here.
pub const MAX_NODES: usize = 1_000_000;
/// A text with more aliases than this is read up to here.
pub const MAX_ALIASES: usize = 100_000;
/// All aliases of one text together may stand for this many nodes; the rest do not resolve.
pub const MAX_ALIASED_NODES: usize = 1_000_000;
/// No more than this many errors are kept for one text.
pub const MAX_ERRORS: usize = 1_000;

/// A text as a tree of documents, with all that could not be understood beside it.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The text that every span points into.
    pub source: Arc<Source>,
    /// Which grammar it was read by.
    pub format: Format,
    /// The documents, in order; JSON has one.
    pub documents: Vec<Document>,
    /// What is wrong with the text, in order of finding.
    pub errors: Vec<TreeError>,
    /// All comments of the parts that were read, in order.
    pub comments: Vec<Comment>,
    /// The spans of the anchored nodes that some alias stands for.
    pub(crate) aliased: Vec<Span>,
}

impl Tree {
    /// The root of the first document.
    pub fn root(&self) -> Option<&Node> {
        self.documents.first().map(|it| &it.root)
    }

    /// Whether the text was read whole and without an error of any kind.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// Whether a part of the text was not understood, so that what it says is not known.
    pub fn is_broken(&self) -> bool {
        self.errors.iter().any(|it| matches!(it.kind, ErrorKind::Syntax | ErrorKind::Limit))
    }

    /// Whether `span` lies in a node that is used in more than one place through an alias.
    pub fn is_shared(&self, span: Span) -> bool {
        self.aliased.iter().any(|it| it.contains(span))
    }
}

/// The grammar of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2, with merge keys and old octal numbers as Docker's own reader takes them.
    Yaml,
    /// Strict JSON.
    Json,
}

/// One document of a stream.
#[derive(Clone, Debug)]
pub struct Document {
    /// The content; [`NodeKind::Null`] where there is none.
    pub root: Node,
    /// From the document's first byte (its `---` if it has one) to the end of its content.
    pub span: Span,
    /// Whether an error cut the document short.
    pub truncated: bool,
}

/// Something wrong with the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeError {
    /// Where.
    pub span: Span,
    /// What, in plain words.
    pub message: String,
    /// Of which kind.
    pub kind: ErrorKind,
}

/// What kind of error it is, for those who treat some lightly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The grammar is broken; the rest of the document was not read.
    Syntax,
    /// A mapping says the same key twice.
    DuplicateKey,
    /// An alias names an anchor that is not there, or may not be followed.
    Alias,
    /// A limit was reached; the rest was not read.
    Limit,
}

/// A comment from its `#` to the end of its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands.
    pub span: Span,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// A node of the tree. Cheap to clone; what it holds is reached as fields ([`NodeData`]).
#[derive(Clone, Debug)]
pub struct Node(Arc<NodeData>);

impl Node {
    /// Wraps what was read and measures it, so that walks through aliases stay bounded.
    pub(crate) fn new(draft: NodeDraft) -> Self {
        let NodeDraft { span, kind, layout, anchor, tag, dashes } = draft;
        let (mut weight, mut height) = (1_usize, 0_usize);
        let mut add = |it: &Node| {
            weight = weight.saturating_add(it.weight);
            height = height.max(it.height + 1);
        };
        match &kind {
            NodeKind::Mapping(entries) => {
                for entry in entries {
                    add(&entry.key);
                    add(&entry.value);
                }
            }
            NodeKind::Sequence(items) => items.iter().for_each(&mut add),
            NodeKind::Alias { target: Some(target), .. } => add(target),
            NodeKind::Alias { .. } | NodeKind::Scalar { .. } | NodeKind::Null => {}
        }
        Self(Arc::new(NodeData { span, kind, layout, anchor, tag, dashes, weight, height }))
    }

    /// A node that says nothing, at `offset`.
    pub fn null(offset: usize) -> Self {
        Self::new(NodeDraft::new(Span::empty(offset), NodeKind::Null))
    }

    /// Whether both are the very same node, not merely equal ones.
    pub fn is(&self, other: &Node) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Node {
    type Target = NodeData;

    fn deref(&self) -> &NodeData {
        &self.0
    }
}

/// What a node holds.
#[derive(Debug)]
pub struct NodeData {
    /// The bytes of the content, without its anchor, its tag, comments or blanks around it. Of a
    /// block mapping or sequence: from its first key or dash to the end of its last value.
    pub span: Span,
    /// The content.
    pub kind: NodeKind,
    /// Whether a mapping or sequence is written with indentation or with brackets.
    pub layout: Layout,
    /// The anchor before it.
    pub anchor: Option<Label>,
    /// The tag before it, as written, with its `!`.
    pub tag: Option<Label>,
    /// Where the dashes of a block sequence stand, one for each item.
    pub(crate) dashes: Box<[usize]>,
    /// How many nodes it stands for, itself included, aliases followed.
    pub(crate) weight: usize,
    /// How deep it goes, aliases followed.
    pub(crate) height: usize,
}

impl NodeData {
    /// The content together with its anchor and tag.
    pub fn outer_span(&self) -> Span {
        let labels = [&self.anchor, &self.tag].into_iter().flatten();
        labels.fold(self.span, |res, it| res.cover(it.span))
    }

    /// The tag's text, with its `!`.
    pub fn tag_text(&self) -> Option<&str> {
        self.tag.as_ref().map(|it| it.text.as_str())
    }
}

/// The content of a node.
#[derive(Debug)]
pub enum NodeKind {
    /// Nothing is written; a written `null` or `~` is a scalar, see [`Node::is_null`].
    Null,
    /// A text, a number, a word.
    Scalar {
        /// What it says, quotes and escapes undone.
        value: String,
        /// How it is written.
        style: ScalarStyle,
    },
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in their order; merge keys stand among them as written.
    Mapping(Vec<Entry>),
    /// A reference to an anchored node.
    Alias {
        /// The anchor's name.
        name: String,
        /// The node meant; `None` where there is no such anchor or a limit forbids to follow it.
        target: Option<Node>,
    },
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key.
    pub key: Node,
    /// The value.
    pub value: Node,
    /// Where the `:` between them stands; `None` where none is written.
    pub colon: Option<usize>,
}

impl Entry {
    /// From the start of the key to the end of the value.
    pub fn span(&self) -> Span {
        let key = self.key.outer_span();
        let value = self.value.outer_span();
        let end = self.colon.map_or(key.end, |colon| colon + 1);
        Span::new(key.start, value.end.max(end).max(key.end))
    }
}

/// How a collection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// By indentation; scalars and empty nodes count as this too.
    Block,
    /// By brackets.
    Flow,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// In `'`.
    SingleQuoted,
    /// In `"`.
    DoubleQuoted,
    /// A `|` block.
    Literal,
    /// A `>` block.
    Folded,
}

/// An anchor or a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// An anchor's name without `&`; a tag as written.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}

/// One step down a tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To the value of this key.
    Key(String),
    /// To the item at this index.
    Index(usize),
}

/// The steps from a root to a node.
pub type Path = Vec<Step>;

/// What a parser knows of a node before it is measured.
pub(crate) struct NodeDraft {
    pub(crate) span: Span,
    pub(crate) kind: NodeKind,
    pub(crate) layout: Layout,
    pub(crate) anchor: Option<Label>,
    pub(crate) tag: Option<Label>,
    pub(crate) dashes: Box<[usize]>,
}

impl NodeDraft {
    pub(crate) fn new(span: Span, kind: NodeKind) -> Self {
        Self { span, kind, layout: Layout::Block, anchor: None, tag: None, dashes: Box::default() }
    }

    pub(crate) fn flow(span: Span, kind: NodeKind) -> Self {
        Self { layout: Layout::Flow, ..Self::new(span, kind) }
    }

    pub(crate) fn scalar(span: Span, value: String, style: ScalarStyle) -> Self {
        Self::new(span, NodeKind::Scalar { value, style })
    }
}
