//! From header to header through a tar archive of any dialect, as an engine reads it.
//!
//! Knows nothing of layers or whiteouts, and reads no content that it is not asked for.

use std::borrow::Cow;

use crate::{
    entry::{Entry, EntryKind},
    gap::{GapKind, Gaps},
    limits::Limits,
    path::{confine, depth, shortened, text_of},
    pax::{self, Records},
    sparse::{MAX_PIECES, SparseMap, parse_pairs},
    supply::{Fault, Supply},
    tar::{BLOCK, Block, Header, number},
};

/// An entry and where its content is.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) entry: Entry,
    /// Bytes that the archive stores for it, from the supply's position on.
    pub(crate) stored: u64,
    /// Where they belong, if the file has holes.
    pub(crate) sparse: Option<SparseMap>,
    /// Whether what is stored can be given to anyone as the file's content.
    pub(crate) is_readable: bool,
}

/// A walk over an archive.
pub(crate) struct Walk<S> {
    pub(crate) supply: S,
    pub(crate) gaps: Gaps,
    limits: Limits,
    n_headers: u64,
    n_entries: u64,
    /// What of the last entry's content and padding was not taken.
    pending: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Walking,
    /// The two blocks of zeros were seen.
    Ended,
    /// It cannot go on, and a gap says why.
    Stopped,
}

/// What extended and long-name headers said before the entry's own.
#[derive(Default)]
struct Prelude {
    records: Records,
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
    is_empty: bool,
}

impl<S: Supply> Walk<S> {
    pub(crate) fn new(supply: S, limits: &Limits) -> Self {
        Self {
            supply,
            gaps: Gaps::default(),
            limits: *limits,
            n_headers: 0,
            n_entries: 0,
            pending: 0,
            state: State::Walking,
        }
    }

    /// The next entry; `None` at the end, with gaps that tell if it is not the true one.
    pub(crate) fn next(&mut self) -> Option<Member> {
        while self.state == State::Walking {
            match self.step() {
                Ok(Some(member)) => return Some(member),
                Ok(None) => {}
                Err(fault) => self.stop(fault),
            }
        }
        None
    }

    /// The next stored bytes of the entry, at most what is left of it. Empty when all were taken.
    pub(crate) fn content(&mut self, left: u64) -> Option<&[u8]> {
        let most = usize::try_from(left).unwrap_or(usize::MAX);
        let fault = match self.supply.peek(1) {
            Ok(bytes) if bytes.is_empty() && most > 0 => Fault::new(GapKind::Truncated, CUT_SHORT),
            // The borrow must be taken anew, since it would otherwise outlive the match.
            Ok(_) => {
                let bytes = self.supply.peek(1).ok()?;
                return bytes.get(..most.min(bytes.len()));
            }
            Err(fault) => fault,
        };
        self.stop(fault);
        None
    }

    /// Takes `n` bytes of content.
    pub(crate) fn take_content(&mut self, n: usize) {
        self.supply.consume(n);
        self.pending = self.pending.saturating_sub(n as u64);
    }

    /// After the last entry: looks whether anything follows that an engine would not extract. A
    /// stream is read to its end by this, so that all of it is hashed.
    pub(crate) fn finish(&mut self) {
        if self.state == State::Ended
            && let Err(fault) = self.look_behind_end()
        {
            let kind =
                if fault.kind == GapKind::Corrupt { GapKind::TrailingData } else { fault.kind };
            self.gaps.add("", kind, format!("behind the end of the archive: {}", fault.message));
            self.state = State::Stopped;
        }
    }

    fn look_behind_end(&mut self) -> Result<(), Fault> {
        let can_jump = self.supply.source().is_some();
        let mut left = if can_jump { MAX_LOOK_BEHIND } else { u64::MAX };
        let mut has_bytes = false;
        loop {
            let bytes = self.supply.peek(1)?;
            let n = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if bytes.is_empty() {
                break;
            }
            if n == 0 || has_bytes && can_jump {
                has_bytes = true;
                break;
            }
            has_bytes |= bytes.iter().take(n).any(|it| *it != 0);
            self.supply.consume(n);
            left -= n as u64;
        }
        if has_bytes {
            let message = "more bytes follow the end of the archive, which engines do not extract";
            self.gaps.add("", GapKind::TrailingData, message);
        }
        Ok(())
    }

    /// Whether the end of the archive was seen, rather than a fault.
    pub(crate) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Ends the walk with a gap.
    pub(crate) fn stop(&mut self, fault: Fault) {
        if self.state != State::Stopped {
            self.gaps.add("", fault.kind, fault.message);
        }
        self.state = State::Stopped;
    }

    /// One entry with all headers that belong to it; `None` if it is not to be shown.
    fn step(&mut self) -> Result<Option<Member>, Fault> {
        self.skip_pending()?;
        let mut prelude = Prelude { is_empty: true, ..Prelude::default() };
        loop {
            let Some(block) = self.block(prelude.is_empty)? else { return Ok(None) };
            if block.iter().all(|it| *it == 0) {
                self.end(&prelude)?;
                return Ok(None);
            }
            self.count_header()?;
            let Some(header) = Header::read(&block) else { return Err(self.no_header()) };
            let Some(size) = header.size().and_then(|it| u64::try_from(it).ok()) else {
                let at = self.supply.position().saturating_sub(BLOCK as u64);
                let message = format!("the header at byte {at} has no size that is possible");
                return Err(Fault::new(GapKind::Corrupt, message));
            };
            match header.type_flag() {
                b'x' | b'X' => prelude.records = pax::parse(&self.special(size)?),
                b'g' => self.heed_global(size)?,
                b'L' => prelude.long_name = Some(self.special_text(size)?),
                b'K' => prelude.long_link = Some(self.special_text(size)?),
                _ => return self.member(&header, size, &prelude),
            }
            prelude.is_empty = false;
        }
    }

    fn skip_pending(&mut self) -> Result<(), Fault> {
        let pending = std::mem::take(&mut self.pending);
        if pending > 0 && self.supply.skip(pending)? < pending {
            return Err(Fault::new(GapKind::Truncated, CUT_SHORT));
        }
        Ok(())
    }

    /// The next block; `None` where the bytes end between two entries.
    fn block(&mut self, may_end: bool) -> Result<Option<Block>, Fault> {
        let position = self.supply.position();
        let bytes = self.supply.peek(BLOCK)?;
        if let Some(block) = bytes.first_chunk::<BLOCK>() {
            let res = *block;
            self.supply.consume(BLOCK);
            return Ok(Some(res));
        }
        let is_clean = bytes.is_empty() && may_end;
        if !is_clean {
            return Err(Fault::new(GapKind::Truncated, CUT_SHORT));
        }
        self.state = State::Ended;
        if position > 0 {
            let message = "the archive ends without its end mark; it may have been cut short";
            self.gaps.add("", GapKind::Truncated, message);
        }
        Ok(None)
    }

    /// After a block of zeros: an engine wants a second one and looks no further.
    fn end(&mut self, prelude: &Prelude) -> Result<(), Fault> {
        if !prelude.is_empty {
            return Err(Fault::new(
                GapKind::Truncated,
                "the archive ends before an announced entry",
            ));
        }
        let bytes = self.supply.peek(BLOCK)?;
        let second = bytes.get(..BLOCK.min(bytes.len())).unwrap_or_default();
        let n = second.len();
        if second.iter().any(|it| *it != 0) {
            let message = "a block of zeros stands where an entry should; the rest is not read";
            return Err(Fault::new(GapKind::TrailingData, message));
        }
        self.supply.consume(n);
        self.state = State::Ended;
        Ok(())
    }

    fn count_header(&mut self) -> Result<(), Fault> {
        self.n_headers += 1;
        if self.n_headers > self.limits.entries.saturating_mul(HEADERS_PER_ENTRY) {
            return Err(Fault::new(GapKind::Limit, "too many headers; the rest is not read"));
        }
        Ok(())
    }

    fn no_header(&self) -> Fault {
        if self.n_headers == 1 {
            return Fault::new(GapKind::Corrupt, "this is no tar archive");
        }
        let at = self.supply.position().saturating_sub(BLOCK as u64);
        let message = format!("the header at byte {at} is broken; the rest is not read");
        Fault::new(GapKind::Corrupt, message)
    }

    /// The content of a header that speaks of another.
    fn special(&mut self, size: u64) -> Result<Vec<u8>, Fault> {
        if size > MAX_SPECIAL {
            let message = format!("an extended header of {size} bytes; the rest is not read");
            return Err(Fault::new(GapKind::Limit, message));
        }
        let mut res = Vec::new();
        let mut left = usize::try_from(size).unwrap_or(0);
        while left > 0 {
            let bytes = self.supply.peek(1)?;
            let n = left.min(bytes.len());
            if n == 0 {
                return Err(Fault::new(GapKind::Truncated, CUT_SHORT));
            }
            res.extend_from_slice(bytes.get(..n).unwrap_or_default());
            self.supply.consume(n);
            left -= n;
        }
        self.pending = padding(size);
        self.skip_pending()?;
        Ok(res)
    }

    fn special_text(&mut self, size: u64) -> Result<Vec<u8>, Fault> {
        let mut res = self.special(size)?;
        res.truncate(crate::tar::text(&res).len());
        Ok(res)
    }

    /// Engines do not heed global headers; what one says of entries is told, not believed.
    fn heed_global(&mut self, size: u64) -> Result<(), Fault> {
        let records = pax::parse(&self.special(size)?);
        if records.fault.is_some() || pax::changes_entries(&records) {
            let message =
                "a global header wants to change the entries after it; engines pass it by";
            self.gaps.add("", GapKind::Unsupported, message);
        }
        Ok(())
    }

    fn member(
        &mut self,
        header: &Header<'_>,
        size: u64,
        prelude: &Prelude,
    ) -> Result<Option<Member>, Fault> {
        self.n_entries += 1;
        if self.n_entries > self.limits.entries {
            let message =
                format!("more than {} entries; the rest is not read", self.limits.entries);
            return Err(Fault::new(GapKind::Limit, message));
        }
        let size = prelude.records.size.unwrap_or(size);
        let name = member_name(header, prelude);
        let flag = match header.type_flag() {
            // Before POSIX, a folder was a file whose name ends in a slash.
            0 if name.ends_with(b"/") => b'5',
            flag => flag,
        };
        let has_content = !matches!(flag, b'1'..=b'6');
        let stored = if has_content { size } else { 0 };
        self.pending = stored.saturating_add(padding(stored));
        let path = self.path(&name);
        if let Some(fault) = prelude.records.fault {
            self.gaps.add(&shortened(&path), GapKind::Corrupt, fault);
        }
        let sparse = self.sparse(header, flag, &prelude.records, stored, &path)?;
        let Some(kind) = self.kind(header, flag, prelude, &path) else { return Ok(None) };
        if !self.is_within_limits(&path, &kind) {
            return Ok(None);
        }
        let (sparse, is_readable) = match sparse {
            Some(Ok(map)) => (Some(map), true),
            Some(Err(())) => (None, false),
            None => (None, true),
        };
        let is_file = kind == EntryKind::File;
        let length = sparse.as_ref().map_or(stored, |it| it.size);
        let entry = Entry { size: if is_file { length } else { 0 }, ..metadata(header, prelude) };
        let entry = Entry { path, kind, ..entry };
        Ok(Some(Member { entry, stored: self.pending - padding(stored), sparse, is_readable }))
    }

    fn path(&mut self, name: &[u8]) -> String {
        let confined = confine(&text_of(name));
        if confined.climbs {
            let message = "the name climbs out of the root by `..`; it was confined";
            self.gaps.add(&shortened(&confined.path), GapKind::UnsafePath, message);
        }
        confined.path
    }

    fn is_within_limits(&mut self, path: &str, kind: &EntryKind) -> bool {
        let target = match kind {
            EntryKind::HardLink(target) | EntryKind::SymbolicLink(target) => target.len(),
            _ => 0,
        };
        if path.len().max(target) > self.limits.path_bytes {
            let message = format!(
                "a name of more than {} bytes; the entry is not read",
                self.limits.path_bytes
            );
            self.gaps.add(&shortened(path), GapKind::Limit, message);
            return false;
        }
        if depth(path) > self.limits.path_depth {
            let message =
                format!("deeper than {} folders; the entry is not read", self.limits.path_depth);
            self.gaps.add(&shortened(path), GapKind::Limit, message);
            return false;
        }
        true
    }

    fn kind(
        &mut self,
        header: &Header<'_>,
        flag: u8,
        prelude: &Prelude,
        path: &str,
    ) -> Option<EntryKind> {
        let link = || -> Cow<'_, [u8]> {
            let records = &prelude.records;
            match prelude.long_link.as_ref().or(records.link_path.as_ref()) {
                Some(link) => Cow::Borrowed(link),
                None => Cow::Borrowed(header.link_name()),
            }
        };
        Some(match flag {
            0 | b'0' | b'7' | b'S' => EntryKind::File,
            b'1' => {
                let confined = confine(&text_of(&link()));
                if confined.climbs {
                    let message = "the link climbs out of the root by `..`; it was confined";
                    self.gaps.add(&shortened(path), GapKind::UnsafePath, message);
                }
                EntryKind::HardLink(confined.path)
            }
            b'2' => EntryKind::SymbolicLink(text_of(&link()).into_owned()),
            b'3' | b'4' => {
                let (major, minor) = header.device().unwrap_or((-1, -1));
                let number = |it| u32::try_from(it).unwrap_or(u32::MAX);
                let (major, minor) = (number(major), number(minor));
                if flag == b'3' {
                    EntryKind::CharacterDevice(major, minor)
                } else {
                    EntryKind::BlockDevice(major, minor)
                }
            }
            b'5' | b'D' => EntryKind::Directory,
            b'6' => EntryKind::Fifo,
            // The name of the archive itself.
            b'V' => return None,
            _ => {
                let shown = char::from(flag).escape_default();
                let message = format!("an entry of unknown type `{shown}`; it is not read");
                self.gaps.add(&shortened(path), GapKind::Unsupported, message);
                return None;
            }
        })
    }

    /// The map of a file with holes; the inner error is a map that lies, of which a gap was made.
    fn sparse(
        &mut self,
        header: &Header<'_>,
        flag: u8,
        records: &Records,
        stored: u64,
        path: &str,
    ) -> Result<Option<Result<SparseMap, ()>>, Fault> {
        let map = if flag == b'S' {
            let size = header.sparse_size().and_then(|it| u64::try_from(it).ok());
            let (numbers, fault) = self.old_sparse_numbers(header)?;
            fault.map_or_else(|| parse_pairs(&numbers, size.unwrap_or(0), stored), Err)
        } else if !matches!(flag, 0 | b'0' | b'7') {
            return Ok(None);
        } else if records.sparse.map_is_in_content() {
            let map = self.sparse_map_in_content(stored)?;
            let left = self.pending.saturating_sub(padding(stored));
            map.and_then(|it| parse_pairs(&it, records.sparse.size.unwrap_or(0), left))
        } else {
            match records.sparse.map(stored) {
                Some(map) => map,
                None => return Ok(None),
            }
        };
        Ok(Some(map.map_err(|lie| self.gaps.add(&shortened(path), GapKind::Corrupt, lie))))
    }

    /// The pairs of a GNU sparse file: four in the header, and more in blocks behind it.
    fn old_sparse_numbers(
        &mut self,
        header: &Header<'_>,
    ) -> Result<(Vec<u64>, Option<&'static str>), Fault> {
        let mut numbers = Vec::new();
        let (pairs, mut has_more) = header.sparse_pairs();
        let mut fault = push_pairs(&mut numbers, pairs).err();
        while has_more {
            let Some(block) = self.block(false)? else { break };
            if numbers.len() > 2 * MAX_PIECES {
                return Err(Fault::new(GapKind::Limit, "a file has too many holes"));
            }
            fault =
                fault.or(push_pairs(&mut numbers, block.get(..21 * 24).unwrap_or_default()).err());
            has_more = block.get(504).is_some_and(|it| *it != 0);
            self.n_headers += 1;
        }
        Ok((numbers, fault))
    }

    /// The map of format 1.0: decimal lines in blocks at the start of the content.
    fn sparse_map_in_content(
        &mut self,
        stored: u64,
    ) -> Result<Result<Vec<u64>, &'static str>, Fault> {
        const LIES: &str = "the map of its holes cannot be read";
        let mut numbers: Vec<u64> = Vec::new();
        let mut wanted = 1;
        let mut digits = Vec::new();
        let mut left = stored;
        while numbers.len() < wanted {
            if left < BLOCK as u64 {
                return Ok(Err(LIES));
            }
            let Some(block) = self.block(false)? else { return Ok(Err(LIES)) };
            left -= BLOCK as u64;
            self.pending -= BLOCK as u64;
            for byte in block {
                match byte {
                    _ if numbers.len() == wanted => break,
                    b'\n' => {
                        let Some(number) = pax::decimal(&digits) else { return Ok(Err(LIES)) };
                        digits.clear();
                        if numbers.is_empty() {
                            if number > MAX_PIECES as u64 {
                                return Ok(Err("it has too many holes"));
                            }
                            wanted += 2 * usize::try_from(number).unwrap_or(0);
                        }
                        numbers.push(number);
                    }
                    b'0'..=b'9' if digits.len() < 20 => digits.push(byte),
                    _ => return Ok(Err(LIES)),
                }
            }
        }
        numbers.remove(0);
        Ok(Ok(numbers))
    }
}

/// The name as the last of its sources gives it.
fn member_name(header: &Header<'_>, prelude: &Prelude) -> Vec<u8> {
    let Prelude { records, long_name, .. } = prelude;
    let is_sparse = records.sparse.major.is_some() || records.sparse.has_map;
    let sparse_name = records.sparse.name.as_ref().filter(|_| is_sparse);
    match sparse_name.or(long_name.as_ref()).or(records.path.as_ref()) {
        Some(name) => name.clone(),
        None => header.name(),
    }
}

/// All but path, kind and size.
fn metadata(header: &Header<'_>, prelude: &Prelude) -> Entry {
    let records = &prelude.records;
    let owner = |it: Option<i64>| u32::try_from(it.unwrap_or(0)).unwrap_or(u32::MAX);
    Entry {
        path: String::new(),
        kind: EntryKind::File,
        size: 0,
        mode: u32::try_from(header.mode().unwrap_or(0) & 0o7777).unwrap_or(0),
        user: records.user.unwrap_or_else(|| owner(header.user())),
        group: records.group.unwrap_or_else(|| owner(header.group())),
        modified: records.modified.or(header.modified()).unwrap_or(0),
        has_capabilities: records.has_capabilities,
    }
}

/// Pairs of twelve bytes; an empty offset ends them.
fn push_pairs(numbers: &mut Vec<u64>, pairs: &[u8]) -> Result<(), &'static str> {
    const LIES: &str = "the map of its holes cannot be read";
    for pair in pairs.chunks_exact(24) {
        let (offset, len) = pair.split_at(12);
        if offset.first().is_none_or(|it| *it == 0) {
            break;
        }
        for field in [offset, len] {
            let number = number(field).and_then(|it| u64::try_from(it).ok());
            numbers.push(number.ok_or(LIES)?);
        }
    }
    Ok(())
}

/// What fills the last block.
fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

/// As much as engines allow for the headers that speak of one entry.
const MAX_SPECIAL: u64 = 1 << 20;

/// Zeros behind the end are padding to the block size of a tape, which is never so long.
const MAX_LOOK_BEHIND: u64 = 16 << 20;

/// An entry seldom has more headers than its own and three others.
const HEADERS_PER_ENTRY: u64 = 8;

const CUT_SHORT: &str = "the archive ends in the middle of an entry";
