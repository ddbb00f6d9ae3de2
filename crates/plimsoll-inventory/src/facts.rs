//! What extractors find in one file.

use plimsoll_package::{Distribution, Package};

/// No more gaps than this, and one, are kept of one file.
const MAX_GAPS: usize = 200;

/// All that one file of one layer says. It is kept per path, so that an upper layer's file replaces
/// it whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileFacts {
    /// Packages it states.
    pub packages: Vec<Package>,
    /// Files that packages own, where this file lists them.
    pub owned: Vec<OwnedFiles>,
    /// Licences of packages that another file states.
    pub licences: Vec<PackageLicence>,
    /// The distribution, where this file names it.
    pub distribution: Option<Distribution>,
    /// Whether the file says that it leaves out packages which a file beside it states.
    pub leaves_out: bool,
    /// Content sets (repositories) that the image was built from, as Red Hat's build manifests name
    /// them.
    pub content_sets: Vec<String>,
    /// What could not be read of it.
    pub gaps: Vec<Gap>,
}

impl FileFacts {
    /// Notes that something could not be read, in words that finish "PATH: ...".
    /// Only so many are kept, the last of which says that there are more.
    pub fn gap(&mut self, why: String) {
        match self.gaps.len() {
            MAX_GAPS => self.gaps.push(Gap { why: "holds more faults than are told".to_owned() }),
            n if n < MAX_GAPS => self.gaps.push(Gap { why }),
            _ => {}
        }
    }

    /// The same, said by the same content at the path `to` in place of `from`.
    #[must_use]
    pub fn at(mut self, from: &str, to: &str) -> Self {
        for package in &mut self.packages {
            // What is in an archive lies behind its path.
            if let Some(rest) = package.path.strip_prefix(from) {
                package.path = format!("{to}{rest}");
            }
        }
        self
    }

    /// Whether the file said nothing at all.
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty()
            && self.owned.is_empty()
            && self.licences.is_empty()
            && self.distribution.is_none()
            && !self.leaves_out
            && self.content_sets.is_empty()
            && self.gaps.is_empty()
    }
}

/// Something that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Why.
    pub why: String,
}

/// The files that one package owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFiles {
    /// The package's name as its database keys it (`libc6` or `libc6:amd64` for dpkg).
    pub package: String,
    /// Its files.
    pub files: Vec<OwnedFile>,
}

/// One file that a package owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFile {
    /// Path without a leading slash.
    pub path: String,
    /// What its content must hash to, as `md5:hex`, `sha1:hex` or `sha256:hex`; empty where it is
    /// not kept.
    pub digest: String,
}

/// The licence of a package that another file states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageLicence {
    /// The package's name.
    pub package: String,
    /// SPDX expression.
    pub licence: String,
}
