//! A piece of the logical text that owns its share of it, so that a tree has no lifetime.

use std::{fmt, ops::Deref, sync::Arc};

/// A piece of text. Reads as a `&str`; a copy shares the bytes.
#[derive(Clone)]
pub struct Text {
    source: Arc<str>,
    start: u32,
    end: u32,
}

impl Text {
    /// The bytes `start..end` of `source`. Texts are cut at `MAX_TEXT`, far below what fits.
    pub(crate) fn new(source: &Arc<str>, start: usize, end: usize) -> Self {
        let start = u32::try_from(start).unwrap_or_default();
        let end = u32::try_from(end).unwrap_or_default();
        Self { source: Arc::clone(source), start, end }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        self.source.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Another piece of the text that this one is a piece of.
    pub(crate) fn sibling(&self, start: u32, end: u32) -> &str {
        self.source.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Whether it is a piece of `source`.
    pub(crate) fn is_of(&self, source: &Arc<str>) -> bool {
        Arc::ptr_eq(&self.source, source)
    }

    /// The piece from `offset` of this piece on.
    pub(crate) fn skip(&self, offset: usize) -> Self {
        let start = self.start as usize + offset;
        Self::new(&self.source, start.min(self.end as usize), self.end as usize)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::new(&Arc::from(text), 0, text.len())
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
