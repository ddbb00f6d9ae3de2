//! What was not read as it stands, and why; never silence.
//!
//! Knows nothing of findings or of who shows a gap.

use std::fmt;

/// Something of a layer, an archive or an image that was not read, or not as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Path in the layer or name in the archive; empty for the whole of it.
    pub path: String,
    /// What sort of thing happened.
    pub kind: GapKind,
    /// What happened, in words.
    pub message: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "`{}`: {}", self.path, self.message)
    }
}

/// What sort of thing a gap is, by what follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GapKind {
    /// A limit was reached; with an empty path, the rest was not read.
    Limit,
    /// The data end before they should.
    Truncated,
    /// The data are not what their format allows.
    Corrupt,
    /// There is more after the end of the archive, which an engine does not extract.
    TrailingData,
    /// A name that climbs out of the root or cannot be a file name; it was confined.
    UnsafePath,
    /// A feature of the format that is not read.
    Unsupported,
    /// The bytes could not be had: an error of the disk or of the connection.
    Unreadable,
    /// A digest or a size is not the one that was claimed.
    Mismatch,
    /// Names something that is not there.
    Missing,
}

/// Gaps with a limit on their number, so that a hostile layer cannot fill the report.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    list: Vec<Gap>,
    n_more: u64,
}

impl Gaps {
    pub(crate) fn add(&mut self, path: &str, kind: GapKind, message: impl Into<String>) {
        if self.list.len() >= MAX_GAPS {
            self.n_more += 1;
            return;
        }
        self.list.push(Gap { path: path.to_owned(), kind, message: message.into() });
    }

    /// All of them, the last one telling how many more there were.
    pub(crate) fn finish(mut self) -> Vec<Gap> {
        if self.n_more > 0 {
            let message = format!("{} more gaps are not listed", self.n_more);
            self.list.push(Gap { path: String::new(), kind: GapKind::Limit, message });
        }
        self.list
    }
}

/// So many are listed one by one.
const MAX_GAPS: usize = 200;

#[cfg(test)]
mod tests {
    use super::{GapKind, Gaps, MAX_GAPS};

    #[test]
    fn what_is_not_listed_is_counted() {
        let mut gaps = Gaps::default();
        for n in 0..MAX_GAPS + 5 {
            gaps.add(&n.to_string(), GapKind::Corrupt, "broken");
        }
        let gaps = gaps.finish();
        assert_eq!(gaps.len(), MAX_GAPS + 1);
        assert_eq!(gaps[3].to_string(), "`3`: broken");
        assert_eq!(gaps[MAX_GAPS].to_string(), "5 more gaps are not listed");
    }
}
