//! What is remembered between two updates, in a file beside the store.
//!
//! It only says how far the store has come. If it does not belong to the store beside it, it is not
//! believed, and everything is fetched anew.

use std::{
    collections::BTreeMap,
    io::Write as _,
    path::{Path, PathBuf},
};

use plimsoll_fs::{NewFile, read_bytes};
use plimsoll_net::Validator;
use serde_json::{Map, Value, json};

use crate::database::DatabaseError;

/// How far each feed of a store has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) feeds: BTreeMap<String, FeedState>,
}

/// How far one feed has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FeedState {
    /// The state of the list of changes at the server.
    pub(crate) list: Validator,
    /// Where the list was fetched.
    pub(crate) url: String,
    /// Up to which change the store has all, in seconds since 1970.
    pub(crate) seen: i64,
    /// How many records the list had.
    pub(crate) n_records: u64,
    /// When all records were fetched, in seconds since 1970.
    pub(crate) full_at: i64,
}

/// What tells one store from another without reading all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StoreMark {
    pub(crate) built_at: i64,
    pub(crate) n_bytes: u64,
}

/// The state that belongs to the store; empty if there is none.
pub(crate) fn read_state(store: &Path, mark: StoreMark) -> State {
    let bytes = read_bytes(&state_path(store), MAX_STATE).unwrap_or_default();
    let Ok(value) = serde_json::from_slice::<Value>(&bytes) else { return State::default() };
    let number = |key: &str| value.get(key).and_then(Value::as_i64);
    let is_mine = number("built_at") == Some(mark.built_at)
        && number("n_bytes").and_then(|it| u64::try_from(it).ok()) == Some(mark.n_bytes);
    if !is_mine || number("version") != Some(VERSION) {
        return State::default();
    }
    let feeds = value.get("feeds").and_then(Value::as_object);
    let feeds = feeds.into_iter().flatten().map(|(name, it)| (name.clone(), read_feed(it)));
    State { feeds: feeds.collect() }
}

/// Keeps the state of the store. To be called after the store is in place: a state that is behind
/// its store does no harm, one that is ahead would hide changes.
pub(crate) fn write_state(
    store: &Path,
    mark: StoreMark,
    state: &State,
) -> Result<(), DatabaseError> {
    let feeds: Map<String, Value> =
        state.feeds.iter().map(|(name, it)| (name.clone(), feed_value(it))).collect();
    let value = json!({
        "version": VERSION,
        "built_at": mark.built_at,
        "n_bytes": mark.n_bytes,
        "feeds": feeds,
    });
    let path = state_path(store);
    let mut file = NewFile::beside(&path)?;
    writeln!(file, "{value:#}")
        .map_err(|why| DatabaseError::Write { path: path.clone(), why: why.to_string() })?;
    Ok(file.put_in_place()?)
}

fn read_feed(value: &Value) -> FeedState {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let number = |key: &str| value.get(key).and_then(Value::as_i64).unwrap_or_default();
    FeedState {
        list: Validator { entity_tag: text("etag"), last_modified: text("last_modified") },
        url: text("url").unwrap_or_default(),
        seen: number("seen"),
        n_records: u64::try_from(number("n_records")).unwrap_or_default(),
        full_at: number("full_at"),
    }
}

fn feed_value(feed: &FeedState) -> Value {
    json!({
        "etag": feed.list.entity_tag,
        "last_modified": feed.list.last_modified,
        "url": feed.url,
        "seen": feed.seen,
        "n_records": feed.n_records,
        "full_at": feed.full_at,
    })
}

/// Where the state of a store is.
pub(crate) fn state_path(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".state");
    PathBuf::from(name)
}

/// A state of another version is not believed.
const VERSION: i64 = 1;

/// A state above this size is none of ours.
const MAX_STATE: u64 = 1 << 20;
