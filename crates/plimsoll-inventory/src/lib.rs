//! Which packages a file system holds: one extractor per database, lock file or kind of binary;
//! and which ones a bill of materials states.
//!
//! The crate must not know how files are walked or opened: it is asked which it wants, and is given
//! them.

use plimsoll_oci::{Entry, EntryKind};

mod extractor;
mod facts;
mod bytes;
#[cfg(test)]
mod testing;
mod system;
mod binary;
mod language;
mod owned_paths;
mod assemble;
mod bill;

pub use crate::{
    assemble::{FileGap, FoundPackage, Inventory, LayerFacts, assemble},
    bill::{Bill, BillError, read_bill},
    extractor::{Extractor, InputFile, Want},
    facts::{FileFacts, Gap, OwnedFile, OwnedFiles, PackageLicence},
    owned_paths::{FileDigest, OwnedPath, OwnedPaths},
};

/// All extractors, in the order in which they are documented.
pub fn extractors() -> impl Iterator<Item = &'static dyn Extractor> {
    LISTS.iter().flat_map(|it| it.extractors).copied()
}

/// Whether any extractor wants the file. It is asked of every entry of an image, so it looks at
/// nothing but the path and metadata and allocates nothing.
pub fn wants(entry: &Entry) -> Want {
    if entry.kind != EntryKind::File || entry.size == 0 {
        return Want::No;
    }
    let mut res = Want::No;
    for list in LISTS.iter().filter(|it| (it.may_want)(entry)) {
        for extractor in list.extractors {
            res = res.max(extractor.wants(entry));
            if res == Want::Yes {
                return res;
            }
        }
    }
    res
}

/// Whether the very extractors that want one file want the other one too, so that they would find
/// the same in the same content.
pub fn want_alike(one: &Entry, other: &Entry) -> bool {
    extractors().all(|it| it.wants(one) == it.wants(other))
}

/// What all extractors that want the file find in it.
pub fn extract(file: &InputFile<'_>) -> FileFacts {
    let mut res = FileFacts::default();
    if file.entry.kind != EntryKind::File {
        return res;
    }
    let mut is_elf = None;
    for extractor in extractors() {
        let is_wanted = match extractor.wants(file.entry) {
            Want::No => false,
            Want::Yes => true,
            Want::WhenElf => *is_elf.get_or_insert_with(|| bytes::starts_as_elf(file.content)),
        };
        if is_wanted {
            extractor.extract(file, &mut res);
        }
    }
    res
}

/// Extractors of one kind.
struct List {
    /// Whether any of them can want the entry: a question that costs less than asking each.
    may_want: fn(&Entry) -> bool,
    extractors: &'static [&'static dyn Extractor],
}

const LISTS: &[List] = &[
    List { may_want: system::may_want, extractors: system::EXTRACTORS },
    List { may_want: binary::may_want, extractors: binary::EXTRACTORS },
    List { may_want: language::may_want, extractors: language::EXTRACTORS },
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::entry;

    /// Paths of which each is wanted by some extractor.
    const WANTED: &[&str] = &[
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d/base",
        "var/lib/dpkg/status.d/base.md5sums",
        "var/lib/dpkg/info/a.list",
        "var/lib/dpkg/info/a:amd64.md5sums",
        "usr/share/doc/a/copyright",
        "lib/apk/db/installed",
        "usr/lib/apk/db/installed",
        "var/lib/rpm/Packages",
        "usr/lib/sysimage/rpm/Packages.db",
        "usr/share/rpm/rpmdb.sqlite",
        "var/lib/rpm/rpmdb.sqlite-wal",
        "var/lib/pacman/local/a-1-1/desc",
        "var/lib/pacman/local/a-1-1/files",
        "etc/os-release",
        "usr/lib/os-release",
        "etc/lsb-release",
        "etc/SuSE-release",
        "etc/debian_version",
        "root/buildinfo/content_manifests/a.json",
        "usr/share/buildinfo/content-sets.json",
        "usr/bin/anything",
        "x/_rust.abi3.so",
        "usr/lib/libssl.so.3",
        "usr/bin/python3.12",
        "opt/jdk/release",
        "usr/local/go/VERSION",
        "wp-includes/version.php",
        "opt/tomcat/RELEASE-NOTES",
        "opt/rabbit/ebin/rabbit.app",
    ];

    #[test]
    fn what_an_extractor_wants_is_wanted() {
        for path in WANTED {
            for prefix in ["", "srv/root/"] {
                let entry = entry(&format!("{prefix}{path}"), 10_000);
                let by_one = extractors().map(|it| it.wants(&entry)).max();
                assert_ne!(by_one, Some(Want::No), "{prefix}{path}");
                assert_eq!(Some(wants(&entry)), by_one, "{prefix}{path}");
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_content_never_panics(
            path in proptest::sample::select(WANTED),
            words in proptest::collection::vec(
                prop_oneof![
                    proptest::sample::select(WORDS).prop_map(|it| it.as_bytes().to_vec()),
                    proptest::collection::vec(any::<u8>(), 0..6),
                ],
                0..60,
            ),
        ) {
            let content = words.concat();
            let entry = entry(path, content.len());
            extract(&InputFile { entry: &entry, content: &content });
        }
    }

    /// What the formats of those files are made of.
    const WORDS: &[&str] = &[
        "\n",
        "\n\n",
        " ",
        "\t",
        ":",
        "=",
        "\"",
        "'",
        "\\",
        "\0",
        "/",
        "(",
        ")",
        "%",
        "1.2.3",
        "Q1",
        "==",
        "Package: ",
        "Version: ",
        "Status: install ok installed\n",
        "Depends: ",
        "Source: ",
        "License: ",
        "Format: copyright-format\n",
        "/usr/share/common-licenses/GPL-2",
        "P:",
        "V:",
        "F:",
        "R:",
        "Z:",
        "p:",
        "D:",
        "%NAME%\n",
        "%VERSION%\n",
        "%FILES%\n",
        "ID=",
        "VERSION_ID=",
        "DISTRIB_ID=",
        "JAVA_VERSION=",
        "go",
        "\x7fELF",
        "OpenSSL ",
        "d41d8cd98f00b204e9800998ecf8427e  ",
        "é",
        "{\"content_sets\": [",
        "Red Hat Enterprise Linux ",
    ];

    #[test]
    fn what_is_no_file_is_not_wanted() {
        let mut entry = entry("etc/os-release", 10);
        entry.kind = EntryKind::SymbolicLink("../usr/lib/os-release".to_owned());
        assert_eq!(wants(&entry), Want::No);
    }

    #[test]
    fn extractors_have_names_of_their_own() {
        let mut names: Vec<_> = extractors().map(Extractor::name).collect();
        names.sort_unstable();
        let n_names = names.len();
        names.dedup();
        assert_eq!(names.len(), n_names);
    }
}
