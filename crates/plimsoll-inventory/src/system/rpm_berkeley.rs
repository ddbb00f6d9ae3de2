//! The part of Berkeley DB's hash format that a walk over all values of an rpm database needs.
//!
//! It must not know what the values mean. Keys, buckets and their order are not needed: every page
//! of the file says itself whether it holds values.

use plimsoll_oci::ReadAt;

use crate::{
    bytes::{Endian, read_exact},
    system::rpm::{Each, MAX_HEADER_BYTES},
};

/// Calls `each` with every value that can be a package's header.
pub(super) fn read(content: &dyn ReadAt, each: &mut Each<'_>) {
    match Database::open(content) {
        Ok(mut database) => database.walk(each),
        Err(fault) => {
            each(Err(fault));
        }
    }
}

struct Database<'a> {
    content: &'a dyn ReadAt,
    endian: Endian,
    page_size: usize,
    last_page: u32,
    /// Bytes of values that may still be read: all values lie apart, so they are no more than the
    /// file.
    budget: u64,
}

const HASH_MAGIC: u32 = 0x0006_1561;
const META_BYTES: usize = 72;
const HASH_META: u8 = 8;
const PAGE_HEAD_BYTES: usize = 26;
const UNSORTED_HASH_PAGE: u8 = 2;
const OVERFLOW_PAGE: u8 = 7;
const HASH_PAGE: u8 = 13;
const VALUE_ON_PAGE: u8 = 1;
const VALUE_ON_OVERFLOW_PAGES: u8 = 3;

/// A value no longer than this is rpm's counter of packages, which lies among them.
const COUNTER_BYTES: usize = 4;

impl<'a> Database<'a> {
    fn open(content: &'a dyn ReadAt) -> Result<Self, String> {
        let meta = read_exact(content, 0, META_BYTES).unwrap_or_default();
        let is_hash = |it: Endian| it.u32(&meta, 12) == Some(HASH_MAGIC);
        let endian = [Endian::Little, Endian::Big].into_iter().find(|it| is_hash(*it));
        let endian = endian.ok_or("no hash of Berkeley DB")?;
        if meta.get(24) != Some(&0) {
            return Err("a package database that is encrypted".to_owned());
        }
        if meta.get(25) != Some(&HASH_META) {
            return Err("no hash of Berkeley DB".to_owned());
        }
        let page_size = endian.u32(&meta, 20).unwrap_or_default();
        if !page_size.is_power_of_two() || !(512..=65_536).contains(&page_size) {
            return Err("a package database with an impossible page size".to_owned());
        }
        let last_page = endian.u32(&meta, 32).unwrap_or_default();
        Ok(Self {
            content,
            endian,
            page_size: page_size as usize,
            last_page,
            budget: content.len(),
        })
    }

    fn walk(&mut self, each: &mut Each<'_>) {
        for number in 1..=self.last_page {
            let Some(page) = self.page(number) else {
                each(Err("a package database that is cut off".to_owned()));
                return;
            };
            if !matches!(page.get(25), Some(&(HASH_PAGE | UNSORTED_HASH_PAGE))) {
                continue;
            }
            let n_items = usize::from(self.endian.u16(&page, 20).unwrap_or_default());
            // Keys and values take turns.
            for item_idx in (1..n_items).step_by(2) {
                let value = match self.value(&page, item_idx) {
                    Ok(value) if value.len() <= COUNTER_BYTES => continue,
                    other => other,
                };
                if !each(value.as_deref().map_err(Clone::clone)) {
                    return;
                }
            }
        }
    }

    fn page(&self, number: u32) -> Option<Vec<u8>> {
        let offset = u64::from(number) * self.page_size as u64;
        read_exact(self.content, offset, self.page_size)
    }

    fn value(&mut self, page: &[u8], item_idx: usize) -> Result<Vec<u8>, String> {
        let item = self.item(page, item_idx).ok_or("a value outside its page")?;
        match item.split_first() {
            Some((&VALUE_ON_PAGE, value)) => {
                self.spend(value.len() as u64)?;
                Ok(value.to_vec())
            }
            Some((&VALUE_ON_OVERFLOW_PAGES, _)) => {
                let number = self.endian.u32(item, 4).unwrap_or_default();
                let len = self.endian.u32(item, 8).ok_or("a value outside its page")?;
                self.overflow(number, len)
            }
            _ => Err("a value of an unknown kind".to_owned()),
        }
    }

    /// Items are laid from the end of the page towards its beginning.
    fn item<'page>(&self, page: &'page [u8], item_idx: usize) -> Option<&'page [u8]> {
        let start = |idx: usize| self.endian.u16(page, PAGE_HEAD_BYTES + 2 * idx);
        let from = usize::from(start(item_idx)?);
        let to = usize::from(start(item_idx.checked_sub(1)?)?);
        page.get(from..to)
    }

    fn overflow(&mut self, first: u32, len: u32) -> Result<Vec<u8>, String> {
        if u64::from(len) > MAX_HEADER_BYTES {
            return Err(format!("a value of {len} bytes; at most {MAX_HEADER_BYTES} are read"));
        }
        self.spend(u64::from(len))?;
        let len = len as usize;
        let mut res = Vec::with_capacity(len);
        let mut number = first;
        while res.len() < len {
            let page = self.page(number).filter(|it| it.get(25) == Some(&OVERFLOW_PAGE));
            let page = page.ok_or("a value whose pages are not there")?;
            let n_bytes = usize::from(self.endian.u16(&page, 22).unwrap_or_default());
            let piece = page.get(PAGE_HEAD_BYTES..PAGE_HEAD_BYTES + n_bytes).unwrap_or_default();
            if piece.is_empty() {
                return Err("a value whose pages are empty".to_owned());
            }
            res.extend(piece.iter().take(len - res.len()));
            number = self.endian.u32(&page, 16).unwrap_or_default();
        }
        Ok(res)
    }

    fn spend(&mut self, len: u64) -> Result<(), String> {
        self.budget = self.budget.checked_sub(len).ok_or("values that overlap")?;
        Ok(())
    }
}
