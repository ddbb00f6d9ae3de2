//! Takes what feeds say into a builder, and counts it.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Cursor,
};

use plimsoll_feed::{FEEDS, Fact, Feed, FeedError, Sink, Tally, read_document, zip::read_zip};
use plimsoll_oci::{
    Entry, EntryKind, Hashing, LayerInput, LayerVisitor, Limits, ReadAt, Want, read_layer,
    read_whole, unpack,
};
use plimsoll_package::{Advisory, AffectedStatus, Ecosystem};
use plimsoll_vuln::{
    BuildError, Day, Epss, ImageRepository, KnownExploited, Product, SourceId, StoreBuilder,
};

use crate::database::feeds::{is_document, source};

/// A store in the making, with what is only known when all feeds have spoken.
pub(crate) struct Making {
    pub(crate) builder: StoreBuilder,
    /// The releases that each of the preferred feeds speaks of: of the feeds that it stands in for,
    /// nothing is taken over there.
    covered: BTreeMap<&'static str, BTreeSet<(Ecosystem, String)>>,
    products: Vec<Product>,
    repositories: Vec<ImageRepository>,
}

impl Making {
    pub(crate) fn new(builder: StoreBuilder) -> Self {
        let (products, repositories) = (Vec::new(), Vec::new());
        Self { builder, covered: BTreeMap::new(), products, repositories }
    }

    /// The builder with all of it.
    pub(crate) fn finish(mut self) -> StoreBuilder {
        if !self.products.is_empty() {
            self.builder.products(self.products);
        }
        if !self.repositories.is_empty() {
            self.builder.repositories(self.repositories);
        }
        self.builder
    }
}

/// Documents of one feed on their way into a store.
pub(crate) struct Collector<'m> {
    feed: &'static Feed,
    making: &'m mut Making,
    source: SourceId,
    /// Feeds that stand in for this one.
    preferred: Vec<&'static str>,
    /// Whether other feeds depend on the releases that this one speaks of.
    is_noted: bool,
    now: i64,
    /// What was read.
    pub(crate) tally: Tally,
    /// The time of the newest change, in seconds since 1970.
    pub(crate) newest: i64,
    /// When the documents were gathered, in seconds since 1970; 0 is not known.
    pub(crate) gathered: i64,
    /// The id of the record that was read last.
    pub(crate) last_id: String,
}

impl<'m> Collector<'m> {
    /// Begins with a feed. Changes after `now` are not believed: they would make old facts look
    /// new.
    pub(crate) fn new(
        feed: &'static Feed,
        making: &'m mut Making,
        now: i64,
    ) -> Result<Self, BuildError> {
        let source = making.builder.source(source(feed, 0, 0, ""))?;
        let preferred = FEEDS.iter().filter(|it| it.instead_of.contains(&feed.name));
        let preferred = preferred.map(|it| it.name).collect();
        let is_noted = !feed.instead_of.is_empty()
            || FEEDS.iter().any(|it| it.fixes_told_by() == Some(feed.name));
        let (tally, last_id, newest, gathered) = (Tally::default(), String::new(), 0, 0);
        Ok(Self {
            feed,
            making,
            source,
            preferred,
            is_noted,
            now,
            tally,
            newest,
            gathered,
            last_id,
        })
    }

    /// Takes out what the feed has said so far under this id.
    pub(crate) fn forget(&mut self, id: &str) {
        self.making.builder.remove_record(self.source, id);
    }

    /// Takes one document; one that cannot be read is counted.
    pub(crate) fn document(&mut self, name: &str, bytes: &[u8]) {
        let mut tally = std::mem::take(&mut self.tally);
        let feed = self.feed;
        let mut take = |fact: Fact| self.fact(fact);
        if let Err(error) = read_document(feed, name, bytes, &mut Sink::new(&mut tally, &mut take))
        {
            tally.unreadable(error);
        }
        self.tally = tally;
    }

    /// Takes all documents of a zip archive. One that is not what its checksum says makes all of
    /// them doubtful.
    pub(crate) fn zip(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let mut torn = None;
        let mut take = |path: &str, content: Result<&[u8], FeedError>| match content {
            Ok(content) if is_document(self.feed, path) => self.document(path, content),
            Ok(_) => {}
            Err(error) => torn = torn.take().or(Some(error)),
        };
        read_zip(name, &mut Cursor::new(bytes), &mut take).map_err(|it| it.to_string())?;
        torn.map_or(Ok(()), |it| Err(it.to_string()))
    }

    /// Takes all documents of a tar archive, packed or not.
    pub(crate) fn tar(&mut self, bytes: &[u8]) -> Result<(), String> {
        let input = LayerInput::Stream(Box::new(bytes));
        let summary = read_layer(input, &Limits::default(), Hashing::Skip, self);
        match summary.gaps.first() {
            Some(gap) if !summary.is_complete => Err(format!("{} {}", gap.path, gap.message)),
            None if !summary.is_complete => Err("its end is missing".to_owned()),
            _ => Ok(()),
        }
    }

    /// Takes one document that may be packed.
    pub(crate) fn packed(&mut self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let mut plain = Vec::new();
        let limits = Limits { unpacked_bytes: MAX_DOCUMENT, ..Limits::default() };
        unpack(Box::new(bytes), &limits, &mut plain).map_err(|it| it.message)?;
        self.document(name, &plain);
        Ok(())
    }

    /// Whether so much is unreadable that the feed is not what it is taken for.
    pub(crate) fn is_broken(&self) -> bool {
        self.tally.unreadable > MAX_UNREADABLE.max(self.tally.records / 50)
    }

    /// How many documents or records cannot be read, and what is wrong with the first.
    pub(crate) fn complaint(&self) -> Option<String> {
        let first = self.tally.errors.first()?;
        let n = self.tally.unreadable;
        Some(format!("{}: {n} cannot be read, the first: {first}", self.feed.name))
    }

    /// States what is known of the feed, once its records are in.
    pub(crate) fn finish(self, as_of: i64, n_records: u32, url: &str) -> Result<(), BuildError> {
        self.making.builder.source(source(self.feed, as_of, n_records, url))?;
        Ok(())
    }

    fn fact(&mut self, fact: Fact) {
        match fact {
            Fact::Advisory(advisory) => self.advisory(advisory),
            Fact::KnownExploited(as_of, entries) => self.known_exploited(as_of, &entries),
            Fact::Epss(as_of, entries) => self.epss(as_of, &entries),
            Fact::Product(product) => self.making.products.push(product),
            Fact::Repository(repository) => self.making.repositories.push(repository),
            // Statements are judged beside the store, where the user names them.
            Fact::Statements(_) => {}
        }
    }

    fn advisory(&mut self, mut advisory: Advisory) {
        if advisory.modified <= self.now {
            self.newest = self.newest.max(advisory.modified.max(advisory.published));
        }
        self.last_id.clone_from(&advisory.id);
        for covered in self.preferred.iter().filter_map(|it| self.making.covered.get(it)) {
            advisory.affected.retain(|it| !covered.contains(&(it.ecosystem, it.release.clone())));
        }
        let fixes = self.feed.fixes_told_by().and_then(|it| self.making.covered.get(it));
        if let Some(covered) = fixes {
            advisory.affected.retain(|it| {
                let release = (it.ecosystem, it.release.clone());
                it.status != AffectedStatus::Fixed || !covered.contains(&release)
            });
        }
        if self.is_noted {
            let covered = self.making.covered.entry(self.feed.name).or_default();
            for it in &advisory.affected {
                if !covered.contains(&(it.ecosystem, it.release.clone())) {
                    covered.insert((it.ecosystem, it.release.clone()));
                }
            }
        }
        self.making.builder.add(self.source, &advisory);
    }

    fn known_exploited(&mut self, as_of: Option<Day>, entries: &[(String, KnownExploited)]) {
        self.newest = self.newest.max(as_of.map_or(0, Day::seconds));
        let entries = entries.iter().map(|(id, it)| (id.as_str(), *it));
        self.making.builder.known_exploited(as_of, entries);
    }

    fn epss(&mut self, as_of: Option<Day>, entries: &[(String, Epss)]) {
        let gathered = (self.gathered > 0).then(|| Day::from_seconds(self.gathered));
        let as_of = as_of.or(gathered);
        self.newest = self.newest.max(as_of.map_or(0, Day::seconds));
        self.making.builder.epss(as_of, entries.iter().map(|(id, it)| (id.as_str(), *it)));
    }
}

impl LayerVisitor for Collector<'_> {
    fn entry(&mut self, entry: &Entry) -> Want {
        let is_wanted = entry.kind == EntryKind::File && is_document(self.feed, &entry.path);
        if is_wanted { Want::Yes } else { Want::No }
    }

    fn content(&mut self, entry: &Entry, content: &dyn ReadAt) {
        match read_whole(content, MAX_DOCUMENT) {
            Ok(bytes) => self.document(&entry.path, &bytes),
            Err(error) => {
                let (place, why) = (entry.path.clone(), error.to_string());
                self.tally.unreadable(FeedError { place, why });
            }
        }
    }
}

/// Bytes of one document; the greatest real one has some hundred MiB.
pub(crate) const MAX_DOCUMENT: u64 = 1 << 30;

/// So few unreadable documents are tolerated, however small the feed.
const MAX_UNREADABLE: usize = 10;
