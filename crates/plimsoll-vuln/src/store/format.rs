//! How the file is laid out: header, table of sections, sections. Shared by reader and writer.
//!
//! ```text
//! header     magic, format version, length of the header, length of the file, built at,
//!            number of sections, length of the names
//! table      per section: kind, encoding, ecosystem, number, name, offset, stored and unpacked
//!            length, checksum of the stored bytes
//! names      text that the table points into
//! checksum   of all of the above
//! sections   each at a multiple of eight
//! ```
//! All numbers are little-endian, all checksums XXH3 of 64 bits. Opening reads up to the checksum
//! and no further; a section is checked when it is first used.

use crate::store::{StoreError, bytes::Cursor};

/// Version of the layout. A store of another one is refused, so a change of anything that is
/// written raises it, and adds a line to the table that a test of this crate compares it with.
pub const FORMAT_VERSION: u32 = 2;

pub(crate) const MAGIC: [u8; 8] = *b"PLIMADV\n";

/// Bytes before the table of sections.
pub(crate) const HEAD_LENGTH: usize = 40;

/// Bytes of one line of the table.
pub(crate) const ENTRY_LENGTH: usize = 48;

/// Most sections a file may have; the real store has a few hundred.
pub(crate) const MAX_SECTIONS: u32 = 1 << 16;

/// Most bytes of names in the header.
pub(crate) const MAX_NAMES: u32 = 1 << 24;

/// Most bytes that one section may unpack to; the greatest real one has about 20 MiB.
pub(crate) const MAX_SECTION: u64 = 1 << 28;

/// How many vulnerabilities stand in one section, so that a packed store is unpacked in parts.
pub(crate) const VULNERABILITIES_PER_SECTION: u32 = 8_192;

/// How many columns a vulnerability has.
pub(crate) const VULNERABILITY_COLUMNS: usize = 10;

/// What a section holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u16)]
pub(crate) enum SectionKind {
    /// Feeds, each with its date, licence and attribution.
    Sources = 1,
    /// A run of vulnerabilities; `number` is the index of its first, `name` that one's id.
    Vulnerabilities = 2,
    /// Rows of one release of one ecosystem; `number` counts them, `name` is the release.
    Partition = 3,
    /// Ends of support.
    Products = 4,
    /// One repository of official images; `name` is what it is called.
    Repository = 5,
    /// The day of the catalogue of known exploited vulnerabilities.
    Catalogues = 6,
    /// A run of summaries; `number` is the index of the vulnerability of its first.
    Summaries = 7,
}

impl SectionKind {
    fn of(number: u16) -> Option<Self> {
        [
            Self::Sources,
            Self::Vulnerabilities,
            Self::Partition,
            Self::Products,
            Self::Repository,
            Self::Catalogues,
            Self::Summaries,
        ]
        .into_iter()
        .find(|it| *it as u16 == number)
    }
}

/// How the bytes of a section are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Encoding {
    /// As they are.
    Raw = 0,
    /// One zstd frame.
    Zstd = 1,
}

/// One line of the table of sections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: SectionKind,
    pub(crate) encoding: Encoding,
    /// Number of the ecosystem; 0 outside of partitions.
    pub(crate) ecosystem: u8,
    pub(crate) number: u32,
    pub(crate) name: &'a str,
    pub(crate) offset: u64,
    pub(crate) stored_length: u64,
    pub(crate) unpacked_length: u64,
    pub(crate) checksum: u64,
}

/// What opening a file has found.
#[derive(Clone, Debug)]
pub(crate) struct Header<'a> {
    pub(crate) built_at: i64,
    pub(crate) entries: Vec<Entry<'a>>,
}

/// Reads and checks the header of a file.
pub(crate) fn read_header(bytes: &[u8]) -> Result<Header<'_>, StoreError> {
    let mut cursor = Cursor::new(bytes);
    let magic: [u8; 8] = cursor.array().map_err(|_| StoreError::NotAStore)?;
    if magic != MAGIC {
        return Err(StoreError::NotAStore);
    }
    let found = cursor.u32()?;
    if found != FORMAT_VERSION {
        return Err(StoreError::OtherFormat { found });
    }
    let header_length = cursor.u32()? as usize;
    let total_length = cursor.u64()?;
    if total_length != bytes.len() as u64 {
        return Err(StoreError::Torn { part: "its length is not what its header says" });
    }
    let built_at = cursor.i64()?;
    let n_sections = cursor.u32()?;
    let names_length = cursor.u32()?;
    if n_sections > MAX_SECTIONS || names_length > MAX_NAMES {
        return Err(StoreError::TooMuch { part: "sections" });
    }
    let wanted =
        HEAD_LENGTH + n_sections as usize * ENTRY_LENGTH + names_length as usize + size_of::<u64>();
    if header_length != wanted {
        return Err(HEADER);
    }
    let header = bytes.get(..header_length).ok_or(HEADER)?;
    let (checked, checksum) = header.split_last_chunk::<8>().ok_or(HEADER)?;
    if checksum_of(checked) != u64::from_le_bytes(*checksum) {
        return Err(HEADER);
    }
    let table = cursor.take(n_sections as usize * ENTRY_LENGTH)?;
    let names = cursor.take(names_length as usize)?;
    let mut table = Cursor::new(table);
    let entries = (0..n_sections)
        .map(|_| read_entry(&mut table, names, header_length as u64, total_length))
        .collect::<Result<_, _>>()?;
    Ok(Header { built_at, entries })
}

/// The bytes of a header with these sections; offsets are set here.
pub(crate) fn write_header(built_at: i64, entries: &mut [Entry<'_>]) -> Vec<u8> {
    let names_length: usize = entries.iter().map(|it| it.name.len()).sum();
    let header_length =
        HEAD_LENGTH + entries.len() * ENTRY_LENGTH + names_length + size_of::<u64>();
    let mut offset = aligned(header_length as u64);
    for entry in entries.iter_mut() {
        entry.offset = offset;
        offset = aligned(offset + entry.stored_length);
    }
    let mut res = Vec::with_capacity(header_length);
    res.extend(MAGIC);
    res.extend(FORMAT_VERSION.to_le_bytes());
    res.extend(narrow(header_length).to_le_bytes());
    res.extend(offset.to_le_bytes());
    res.extend(built_at.to_le_bytes());
    res.extend(narrow(entries.len()).to_le_bytes());
    res.extend(narrow(names_length).to_le_bytes());
    let mut name_offset = 0;
    for entry in entries.iter() {
        res.extend((entry.kind as u16).to_le_bytes());
        res.extend([entry.encoding as u8, entry.ecosystem]);
        res.extend(entry.number.to_le_bytes());
        res.extend(narrow(name_offset).to_le_bytes());
        res.extend(narrow(entry.name.len()).to_le_bytes());
        for it in [entry.offset, entry.stored_length, entry.unpacked_length, entry.checksum] {
            res.extend(it.to_le_bytes());
        }
        name_offset += entry.name.len();
    }
    for entry in entries.iter() {
        res.extend(entry.name.as_bytes());
    }
    let checksum = checksum_of(&res);
    res.extend(checksum.to_le_bytes());
    res
}

/// The next multiple of eight.
pub(crate) fn aligned(length: u64) -> u64 {
    length.saturating_add(7) & !7
}

/// Checksum of bytes as they are stored.
pub(crate) fn checksum_of(bytes: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(bytes)
}

/// A length as the format writes it. Longer ones are refused before they come here.
pub(crate) fn narrow(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn read_entry<'a>(
    table: &mut Cursor<'_>,
    names: &'a [u8],
    header_length: u64,
    total_length: u64,
) -> Result<Entry<'a>, StoreError> {
    let kind = SectionKind::of(table.u16()?).ok_or(HEADER)?;
    let encoding = match table.u8()? {
        0 => Encoding::Raw,
        1 => Encoding::Zstd,
        _ => return Err(HEADER),
    };
    let ecosystem = table.u8()?;
    let number = table.u32()?;
    let name_start = table.u32()? as usize;
    let name_length = table.u32()? as usize;
    let name_end = name_start.checked_add(name_length).ok_or(HEADER)?;
    let name = names.get(name_start..name_end).ok_or(HEADER)?;
    let res = Entry {
        kind,
        encoding,
        ecosystem,
        number,
        name: std::str::from_utf8(name).map_err(|_| HEADER)?,
        offset: table.u64()?,
        stored_length: table.u64()?,
        unpacked_length: table.u64()?,
        checksum: table.u64()?,
    };
    let end = res.offset.checked_add(res.stored_length).ok_or(HEADER)?;
    let is_inside = res.offset >= header_length && end <= total_length;
    let is_plain = res.encoding != Encoding::Raw || res.stored_length == res.unpacked_length;
    if !is_inside || !is_plain {
        return Err(HEADER);
    }
    if res.unpacked_length > MAX_SECTION {
        return Err(StoreError::TooMuch { part: "bytes in a section" });
    }
    Ok(res)
}

const HEADER: StoreError = StoreError::Torn { part: "its header" };
