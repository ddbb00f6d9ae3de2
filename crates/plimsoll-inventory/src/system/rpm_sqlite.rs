//! The part of SQLite's file format that a walk over one table of an rpm database needs: table
//! b-trees and their overflow pages.
//!
//! It must not know what the rows mean. Indexes, the free list and the write-ahead log are not
//! read.

use plimsoll_oci::ReadAt;

use crate::{
    bytes::{Endian, read_exact},
    system::rpm::{Each, MAX_HEADER_BYTES},
};

/// Calls `each` with the header in every row of the table `Packages`.
pub(super) fn read(content: &dyn ReadAt, each: &mut Each<'_>) {
    if let Err(fault) = Database::open(content).and_then(|mut it| it.packages(each)) {
        each(Err(fault));
    }
}

struct Database<'a> {
    content: &'a dyn ReadAt,
    page_size: usize,
    /// Bytes of a page without those reserved at its end.
    usable: usize,
    n_pages: u32,
    /// Bytes of rows that may still be read: all rows lie apart, so they are no more than the file.
    budget: u64,
}

const HEADER_BYTES: usize = 100;
const INTERIOR_TABLE: u8 = 0x05;
const LEAF_TABLE: u8 = 0x0d;

impl<'a> Database<'a> {
    fn open(content: &'a dyn ReadAt) -> Result<Self, String> {
        let header = read_exact(content, 0, HEADER_BYTES).unwrap_or_default();
        if !header.starts_with(b"SQLite format 3\0") {
            return Err("no SQLite database".to_owned());
        }
        let page_size = match Endian::Big.u16(&header, 16) {
            Some(1) => 65_536,
            Some(it) if it.is_power_of_two() && it >= 512 => usize::from(it),
            _ => return Err("an SQLite database with an impossible page size".to_owned()),
        };
        let reserved = header.get(20).copied().map_or(0, usize::from);
        let n_pages = content.len() / page_size as u64;
        // The format asks for this much, and the sums below rest on it.
        let usable = page_size - reserved.min(page_size / 2);
        if usable < 480 {
            return Err("an SQLite database with an impossible reserve".to_owned());
        }
        Ok(Self {
            content,
            page_size,
            usable,
            n_pages: u32::try_from(n_pages).unwrap_or(u32::MAX),
            budget: content.len(),
        })
    }

    fn packages(&mut self, each: &mut Each<'_>) -> Result<(), String> {
        let mut root = None;
        self.walk(1, &mut |row| {
            if let Ok(row) = row
                && let Some(page) = root_of_packages(row)
            {
                root = Some(page);
            }
            root.is_none()
        })?;
        let root = root.ok_or("an SQLite database without a table `Packages`")?;
        self.walk(root, &mut |row| match row {
            Ok(row) => each(header_of(row).ok_or_else(|| "a row that holds no package".to_owned())),
            Err(fault) => each(Err(fault)),
        })
    }

    /// Calls `each` with every row of the table whose tree begins at the page.
    fn walk(&mut self, root: u32, each: &mut Each<'_>) -> Result<(), String> {
        let mut seen = vec![0_u64; self.n_pages as usize / 64 + 1];
        let mut stack = vec![root];
        while let Some(number) = stack.pop() {
            let bit = 1 << (number % 64);
            match seen.get_mut(number as usize / 64) {
                Some(word) if *word & bit == 0 => *word |= bit,
                _ => return Err(format!("page {number} of the database is out of place")),
            }
            let page = self.page(number)?;
            let start = if number == 1 { HEADER_BYTES } else { 0 };
            let n_cells = Endian::Big.u16(&page, start + 3).unwrap_or_default();
            match page.get(start) {
                Some(&INTERIOR_TABLE) => {
                    let children = interior(&page, start, n_cells);
                    let is_new = |it: &u32| {
                        let word = seen.get(*it as usize / 64).copied().unwrap_or(u64::MAX);
                        word & 1 << (it % 64) == 0
                    };
                    let children: Vec<u32> = children.collect();
                    // A child that was seen before would make a loop; the tree is broken there.
                    if !children.iter().all(is_new) || stack.len() > self.n_pages as usize {
                        return Err(format!("page {number} of the database points in a circle"));
                    }
                    stack.extend(children.into_iter().rev());
                }
                Some(&LEAF_TABLE) => {
                    for cell_idx in 0..usize::from(n_cells) {
                        let cell = Endian::Big.u16(&page, start + 8 + 2 * cell_idx);
                        let row = match cell {
                            Some(cell) => self.row(&page, usize::from(cell)),
                            None => Err("a row outside its page".to_owned()),
                        };
                        if !each(row.as_deref().map_err(Clone::clone)) {
                            return Ok(());
                        }
                    }
                }
                _ => return Err(format!("page {number} of the database is no part of a table")),
            }
        }
        Ok(())
    }

    fn page(&self, number: u32) -> Result<Vec<u8>, String> {
        let offset = u64::from(number).checked_sub(1).map(|it| it * self.page_size as u64);
        let page = offset.and_then(|it| read_exact(self.content, it, self.page_size));
        page.ok_or_else(|| format!("page {number} of the database is not there"))
    }

    /// The record of the cell at `at`, with what of it lies on overflow pages.
    fn row(&mut self, page: &[u8], at: usize) -> Result<Vec<u8>, String> {
        let outside = || "a row outside its page".to_owned();
        let (len, at) = varint(page, at).ok_or_else(outside)?;
        let (_row_id, at) = varint(page, at).ok_or_else(outside)?;
        if len > MAX_HEADER_BYTES {
            return Err(format!("a row of {len} bytes; at most {MAX_HEADER_BYTES} are read"));
        }
        self.budget = self.budget.checked_sub(len).ok_or("rows that overlap")?;
        let len = usize::try_from(len).map_err(|_| outside())?;
        let local = local_len(len, self.usable);
        let mut res = Vec::with_capacity(len);
        let end = at.checked_add(local).ok_or_else(outside)?;
        res.extend_from_slice(page.get(at..end).ok_or_else(outside)?);
        let mut next = if local < len { Endian::Big.u32(page, end).unwrap_or(0) } else { 0 };
        while res.len() < len {
            let overflow = self.page(next)?;
            next = Endian::Big.u32(&overflow, 0).unwrap_or(0);
            let there = overflow.get(4..self.usable).unwrap_or_default();
            let wanted = there.len().min(len - res.len());
            res.extend(there.iter().take(wanted));
        }
        Ok(res)
    }
}

/// How many bytes of a row of `len` lie on the page of its cell (section 1.6 of the format).
fn local_len(len: usize, usable: usize) -> usize {
    let most = usable - 35;
    if len <= most {
        return len;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let fitting = least + (len - least) % (usable - 4);
    if fitting <= most { fitting } else { least }
}

/// The children of an interior page, in their order.
fn interior(page: &[u8], start: usize, n_cells: u16) -> impl Iterator<Item = u32> + use<'_> {
    let child = move |cell_idx| {
        let cell = Endian::Big.u16(page, start + 12 + 2 * cell_idx)?;
        Endian::Big.u32(page, usize::from(cell))
    };
    let last = Endian::Big.u32(page, start + 8);
    (0..usize::from(n_cells)).filter_map(child).chain(last)
}

/// The first page of the table `Packages`, if the row of the schema is its.
fn root_of_packages(row: &[u8]) -> Option<u32> {
    let columns = columns(row)?;
    let [kind, name, _, root, ..] = columns.as_slice() else { return None };
    if *kind != b"table" || *name != b"Packages" {
        return None;
    }
    root.iter().try_fold(0_u32, |sum, it| sum.checked_mul(256)?.checked_add(u32::from(*it)))
}

/// The header that a row of the table `Packages` (number, header) holds.
fn header_of(row: &[u8]) -> Option<&[u8]> {
    columns(row)?.get(1).copied()
}

/// The values of a record, as bytes. Numbers are left as they lie.
fn columns(record: &[u8]) -> Option<Vec<&[u8]>> {
    const MAX_COLUMNS: usize = 16;
    let (header_len, mut at) = varint(record, 0)?;
    let header_len = usize::try_from(header_len).ok()?;
    let mut value_at = header_len;
    let mut res = Vec::new();
    while at < header_len && res.len() < MAX_COLUMNS {
        let (kind, next) = varint(record, at)?;
        at = next;
        let len = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        };
        let end = value_at.checked_add(usize::try_from(len).ok()?)?;
        res.push(record.get(value_at..end)?);
        value_at = end;
    }
    Some(res)
}

/// A number of one to nine bytes, and where it ends.
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for idx in 0..9 {
        let at = at.checked_add(idx)?;
        let byte = *bytes.get(at)?;
        if idx == 8 {
            return Some((value << 8 | u64::from(byte), at + 1));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, at + 1));
        }
    }
    None
}
