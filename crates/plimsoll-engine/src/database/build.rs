//! Makes a store out of raw feeds in a folder.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use plimsoll_feed::{FEEDS, Feed, Format};
use plimsoll_fs::{
    FileLock, MappedFile, NewFile, WalkOptions, exists, is_folder, read_bytes, seconds_now,
    walk_sorted,
};
use plimsoll_package::Ecosystem;
use plimsoll_vuln::{
    BuildError, BuildReport, Day, Store, StoreBuilder, compress, compress_partitions,
};

use crate::database::{
    DatabaseError,
    collect::{Collector, MAX_DOCUMENT, Making},
    feeds::{bucket_folder, is_document, is_file_of},
};

/// What to make.
#[derive(Clone, Debug)]
pub struct BuildRequest {
    /// The folder of raw feeds: `<ECOSYSTEM>/all.zip` as OSV's bucket has them, and for each other
    /// feed a folder, archive or document that is called like it; also in `osv` and `native` below.
    pub from: PathBuf,
    /// Where the store goes.
    pub out: PathBuf,
    /// Whether it is packed to be carried along.
    pub is_packed: bool,
}

/// What was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuildAnswer {
    /// What went into the store.
    pub report: BuildReport,
    /// Bytes of the file.
    pub n_bytes: u64,
    /// Records that could not be read, as one line for each feed.
    pub complaints: Vec<String>,
}

/// Who is told of long work.
pub trait DatabaseProgress {
    /// Something begins; `total` is how much it is, where that is known.
    fn begin(&self, what: &str, total: Option<u64>);
    /// So much of it is done.
    fn at(&self, done: u64);
}

/// Nobody is told.
#[derive(Clone, Copy, Debug)]
pub struct SilentDatabase;

impl DatabaseProgress for SilentDatabase {
    fn begin(&self, _what: &str, _total: Option<u64>) {}
    fn at(&self, _done: u64) {}
}

/// Makes a store. The same feeds give the same bytes: as the time of building counts the newest
/// fact.
pub fn build_database(
    request: &BuildRequest,
    progress: &dyn DatabaseProgress,
) -> Result<BuildAnswer, DatabaseError> {
    let mut inputs = find_inputs(&request.from);
    // A packed store stays with the program for long, and likelihoods are of a day.
    inputs.retain(|it| !(request.is_packed && it.feed.format == Format::Epss));
    if inputs.is_empty() {
        return Err(DatabaseError::NoFeeds { folder: request.from.clone() });
    }
    let Some(_lock) = FileLock::take(&request.out)? else {
        return Err(DatabaseError::Locked { path: request.out.clone() });
    };
    let now = seconds_now();
    let mut making = Making::new(StoreBuilder::new(0));
    let mut complaints = Vec::new();
    let mut newest = 0;
    for (number, input) in (0..).zip(&inputs) {
        progress.begin(input.feed.name, Some(inputs.len() as u64));
        progress.at(number);
        let (as_of, complaint) = input.read(&mut making, now)?;
        newest = newest.max(as_of);
        complaints.extend(complaint);
    }
    progress.begin("writing", None);
    let mut builder = making.finish();
    builder.set_built_at(newest);
    let (report, n_bytes) = write_store(builder, &request.out, request.is_packed)?;
    Ok(BuildAnswer { report, n_bytes, complaints })
}

/// Writes the store beside its target, looks whether it can be read, and only then gives it its
/// name.
pub(crate) fn write_store(
    builder: StoreBuilder,
    target: &Path,
    is_packed: bool,
) -> Result<(BuildReport, u64), DatabaseError> {
    let mut plain = Vec::new();
    let report = builder.finish(&mut plain)?;
    let store = Store::open(&plain).map_err(|it| store_error(target, it))?;
    let bytes = if is_packed { compress(&store)? } else { pack_cold(&store)? };
    drop(store);
    drop(plain);
    let mut file = NewFile::beside(target)?;
    put(&mut file, target, &bytes)?;
    let n_bytes = check(&mut file, target)?;
    file.put_in_place()?;
    Ok((report, n_bytes))
}

/// The store as a user keeps it: what is seldom asked for is packed, all else is read in place.
pub(crate) fn pack_cold(store: &Store<'_>) -> Result<Vec<u8>, BuildError> {
    compress_partitions(store, &|ecosystem, release| {
        COLD.iter().any(|(cold, releases)| *cold == ecosystem && releases.contains(&release))
    })
}

/// Releases that have ended but still stand below old images, and make up much of a store.
const COLD: &[(Ecosystem, &[&str])] = &[
    (Ecosystem::RedHat, &["2", "2.1", "3", "4", "5", "6", "7"]),
    (Ecosystem::Ubuntu, &["12.04", "14.04", "16.04", "18.04"]),
    (Ecosystem::Amazon, &["1"]),
];

/// Writes bytes that are a store.
pub(crate) fn put(file: &mut NewFile, target: &Path, bytes: &[u8]) -> Result<(), DatabaseError> {
    use std::io::Write as _;
    file.write_all(bytes)
        .map_err(|why| DatabaseError::Write { path: target.to_owned(), why: why.to_string() })
}

/// Whether what was written can be read, every section of it; gives its length.
pub(crate) fn check(file: &mut NewFile, target: &Path) -> Result<u64, DatabaseError> {
    let map = file.map()?;
    let verified = Store::open(&map).and_then(|it| it.verify());
    verified.map_err(|it| store_error(target, it))?;
    Ok(map.len() as u64)
}

fn store_error(path: &Path, why: plimsoll_vuln::StoreError) -> DatabaseError {
    DatabaseError::Store { name: path.display().to_string(), why }
}

/// One file of one feed.
struct Input {
    feed: &'static Feed,
    path: PathBuf,
    kind: FileKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    Zip,
    Tar,
    /// One document, which may be packed.
    Document,
    /// A folder of documents.
    Folder,
}

impl Input {
    /// Reads it, and gives the time of its newest fact and what cannot be read in it.
    fn read(&self, making: &mut Making, now: i64) -> Result<(i64, Option<String>), DatabaseError> {
        let mut collector = Collector::new(self.feed, making, now)?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        collector.gathered = date_in(&name).min(now);
        let res = match self.kind {
            FileKind::Folder => self.read_folder(&mut collector),
            kind => {
                let map = MappedFile::open(&self.path)?;
                match kind {
                    FileKind::Zip => collector.zip(&name, &map),
                    FileKind::Tar => collector.tar(&map),
                    _ => collector.packed(&name, &map),
                }
            }
        };
        res.map_err(|why| self.broken(why))?;
        let complaint = collector.complaint();
        if collector.is_broken() {
            return Err(self.broken(complaint.unwrap_or_default()));
        }
        // Some documents have no times, or only that of their making; the file then says when they
        // were gathered.
        let as_of = collector.newest.max(collector.gathered);
        let n_records = u32::try_from(collector.tally.records).unwrap_or(u32::MAX);
        collector.finish(as_of, n_records, "")?;
        Ok((as_of, complaint))
    }

    fn read_folder(&self, collector: &mut Collector<'_>) -> Result<(), String> {
        let options = WalkOptions { respect_gitignore: false, ..WalkOptions::default() };
        let (entries, errors) = walk_sorted(std::slice::from_ref(&self.path), options);
        if let Some(error) = errors.first() {
            return Err(error.to_string());
        }
        for entry in entries {
            let inner = entry.path.strip_prefix(&self.path).unwrap_or(&entry.path);
            let inner = inner.to_string_lossy();
            if is_document(self.feed, &inner) {
                let bytes = read_bytes(&entry.path, MAX_DOCUMENT).map_err(|it| it.to_string())?;
                collector.document(&inner, &bytes);
            }
        }
        Ok(())
    }

    fn broken(&self, why: impl fmt::Display) -> DatabaseError {
        DatabaseError::Feed { name: self.path.display().to_string(), why: why.to_string() }
    }
}

/// Files of feeds in a folder and in `osv` and `native` below it, preferred feeds first.
fn find_inputs(folder: &Path) -> Vec<Input> {
    let folders = [folder.to_owned(), folder.join("osv"), folder.join("native")];
    let mut res: Vec<Input> = Vec::new();
    // Statements on products are no facts of a store: they are judged where the user names them.
    for feed in FEEDS.iter().filter(|it| it.format != Format::Vex) {
        let found = folders.iter().filter(|it| is_folder(it)).find_map(|it| find(feed, it));
        res.extend(found.map(|(path, kind)| Input { feed, path, kind }));
    }
    res
}

fn find(feed: &Feed, folder: &Path) -> Option<(PathBuf, FileKind)> {
    if let Some(name) = bucket_folder(feed) {
        let archive = folder.join(format!("{}.tar.zst", name.replace(' ', "_")));
        let zip = folder.join(&name).join("all.zip");
        let places = [(zip, FileKind::Zip), (archive, FileKind::Tar)];
        return places.into_iter().find(|it| exists(&it.0));
    }
    let options = WalkOptions { respect_gitignore: false, max_depth: 1, ..WalkOptions::default() };
    let sub_folder = folder.join(feed.name);
    if is_folder(&sub_folder) {
        return Some((sub_folder, FileKind::Folder));
    }
    // Deeper folders are told as errors, and are not what is looked for.
    let (entries, _) = walk_sorted(&[folder.to_owned()], options);
    let mut files = entries.into_iter().filter_map(|it| {
        let name = it.path.file_name()?.to_str()?;
        let kind = kind_of(name)?;
        (it.path.parent() == Some(folder) && is_file_of(feed, name)).then_some((it.path, kind))
    });
    // The last of several is the newest, by the date in its name.
    files.by_ref().last()
}

fn kind_of(name: &str) -> Option<FileKind> {
    let plain = name.strip_suffix(".zst").or_else(|| name.strip_suffix(".gz")).unwrap_or(name);
    match plain.rsplit_once('.')?.1 {
        "tar" | "tgz" => Some(FileKind::Tar),
        "zip" => Some(FileKind::Zip),
        "json" | "jsonl" | "csv" => Some(FileKind::Document),
        _ => None,
    }
}

/// The day in a file's name, `epss-2021-08-31.csv.zst`, in seconds since 1970; 0 without one.
fn date_in(name: &str) -> i64 {
    let starts = name.char_indices().map(|it| it.0);
    let mut days = starts.filter_map(|at| Day::parse(name.get(at..at + 10)?));
    days.next_back().map_or(0, Day::seconds)
}
