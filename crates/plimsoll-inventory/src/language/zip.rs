//! A small reader of zip archives: which files are in one, and the content of a few of them.
//!
//! It reads the directory at the end, as Java does, and never trusts a size that is stated there.
//! It must not know what archives are for.

use std::{borrow::Cow, fmt, io::Read};

use flate2::read::DeflateDecoder;
use plimsoll_oci::{Part, ReadAt};

/// No longer directory is read.
const MAX_DIRECTORY: u64 = 128 << 20;
/// No file that unpacks to more than this is read.
const MAX_UNPACKED: u64 = 128 << 20;
/// No more than this is unpacked from one outermost archive in all.
const MAX_UNPACKED_IN_ALL: u64 = 4 << 30;
/// No more files than this are looked at in one outermost archive and all within it.
const MAX_ENTRIES_IN_ALL: u64 = 2_000_000;
/// How far from the end the record at the end may begin: its own length and the longest comment.
const MAX_TAIL: u64 = 22 + 0xffff;

/// A file in an archive.
#[derive(Clone, Debug)]
pub(crate) struct ZipEntry {
    /// Its path as the archive states it; it is only compared.
    pub(crate) name: String,
    method: u16,
    is_encrypted: bool,
    packed: u64,
    /// Where its own header stands.
    offset: u64,
}

/// How much may still be unpacked and looked at.
#[derive(Debug)]
pub(crate) struct Budget {
    bytes: u64,
    entries: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: MAX_UNPACKED_IN_ALL, entries: MAX_ENTRIES_IN_ALL }
    }
}

/// Why an archive or a file of it cannot be read.
#[derive(Debug, PartialEq)]
pub(crate) enum ZipError {
    /// It has no directory at its end.
    NoArchive,
    /// Something lies beyond its end, or a record is not what it should be.
    Torn,
    /// A limit forbids it.
    Limit(&'static str),
    /// The file is packed in a way that is not read.
    Method(u16),
    /// The file is encrypted.
    Encrypted,
}

impl fmt::Display for ZipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoArchive => write!(f, "is no zip archive"),
            Self::Torn => write!(f, "is a damaged zip archive"),
            Self::Limit(what) => write!(f, "is a zip archive with too much in it: {what}"),
            Self::Method(method) => write!(f, "holds a file packed by unknown method {method}"),
            Self::Encrypted => write!(f, "holds an encrypted file"),
        }
    }
}

/// The files of an archive whose name satisfies `wanted`.
pub(crate) fn read_entries(
    content: &dyn ReadAt,
    wanted: impl Fn(&str) -> bool,
    budget: &mut Budget,
) -> Result<Vec<ZipEntry>, ZipError> {
    let end = find_end(content)?;
    let directory = read_at(content, end.directory, end.directory_len)?;
    let mut res = Vec::new();
    let mut rest: &[u8] = &directory;
    let mut n_entries = 0;
    while rest.starts_with(b"PK\x01\x02") {
        n_entries += 1;
        budget.entries = budget.entries.checked_sub(1).ok_or(ZipError::Limit("files"))?;
        let (name, variable) = variable_parts(rest).ok_or(ZipError::Torn)?;
        let name = String::from_utf8_lossy(name);
        if wanted(&name) {
            let entry = directory_entry(rest, variable, name.into_owned(), end.shift);
            res.push(entry.ok_or(ZipError::Torn)?);
        }
        rest = rest.get(46 + variable.total..).ok_or(ZipError::Torn)?;
    }
    if n_entries < end.n_entries { Err(ZipError::Torn) } else { Ok(res) }
}

/// The content of a file.
pub(crate) fn read_entry(
    content: &dyn ReadAt,
    entry: &ZipEntry,
    budget: &mut Budget,
) -> Result<Vec<u8>, ZipError> {
    let packed = packed_part(content, entry)?;
    let limit = MAX_UNPACKED.min(budget.bytes);
    if packed.len() > limit {
        return Err(ZipError::Limit("bytes"));
    }
    let mut res = Vec::new();
    match entry.method {
        0 => res = read_at(&packed, 0, packed.len())?.into_owned(),
        8 => {
            let bytes = read_at(&packed, 0, packed.len())?;
            let unpacked =
                DeflateDecoder::new(bytes.as_ref()).take(limit + 1).read_to_end(&mut res);
            unpacked.map_err(|_| ZipError::Torn)?;
        }
        method => return Err(ZipError::Method(method)),
    }
    if res.len() as u64 > limit {
        return Err(ZipError::Limit("bytes"));
    }
    budget.bytes = budget.bytes.saturating_sub(res.len() as u64);
    Ok(res)
}

/// The content of a file in place, if it is stored without packing.
pub(crate) fn stored_part<'a>(
    content: &'a dyn ReadAt,
    entry: &ZipEntry,
    budget: &mut Budget,
) -> Option<Part<'a>> {
    let part = packed_part(content, entry).ok().filter(|_| entry.method == 0)?;
    // Many files may share the same bytes; each counts.
    budget.bytes = budget.bytes.checked_sub(part.len())?;
    Some(part)
}

/// What the record at the end says.
struct End {
    directory: u64,
    directory_len: u64,
    n_entries: u64,
    /// How far all places are off, because something stands before the archive.
    shift: u64,
}

fn find_end(content: &dyn ReadAt) -> Result<End, ZipError> {
    let tail_len = content.len().min(MAX_TAIL);
    let tail_start = content.len() - tail_len;
    let tail = read_at(content, tail_start, tail_len)?;
    let at = (0..tail.len().saturating_sub(21))
        .rev()
        .find(|at| tail.get(*at..).is_some_and(|it| it.starts_with(b"PK\x05\x06")))
        .ok_or(ZipError::NoArchive)?;
    let record = tail.get(at..).ok_or(ZipError::NoArchive)?;
    let place = tail_start + at as u64;
    let small = || {
        let n_entries = u64::from(number16(record, 10)?);
        Some((n_entries, u64::from(number32(record, 12)?), u64::from(number32(record, 16)?), place))
    };
    let (mut n_entries, mut len, mut offset, mut end) = small().ok_or(ZipError::Torn)?;
    if (n_entries == 0xffff || len == 0xffff_ffff || offset == 0xffff_ffff)
        && let Some(large) = find_large_end(content, place)
    {
        (n_entries, len, offset, end) = large;
    }
    if len > MAX_DIRECTORY {
        return Err(ZipError::Limit("bytes of directory"));
    }
    // The directory ends where the record begins; a launcher before the archive moves both. Where a
    // signature stands between them, the stated place is right.
    let directory = end.checked_sub(len).ok_or(ZipError::Torn)?;
    let is_directory = |at: u64| read_at(content, at, 4).is_ok_and(|it| *it == *b"PK\x01\x02");
    let directory = if len > 0 && !is_directory(directory) { offset } else { directory };
    let shift = directory.checked_sub(offset).ok_or(ZipError::Torn)?;
    Ok(End { directory, directory_len: len, n_entries, shift })
}

/// The record of large archives: number of files, length and place of the directory, own place.
fn find_large_end(content: &dyn ReadAt, end: u64) -> Option<(u64, u64, u64, u64)> {
    let locator = read_at(content, end.checked_sub(20)?, 20).ok()?;
    if !locator.starts_with(b"PK\x06\x07") {
        return None;
    }
    // The locator's place is off by what stands before the archive; the record usually stands right
    // before the locator.
    let stated = number64(&locator, 8)?;
    for place in [stated, end.checked_sub(20 + 56)?] {
        let Ok(record) = read_at(content, place, 56) else { continue };
        if record.starts_with(b"PK\x06\x06") {
            let (n_entries, len) = (number64(&record, 32)?, number64(&record, 40)?);
            return Some((n_entries, len, number64(&record, 48)?, place));
        }
    }
    None
}

/// Where the variable parts of a directory record stand.
#[derive(Clone, Copy)]
struct Variable {
    extra: usize,
    extra_len: usize,
    /// Length of all variable parts.
    total: usize,
}

fn variable_parts(record: &[u8]) -> Option<(&[u8], Variable)> {
    let name_len = usize::from(number16(record, 28)?);
    let extra_len = usize::from(number16(record, 30)?);
    let comment_len = usize::from(number16(record, 32)?);
    let name = record.get(46..46 + name_len)?;
    let total = name_len + extra_len + comment_len;
    Some((name, Variable { extra: 46 + name_len, extra_len, total }))
}

fn directory_entry(
    record: &[u8],
    variable: Variable,
    name: String,
    shift: u64,
) -> Option<ZipEntry> {
    let extra = record.get(variable.extra..variable.extra + variable.extra_len)?;
    let mut large = large_numbers(extra).into_iter();
    let mut number = |at: usize| {
        let small = number32(record, at)?;
        if small == u32::MAX { large.next().flatten() } else { Some(u64::from(small)) }
    };
    // Large numbers stand in this order, each only if the small one is full.
    let _unpacked = number(24)?;
    let packed = number(20)?;
    let offset = number(42)?;
    Some(ZipEntry {
        name,
        method: number16(record, 10)?,
        is_encrypted: number16(record, 8)? & 1 == 1,
        packed,
        offset: offset.checked_add(shift)?,
    })
}

/// The numbers in the extra field of large archives.
fn large_numbers(extra: &[u8]) -> [Option<u64>; 3] {
    let mut rest = extra;
    while let (Some(id), Some(len)) = (number16(rest, 0), number16(rest, 2)) {
        let len = usize::from(len);
        let Some(field) = rest.get(4..4 + len) else { break };
        if id == 1 {
            return [number64(field, 0), number64(field, 8), number64(field, 16)];
        }
        rest = rest.get(4 + len..).unwrap_or_default();
    }
    [None; 3]
}

fn packed_part<'a>(content: &'a dyn ReadAt, entry: &ZipEntry) -> Result<Part<'a>, ZipError> {
    if entry.is_encrypted {
        return Err(ZipError::Encrypted);
    }
    let header = read_at(content, entry.offset, 30)?;
    let lengths = (number16(&header, 26), number16(&header, 28));
    let (true, (Some(name_len), Some(extra_len))) = (header.starts_with(b"PK\x03\x04"), lengths)
    else {
        return Err(ZipError::Torn);
    };
    let start = entry.offset + 30 + u64::from(name_len) + u64::from(extra_len);
    let part = Part::new(content, start, entry.packed);
    if part.len() < entry.packed { Err(ZipError::Torn) } else { Ok(part) }
}

/// The `len` bytes from `offset`, all of them.
fn read_at(content: &dyn ReadAt, offset: u64, len: u64) -> Result<Cow<'_, [u8]>, ZipError> {
    let end = offset.checked_add(len).filter(|it| *it <= content.len()).ok_or(ZipError::Torn)?;
    let n_bytes = usize::try_from(len).map_err(|_| ZipError::Torn)?;
    if let Some(slice) = content.as_slice() {
        let range = usize::try_from(offset).ok().zip(usize::try_from(end).ok());
        let found = range.and_then(|(start, end)| slice.get(start..end));
        return found.map(Cow::Borrowed).ok_or(ZipError::Torn);
    }
    let mut res = vec![0; n_bytes];
    let mut at = 0;
    while let Some(rest) = res.get_mut(at..).filter(|it| !it.is_empty()) {
        match content.read_at(offset + at as u64, rest) {
            Ok(n) if n > 0 => at += n,
            _ => return Err(ZipError::Torn),
        }
    }
    Ok(Cow::Owned(res))
}

fn number16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn number64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use flate2::{Compression, write::DeflateEncoder};

    use super::*;

    /// An archive of these files, packed if that makes them shorter.
    pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let (mut res, mut directory) = (Vec::new(), Vec::new());
        for (name, content) in files {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content).unwrap();
            let packed = encoder.finish().unwrap();
            let is_packed = packed.len() < content.len();
            let bytes = if is_packed { &packed[..] } else { content };
            let mut common = vec![20, 0, 0, 0];
            common.extend(if is_packed { [8, 0] } else { [0, 0] });
            common.extend([0; 8]);
            common.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
            common.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
            common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            common.extend([0, 0]);
            directory.extend(b"PK\x01\x02\x14\0");
            directory.extend(&common);
            directory.extend([0; 10]);
            directory.extend(u32::try_from(res.len()).unwrap().to_le_bytes());
            directory.extend(name.as_bytes());
            res.extend(b"PK\x03\x04");
            res.extend(&common);
            res.extend(name.as_bytes());
            res.extend(bytes);
        }
        let n_files = u16::try_from(files.len()).unwrap().to_le_bytes();
        let offset = u32::try_from(res.len()).unwrap().to_le_bytes();
        let len = u32::try_from(directory.len()).unwrap().to_le_bytes();
        res.extend(directory);
        res.extend(b"PK\x05\x06\0\0\0\0");
        for part in [&n_files[..], &n_files, &len, &offset, &[0, 0]] {
            res.extend(part);
        }
        res
    }

    fn read_all(content: &[u8]) -> Result<Vec<(String, Vec<u8>)>, ZipError> {
        let mut budget = Budget::default();
        let content = content.to_vec();
        let entries = read_entries(&content, |_| true, &mut budget)?;
        entries
            .into_iter()
            .map(|it| Ok((it.name.clone(), read_entry(&content, &it, &mut budget)?)))
            .collect()
    }

    #[test]
    fn files_come_back_also_behind_a_launcher() {
        let long = "x".repeat(1_000);
        let zip = archive(&[("a", b"1"), ("b/c", long.as_bytes())]);
        let expected = vec![("a".to_owned(), b"1".to_vec()), ("b/c".to_owned(), long.into_bytes())];
        assert_eq!(read_all(&zip), Ok(expected.clone()));
        let mut launched = b"#!/bin/sh\nexec java -jar \"$0\"\n".to_vec();
        launched.extend(zip);
        assert_eq!(read_all(&launched), Ok(expected));
    }

    #[test]
    fn what_is_no_archive_is_told() {
        assert_eq!(read_all(b"no"), Err(ZipError::NoArchive));
        assert_eq!(read_all(b""), Err(ZipError::NoArchive));
    }

    #[test]
    fn a_bomb_hits_its_limit() {
        let zip = archive(&[("a", &vec![0; 1 << 20])]);
        let mut budget = Budget { bytes: 1 << 10, entries: 10 };
        let entries = read_entries(&zip, |_| true, &mut budget).unwrap();
        let result = read_entry(&zip, &entries[0], &mut budget);
        assert_eq!(result, Err(ZipError::Limit("bytes")));
    }

    #[test]
    fn torn_archives_do_no_harm() {
        let zip = archive(&[("a", b"1"), ("b", "y".repeat(100).as_bytes())]);
        for end in 0..zip.len() {
            let _ = read_all(&zip[..end]);
            for change in [1, 0x80, 0xff] {
                let mut changed = zip.clone();
                changed[end] ^= change;
                let _ = read_all(&changed);
            }
        }
    }
}
