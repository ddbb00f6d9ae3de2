//! Brings one feed of OSV's bucket up to date: nothing, the changed records, or all of them.

use std::path::Path;

use plimsoll_feed::{Feed, parse_time};
use plimsoll_net::{Download, Error as NetError, Http, Validator};
use plimsoll_vuln::{Store, StoreBuilder};

use crate::database::{
    DatabaseError,
    build::DatabaseProgress,
    collect::{Collector, Making},
    state::FeedState,
    update::{FeedChange, fetch, fetch_text, into_text, source_of},
};

/// What the feeds of one update share.
pub(crate) struct Refresh<'r> {
    pub(crate) http: &'r Http,
    pub(crate) target: &'r Path,
    /// The time, in seconds since 1970.
    pub(crate) now: i64,
    pub(crate) progress: &'r dyn DatabaseProgress,
    /// The new store, from the first change on.
    pub(crate) making: Option<Making>,
    /// The store that is there.
    pub(crate) old: Option<&'r Store<'r>>,
    /// Addresses of documents that their server does not have.
    pub(crate) missing: Vec<String>,
}

/// Brings one feed up to date. `known` is how far it had come. A feed of which the store has
/// nothing, and the server neither, is told as absent: a mirror may have only some, and the bucket
/// loses one at times. One that the store has must be there.
pub(crate) fn refresh(
    all: &mut Refresh<'_>,
    feed: &'static Feed,
    folder: &str,
    known: Option<&FeedState>,
) -> Result<(FeedChange, FeedState), DatabaseError> {
    let url = format!("{folder}/modified_id.csv");
    let is_in = all.old.is_some_and(|it| source_of(it, feed.name).is_some());
    let known = known.filter(|it| is_in && it.url == url);
    all.progress.begin(feed.name, None);
    let validator = known.map(|it| it.list.clone()).unwrap_or_default();
    let mut bytes = Vec::new();
    let answer = all.http.download(&url, &validator, MAX_LIST, &mut bytes, &mut |_, _| {});
    if !is_in && answer.as_ref().is_err_and(is_missing) {
        all.missing.push(url);
        return Ok((FeedChange::Absent, FeedState::default()));
    }
    let answer = answer?;
    let list = match (answer, known) {
        (Download::NotModified, Some(known)) => return Ok((FeedChange::Same, known.clone())),
        (Download::NotModified, None) => {
            let why = "it is said to be unchanged, and nobody asked".to_owned();
            return Err(DatabaseError::Feed { name: url, why });
        }
        (Download::Fetched { validator, .. }, _) => List::read(&url, bytes, validator)?,
    };
    let is_recent = |it: &&FeedState| all.now - it.full_at < MAX_SINCE_FULL;
    // Fewer records than before: some were taken away without a word, which only all can tell.
    let usable = known.filter(is_recent).filter(|it| list.lines.len() as u64 >= it.n_records);
    if let Some(known) = usable {
        let changed: Vec<&str> = list.since(known.seen).collect();
        if changed.len() <= MAX_DELTA
            && let Some(change) = delta(all, feed, folder, known, &list, &changed)?
        {
            return Ok(change);
        }
    }
    let is_cut = known.is_some_and(|it| (list.lines.len() as u64) < it.n_records / 2);
    if is_cut || list.lines.is_empty() {
        let n_known = known.map_or(0, |it| it.n_records);
        let why = format!("it names {} records, and had {n_known}", list.lines.len());
        return Err(DatabaseError::Feed { name: url, why });
    }
    full(all, feed, folder, &list)
}

/// Fetches the changed records one by one. `None` if one of them cannot be had so, which only
/// fetching all can settle.
fn delta(
    all: &mut Refresh<'_>,
    feed: &'static Feed,
    folder: &str,
    known: &FeedState,
    list: &List,
    changed: &[&str],
) -> Result<Option<(FeedChange, FeedState)>, DatabaseError> {
    all.progress.begin(feed.name, Some(changed.len() as u64));
    let mut records = Vec::new();
    for (number, id) in (1..).zip(changed) {
        let url = format!("{folder}/{id}.json");
        match fetch_text(all.http, &url, MAX_RECORD) {
            Ok(text) => records.push((*id, url, text)),
            Err(DatabaseError::Network(error)) if is_missing(&error) => return Ok(None),
            Err(error) => return Err(error),
        }
        all.progress.at(number);
    }
    let mut state = FeedState { list: list.validator.clone(), ..known.clone() };
    state.n_records = list.lines.len() as u64;
    state.seen = known.seen.max(list.newest().min(all.now));
    let n_changed = changed.len() as u64;
    if records.is_empty() {
        return Ok(Some((FeedChange::Same, state)));
    }
    let before = all.old.and_then(|it| source_of(it, feed.name)).map_or(0, |it| it.as_of);
    let now = all.now;
    let mut collector = Collector::new(feed, making(all)?, now)?;
    for (id, url, text) in &records {
        collector.forget(id);
        collector.last_id.clear();
        collector.document(url, text.as_bytes());
        if collector.last_id != *id {
            let other = format!("it is the record `{}`", collector.last_id);
            let why = collector.complaint().unwrap_or(other);
            return Err(DatabaseError::Feed { name: url.clone(), why });
        }
    }
    let as_of = before.max(collector.newest);
    collector.finish(as_of, count(list.lines.len()), folder)?;
    Ok(Some((FeedChange::Delta(n_changed), state)))
}

/// Fetches all records.
fn full(
    all: &mut Refresh<'_>,
    feed: &'static Feed,
    folder: &str,
    list: &List,
) -> Result<(FeedChange, FeedState), DatabaseError> {
    let url = format!("{folder}/all.zip");
    let mut file = fetch(all.http, &url, all.target, MAX_ARCHIVE, all.progress)?;
    let map = file.map()?;
    let now = all.now;
    let broken = |why: String| DatabaseError::Feed { name: url.clone(), why };
    let making = making(all)?;
    making.builder.remove_source(feed.name);
    let mut collector = Collector::new(feed, making, now)?;
    collector.zip(&url, &map).map_err(broken)?;
    if collector.is_broken() {
        return Err(broken(collector.complaint().unwrap_or_default()));
    }
    // Archive and list are made at different times, so they may differ, but not by much.
    let (n_here, n_listed) = (collector.tally.records as u64, list.lines.len() as u64);
    if n_here < n_listed - n_listed / 10 {
        return Err(broken(format!("it has {n_here} records, and its list names {n_listed}")));
    }
    let (newest, n_records) = (collector.newest, collector.tally.records);
    collector.finish(newest, count(n_records), folder)?;
    // What the list has and the archive has not is fetched the next time, for which the list must
    // not count as known.
    let is_behind = list.newest() > newest;
    let state = FeedState {
        list: if is_behind { Validator::default() } else { list.validator.clone() },
        url: list.url.clone(),
        seen: newest,
        n_records: n_listed.min(n_here),
        full_at: now,
    };
    Ok((FeedChange::Full(n_here), state))
}

/// The new store, begun with what the old one holds.
pub(crate) fn making<'b>(all: &'b mut Refresh<'_>) -> Result<&'b mut Making, DatabaseError> {
    let making = match all.making.take() {
        Some(it) => it,
        None => Making::new(match all.old {
            Some(old) => StoreBuilder::from_store(old, all.now)?,
            None => StoreBuilder::new(all.now),
        }),
    };
    Ok(all.making.insert(making))
}

/// Whether a server says that it does not have what was asked.
pub(crate) fn is_missing(error: &NetError) -> bool {
    matches!(error, NetError::Status { status: 404, .. })
}

/// The list of changes of one ecosystem.
struct List {
    url: String,
    validator: Validator,
    /// Times and ids, newest first.
    lines: Vec<(i64, String)>,
}

impl List {
    fn read(url: &str, bytes: Vec<u8>, validator: Validator) -> Result<Self, DatabaseError> {
        let text = into_text(url, bytes)?;
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, it)| !it.trim().is_empty()) {
            let parsed = line.split_once(',').and_then(|(time, id)| {
                let (time, id) = (parse_time(time.trim()), id.trim());
                (time > 0 && is_id(id)).then(|| (time, id.to_owned()))
            });
            let Some(parsed) = parsed else {
                let why = format!("line {number} is no time and id");
                return Err(DatabaseError::Feed { name: url.to_owned(), why });
            };
            lines.push(parsed);
        }
        lines.sort_by(|a, b| b.cmp(a));
        Ok(Self { url: url.to_owned(), validator, lines })
    }

    fn newest(&self) -> i64 {
        self.lines.first().map_or(0, |it| it.0)
    }

    /// Ids of records that changed in this second or later: others may have changed in the second
    /// that was seen last.
    fn since(&self, seen: i64) -> impl Iterator<Item = &str> {
        self.lines.iter().take_while(move |it| it.0 >= seen).map(|it| it.1.as_str())
    }
}

/// An id becomes a part of an address.
fn is_id(text: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"-_:.+".contains(&it);
    !text.is_empty() && text.len() < 200 && !text.starts_with('.') && text.bytes().all(is_plain)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// More changes than this are cheaper to fetch as the whole archive.
const MAX_DELTA: usize = 300;

/// Seconds after which all records are fetched again, so that no slip stays for long.
const MAX_SINCE_FULL: i64 = 30 * 86_400;

/// Bytes of a list of changes.
const MAX_LIST: u64 = 512 << 20;

/// Bytes of an archive of records.
const MAX_ARCHIVE: u64 = 4 << 30;

/// Bytes of one record.
const MAX_RECORD: u64 = 64 << 20;
