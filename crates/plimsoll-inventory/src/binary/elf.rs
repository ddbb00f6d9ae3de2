//! The parts of an ELF file that say where things lie: its sections and its segments.
//!
//! It must not know what any section holds.

use plimsoll_oci::ReadAt;

use crate::bytes::{Endian, read_exact, read_up_to};

/// An ELF file whose tables have been read.
pub(super) struct Elf<'a> {
    /// The whole file.
    pub(super) content: &'a dyn ReadAt,
    /// How its numbers lie.
    pub(super) endian: Endian,
    /// Whether its addresses have 64 bits.
    pub(super) is_64: bool,
    sections: Vec<Section>,
    segments: Vec<Segment>,
}

/// A section that has bytes in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    name: String,
    /// Where it begins in the file.
    pub(super) offset: u64,
    /// How many bytes it has.
    pub(super) size: u64,
}

/// A piece of the file that is loaded to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// Where it begins in the file.
    pub(super) offset: u64,
    /// Where it begins in memory.
    pub(super) address: u64,
    /// How many bytes of it the file has.
    pub(super) size: u64,
    /// Whether the program may write to it.
    pub(super) is_writable: bool,
}

impl<'a> Elf<'a> {
    /// The file's tables; `None` if it is no ELF file. A table that is broken or too long is taken
    /// as empty.
    pub(super) fn open(content: &'a dyn ReadAt) -> Option<Self> {
        let head = read_up_to(content, 0, HEAD_BYTES);
        if !head.starts_with(b"\x7fELF") {
            return None;
        }
        let is_64 = match head.get(4)? {
            1 => false,
            2 => true,
            _ => return None,
        };
        let endian = match head.get(5)? {
            1 => Endian::Little,
            2 => Endian::Big,
            _ => return None,
        };
        let mut res = Self { content, endian, is_64, sections: Vec::new(), segments: Vec::new() };
        res.segments = res.read_segments(&head).unwrap_or_default();
        res.sections = res.read_sections(&head).unwrap_or_default();
        Some(res)
    }

    /// The section of that name.
    pub(super) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|it| it.name == name)
    }

    /// What is loaded, in the order of the file's table.
    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The bytes of the file that are loaded to the address, if all of them are.
    pub(super) fn at_address(&self, address: u64, len: usize) -> Option<Vec<u8>> {
        let is_in = |it: &&Segment| {
            address
                .checked_sub(it.address)
                .is_some_and(|at| at.checked_add(len as u64).is_some_and(|end| end <= it.size))
        };
        let segment = self.segments.iter().find(is_in)?;
        let offset = segment.offset.checked_add(address.checked_sub(segment.address)?)?;
        read_exact(self.content, offset, len)
    }

    /// An address that lies at `at`.
    pub(super) fn address(&self, bytes: &[u8], at: usize) -> Option<u64> {
        if self.is_64 {
            self.endian.u64(bytes, at)
        } else {
            self.endian.u32(bytes, at).map(u64::from)
        }
    }

    fn half(&self, bytes: &[u8], at: usize) -> Option<usize> {
        self.endian.u16(bytes, at).map(usize::from)
    }

    fn read_segments(&self, head: &[u8]) -> Option<Vec<Segment>> {
        let (offset, size_at, count_at) = if self.is_64 { (32, 54, 56) } else { (28, 42, 44) };
        let size = self.half(head, size_at)?;
        let count = self.half(head, count_at)?;
        let table = read_exact(self.content, self.address(head, offset)?, size * count)?;
        let mut res = Vec::new();
        for entry in table.chunks_exact(size.max(1)) {
            let (flags_at, offset_at, address_at, size_at) =
                if self.is_64 { (4, 8, 16, 32) } else { (24, 4, 8, 16) };
            if self.endian.u32(entry, 0)? != LOADED {
                continue;
            }
            res.push(Segment {
                offset: self.address(entry, offset_at)?,
                address: self.address(entry, address_at)?,
                size: self.address(entry, size_at)?,
                is_writable: self.endian.u32(entry, flags_at)? & WRITABLE != 0,
            });
        }
        Some(res)
    }

    fn read_sections(&self, head: &[u8]) -> Option<Vec<Section>> {
        let (offset, size_at) = if self.is_64 { (40, 58) } else { (32, 46) };
        let offset = self.address(head, offset)?;
        let size = self.half(head, size_at)?;
        let count = self.half(head, size_at + 2)?;
        let names_idx = self.half(head, size_at + 4)?;
        if offset == 0 || count == 0 {
            return None;
        }
        let table = read_exact(self.content, offset, size * count)?;
        let names = self.section_entry(table.chunks_exact(size.max(1)).nth(names_idx)?)?;
        let names_len = usize::try_from(names.size).ok()?.min(MAX_NAME_BYTES);
        let names = read_up_to(self.content, names.offset, names_len);
        let mut res = Vec::new();
        for entry in table.chunks_exact(size.max(1)) {
            let kind = self.endian.u32(entry, 4)?;
            if kind == NO_BYTES {
                continue;
            }
            let mut section = self.section_entry(entry)?;
            let name_at = usize::try_from(self.endian.u32(entry, 0)?).ok()?;
            let name = names.get(name_at..).unwrap_or_default();
            let name = name.split(|it| *it == 0).next().unwrap_or_default();
            let name = name.get(..MAX_NAME).unwrap_or(name);
            section.name = String::from_utf8_lossy(name).into_owned();
            res.push(section);
        }
        Some(res)
    }

    fn section_entry(&self, entry: &[u8]) -> Option<Section> {
        let (offset_at, size_at) = if self.is_64 { (24, 32) } else { (16, 20) };
        Some(Section {
            name: String::new(),
            offset: self.address(entry, offset_at)?,
            size: self.address(entry, size_at)?,
        })
    }
}

const HEAD_BYTES: usize = 64;
const LOADED: u32 = 1;
const WRITABLE: u32 = 2;
const NO_BYTES: u32 = 8;

/// Bytes of the names of all sections, and of one of them, that are read.
const MAX_NAME_BYTES: usize = 1 << 20;
const MAX_NAME: usize = 64;

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a test's ELF file is made of.
    #[derive(Clone, Copy)]
    pub(in crate::binary) struct Form {
        pub(in crate::binary) is_64: bool,
        pub(in crate::binary) endian: Endian,
    }

    pub(in crate::binary) const FORMS: [Form; 4] = [
        Form { is_64: true, endian: Endian::Little },
        Form { is_64: true, endian: Endian::Big },
        Form { is_64: false, endian: Endian::Little },
        Form { is_64: false, endian: Endian::Big },
    ];

    /// Where the file that [`build`] makes is loaded to.
    pub(in crate::binary) const BASE: u64 = 0x40_0000;

    impl Form {
        pub(in crate::binary) fn number(self, value: u64, len: usize) -> Vec<u8> {
            match self.endian {
                Endian::Little => value.to_le_bytes()[..len].to_vec(),
                Endian::Big => value.to_be_bytes()[8 - len..].to_vec(),
            }
        }

        pub(in crate::binary) fn word(self, value: u64) -> Vec<u8> {
            self.number(value, if self.is_64 { 8 } else { 4 })
        }
    }

    /// Where the first section of a file lies that [`build`] makes.
    pub(in crate::binary) const FIRST: u64 = 256;

    /// An ELF file with these sections, the first of which lies at [`FIRST`], the others at
    /// multiples of 16 behind it; all of it is one writable segment at [`BASE`].
    pub(in crate::binary) fn build(form: Form, sections: &[(&str, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        let mut names = vec![0];
        let mut placed = Vec::new();
        for (name, content) in sections {
            placed.push((names.len(), FIRST + body.len() as u64, content.len()));
            names.extend(name.bytes().chain([0]));
            body.extend(*content);
            body.resize(body.len().next_multiple_of(16), 0);
        }
        placed.push((0, FIRST + body.len() as u64, names.len()));
        body.extend(&names);
        let table_at = FIRST + body.len() as u64;
        let mut res = head(form, table_at, placed.len());
        res.extend(segment(form, table_at));
        res.resize(usize::try_from(FIRST).unwrap(), 0);
        res.extend(body);
        for (name, offset, size) in placed {
            let number = |it, len| form.number(it, len);
            res.extend([number(name as u64, 4), number(1, 4)].concat());
            res.extend([form.word(2), form.word(BASE + offset), form.word(offset)].concat());
            res.extend([form.word(size as u64), number(0, 8)].concat());
            res.extend([form.word(1), form.word(0)].concat());
        }
        res
    }

    fn head(form: Form, table_at: u64, n_sections: usize) -> Vec<u8> {
        let number = |it, len| form.number(it, len);
        let is_little = form.endian == Endian::Little;
        let mut res = b"\x7fELF".to_vec();
        res.extend([if form.is_64 { 2 } else { 1 }, if is_little { 1 } else { 2 }, 1]);
        res.resize(16, 0);
        let (head, segment, section) = if form.is_64 { (64, 56, 64) } else { (52, 32, 40) };
        res.extend([number(2, 2), number(62, 2), number(1, 4)].concat());
        res.extend([form.word(BASE), form.word(head), form.word(table_at), number(0, 4)].concat());
        let last = n_sections as u64 - 1;
        for it in [head, segment, 1, section, last + 1, last] {
            res.extend(number(it, 2));
        }
        res
    }

    fn segment(form: Form, size: u64) -> Vec<u8> {
        let number = |it, len| form.number(it, len);
        let places = [form.word(0), form.word(BASE), form.word(BASE), form.word(size)].concat();
        let rest = [form.word(size), form.word(16)].concat();
        let (kind, flags) = (number(1, 4), number(6, 4));
        if form.is_64 {
            [kind, flags, places, rest].concat()
        } else {
            let (memory, align) = rest.split_at(4);
            [kind, places, memory.to_vec(), flags, align.to_vec()].concat()
        }
    }

    #[test]
    fn sections_and_segments_in_every_form() {
        for form in FORMS {
            let file = build(form, &[(".one", b"first"), (".two", b"second")]);
            let elf = Elf::open(&file).unwrap();
            let section = elf.section(".two").unwrap();
            assert_eq!(read_exact(&file, section.offset, 6).unwrap(), b"second");
            assert_eq!(section.size, 6);
            assert!(elf.section(".three").is_none());
            assert!(elf.segments()[0].is_writable);
            assert_eq!(elf.at_address(BASE + FIRST, 5).unwrap(), b"first");
            assert_eq!(elf.at_address(BASE + FIRST, 1 << 20), None);
            assert_eq!(elf.at_address(u64::MAX, 1), None);
        }
    }

    proptest! {
        #[test]
        fn broken_files_never_panic(
            form in 0_usize..4,
            changes in proptest::collection::vec((0_usize..400, 0_u8..), 1..20),
        ) {
            let mut file = build(FORMS[form], &[(".one", b"first")]);
            let len = file.len();
            for (at, value) in changes {
                file[at % len] = value;
            }
            if let Some(elf) = Elf::open(&file) {
                elf.at_address(BASE + FIRST, 5);
                elf.section(".one");
            }
        }
    }
}
