//! Renews a store from the network: what changed since the last time, all of it or nothing.
//!
//! A new store is written beside the old one, read back, and renamed over it. Nothing is changed
//! before that, so whatever stops an update leaves the old store.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use plimsoll_feed::{FEEDS, Feed, Format, Layout};
use plimsoll_fs::{FileLock, MappedFile, NewFile, exists, seconds_now};
use plimsoll_net::{Download, Http, HttpOptions, NetworkPermission, Validator};
use plimsoll_vuln::{Day, SourceInfo, Store, StoreBuilder, decompress};

use crate::database::{
    DatabaseError,
    build::{DatabaseProgress, check, pack_cold, put, write_store},
    collect::Making,
    documents::refresh_documents,
    feeds::{OSV, OSV_BUCKET, bucket_folder},
    refresh::{Refresh, refresh},
    state::{State, StoreMark, read_state, state_path, write_state},
};

/// What to renew, and from where.
#[derive(Clone, Debug)]
pub struct UpdateRequest {
    /// The store.
    pub target: PathBuf,
    /// A ready store to put there, as a file or an address, in place of asking the feeds.
    pub from: Option<String>,
    /// Other addresses of feeds, by their names: mirrors.
    pub bases: Vec<(String, String)>,
    /// Only these feeds, by name; empty for those that are fetched by default.
    pub feeds: Vec<String>,
    /// Whether no socket may be opened.
    pub is_offline: bool,
    /// How the network is used.
    pub http: HttpOptions,
}

/// What an update came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateAnswer {
    /// Whether the store is another one than before.
    pub is_changed: bool,
    /// What became of each feed, by name.
    pub feeds: Vec<(String, FeedChange)>,
    /// Feeds that nobody asked for and that are not fetched by default, and why.
    pub skipped: Vec<SkippedFeed>,
    /// Addresses of what a server does not have, of feeds that can do without it.
    pub missing: Vec<String>,
    /// Bytes of the store.
    pub n_bytes: u64,
    /// Why the store that was there was not used, if it was not.
    pub replaced: Option<String>,
}

/// A feed that an update leaves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SkippedFeed {
    /// Its name.
    pub name: &'static str,
    /// What it covers.
    pub covers: &'static str,
    /// Why it is left alone.
    pub why: SkipReason,
    /// The day up to which the store has its facts; `None` where it has none.
    pub kept: Option<Day>,
}

/// Why an update leaves a feed alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Its upstream serves it in too many pieces; a store is built from a mirror of it.
    InPieces,
    /// This feed is fetched, which covers the same.
    CoveredBy(&'static str),
}

/// What became of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedChange {
    /// Nothing new.
    Same,
    /// So many changed records were fetched one by one.
    Delta(u64),
    /// All records were fetched.
    Full(u64),
    /// The server does not have it, and the store has nothing of it.
    Absent,
}

/// Renews the store.
pub fn update_database(
    request: &UpdateRequest,
    progress: &dyn DatabaseProgress,
) -> Result<UpdateAnswer, DatabaseError> {
    let bases = bases(&request.bases)?;
    let feeds = chosen(&request.feeds)?;
    let target = &request.target;
    let Some(lock) = FileLock::take(target)? else {
        return Err(DatabaseError::Locked { path: target.clone() });
    };
    lock.remove_unfinished(&state_path(target))?;
    match &request.from {
        Some(from) if !is_address(from) => install_file(Path::new(from), target),
        Some(from) => install_address(from, request, progress),
        None => update_feeds(request, &feeds, &bases, progress),
    }
}

fn update_feeds(
    request: &UpdateRequest,
    feeds: &[&'static Feed],
    bases: &BTreeMap<&str, &str>,
    progress: &dyn DatabaseProgress,
) -> Result<UpdateAnswer, DatabaseError> {
    let http = http(request)?;
    let target = request.target.as_path();
    let (map, replaced) = old_store(target)?;
    let old = match &map {
        Some(map) => Some(Store::open(map).map_err(|it| store_error(target, it))?),
        None => None,
    };
    let state = match (&old, &map) {
        (Some(old), Some(map)) => read_state(target, mark(old, map)),
        _ => State::default(),
    };
    let now = seconds_now();
    let skipped = if request.feeds.is_empty() { skipped(feeds, old.as_ref()) } else { Vec::new() };
    let mut answer = UpdateAnswer { skipped, replaced, ..UpdateAnswer::default() };
    let (making, old_ref, missing) = (None, old.as_ref(), Vec::new());
    let mut refresh_of =
        Refresh { http: &http, target, now, progress, making, old: old_ref, missing };
    let mut new = state.clone();
    for feed in feeds {
        let known = state.feeds.get(feed.name);
        let base = base(feed, bases);
        let (change, feed_state) = match feed.layout {
            Layout::OsvBucket => refresh(&mut refresh_of, feed, &base, known)?,
            _ => refresh_documents(&mut refresh_of, feed, &base, known)?,
        };
        answer.feeds.push((feed.name.to_owned(), change));
        if change == FeedChange::Absent {
            new.feeds.remove(feed.name);
        } else {
            new.feeds.insert(feed.name.to_owned(), feed_state);
        }
    }
    answer.missing = std::mem::take(&mut refresh_of.missing);
    if answer.feeds.iter().all(|(_, change)| *change == FeedChange::Absent) {
        let why = "no feed is there".to_owned();
        let name = answer.missing.first().cloned().unwrap_or_default();
        return Err(DatabaseError::Feed { name, why });
    }
    if refresh_of.making.is_some() && !feeds.iter().any(|it| it.format == Format::Epss) {
        forget_likelihoods(&mut new);
    }
    let builder = refresh_of.making.take().map(Making::finish);
    answer.n_bytes = map.as_ref().map_or(0, |it| it.len() as u64);
    let mark = match (builder, &old, &map) {
        (None, Some(old), Some(map)) => mark(old, map),
        (builder, _, _) => {
            progress.begin("writing", None);
            let builder = builder.unwrap_or_else(|| StoreBuilder::new(now));
            let (_, n_bytes) = write_store(builder, target, false)?;
            answer.is_changed = true;
            answer.n_bytes = n_bytes;
            StoreMark { built_at: now, n_bytes }
        }
    };
    if answer.is_changed || new != state {
        write_state(target, mark, &new)?;
    }
    Ok(answer)
}

/// A store keeps only the likelihoods of faults that it names. Where it names others than before,
/// and nobody has asked for likelihoods, the next update is to fetch them, changed or not.
fn forget_likelihoods(state: &mut State) {
    let names = FEEDS.iter().filter(|it| it.format == Format::Epss).map(|it| it.name);
    for name in names {
        state.feeds.remove(name);
    }
}

/// Feeds of facts that are not among those to be fetched, with the reason.
fn skipped(chosen: &[&'static Feed], old: Option<&Store<'_>>) -> Vec<SkippedFeed> {
    let is_chosen = |it: &Feed| chosen.iter().any(|chosen| chosen.name == it.name);
    let mut res = Vec::new();
    // Statements on products are judged where the user names them, and are never part of a store.
    for feed in FEEDS.iter().filter(|it| it.format != Format::Vex && !is_chosen(it)) {
        let covers = |it: &&&Feed| feed.ecosystems.iter().any(|one| it.ecosystems.contains(one));
        let why = match chosen.iter().find(covers) {
            Some(other) if can_be_fetched(feed) => SkipReason::CoveredBy(other.name),
            _ => SkipReason::InPieces,
        };
        let source = old.and_then(|it| source_of(it, feed.name));
        let kept = source.map(|it| Day::from_seconds(it.as_of));
        res.push(SkippedFeed { name: feed.name, covers: feed.covers, why, kept });
    }
    res
}

/// The store that is there. One that cannot be used is no reason to stop: an update is the way out
/// that its error names.
fn old_store(target: &Path) -> Result<(Option<MappedFile>, Option<String>), DatabaseError> {
    if !exists(target) {
        return Ok((None, None));
    }
    let map = match MappedFile::open(target) {
        Ok(map) => map,
        Err(error @ plimsoll_fs::Error::Permission { .. }) => return Err(error.into()),
        Err(error) => return Ok((None, Some(error.to_string()))),
    };
    match Store::open(&map).and_then(|it| it.verify()) {
        Ok(()) => Ok((Some(map), None)),
        Err(why) => Ok((None, Some(why.to_string()))),
    }
}

fn mark(store: &Store<'_>, bytes: &[u8]) -> StoreMark {
    StoreMark { built_at: store.built_at(), n_bytes: bytes.len() as u64 }
}

fn install_file(from: &Path, target: &Path) -> Result<UpdateAnswer, DatabaseError> {
    let map = MappedFile::open(from)?;
    install(&map, &from.display().to_string(), target)
}

fn install_address(
    url: &str,
    request: &UpdateRequest,
    progress: &dyn DatabaseProgress,
) -> Result<UpdateAnswer, DatabaseError> {
    let http = http(request)?;
    let mut file = fetch(&http, url, &request.target, MAX_STORE, progress)?;
    let map = file.map()?;
    install(&map, url, &request.target)
}

/// Puts a store in place after it was read from its first to its last section.
fn install(bytes: &[u8], name: &str, target: &Path) -> Result<UpdateAnswer, DatabaseError> {
    let wrong = |why| DatabaseError::Store { name: name.to_owned(), why };
    let store = Store::open(bytes).map_err(wrong)?;
    store.verify().map_err(wrong)?;
    let mut file = NewFile::beside(target)?;
    if store.is_packed() {
        let plain = decompress(&store)?;
        let plain = Store::open(&plain).map_err(wrong)?;
        put(&mut file, target, &pack_cold(&plain)?)?;
    } else {
        put(&mut file, target, bytes)?;
    }
    let n_bytes = check(&mut file, target)?;
    file.put_in_place()?;
    Ok(UpdateAnswer { is_changed: true, n_bytes, ..UpdateAnswer::default() })
}

/// Fetches a file to a place beside the store, from which it is gone when it is dropped.
pub(crate) fn fetch(
    http: &Http,
    url: &str,
    target: &Path,
    limit: u64,
    progress: &dyn DatabaseProgress,
) -> Result<NewFile, DatabaseError> {
    let mut file = NewFile::beside(target)?;
    let mut has_begun = false;
    let mut tell = |n_bytes, total| {
        if !has_begun {
            progress.begin(url, total);
            has_begun = true;
        }
        progress.at(n_bytes);
    };
    match http.download(url, &Validator::default(), limit, &mut file, &mut tell)? {
        Download::Fetched { .. } => Ok(file),
        Download::NotModified => Err(unasked(url)),
    }
}

/// Fetches a text.
pub(crate) fn fetch_text(http: &Http, url: &str, limit: u64) -> Result<String, DatabaseError> {
    let mut bytes = Vec::new();
    match http.download(url, &Validator::default(), limit, &mut bytes, &mut |_, _| {})? {
        Download::Fetched { .. } => into_text(url, bytes),
        Download::NotModified => Err(unasked(url)),
    }
}

pub(crate) fn into_text(url: &str, bytes: Vec<u8>) -> Result<String, DatabaseError> {
    String::from_utf8(bytes)
        .map_err(|_| DatabaseError::Feed { name: url.to_owned(), why: "it is no text".to_owned() })
}

fn unasked(url: &str) -> DatabaseError {
    let why = "the server says that it is unchanged, and nobody asked".to_owned();
    DatabaseError::Feed { name: url.to_owned(), why }
}

fn http(request: &UpdateRequest) -> Result<Http, DatabaseError> {
    let permission =
        NetworkPermission::unless_offline(request.is_offline).ok_or(DatabaseError::Offline)?;
    Ok(Http::new(permission, request.http.clone())?)
}

fn bases(bases: &[(String, String)]) -> Result<BTreeMap<&str, &str>, DatabaseError> {
    for (name, _) in bases {
        if name != OSV && !FEEDS.iter().any(|it| it.name == name) {
            return Err(DatabaseError::UnknownFeed { name: name.clone() });
        }
    }
    Ok(bases.iter().map(|(name, url)| (name.as_str(), url.trim_end_matches('/'))).collect())
}

/// Where a feed is: at its own mirror, in a mirror of the bucket, or where its upstream serves it.
fn base(feed: &Feed, bases: &BTreeMap<&str, &str>) -> String {
    let own = bases.get(feed.name).map(|it| (*it).to_owned());
    let bucket = || {
        let base = bases.get(OSV).copied().unwrap_or(OSV_BUCKET);
        Some(format!("{base}/{}", bucket_folder(feed)?.replace(' ', "%20")))
    };
    own.or_else(bucket).unwrap_or_else(|| feed.base_url.trim_end_matches('/').to_owned())
}

/// The feeds that were named, or those that are fetched by default; likelihoods last, since they
/// are kept for the faults that the others name.
fn chosen(names: &[String]) -> Result<Vec<&'static Feed>, DatabaseError> {
    let is_known = |name: &str| FEEDS.iter().any(|it| it.name == name && can_be_fetched(it));
    if let Some(name) = names.iter().find(|it| !is_known(it)) {
        return Err(DatabaseError::UnknownFeed { name: name.clone() });
    }
    let is_wanted = |it: &&Feed| match names {
        [] => it.is_default && can_be_fetched(it),
        names => names.iter().any(|name| name == it.name),
    };
    let mut res: Vec<&Feed> = FEEDS.iter().filter(is_wanted).collect();
    res.sort_by_key(|it| it.format == Format::Epss);
    Ok(res)
}

fn can_be_fetched(feed: &Feed) -> bool {
    !matches!(feed.layout, Layout::CsafFolder | Layout::Pages)
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

fn store_error(path: &Path, why: plimsoll_vuln::StoreError) -> DatabaseError {
    DatabaseError::Store { name: path.display().to_string(), why }
}

/// What the old store says of a source.
pub(crate) fn source_of(store: &Store<'_>, name: &str) -> Option<SourceInfo> {
    store.sources().ok()?.into_iter().find(|it| it.name == name)
}

/// Bytes of a ready store.
const MAX_STORE: u64 = 4 << 30;

#[cfg(test)]
mod tests {
    use plimsoll_feed::{FEEDS, Format};
    use plimsoll_vuln::{SourceInfo, Store, StoreBuilder};

    use super::{SkipReason, chosen, skipped};

    #[test]
    fn every_feed_is_fetched_or_left_alone_for_a_reason() {
        let chosen = chosen(&[]).unwrap();
        let mut builder = StoreBuilder::new(0);
        let (name, as_of) = ("amazon-alas".to_owned(), 86_400);
        builder.source(SourceInfo { name, as_of, ..SourceInfo::default() }).unwrap();
        let mut store = Vec::new();
        builder.finish(&mut store).unwrap();
        let store = Store::open(&store).unwrap();
        let skipped = skipped(&chosen, Some(&store));
        for feed in FEEDS.iter().filter(|it| it.format != Format::Vex) {
            let is_chosen = chosen.iter().any(|it| it.name == feed.name);
            let skipped: Vec<_> = skipped.iter().filter(|it| it.name == feed.name).collect();
            assert_eq!(skipped.len(), usize::from(!is_chosen), "{}", feed.name);
        }
        let why = |name: &str| skipped.iter().find(|it| it.name == name).map(|it| it.why);
        assert_eq!(why("osv-debian"), Some(SkipReason::CoveredBy("debian-tracker")));
        assert_eq!(why("red-hat-states"), Some(SkipReason::InPieces));
        assert_eq!(why("go-vulndb"), None, "it is fetched");
        let amazon = skipped.iter().find(|it| it.name == "amazon-alas").unwrap();
        assert_eq!(amazon.kept.map(|it| it.to_string()), Some("1970-01-02".to_owned()));
    }

    #[test]
    fn likelihoods_are_asked_for_last() {
        let last = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
            chosen(&names).unwrap().last().map(|it| it.name)
        };
        assert_eq!(last(&[]), Some("epss"));
        assert_eq!(last(&["epss", "osv-npm"]), Some("epss"));
        assert_eq!(last(&["osv-npm"]), Some("osv-npm"));
        assert!(chosen(&["amazon-alas".to_owned()]).is_err(), "it cannot be fetched");
    }
}
