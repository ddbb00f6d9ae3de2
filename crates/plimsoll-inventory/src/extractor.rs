//! What every extractor is.

use std::borrow::Cow;

use plimsoll_oci::{Entry, ReadAt};

use crate::facts::FileFacts;

/// Whether an extractor wants to read a file, known from its path and metadata alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Want {
    /// No.
    No,
    /// Only if its content begins as an ELF executable does.
    WhenElf,
    /// Yes.
    Yes,
}

/// Reads one kind of file. An extractor sees one file at a time; what needs several is put together
/// in `assemble`.
pub trait Extractor: Sync {
    /// Its name in caches, coverage and documentation: `dpkg-status`.
    fn name(&self) -> &'static str;

    /// Whether to read the file at `entry.path` (no leading slash).
    fn wants(&self, entry: &Entry) -> Want;

    /// Lays into `facts` what the file says. A fault of the file becomes a gap, never a panic.
    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts);
}

/// A file to read.
pub struct InputFile<'a> {
    /// Path, mode, size and owner.
    pub entry: &'a Entry,
    /// What is in it.
    pub content: &'a dyn ReadAt,
}

impl InputFile<'_> {
    /// Path in the image, without a leading slash.
    pub fn path(&self) -> &str {
        &self.entry.path
    }

    /// The whole content, or `None` with a gap laid into `facts` if it is longer than `limit` or
    /// cannot be read.
    pub fn bytes(&self, limit: u64, facts: &mut FileFacts) -> Option<Cow<'_, [u8]>> {
        if self.content.len() > limit {
            let size = self.content.len();
            facts.gap(format!("{size} bytes long; at most {limit} are read of such a file"));
            return None;
        }
        if let Some(slice) = self.content.as_slice() {
            return Some(Cow::Borrowed(slice));
        }
        let mut res = vec![0; usize::try_from(self.content.len()).ok()?];
        let mut at = 0;
        while let Some(rest) = res.get_mut(at..)
            && !rest.is_empty()
        {
            match self.content.read_at(at as u64, rest) {
                Ok(0) => {
                    facts.gap("ends before its length".to_owned());
                    return None;
                }
                Ok(n) => at += n,
                Err(error) => {
                    facts.gap(format!("cannot be read: {error}"));
                    return None;
                }
            }
        }
        Some(Cow::Owned(res))
    }
}
