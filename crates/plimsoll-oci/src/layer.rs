//! One layer, read once from its first to its last byte, with whoever wants to see its files.
//!
//! Knows nothing of other layers, and keeps nothing but one file at a time.

use std::{
    borrow::Cow,
    io::{self, Read, Write},
};

use crate::{
    decompress::{Compression, Unpacker},
    digest::{Digest, DigestAlgorithm},
    entry::{Entry, EntryKind},
    gap::{Gap, GapKind, Gaps},
    limits::Limits,
    overlay::layer_entry,
    path::shortened,
    read_at::{Part, ReadAt, Sequential},
    sparse::{Piece, SparseFile},
    supply::{AtSupply, Fault, StreamSupply, Supply},
    walk::{Member, Walk},
};

/// Where a layer's bytes are.
pub enum LayerInput<'a> {
    /// At a place that can be jumped in. A plain layer is then not read but for what is wanted.
    At(&'a dyn ReadAt),
    /// In a stream, which is read to its end.
    Stream(Box<dyn Read + Send + 'a>),
}

/// Whether the digest of the plain layer is computed, for which all of it must be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hashing {
    /// No.
    Skip,
    /// Yes, with SHA-256.
    DiffId,
}

/// Whether the content of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// No.
    No,
    /// Only if it begins as an ELF executable does.
    WhenElf,
    /// Yes.
    Yes,
}

/// Who wants to see what is in a layer.
///
/// A path may come twice; as in the engine, the later entry then replaces the earlier one. Entries
/// come in the order of the archive, so that counting them numbers them as
/// [`crate::LayerEntries::push`] does.
pub trait LayerVisitor {
    /// Sees every entry, and says of a file whether to call [`LayerVisitor::content`] with it.
    fn entry(&mut self, entry: &Entry) -> Want;

    /// Sees the whole content of a file that it wanted. It is not called if the content is cut
    /// short, or too long to be kept out of a compressed layer; a gap tells so then.
    fn content(&mut self, entry: &Entry, content: &dyn ReadAt);

    /// Whether to call [`LayerVisitor::chunk`] with this file.
    fn wants_chunks(&mut self, entry: &Entry) -> bool {
        let _ = entry;
        false
    }

    /// Sees the next bytes of a file, which begin at `offset` in it. Holes are left out.
    fn chunk(&mut self, entry: &Entry, offset: u64, bytes: &[u8]) {
        let _ = (entry, offset, bytes);
    }

    /// The chunks of this file have all come.
    fn end_of_chunks(&mut self, entry: &Entry) {
        let _ = entry;
    }
}

/// What reading a layer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// How the layer is compressed.
    pub compression: Compression,
    /// How many entries were shown.
    pub n_entries: u64,
    /// How long their contents are together.
    pub n_bytes: u64,
    /// The digest of the plain layer, if it was asked for and all of it could be read.
    pub diff_id: Option<Digest>,
    /// Whether the end of the archive was reached. If not, a gap says why.
    pub is_complete: bool,
    /// What was not read, or not as it stands.
    pub gaps: Vec<Gap>,
}

/// Reads a layer. Whiteouts come as [`EntryKind::Whiteout`] and [`EntryKind::Opaque`], with the
/// path of what they hide.
pub fn read_layer(
    input: LayerInput<'_>,
    limits: &Limits,
    hashing: Hashing,
    visitor: &mut dyn LayerVisitor,
) -> LayerSummary {
    match input {
        LayerInput::At(source) if is_plain(source) => read_plain(source, limits, hashing, visitor),
        LayerInput::At(source) => {
            read_stream(Box::new(Sequential::new(source)), limits, hashing, visitor)
        }
        LayerInput::Stream(stream) => read_stream(stream, limits, hashing, visitor),
    }
}

/// Writes what a compressed file holds to `output`, within the limits, and says how long it is.
pub fn unpack(
    input: Box<dyn Read + Send + '_>,
    limits: &Limits,
    output: &mut dyn Write,
) -> Result<u64, Gap> {
    try_unpack(input, limits, output).map_err(|fault| Gap {
        path: String::new(),
        kind: fault.kind,
        message: fault.message,
    })
}

fn try_unpack(
    input: Box<dyn Read + Send + '_>,
    limits: &Limits,
    output: &mut dyn Write,
) -> Result<u64, Fault> {
    let (compression, unpacker) = Unpacker::new(input)?;
    let is_packed = compression != Compression::Plain;
    let mut supply = StreamSupply::new(unpacker, is_packed, limits, None);
    loop {
        let bytes = supply.peek(1)?;
        if bytes.is_empty() {
            break;
        }
        output.write_all(bytes).map_err(|error| {
            Fault::new(GapKind::Unreadable, format!("what it holds cannot be written: {error}"))
        })?;
        let n = bytes.len();
        supply.consume(n);
    }
    if supply.has_trailing_bytes() {
        return Err(Fault::new(GapKind::TrailingData, "more bytes follow the compressed data"));
    }
    Ok(supply.position())
}

fn is_plain(source: &dyn ReadAt) -> bool {
    let mut head = [0; Compression::HEAD];
    let n = source.read_at(0, &mut head).unwrap_or(0);
    Compression::of(head.get(..n).unwrap_or_default()) == Compression::Plain
}

fn read_plain(
    source: &dyn ReadAt,
    limits: &Limits,
    hashing: Hashing,
    visitor: &mut dyn LayerVisitor,
) -> LayerSummary {
    let mut walk = Walk::new(AtSupply::new(source), limits);
    let (n_entries, n_bytes) = visit(&mut walk, limits, visitor);
    let is_complete = walk.has_ended();
    let mut diff_id = None;
    if hashing == Hashing::DiffId {
        match Digest::of_source(DigestAlgorithm::Sha256, source) {
            Ok(digest) => diff_id = Some(digest),
            Err(error) => {
                let message = format!("it cannot be hashed: {error}");
                walk.gaps.add("", GapKind::Unreadable, message);
            }
        }
    }
    let compression = Compression::Plain;
    let gaps = walk.gaps.finish();
    LayerSummary { compression, n_entries, n_bytes, diff_id, is_complete, gaps }
}

fn read_stream(
    stream: Box<dyn Read + Send + '_>,
    limits: &Limits,
    hashing: Hashing,
    visitor: &mut dyn LayerVisitor,
) -> LayerSummary {
    let (compression, unpacker) = match Unpacker::new(stream) {
        Ok(it) => it,
        Err(error) => return unreadable(error.into()),
    };
    let is_packed = compression != Compression::Plain;
    let algorithm = (hashing == Hashing::DiffId).then_some(DigestAlgorithm::Sha256);
    let supply = StreamSupply::new(unpacker, is_packed, limits, algorithm);
    let mut walk = Walk::new(supply, limits);
    let (n_entries, n_bytes) = visit(&mut walk, limits, visitor);
    let is_complete = walk.has_ended();
    let Walk { supply, mut gaps, .. } = walk;
    let is_clean = is_complete && !supply.has_trailing_bytes();
    if supply.has_trailing_bytes() {
        gaps.add("", GapKind::TrailingData, "more bytes follow the compressed data");
    }
    let diff_id = if is_clean { supply.digest() } else { None };
    LayerSummary { compression, n_entries, n_bytes, diff_id, is_complete, gaps: gaps.finish() }
}

fn unreadable(fault: Fault) -> LayerSummary {
    let mut gaps = Gaps::default();
    gaps.add("", fault.kind, fault.message);
    LayerSummary {
        compression: Compression::Plain,
        n_entries: 0,
        n_bytes: 0,
        diff_id: None,
        is_complete: false,
        gaps: gaps.finish(),
    }
}

/// Shows every entry, and says how many there were and how long they are together.
fn visit<S: Supply>(
    walk: &mut Walk<S>,
    limits: &Limits,
    visitor: &mut dyn LayerVisitor,
) -> (u64, u64) {
    let mut n_entries = 0;
    let mut n_bytes = 0_u64;
    let mut buffer = Vec::new();
    while let Some(mut member) = walk.next() {
        let Some(entry) = layer_entry(std::mem::replace(&mut member.entry, nothing())) else {
            continue;
        };
        n_entries += 1;
        n_bytes = n_bytes.saturating_add(entry.size);
        let want = visitor.entry(&entry);
        if entry.kind != EntryKind::File || !member.is_readable {
            continue;
        }
        let wants_chunks = visitor.wants_chunks(&entry);
        if want == Want::No && !wants_chunks {
            continue;
        }
        member.entry = entry;
        let wanted = Wanted { want, wants_chunks };
        if walk.supply.source().is_some() {
            show_part(walk, &member, wanted, &mut buffer, visitor);
        } else {
            show_stream(walk, &member, wanted, limits, &mut buffer, visitor);
        }
        // One large file must not hold its memory to the end of the layer.
        if buffer.capacity() > MAX_KEPT_BUFFER {
            buffer = Vec::new();
        }
    }
    walk.finish();
    (n_entries, n_bytes)
}

#[derive(Clone, Copy)]
struct Wanted {
    want: Want,
    wants_chunks: bool,
}

/// Shows a file where it lies.
fn show_part<S: Supply>(
    walk: &mut Walk<S>,
    member: &Member,
    wanted: Wanted,
    buffer: &mut Vec<u8>,
    visitor: &mut dyn LayerVisitor,
) {
    let is_elf = wanted.want == Want::WhenElf && begins_as_elf(walk, member);
    let Some(source) = walk.supply.source() else { return };
    let stored = Part::new(source, walk.supply.position(), member.stored);
    if wanted.wants_chunks {
        if let Err(error) = show_pieces(&stored, member, buffer, visitor) {
            // Of an end that comes too soon, the next step of the walk tells.
            if error.kind() != io::ErrorKind::UnexpectedEof {
                let message = format!("cannot be read: {error}");
                walk.gaps.add(&member.entry.path, GapKind::Unreadable, message);
            }
            return;
        }
        visitor.end_of_chunks(&member.entry);
    }
    if stored.len() == member.stored && (is_elf || wanted.want == Want::Yes) {
        let sparse = member.sparse.as_ref().map(|it| SparseFile::new(&stored, it));
        let content: &dyn ReadAt = match &sparse {
            Some(sparse) => sparse,
            None => &stored,
        };
        visitor.content(&member.entry, content);
    }
}

fn show_pieces(
    stored: &dyn ReadAt,
    member: &Member,
    buffer: &mut Vec<u8>,
    visitor: &mut dyn LayerVisitor,
) -> io::Result<()> {
    for piece in pieces(member).iter() {
        let slice = stored.as_slice().and_then(|it| {
            let start = usize::try_from(piece.stored_at).ok()?;
            it.get(start..start.checked_add(usize::try_from(piece.len).ok()?)?)
        });
        if let Some(slice) = slice {
            visitor.chunk(&member.entry, piece.offset, slice);
            continue;
        }
        buffer.resize(CHUNK, 0);
        let mut at = 0;
        while at < piece.len {
            let n = usize::try_from(piece.len - at).unwrap_or(usize::MAX).min(CHUNK);
            let free = buffer.get_mut(..n).unwrap_or_default();
            let n = stored.read_at(piece.stored_at + at, free)?;
            if n == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let bytes = buffer.get(..n).unwrap_or_default();
            visitor.chunk(&member.entry, piece.offset + at, bytes);
            at += n as u64;
        }
    }
    Ok(())
}

/// Shows a file as it flows past, and keeps it until its end if it is wanted whole.
fn show_stream<S: Supply>(
    walk: &mut Walk<S>,
    member: &Member,
    wanted: Wanted,
    limits: &Limits,
    buffer: &mut Vec<u8>,
    visitor: &mut dyn LayerVisitor,
) {
    let entry = &member.entry;
    let mut keeps = match wanted.want {
        Want::No => false,
        Want::WhenElf => begins_as_elf(walk, member),
        Want::Yes => true,
    };
    if keeps && entry.size > limits.file_bytes {
        let message =
            format!("{} bytes; at most {} are kept of a file", entry.size, limits.file_bytes);
        walk.gaps.add(&shortened(&entry.path), GapKind::Limit, message);
        keeps = false;
    }
    if !keeps && !wanted.wants_chunks {
        return;
    }
    buffer.clear();
    for piece in pieces(member).iter() {
        if keeps {
            buffer.resize(usize::try_from(piece.offset).unwrap_or(usize::MAX), 0);
        }
        let mut at = 0;
        while at < piece.len {
            let Some(bytes) = walk.content(piece.len - at) else { return };
            if wanted.wants_chunks {
                visitor.chunk(entry, piece.offset + at, bytes);
            }
            if keeps {
                buffer.extend_from_slice(bytes);
            }
            let n = bytes.len();
            walk.take_content(n);
            at += n as u64;
        }
    }
    if wanted.wants_chunks {
        visitor.end_of_chunks(entry);
    }
    if keeps {
        buffer.resize(usize::try_from(entry.size).unwrap_or(usize::MAX), 0);
        visitor.content(entry, buffer);
    }
}

/// Whether the file's first bytes are those of an ELF executable.
fn begins_as_elf<S: Supply>(walk: &mut Walk<S>, member: &Member) -> bool {
    let has_head = pieces(member).first().is_some_and(|it| it.offset == 0 && it.len >= 4);
    // What cannot be read here cannot be read in the next step either, which tells it.
    has_head && walk.supply.peek(4).is_ok_and(|it| it.starts_with(b"\x7fELF"))
}

/// Where the stored bytes of a file belong.
fn pieces(member: &Member) -> Cow<'_, [Piece]> {
    let len = member.stored;
    match &member.sparse {
        Some(map) => Cow::Borrowed(&map.pieces),
        None if len == 0 => Cow::Borrowed(&[]),
        None => Cow::Owned(vec![Piece { offset: 0, stored_at: 0, len }]),
    }
}

fn nothing() -> Entry {
    Entry {
        path: String::new(),
        kind: EntryKind::File,
        size: 0,
        mode: 0,
        user: 0,
        group: 0,
        modified: 0,
        has_capabilities: false,
    }
}

const CHUNK: usize = 256 * 1024;
const MAX_KEPT_BUFFER: usize = 4 << 20;
