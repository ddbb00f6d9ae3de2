//! How feeds lie in folders and at servers, beyond what their own list says.

use plimsoll_feed::{Feed, Layout};
use plimsoll_vuln::SourceInfo;

/// What a store says of a feed. `url` is where it was fetched, or nothing.
pub(crate) fn source(feed: &Feed, as_of: i64, records: u32, url: &str) -> SourceInfo {
    SourceInfo {
        name: feed.name.to_owned(),
        as_of,
        records,
        licence: feed.licence.to_owned(),
        attribution: feed.attribution.to_owned(),
        url: url.to_owned(),
        gives_way_to: feed.gives_way_to().into_iter().map(str::to_owned).collect(),
    }
}

/// The folder of a feed in OSV's bucket, `Red Hat`; `None` for what is not there.
pub(crate) fn bucket_folder(feed: &Feed) -> Option<String> {
    let rest = feed.base_url.strip_prefix(OSV_BUCKET)?.trim_matches('/');
    (feed.layout == Layout::OsvBucket).then(|| rest.replace("%20", " "))
}

/// Whether a file of a folder of raw feeds, by its name, holds this feed: the feed's own name or
/// that of its upstream's repository, then a date or an ending.
pub(crate) fn is_file_of(feed: &Feed, file: &str) -> bool {
    let aliases = FILE_NAMES.iter().filter(|it| it.0 == feed.name).map(|it| it.1);
    std::iter::once(feed.name).chain(aliases).any(|name| {
        let rest = file.strip_prefix(name);
        rest.is_some_and(|it| {
            it.starts_with('.')
                || it
                    .strip_prefix('-')
                    .is_some_and(|it| it.starts_with(|letter: char| letter.is_ascii_digit()))
        })
    })
}

/// Whether a file inside an archive or folder of the feed is one of its documents.
pub(crate) fn is_document(feed: &Feed, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.starts_with('.') || NO_DOCUMENTS.contains(&name) {
        return false;
    }
    match feed.layout {
        Layout::Archive { folder, ends } => {
            let is_below =
                |path: &str| path.strip_prefix(folder).is_some_and(|it| it.starts_with('/'));
            let below_top = path.split_once('/').map_or("", |it| it.1);
            let is_in = folder.is_empty() || is_below(path) || is_below(below_top);
            is_in && (ends.iter().any(|end| name.ends_with(end)))
        }
        _ => ENDS.iter().any(|end| name.ends_with(end)),
    }
}

/// The public bucket of OSV's records.
pub(crate) const OSV_BUCKET: &str = "https://osv-vulnerabilities.storage.googleapis.com";

/// The word for the whole bucket where a mirror is named.
pub(crate) const OSV: &str = "osv";

/// Names under which upstreams' data goes around.
const FILE_NAMES: &[(&str, &str)] = &[
    ("ubuntu", "ubuntu-cve-tracker"),
    ("ubuntu", "ubuntu-cve-tracker-bionic-focal-jammy-noble"),
    ("red-hat-states", "redhat-cve"),
    ("go-vulndb", "go-vulndb-osv"),
    ("friends-of-php", "friendsofphp"),
    ("bellsoft", "bellsoft-osv"),
    ("docker-hardened-images", "docker-hardened-images-advisories"),
    ("known-exploited", "cisa-kev"),
    ("known-exploited", "known_exploited_vulnerabilities"),
    ("vulnrichment", "vulnrichment-cvss-ssvc"),
    ("end-of-life", "endoflife-products"),
    ("official-images", "docker-official-images-library"),
    ("debian-tracker", "tracker"),
];

/// Ends of the names of documents, where a feed does not name its own.
const ENDS: &[&str] = &[".json", ".jsonl", ".csv", ".yaml", ".yml", ".md"];

/// Files that stand beside documents.
const NO_DOCUMENTS: &[&str] = &[
    "LICENSE",
    "LICENSE.txt",
    "README.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "HOWTO_UNMAINTAINED.md",
];

#[cfg(test)]
mod tests {
    use plimsoll_feed::FEEDS;

    use super::{bucket_folder, is_document, is_file_of};

    #[test]
    fn files_and_folders_find_their_feed() {
        let of = |file: &str| -> Vec<&str> {
            FEEDS.iter().filter(|it| is_file_of(it, file)).map(|it| it.name).collect()
        };
        assert_eq!(of("alpine-secdb-2025-01-04.tar.zst"), ["alpine-secdb"]);
        assert_eq!(of("tracker.json"), ["debian-tracker"]);
        assert_eq!(of("epss-2021-08-31.csv.zst"), ["epss"]);
        assert_eq!(
            of("docker-hardened-images-advisories-2025-10-31.tar.zst"),
            ["docker-hardened-images"]
        );
        assert_eq!(of("else.json"), [""; 0]);
        let folders: Vec<_> = FEEDS.iter().filter_map(bucket_folder).collect();
        assert!(folders.contains(&"Red Hat".to_owned()) && folders.contains(&"npm".to_owned()));
    }

    #[test]
    fn documents_are_told_from_what_stands_beside_them() {
        let feed = |name: &str| FEEDS.iter().find(|it| it.name == name).unwrap();
        assert!(is_document(feed("go-vulndb"), "data/osv/GO-1.json"));
        assert!(is_document(feed("go-vulndb"), "vulndb-master/data/osv/GO-1.json"));
        assert!(!is_document(feed("go-vulndb"), "vulndb-master/data/reports/GO-1.json"));
        assert!(is_document(feed("official-images"), "library/debian"));
        assert!(!is_document(feed("rustsec"), "README.md"));
    }
}
