//! Any bytes are a document of any feed, or an error; and what was read of them makes a store that
//! opens and is whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_feed::{FEEDS, Fact, Sink, Tally, read_document};
use plimsoll_vuln::{SourceInfo, Store, StoreBuilder};

fuzz_target!(|bytes: &[u8]| {
    // The first byte says which feed it is, so that a corpus of real documents can be made.
    let Some((first, document)) = bytes.split_first() else { return };
    let feed = &FEEDS[usize::from(*first) % FEEDS.len()];
    let mut builder = StoreBuilder::new(0);
    let info = SourceInfo { name: feed.name.to_owned(), ..SourceInfo::default() };
    let source = builder.source(info).expect("there is room");
    let (mut tally, mut products, mut repositories) = (Tally::default(), Vec::new(), Vec::new());
    let mut take = |fact| match fact {
        Fact::Advisory(advisory) => builder.add(source, &advisory),
        Fact::KnownExploited(day, entries) => {
            builder.known_exploited(day, entries.iter().map(|it| (it.0.as_str(), it.1)));
        }
        Fact::Epss(day, entries) => {
            builder.epss(day, entries.iter().map(|it| (it.0.as_str(), it.1)));
        }
        Fact::Product(it) => products.push(it),
        Fact::Repository(it) => repositories.push(it),
        Fact::Statements(_) => {}
    };
    let _ = read_document(feed, "a/name.json", document, &mut Sink::new(&mut tally, &mut take));
    builder.products(products);
    builder.repositories(repositories);
    let mut store = Vec::new();
    if builder.finish(&mut store).is_ok() {
        let store = Store::open(&store).expect("what was written opens");
        store.verify().expect("and is whole");
    }
});
