//! Reading one layer into a record.

use std::collections::{BTreeMap, HashMap};

use plimsoll_inventory::{InputFile, extract, want_alike, wants};
use plimsoll_lint::subject::image::wants_content;
use plimsoll_oci::{
    Entry, EntryKind, Hashing, LayerSummary, LayerVisitor, ReadAt, Want, read_whole,
};
use plimsoll_secret::{Detectors, FileContext, Found, Scanner};
use sha1::Digest as _;

use super::record::{FileSecrets, LayerRecord, SecretFact};

/// What is looked for in layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Looks {
    /// Secrets, in every file.
    pub(crate) secrets: bool,
}

/// Reads a layer that comes as an archive. `read` shows it to a visitor from its beginning to its
/// end, and is called once more where files are wanted under another name than that with which
/// their content comes.
pub(crate) fn read_archive<E>(
    read: &mut dyn FnMut(Hashing, &mut dyn LayerVisitor) -> Result<LayerSummary, E>,
    hashing: Hashing,
    looks: Looks,
) -> Result<(LayerRecord, LayerSummary), E> {
    let mut reader = LayerReader::new(looks);
    let summary = read(hashing, &mut reader)?;
    let mut record = reader.finish();
    record.gaps.extend(summary.gaps.iter().map(|it| (it.path.clone(), it.message.clone())));
    record.n_bytes = summary.n_bytes;
    record.is_complete = summary.is_complete;
    let mut names = OtherNames::of(&mut record);
    if !names.by_file.is_empty() {
        let again = read(Hashing::Skip, &mut names)?;
        names.finish(&mut record);
        for gap in again.gaps {
            // What is wrong with the layer itself was told the first time.
            let gap = (gap.path, gap.message);
            if !record.gaps.contains(&gap) {
                record.gaps.push(gap);
            }
        }
    }
    Ok((record, summary))
}

/// Lays what it sees into a record.
pub(crate) struct LayerReader {
    looks: Looks,
    record: LayerRecord,
    scanner: Option<Scanner>,
    /// The content of the file that is searched, to be hashed if a secret is found in it.
    scanned: Vec<u8>,
}

impl LayerReader {
    pub(crate) fn new(looks: Looks) -> Self {
        Self { looks, record: LayerRecord::default(), scanner: None, scanned: Vec::new() }
    }

    pub(crate) fn finish(self) -> LayerRecord {
        self.record
    }

    /// Sees a file of a folder, which is opened only if somebody wants it. `first` is the entry of
    /// the name under which a hard link was seen before.
    pub(crate) fn file<C: ReadAt>(
        &mut self,
        entry: &Entry,
        first: Option<&Entry>,
        open: impl FnOnce() -> std::io::Result<C>,
    ) {
        let want = self.entry(entry);
        let other_name = first.and_then(|it| other_name(&entry.path, it));
        let want = other_name.as_ref().map_or(want, wanted);
        if entry.kind != EntryKind::File && other_name.is_none() {
            return;
        }
        self.record.n_bytes = self.record.n_bytes.saturating_add(entry.size);
        let is_searched = self.wants_chunks(entry);
        if want == Want::No && !is_searched {
            return;
        }
        let content = match open() {
            Ok(content) => content,
            Err(error) => {
                self.record.gaps.push((entry.path.clone(), format!("cannot be read: {error}")));
                return;
            }
        };
        if is_searched && let Err(error) = self.search(entry, &content) {
            self.record.gaps.push((entry.path.clone(), format!("cannot be read: {error}")));
            return;
        }
        let mut head = [0; 4];
        let mut is_elf =
            || content.read_at(0, &mut head).is_ok_and(|n| n == 4) && head == *b"\x7fELF";
        if want == Want::Yes || want == Want::WhenElf && is_elf() {
            self.content(other_name.as_ref().unwrap_or(entry), &content);
        }
    }

    /// Sees an entry that is no file: what stands beside a folder to hide lower ones.
    pub(crate) fn mark(&mut self, entry: &Entry) {
        self.record.entries.push(entry.clone());
    }

    /// Notes what could not be read.
    pub(crate) fn gap(&mut self, path: &str, why: &str) {
        self.record.gaps.push((path.to_owned(), why.to_owned()));
    }

    fn search(&mut self, entry: &Entry, content: &dyn ReadAt) -> std::io::Result<()> {
        let mut buffer = vec![0; CHUNK];
        let mut offset = 0;
        loop {
            let n = content.read_at(offset, &mut buffer)?;
            if n == 0 {
                break;
            }
            self.chunk(entry, offset, buffer.get(..n).unwrap_or_default());
            offset += n as u64;
        }
        self.end_of_chunks(entry);
        Ok(())
    }

    /// The number of the entry seen last.
    fn number(&self) -> u32 {
        u32::try_from(self.record.entries.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }
}

impl LayerVisitor for LayerReader {
    fn entry(&mut self, entry: &Entry) -> Want {
        self.record.entries.push(entry.clone());
        wanted(entry)
    }

    fn content(&mut self, entry: &Entry, content: &dyn ReadAt) {
        let number = self.number();
        keep_content(&mut self.record, number, entry, content);
    }

    fn wants_chunks(&mut self, entry: &Entry) -> bool {
        let is_searched = self.looks.secrets && entry.size >= SHORTEST;
        if is_searched {
            let context = FileContext { path: &entry.path };
            let limits = plimsoll_secret::Limits::default();
            self.scanner = Some(Detectors::builtin().scanner(context, limits));
            self.scanned.clear();
        }
        is_searched
    }

    fn chunk(&mut self, entry: &Entry, _: u64, bytes: &[u8]) {
        if let Some(scanner) = &mut self.scanner {
            scanner.push(bytes);
        }
        if entry.size <= MAX_HASHED {
            self.scanned.extend_from_slice(bytes);
        }
    }

    fn end_of_chunks(&mut self, entry: &Entry) {
        let Some(scanner) = self.scanner.take() else { return };
        let Found { hits, gaps } = scanner.finish();
        for gap in gaps {
            self.record.gaps.push((entry.path.clone(), gap.why()));
        }
        if hits.is_empty() {
            return;
        }
        let hits = hits.iter().map(secret_fact).collect();
        let is_whole = self.scanned.len() as u64 == entry.size;
        let digests = if is_whole { digests(&self.scanned) } else { Vec::new() };
        self.record.secrets.push(FileSecrets { entry: self.number(), hits, digests });
    }
}

/// Whether rules or extractors want the content of the file.
fn wanted(entry: &Entry) -> Want {
    if entry.kind != EntryKind::File {
        return Want::No;
    }
    if wants_content(&entry.path) && entry.size <= MAX_CONTENT {
        return Want::Yes;
    }
    match wants(entry) {
        plimsoll_inventory::Want::No => Want::No,
        plimsoll_inventory::Want::WhenElf => Want::WhenElf,
        plimsoll_inventory::Want::Yes => Want::Yes,
    }
}

/// Keeps what rules and extractors take from the content of the entry with this number.
fn keep_content(record: &mut LayerRecord, number: u32, entry: &Entry, content: &dyn ReadAt) {
    if wants_content(&entry.path)
        && entry.size <= MAX_CONTENT
        && let Ok(bytes) = read_whole(content, MAX_CONTENT)
    {
        record.contents.push((number, bytes.into_owned()));
    }
    if wants(entry) != plimsoll_inventory::Want::No {
        let facts = extract(&InputFile { entry, content });
        if !facts.is_empty() {
            record.facts.push((number, facts));
        }
    }
}

/// The file `first` as the one at `path`, if it is wanted there and would say more there: in the
/// folder of its first name, the same extractors would find the same in it again.
fn other_name(path: &str, first: &Entry) -> Option<Entry> {
    let entry = Entry { path: path.to_owned(), ..first.clone() };
    let folder = |path: &str| path.rfind('/').unwrap_or(0);
    let is_beside = path.get(..folder(path)) == first.path.get(..folder(&first.path));
    let says_more = || {
        !is_beside
            || wants_content(path)
            || wants_content(&first.path)
            || !want_alike(&entry, first)
    };
    (wanted(&entry) != Want::No && says_more()).then_some(entry)
}

/// Files that are wanted under another name than that with which their content comes.
#[derive(Default)]
struct OtherNames {
    /// By the number of the entry with the content: the numbers of the other names, and what the
    /// file would be there.
    by_file: BTreeMap<u32, Vec<(u32, Entry)>>,
    n_seen: u32,
    found: LayerRecord,
}

impl OtherNames {
    /// Looks through the entries of `record`. A name whose file is in another layer is a gap of it.
    fn of(record: &mut LayerRecord) -> Self {
        let mut res = Self::default();
        if !record.entries.iter().any(|it| matches!(it.kind, EntryKind::HardLink(_))) {
            return res;
        }
        // How large a file of another layer is, and with it whether it is wanted, is not known.
        let may_be_wanted = |it: &Entry| {
            let file = Entry { kind: EntryKind::File, size: MAX_CONTENT, ..it.clone() };
            wanted(&file) != Want::No
        };
        let mut files: HashMap<&str, u32> = HashMap::new();
        for (number, entry) in (0_u32..).zip(&record.entries) {
            let file = match &entry.kind {
                EntryKind::File => number,
                EntryKind::HardLink(target) => match files.get(target.as_str()) {
                    Some(file) => *file,
                    None if may_be_wanted(entry) => {
                        let why = format!(
                            "another name of `{target}`, which is not in its layer; it was not read"
                        );
                        record.gaps.push((entry.path.clone(), why));
                        continue;
                    }
                    None => continue,
                },
                _ => continue,
            };
            files.insert(&entry.path, file);
            let first = record.entries.get(file as usize).filter(|_| file != number);
            if let Some(entry) = first.and_then(|it| other_name(&entry.path, it)) {
                res.by_file.entry(file).or_default().push((number, entry));
            }
        }
        res
    }

    /// Adds what was found to `record`, in the order of its entries.
    fn finish(self, record: &mut LayerRecord) {
        record.facts.extend(self.found.facts);
        record.facts.sort_by_key(|it| it.0);
        record.contents.extend(self.found.contents);
        record.contents.sort_by_key(|it| it.0);
    }
}

impl LayerVisitor for OtherNames {
    fn entry(&mut self, _: &Entry) -> Want {
        self.n_seen = self.n_seen.saturating_add(1);
        let names = self.by_file.get(&(self.n_seen - 1)).into_iter().flatten();
        names.map(|it| wanted(&it.1)).fold(Want::No, |most, it| match it {
            Want::Yes => Want::Yes,
            Want::WhenElf if most == Want::No => Want::WhenElf,
            Want::WhenElf | Want::No => most,
        })
    }

    fn content(&mut self, _: &Entry, content: &dyn ReadAt) {
        for (number, entry) in self.by_file.get(&(self.n_seen - 1)).into_iter().flatten() {
            keep_content(&mut self.found, *number, entry, content);
        }
    }
}

/// What is kept of a secret.
pub(crate) fn secret_fact(hit: &plimsoll_secret::Hit) -> SecretFact {
    SecretFact {
        detector: hit.detector.id().to_owned(),
        line: hit.start.line,
        masked: hit.masked.to_string(),
        confidence: hit.confidence,
        message: hit.message(),
    }
}

/// The digests by which package databases know their files.
fn digests(bytes: &[u8]) -> Vec<String> {
    let hex = |bytes: &[u8]| -> String {
        let digits = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or_default();
        bytes.iter().flat_map(|it| [digits(it >> 4), digits(it & 15)]).collect()
    };
    vec![
        format!("md5:{}", hex(&md5::Md5::digest(bytes))),
        format!("sha1:{}", hex(&sha1::Sha1::digest(bytes))),
        format!("sha256:{}", hex(&sha2::Sha256::digest(bytes))),
    ]
}

/// Rules look into files of at most this size: accounts, settings, keys.
const MAX_CONTENT: u64 = 256 << 10;

/// Larger files are not hashed on the way, so that they are never skipped as unchanged.
const MAX_HASHED: u64 = 8 << 20;

/// No secret is shorter.
const SHORTEST: u64 = 8;

/// Files of a folder are searched in pieces of this size.
const CHUNK: usize = 256 << 10;
