//! rpm's own database, `Packages.db`: slots that say where the blobs of packages lie.
//!
//! It must not know what the blobs hold.

use plimsoll_oci::ReadAt;

use crate::{
    bytes::{Endian, read_exact, read_up_to},
    system::rpm::{Each, MAX_HEADER_BYTES},
};

/// Calls `each` with the header of every package that has a slot.
pub(super) fn read(content: &dyn ReadAt, each: &mut Each<'_>) {
    let head = read_exact(content, 0, HEAD_BYTES).unwrap_or_default();
    let word = |at| Endian::Little.u32(&head, at);
    if word(0) != Some(DATABASE_MAGIC) || word(4) != Some(VERSION) {
        each(Err("no database of rpm's own form".to_owned()));
        return;
    }
    let n_pages = word(12).unwrap_or_default();
    let slot_bytes = (u64::from(n_pages) * PAGE_BYTES).saturating_sub(HEAD_BYTES as u64);
    if slot_bytes > content.len() {
        each(Err("a package database that is cut off".to_owned()));
        return;
    }
    // All blobs lie apart, so together they are no more than the file.
    let mut budget = content.len();
    let mut at = HEAD_BYTES as u64;
    let end = at + slot_bytes;
    while at < end {
        let wanted = usize::try_from(end - at).unwrap_or(usize::MAX).min(SLOTS_AT_ONCE);
        let slots = read_up_to(content, at, wanted);
        if slots.is_empty() {
            each(Err("a package database that cannot be read".to_owned()));
            return;
        }
        at += slots.len() as u64;
        for slot in slots.chunks_exact(SLOT_BYTES) {
            let package = match read_slot(content, slot, &mut budget) {
                Ok(None) => continue,
                Ok(Some(package)) => Ok(package),
                Err(fault) => Err(fault),
            };
            if !each(package.as_deref().map_err(Clone::clone)) {
                return;
            }
        }
    }
}

const fn magic(text: [u8; 4]) -> u32 {
    u32::from_le_bytes(text)
}

const DATABASE_MAGIC: u32 = magic(*b"RpmP");
const SLOT_MAGIC: u32 = magic(*b"Slot");
const BLOB_MAGIC: u32 = magic(*b"BlbS");
const VERSION: u32 = 0;
const PAGE_BYTES: u64 = 4_096;
const HEAD_BYTES: usize = 32;
const SLOT_BYTES: usize = 16;
const BLOCK_BYTES: u64 = 16;
const BLOB_HEAD_BYTES: usize = 16;
const SLOTS_AT_ONCE: usize = 64 << 10;

/// The blob of the slot, `None` if the slot is free.
fn read_slot(
    content: &dyn ReadAt,
    slot: &[u8],
    budget: &mut u64,
) -> Result<Option<Vec<u8>>, String> {
    let word = |at| Endian::Little.u32(slot, at).unwrap_or_default();
    if word(0) != SLOT_MAGIC {
        return Err("a broken slot of the package database".to_owned());
    }
    let package = word(4);
    if package == 0 {
        return Ok(None);
    }
    let offset = u64::from(word(8)) * BLOCK_BYTES;
    let head = read_exact(content, offset, BLOB_HEAD_BYTES)
        .ok_or("a slot that points behind the end of the package database")?;
    let word = |at| Endian::Little.u32(&head, at).unwrap_or_default();
    if word(0) != BLOB_MAGIC || word(4) != package {
        return Err("a slot that points to no package".to_owned());
    }
    let len = u64::from(word(12));
    if len > MAX_HEADER_BYTES {
        return Err(format!("a package of {len} bytes; at most {MAX_HEADER_BYTES} are read"));
    }
    *budget = budget.checked_sub(len).ok_or("packages that overlap")?;
    let len = usize::try_from(len).unwrap_or(usize::MAX);
    let blob = read_exact(content, offset + BLOB_HEAD_BYTES as u64, len);
    Ok(Some(blob.ok_or("a package that is cut off")?))
}
