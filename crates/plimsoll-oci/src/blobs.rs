//! Blobs by name: the files of an archive or of a folder that holds images.
//!
//! Knows nothing of what is in them, and never opens a host's file.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, ErrorKind},
    sync::Arc,
};

use crate::{
    decompress::Compression,
    entry::EntryKind,
    gap::{Gap, GapKind},
    limits::Limits,
    path::confine,
    read_at::{ReadAt, SharedPart, read_whole},
    supply::{AtSupply, Supply as _},
    walk::Walk,
};

/// Files by their names. A folder is one as an archive is.
pub trait Blobs: Send + Sync {
    /// All names, in order.
    fn names(&self) -> Vec<String>;

    /// The file of this name; [`ErrorKind::NotFound`] if there is none.
    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>>;
}

/// The files of a plain tar archive.
pub struct TarBlobs {
    source: Arc<dyn ReadAt>,
    places: BTreeMap<String, Place>,
    gaps: Vec<Gap>,
}

/// Where a file of the archive is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Stored {
        start: u64,
        len: u64,
    },
    /// Another name of a file, as old versions of `docker save` wrote layers that are alike.
    Link(String),
    /// A folder, or something that has no content.
    Nothing,
}

/// Why an archive cannot be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TarError {
    /// It is compressed as a whole: unpack it to a file first, as [`crate::unpack`] does.
    NeedsUnpacking(Compression),
    /// It is no tar archive, or its first header is broken.
    NotTar(String),
}

impl fmt::Display for TarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsUnpacking(compression) => {
                write!(
                    f,
                    "the archive is compressed with {} and must be unpacked",
                    compression.name()
                )
            }
            Self::NotTar(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for TarError {}

impl TarBlobs {
    /// Lists an archive. As with engines, the last of several files of one name counts.
    pub fn new(source: Arc<dyn ReadAt>, limits: &Limits) -> Result<Self, TarError> {
        let mut head = [0; Compression::HEAD];
        let n = source.read_at(0, &mut head).map_err(|it| TarError::NotTar(it.to_string()))?;
        match Compression::of(head.get(..n).unwrap_or_default()) {
            Compression::Plain => {}
            compression => return Err(TarError::NeedsUnpacking(compression)),
        }
        let limits = Limits { entries: limits.entries.min(MAX_FILES), ..*limits };
        let mut walk = Walk::new(AtSupply::new(&*source), &limits);
        let mut places = BTreeMap::new();
        while let Some(member) = walk.next() {
            let path = member.entry.path;
            let place = match member.entry.kind {
                EntryKind::File if member.is_readable && member.sparse.is_none() => {
                    Place::Stored { start: walk.supply.position(), len: member.stored }
                }
                EntryKind::File => {
                    let message = "a file with holes is not read here";
                    walk.gaps.add(&path, GapKind::Unsupported, message);
                    Place::Nothing
                }
                EntryKind::HardLink(target) => Place::Link(target),
                EntryKind::SymbolicLink(target) if target.starts_with('/') => {
                    Place::Link(confine(&target).path)
                }
                EntryKind::SymbolicLink(target) => {
                    let parent = path.rsplit_once('/').map_or("", |it| it.0);
                    Place::Link(confine(&format!("{parent}/{target}")).path)
                }
                _ => Place::Nothing,
            };
            places.insert(path, place);
        }
        walk.finish();
        let gaps = walk.gaps.finish();
        if let (true, Some(gap)) = (places.is_empty(), gaps.first()) {
            return Err(TarError::NotTar(gap.message.clone()));
        }
        Ok(Self { source, places, gaps })
    }

    /// What of the archive could not be listed.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

impl Blobs for TarBlobs {
    fn names(&self) -> Vec<String> {
        let files = self.places.iter().filter(|it| *it.1 != Place::Nothing);
        files.map(|it| it.0.clone()).collect()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn ReadAt>> {
        let mut name = name;
        for _ in 0..MAX_LINKS {
            match self.places.get(name) {
                Some(Place::Link(target)) => name = target,
                Some(Place::Stored { start, len }) => {
                    let part = SharedPart::new(Arc::clone(&self.source), *start, *len);
                    if part.len() < *len {
                        return Err(ErrorKind::UnexpectedEof.into());
                    }
                    return Ok(Box::new(part));
                }
                Some(Place::Nothing) | None => return Err(ErrorKind::NotFound.into()),
            }
        }
        Err(io::Error::other("its links go in a circle"))
    }
}

/// The whole of a small blob.
pub(crate) fn read_blob(blobs: &dyn Blobs, name: &str, limit: u64) -> io::Result<Vec<u8>> {
    let blob = blobs.open(name)?;
    read_whole(&*blob, limit).map(std::borrow::Cow::into_owned)
}

/// No archive of images has so many files, but one of a root file system may.
const MAX_FILES: u64 = 1_000_000;

const MAX_LINKS: usize = 40;
