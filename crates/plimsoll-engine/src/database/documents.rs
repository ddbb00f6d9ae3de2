//! Brings a feed up to date that is one document, several, or an archive: anew, once any of it has
//! changed.

use plimsoll_feed::{Feed, Format, Layout};
use plimsoll_fs::NewFile;
use plimsoll_net::{Download, Validator};
use plimsoll_vuln::Day;

use crate::database::{
    DatabaseError,
    collect::Collector,
    refresh::{Refresh, is_missing, making},
    state::FeedState,
    update::{FeedChange, source_of},
};

/// Brings one feed up to date. `known` is how far it had come.
pub(crate) fn refresh_documents(
    all: &mut Refresh<'_>,
    feed: &'static Feed,
    base: &str,
    known: Option<&FeedState>,
) -> Result<(FeedChange, FeedState), DatabaseError> {
    let paths: &[&str] = match feed.layout {
        Layout::Documents(paths) => paths,
        _ => &[""],
    };
    let is_in = all.old.is_some_and(|it| source_of(it, feed.name).is_some());
    // Of several documents only the first is asked conditionally: upstreams make them together.
    let known = known.filter(|it| is_in && it.url == base && paths.len() == 1);
    // A store keeps only the likelihoods of faults that it names, and it is about to name others.
    let known = known.filter(|_| feed.format != Format::Epss || all.making.is_none());
    all.progress.begin(feed.name, Some(paths.len() as u64));
    let mut validator = Validator::default();
    let mut files = Vec::new();
    for (number, path) in (0..).zip(paths) {
        all.progress.at(number);
        let url = address(base, path);
        let asked = known.map(|it| it.list.clone()).unwrap_or_default();
        let answer = conditional(all, &url, &asked);
        // Of several documents some come later, and some go: the rest is as good without them.
        if paths.len() > 1
            && let Err(DatabaseError::Network(error)) = &answer
            && is_missing(error)
        {
            all.missing.push(url);
            continue;
        }
        match (answer?, known) {
            (Some((file, new)), _) => {
                validator = new;
                files.push((url, file));
            }
            (None, Some(known)) => return Ok((FeedChange::Same, known.clone())),
            (None, None) => return Err(unasked(&url)),
        }
    }
    if files.len() * 2 < paths.len() {
        let why = format!("its server has {} of its {} documents", files.len(), paths.len());
        return Err(DatabaseError::Feed { name: base.to_owned(), why });
    }
    let served = validator.last_modified.as_deref().and_then(day_of).unwrap_or(all.now);
    let n_records = take(all, feed, base, files, served.min(all.now))?;
    let state = FeedState {
        list: validator,
        url: base.to_owned(),
        seen: all.now,
        n_records,
        full_at: all.now,
    };
    Ok((FeedChange::Full(n_records), state))
}

/// Reads all files of the feed into the new store, in place of what it said before.
fn take(
    all: &mut Refresh<'_>,
    feed: &'static Feed,
    base: &str,
    files: Vec<(String, NewFile)>,
    served: i64,
) -> Result<u64, DatabaseError> {
    let before = all.old.and_then(|it| source_of(it, feed.name)).map_or(0, |it| it.records);
    let now = all.now;
    let making = making(all)?;
    making.builder.remove_source(feed.name);
    let mut collector = Collector::new(feed, making, now)?;
    collector.gathered = served;
    for (url, mut file) in files {
        let map = file.map()?;
        let res = match feed.layout {
            Layout::Archive { .. } if map.starts_with(b"PK") => collector.zip(&url, &map),
            Layout::Archive { .. } => collector.tar(&map),
            _ => collector.packed(&url, &map),
        };
        res.map_err(|why| DatabaseError::Feed { name: url, why })?;
    }
    let n_records = collector.tally.records;
    let broken = |why: String| DatabaseError::Feed { name: base.to_owned(), why };
    if collector.is_broken() {
        return Err(broken(collector.complaint().unwrap_or_default()));
    }
    if n_records == 0 || (n_records as u64) < u64::from(before) / 2 {
        return Err(broken(format!("it has {n_records} records, and had {before}")));
    }
    // Documents without times are as old as the server says that the file is.
    let as_of = if collector.newest > 0 { collector.newest } else { served };
    collector.finish(as_of, u32::try_from(n_records).unwrap_or(u32::MAX), base)?;
    Ok(n_records as u64)
}

/// Fetches a file unless it is still as `known` says.
fn conditional(
    all: &Refresh<'_>,
    url: &str,
    known: &Validator,
) -> Result<Option<(NewFile, Validator)>, DatabaseError> {
    let mut file = NewFile::beside(all.target)?;
    match all.http.download(url, known, MAX_FILE, &mut file, &mut |_, _| {})? {
        Download::NotModified => Ok(None),
        Download::Fetched { validator, .. } => Ok(Some((file, validator))),
    }
}

fn address(base: &str, path: &str) -> String {
    if path.is_empty() { base.to_owned() } else { format!("{base}/{path}") }
}

fn unasked(url: &str) -> DatabaseError {
    let why = "the server says that it is unchanged, and nobody asked".to_owned();
    DatabaseError::Feed { name: url.to_owned(), why }
}

/// The day of a moment as HTTP writes it (`Wed, 21 Oct 2015 07:28:00 GMT`), in seconds since 1970.
fn day_of(text: &str) -> Option<i64> {
    let mut words = text.split_once(", ")?.1.split(' ');
    let (day, month, year) = (words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|it| *it == month)? + 1;
    Day::parse(&format!("{year}-{month:02}-{day:0>2}")).map(Day::seconds)
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Bytes of one document or archive.
const MAX_FILE: u64 = 4 << 30;

#[cfg(test)]
mod tests {
    use super::day_of;

    #[test]
    fn moments_of_http_are_days() {
        assert_eq!(day_of("Fri, 02 Jan 1970 07:28:00 GMT"), Some(86_400));
        for text in ["", "yesterday", "Fri, 02 Foo 1970 07:28:00 GMT", "Fri, 31 Feb 1970 0:0:0 GMT"]
        {
            assert_eq!(day_of(text), None, "{text}");
        }
    }
}
