//! Builds an advisory store from a folder of packed feeds (`osv/*.tar.zst`, `native/*.zst`), and
//! tells what each feed gave, how long it took and how large the store is.
//!
//! `cargo run --release -p plimsoll-feed --example build-store -- FOLDER STORE`
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "an example has no hand to ask"
)]

use std::{
    collections::HashMap,
    error::Error,
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use plimsoll_feed::{FEEDS, Fact, Feed, Layout, Overlap, Sink, Tally, read_document};
use plimsoll_package::{Advisory, Ecosystem};
use plimsoll_vuln::{BuildReport, SourceId, SourceInfo, StoreBuilder};

/// Which packed file holds which feed: the part of its name before the date, and the feed's name.
const FILES: &[(&str, &str)] = &[
    ("native/alpine-secdb", "alpine-secdb"),
    ("native/ubuntu-cve-tracker", "ubuntu"),
    ("osv/Debian", "osv-debian"),
    ("osv/Red_Hat", "osv-red-hat"),
    ("native/redhat-cve", "red-hat-states"),
    ("osv/AlmaLinux", "osv-almalinux"),
    ("native/rocky-errata", "rocky-errata"),
    ("native/amazon-alas", "amazon-alas"),
    ("osv/SUSE", "osv-suse"),
    ("native/wolfi-advisories", "wolfi-advisories"),
    ("osv/Chainguard", "osv-chainguard"),
    ("native/arch", "arch"),
    ("native/bellsoft-osv", "bellsoft"),
    ("native/docker-hardened-images", "docker-hardened-images"),
    ("native/go-vulndb", "go-vulndb"),
    ("osv/Go", "osv-go"),
    ("osv/npm", "osv-npm"),
    ("osv/PyPI", "osv-pypi"),
    ("osv/Maven", "osv-maven"),
    ("osv/crates.io", "osv-crates-io"),
    ("osv/NuGet", "osv-nuget"),
    ("osv/RubyGems", "osv-rubygems"),
    ("osv/Packagist", "osv-packagist"),
    ("native/rustsec", "rustsec"),
    ("native/pypa", "pypa"),
    ("native/rubysec", "rubysec"),
    ("native/friendsofphp", "friends-of-php"),
    ("native/cisa-kev", "known-exploited"),
    ("native/epss", "epss"),
    ("native/vulnrichment", "vulnrichment"),
    ("native/endoflife-products", "end-of-life"),
    ("native/docker-official-images", "official-images"),
    ("native/docker-hardened-images", "docker-hardened-images-vex"),
    ("native/vexhub", "vexhub"),
];

type Res<T> = Result<T, Box<dyn Error>>;

fn main() -> Res<()> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: build-store FOLDER STORE";
    let folder = PathBuf::from(arguments.next().ok_or(usage)?);
    let store = PathBuf::from(arguments.next().ok_or(usage)?);
    let mut build = Build {
        builder: StoreBuilder::new(0),
        overlaps: HashMap::new(),
        products: Vec::new(),
        repositories: Vec::new(),
        n_statements: 0,
    };
    println!("{:<26} {:>8} {:>8} {:>6} {:>6}  left out", "feed", "records", "rows", "bad", "cpu s");
    for (file, name) in FILES {
        let feed = FEEDS.iter().find(|it| it.name == *name).ok_or("a feed that is not listed")?;
        let Some(path) = find(&folder, file)? else {
            println!("{name:<26} is not there");
            continue;
        };
        let before = cpu_seconds();
        let tally = build.read(feed, &path)?;
        print_tally(name, &tally, cpu_seconds() - before);
    }
    let before = cpu_seconds();
    build.builder.products(build.products);
    build.builder.repositories(build.repositories);
    let report = build.builder.finish(&mut File::create(&store)?)?;
    print_report(&report, cpu_seconds() - before);
    println!("VEX statements read: {}", build.n_statements);
    Ok(())
}

struct Build {
    builder: StoreBuilder,
    /// What feeds have said of an ecosystem of which another feed is read after them.
    overlaps: HashMap<Ecosystem, Overlap>,
    products: Vec<plimsoll_vuln::Product>,
    repositories: Vec<plimsoll_vuln::ImageRepository>,
    n_statements: usize,
}

impl Build {
    fn read(&mut self, feed: &Feed, path: &Path) -> Res<Tally> {
        let source = self.builder.source(SourceInfo {
            name: feed.name.to_owned(),
            licence: feed.licence.to_owned(),
            attribution: feed.attribution.to_owned(),
            url: feed.base_url.to_owned(),
            ..SourceInfo::default()
        })?;
        let mut tally = Tally::default();
        let mut errors = Vec::new();
        let mut told = Tally::default();
        let reader = zstd_reader(path)?;
        let is_archive = path.to_string_lossy().ends_with(".tar.zst");
        let mut document = |name: &str, bytes: &[u8]| {
            let mut take = |fact| self.take(feed, source, fact, &mut told);
            let mut sink = Sink::new(&mut tally, &mut take);
            if let Err(error) = read_document(feed, name, bytes, &mut sink) {
                errors.push(error);
            }
        };
        if is_archive {
            read_tar(reader, &mut |name, bytes| {
                if is_document(feed, name) {
                    document(name, bytes);
                }
            })?;
        } else {
            let mut bytes = Vec::new();
            let mut reader = reader;
            reader.read_to_end(&mut bytes)?;
            document(feed.name, &bytes);
        }
        for error in errors {
            tally.unreadable(error);
        }
        for (why, n) in told.left_out {
            tally.rows = tally.rows.saturating_sub(n);
            tally.leave_out(why, n);
        }
        Ok(tally)
    }

    fn take(&mut self, feed: &Feed, source: SourceId, fact: Fact, told: &mut Tally) {
        match fact {
            Fact::Advisory(advisory) => self.advisory(feed, source, advisory, told),
            Fact::KnownExploited(as_of, entries) => {
                let entries = entries.iter().map(|(id, entry)| (id.as_str(), *entry));
                self.builder.known_exploited(as_of, entries);
            }
            Fact::Epss(as_of, entries) => {
                let entries = entries.iter().map(|(id, entry)| (id.as_str(), *entry));
                self.builder.epss(as_of, entries);
            }
            Fact::Product(product) => self.products.push(product),
            Fact::Repository(repository) => self.repositories.push(repository),
            Fact::Statements(statements) => self.n_statements += statements.len(),
        }
    }

    fn advisory(&mut self, feed: &Feed, source: SourceId, advisory: Advisory, told: &mut Tally) {
        let mut rest = Some(advisory);
        if !feed.after.is_empty()
            && let Some(overlap) = feed.ecosystems.first().and_then(|it| self.overlaps.get(it))
        {
            rest = rest.and_then(|it| overlap.rest(it, told));
        }
        let Some(advisory) = rest else { return };
        let is_preferred = FEEDS.iter().any(|it| it.after.contains(&feed.name));
        if let (true, Some(ecosystem)) = (is_preferred, feed.ecosystems.first()) {
            self.overlaps.entry(*ecosystem).or_default().note(&advisory);
        }
        self.builder.add(source, &advisory);
    }
}

/// Whether a file of an archive is a document of the feed.
fn is_document(feed: &Feed, name: &str) -> bool {
    let end = |ends: &[&str]| ends.iter().any(|it| name.ends_with(it));
    match (feed.name, feed.layout) {
        ("end-of-life", _) => name.contains("products/") && name.ends_with(".md"),
        ("rustsec", _) => name.contains("RUSTSEC-") && name.ends_with(".md"),
        ("ubuntu", _) => name.ends_with(".json"),
        (_, Layout::Archive { folder, ends }) => {
            (folder.is_empty() || format!("/{name}").contains(&format!("/{folder}/"))) && end(ends)
        }
        _ => name.ends_with(".json"),
    }
}

fn find(folder: &Path, file: &str) -> Res<Option<PathBuf>> {
    let (part, start) = file.split_once('/').ok_or("a file has a folder")?;
    for entry in std::fs::read_dir(folder.join(part))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let rest = name.strip_prefix(start);
        if rest.is_some_and(|it| it.starts_with(['-', '.'])) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn zstd_reader(path: &Path) -> Res<impl Read + use<>> {
    let mut res = zstd::Decoder::new(File::open(path)?)?;
    res.window_log_max(27)?;
    Ok(BufReader::with_capacity(1 << 20, res))
}

/// Gives each file of an archive with its path.
fn read_tar(mut archive: impl Read, take: &mut dyn FnMut(&str, &[u8])) -> Res<()> {
    let mut head = [0; 512];
    let mut long_name: Option<String> = None;
    let mut content = Vec::new();
    loop {
        if let Err(error) = archive.read_exact(&mut head) {
            let is_end = error.kind() == io::ErrorKind::UnexpectedEof;
            return if is_end { Ok(()) } else { Err(error.into()) };
        }
        if head.iter().all(|it| *it == 0) {
            continue;
        }
        let size = number(&head[124..136]).ok_or("a torn archive")?;
        content.clear();
        archive.by_ref().take(size).read_to_end(&mut content)?;
        io::copy(&mut archive.by_ref().take(size.next_multiple_of(512) - size), &mut io::sink())?;
        let name = long_name.take().unwrap_or_else(|| {
            let (prefix, name) = (text(&head[345..500]), text(&head[..100]));
            if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
        });
        match head[156] {
            b'L' => long_name = Some(text(&content)),
            b'x' => {
                let fields = String::from_utf8_lossy(&content).into_owned();
                long_name =
                    fields.lines().find_map(|it| Some(it.split_once(" path=")?.1.to_owned()));
            }
            b'0' | 0 => take(name.trim_start_matches("./"), &content),
            _ => {}
        }
    }
}

fn text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|it| *it == 0).next().unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

fn number(bytes: &[u8]) -> Option<u64> {
    u64::from_str_radix(text(bytes).trim(), 8).ok()
}

fn print_tally(name: &str, tally: &Tally, seconds: f64) {
    let left_out: Vec<String> =
        tally.left_out.iter().map(|(why, n)| format!("{n} {}", why.name())).collect();
    println!(
        "{name:<26} {:>8} {:>8} {:>6} {seconds:>6.1}  {}",
        tally.records,
        tally.rows,
        tally.unreadable,
        left_out.join(", ")
    );
    for error in tally.errors.iter().take(3) {
        println!("{:<26} {error}", "");
    }
}

fn print_report(report: &BuildReport, seconds: f64) {
    for source in &report.sources {
        println!(
            "{:<26} records {:>7} rows {:>7} withdrawn {:>4} too long {}",
            source.name, source.records, source.rows, source.withdrawn, source.too_long
        );
    }
    println!(
        "store: {} rows, {} vulnerabilities, {} partitions, {:.1} MB; written in {seconds:.1} s",
        report.rows,
        report.vulnerabilities,
        report.partitions,
        megabytes(report.bytes)
    );
    println!("cpu {:.1} s, peak memory {}", cpu_seconds(), peak_memory());
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// User and system time of this process, from Linux's own account.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = fields.skip(11).take(2).filter_map(|it| it.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    line.unwrap_or("not known").trim().to_owned()
}
