//! Zip archives of many small records, as OSV's bucket serves them (`all.zip`).
//!
//! Reads entry by entry, with limits, without unpacking anything to disk. Encrypted entries and
//! archives in several parts are errors.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::Decompress;

use crate::error::FeedError;

/// Takes an entry's name and its bytes, or why they cannot be had.
pub type EntryTaker<'t> = dyn FnMut(&str, Result<&[u8], FeedError>) + 't;

/// Reads all entries of an archive, in the order of its directory, and gives each with its name.
/// Entries that are longer than a record may be are given as errors; reading goes on.
pub fn read_zip<R: Read + Seek>(
    name: &str,
    archive: &mut R,
    take: &mut EntryTaker<'_>,
) -> Result<usize, FeedError> {
    let wrong = |it: io::Error| FeedError::new(name, it);
    let directory = read_directory(name, archive)?;
    let mut packed = Vec::new();
    let mut bytes = Vec::new();
    let mut decompress = Decompress::new(false);
    let mut total = 0_u64;
    let mut n_entries = 0;
    let entries = Entries { bytes: &directory.bytes };
    for entry in entries {
        let entry = entry.ok_or_else(|| FeedError::new(name, "its directory is torn"))?;
        n_entries += 1;
        if n_entries > MAX_ENTRIES {
            return Err(FeedError::new(name, "it has too many entries"));
        }
        if entry.name.ends_with('/') {
            continue;
        }
        total = total.saturating_add(entry.length);
        if total > MAX_TOTAL {
            return Err(FeedError::new(name, "it unpacks to more than any feed does"));
        }
        let place = || format!("{name}: {}", entry.name);
        if entry.length > MAX_RECORD || entry.packed_length > MAX_RECORD {
            take(&entry.name, Err(FeedError::new(place(), "it is longer than a record may be")));
            continue;
        }
        read_packed(archive, &entry, directory.shift, &mut packed).map_err(wrong)?;
        match unpack(&entry, &packed, &mut decompress, &mut bytes) {
            Ok(()) => take(&entry.name, Ok(&bytes)),
            Err(why) => take(&entry.name, Err(FeedError::new(place(), why))),
        }
    }
    if n_entries as u64 != directory.n_entries {
        return Err(FeedError::new(name, "its directory does not have as many entries as it says"));
    }
    Ok(n_entries)
}

struct Directory {
    bytes: Vec<u8>,
    n_entries: u64,
    /// Bytes before the archive proper, by which all places in it are off.
    shift: u64,
}

/// An entry as the directory describes it.
struct Entry {
    name: String,
    method: u16,
    is_encrypted: bool,
    checksum: u32,
    packed_length: u64,
    length: u64,
    place: u64,
}

/// Where the directory is stands at the end of the archive, before a comment.
fn read_directory<R: Read + Seek>(name: &str, archive: &mut R) -> Result<Directory, FeedError> {
    let wrong = |it: io::Error| FeedError::new(name, it);
    let no_zip = || FeedError::new(name, "it is no zip archive, or it is cut");
    let length = archive.seek(SeekFrom::End(0)).map_err(wrong)?;
    let tail_length = length.min(TAIL);
    archive.seek(SeekFrom::Start(length - tail_length)).map_err(wrong)?;
    let mut tail = Vec::new();
    archive.by_ref().take(tail_length).read_to_end(&mut tail).map_err(wrong)?;
    let at = tail.windows(4).rposition(|it| it == b"PK\x05\x06").ok_or_else(no_zip)?;
    let end = Fields(tail.get(at..).unwrap_or_default());
    let end_place = length - tail_length + at as u64;
    let comment_length = usize::from(end.u16(20).ok_or_else(no_zip)?);
    if at + 22 + comment_length > tail.len() {
        return Err(no_zip());
    }
    let n_short = end.u16(10).ok_or_else(no_zip)?;
    let mut n_entries = u64::from(n_short);
    let mut size = u64::from(end.u32(12).ok_or_else(no_zip)?);
    let mut place = u64::from(end.u32(16).ok_or_else(no_zip)?);
    let mut directory_end = end_place;
    let is_long =
        n_short == u16::MAX || place == u64::from(u32::MAX) || size == u64::from(u32::MAX);
    let locator = at.checked_sub(20).and_then(|it| tail.get(it..at)).map(Fields);
    if let Some(locator) = locator.filter(|it| is_long && it.0.starts_with(b"PK\x06\x07")) {
        let long_place = locator.u64(8).ok_or_else(no_zip)?;
        archive.seek(SeekFrom::Start(long_place)).map_err(wrong)?;
        let mut long_end = Vec::new();
        archive.by_ref().take(56).read_to_end(&mut long_end).map_err(wrong)?;
        let long_end = Fields(&long_end);
        if !long_end.0.starts_with(b"PK\x06\x06") {
            return Err(no_zip());
        }
        n_entries = long_end.u64(32).ok_or_else(no_zip)?;
        size = long_end.u64(40).ok_or_else(no_zip)?;
        place = long_end.u64(48).ok_or_else(no_zip)?;
        directory_end = long_place;
    }
    if size > MAX_DIRECTORY || size > directory_end {
        return Err(FeedError::new(name, "its directory is longer than any feed's"));
    }
    let shift = (directory_end - size).checked_sub(place).ok_or_else(no_zip)?;
    archive.seek(SeekFrom::Start(directory_end - size)).map_err(wrong)?;
    let mut bytes = Vec::new();
    archive.by_ref().take(size).read_to_end(&mut bytes).map_err(wrong)?;
    Ok(Directory { bytes, n_entries, shift })
}

/// Walks the directory; `None` inside is a torn one, after which nothing comes.
struct Entries<'d> {
    bytes: &'d [u8],
}

impl Iterator for Entries<'_> {
    type Item = Option<Entry>;

    fn next(&mut self) -> Option<Option<Entry>> {
        if self.bytes.is_empty() {
            return None;
        }
        let found = entry(self.bytes);
        let (entry, length) = match found {
            Some((entry, length)) => (Some(entry), length),
            None => (None, self.bytes.len()),
        };
        self.bytes = self.bytes.get(length..).unwrap_or_default();
        Some(entry)
    }
}

/// The first entry of the directory, and how many bytes it takes there.
fn entry(bytes: &[u8]) -> Option<(Entry, usize)> {
    if !bytes.starts_with(b"PK\x01\x02") {
        return None;
    }
    let fields = Fields(bytes);
    let name_length = usize::from(fields.u16(28)?);
    let extra_length = usize::from(fields.u16(30)?);
    let comment_length = usize::from(fields.u16(32)?);
    let name = bytes.get(46..46 + name_length)?;
    let extra = bytes.get(46 + name_length..46 + name_length + extra_length)?;
    let mut res = Entry {
        name: String::from_utf8_lossy(name).into_owned(),
        method: fields.u16(10)?,
        is_encrypted: fields.u16(8)? & 1 == 1,
        checksum: fields.u32(16)?,
        packed_length: u64::from(fields.u32(20)?),
        length: u64::from(fields.u32(24)?),
        place: u64::from(fields.u32(42)?),
    };
    long_fields(extra, &mut res)?;
    let length = 46 + name_length + extra_length + comment_length;
    (length <= bytes.len()).then_some((res, length))
}

/// Numbers that do not fit stand in an extra field, in this order, those that fit left out.
fn long_fields(mut extra: &[u8], entry: &mut Entry) -> Option<()> {
    while extra.len() >= 4 {
        let fields = Fields(extra);
        let (kind, length) = (fields.u16(0)?, usize::from(fields.u16(2)?));
        let content = extra.get(4..4 + length)?;
        if kind == 1 {
            let mut at = 0;
            for number in [&mut entry.length, &mut entry.packed_length, &mut entry.place] {
                if *number == u64::from(u32::MAX) {
                    *number = Fields(content).u64(at)?;
                    at += 8;
                }
            }
        }
        extra = extra.get(4 + length..)?;
    }
    Some(())
}

fn read_packed<R: Read + Seek>(
    archive: &mut R,
    entry: &Entry,
    shift: u64,
    packed: &mut Vec<u8>,
) -> io::Result<()> {
    let torn = || io::Error::new(io::ErrorKind::InvalidData, "an entry is not where it should be");
    let place = entry.place.checked_add(shift).ok_or_else(torn)?;
    archive.seek(SeekFrom::Start(place))?;
    let mut head = [0; 30];
    archive.read_exact(&mut head)?;
    let fields = Fields(&head);
    if !head.starts_with(b"PK\x03\x04") {
        return Err(torn());
    }
    let skip = i64::from(fields.u16(26).unwrap_or(0)) + i64::from(fields.u16(28).unwrap_or(0));
    archive.seek(SeekFrom::Current(skip))?;
    packed.clear();
    archive.by_ref().take(entry.packed_length).read_to_end(packed)?;
    if packed.len() as u64 != entry.packed_length {
        return Err(torn());
    }
    Ok(())
}

fn unpack(
    entry: &Entry,
    packed: &[u8],
    decompress: &mut Decompress,
    bytes: &mut Vec<u8>,
) -> Result<(), &'static str> {
    let length = usize::try_from(entry.length).map_err(|_| "it is too long")?;
    bytes.clear();
    match entry.method {
        _ if entry.is_encrypted => return Err("it is encrypted"),
        0 => bytes.extend_from_slice(packed),
        8 => {
            decompress.reset(false);
            // One byte more than it should have shows that it is longer than it says.
            bytes.reserve(length + 1);
            decompress
                .decompress_vec(packed, bytes, flate2::FlushDecompress::Finish)
                .map_err(|_| "it cannot be unpacked")?;
        }
        _ => return Err("it is packed in a way that is not known"),
    }
    let mut checksum = flate2::Crc::new();
    checksum.update(bytes);
    if bytes.len() != length || checksum.sum() != entry.checksum {
        return Err("its content is not what the directory says");
    }
    Ok(())
}

/// Little-endian numbers at places of a header.
#[derive(Clone, Copy)]
struct Fields<'b>(&'b [u8]);

impl Fields<'_> {
    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn u16(self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }

    fn u32(self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }

    fn u64(self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }
}

/// The end record with the longest comment, and the locator before it.
const TAIL: u64 = 22 + 65_535 + 20;

/// The largest feed has some hundred thousand.
const MAX_ENTRIES: usize = 2_000_000;

/// The directory of so many entries.
const MAX_DIRECTORY: u64 = 512 << 20;

/// One record; the largest seen has some ten megabytes.
const MAX_RECORD: u64 = 256 << 20;

/// All records together.
const MAX_TOTAL: u64 = 32 << 30;

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use flate2::{Compress, Compression, Crc, FlushCompress};

    use super::read_zip;

    /// An archive with each content under its name, every second one packed.
    fn zip(entries: &[(&str, &str)]) -> Vec<u8> {
        let (mut res, mut directory) = (Vec::new(), Vec::new());
        for (index, (name, content)) in entries.iter().enumerate() {
            let mut packed = content.as_bytes().to_vec();
            let method = if index % 2 == 1 { 8_u16 } else { 0 };
            if method == 8 {
                packed = Vec::with_capacity(1_000);
                let mut compress = Compress::new(Compression::default(), false);
                let content = content.as_bytes();
                compress.compress_vec(content, &mut packed, FlushCompress::Finish).unwrap();
            }
            let mut checksum = Crc::new();
            checksum.update(content.as_bytes());
            let number = |it: usize| u32::try_from(it).unwrap().to_le_bytes();
            let mut common = vec![20, 0, 0, 0];
            common.extend(method.to_le_bytes());
            common.extend([0; 4]);
            common.extend(checksum.sum().to_le_bytes());
            common.extend(number(packed.len()));
            common.extend(number(content.len()));
            common.extend(&number(name.len())[..2]);
            common.extend([0, 0]);
            directory.extend(b"PK\x01\x02\x14\x00");
            directory.extend(&common);
            directory.extend([0; 10]);
            directory.extend(number(res.len()));
            directory.extend(name.as_bytes());
            res.extend(b"PK\x03\x04");
            res.extend(common);
            res.extend(name.as_bytes());
            res.extend(packed);
        }
        let place = u32::try_from(res.len()).unwrap().to_le_bytes();
        res.extend(&directory);
        let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
        res.extend(b"PK\x05\x06\x00\x00\x00\x00");
        res.extend(count);
        res.extend(count);
        res.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
        res.extend(place);
        res.extend([3, 0]);
        res.extend(b"abc");
        res
    }

    fn read(bytes: &[u8]) -> Result<Vec<String>, String> {
        let mut res = Vec::new();
        let mut take = |name: &str, content: Result<&[u8], crate::FeedError>| {
            let content = content.map_or("!".into(), String::from_utf8_lossy);
            res.push(format!("{name}={content}"));
        };
        read_zip("a", &mut Cursor::new(bytes), &mut take).map_err(|it| it.to_string())?;
        Ok(res)
    }

    const ENTRIES: &[(&str, &str)] =
        &[("A-1.json", "one"), ("A-2.json", "two two two"), ("d/", "")];

    #[test]
    fn entries_are_read_stored_and_packed() {
        let archive = zip(ENTRIES);
        let expected = ["A-1.json=one".to_owned(), "A-2.json=two two two".to_owned()];
        assert_eq!(read(&archive).unwrap(), expected);
        let mut shifted = b"something before".to_vec();
        shifted.extend(archive);
        assert_eq!(read(&shifted).unwrap(), expected);
        assert!(read(&zip(&[])).unwrap().is_empty());
    }

    #[test]
    fn no_torn_archive_passes_for_a_whole_one() {
        let archive = zip(ENTRIES);
        for length in 0..archive.len() - 3 {
            assert!(read(&archive[..length]).is_err(), "cut at {length}");
        }
        for at in 0..archive.len() {
            let mut changed = archive.clone();
            changed[at] ^= 0x41;
            // Names are under no checksum; contents are.
            for entry in read(&changed).unwrap_or_default() {
                let content = entry.rsplit('=').next().unwrap();
                let is_right = ENTRIES.iter().any(|it| it.1 == content);
                assert!(is_right || content == "!", "changed at {at}: {entry}");
            }
        }
    }
}
