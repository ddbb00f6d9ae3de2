//! Extractors of the databases that operating systems keep of their packages, and of the files in
//! which they say who they are.

use plimsoll_oci::Entry;

use crate::{bytes::file_name, extractor::Extractor};

mod control;
mod dpkg_status;
mod dpkg_status_d;
mod dpkg_list;
mod dpkg_md5sums;
mod dpkg_copyright;
mod apk;
mod provides;
mod rpm;
mod rpm_header;
mod rpm_sqlite;
mod rpm_ndb;
mod rpm_berkeley;
mod pacman;
mod os_release;
mod release_file;
mod content_manifest;

/// All of them.
pub(crate) const EXTRACTORS: &[&dyn Extractor] = &[
    &dpkg_status::DpkgStatus,
    &dpkg_status_d::DpkgStatusD,
    &dpkg_list::DpkgList,
    &dpkg_md5sums::DpkgMd5Sums,
    &dpkg_copyright::DpkgCopyright,
    &apk::Apk,
    &rpm::Rpm,
    &pacman::PacmanDesc,
    &pacman::PacmanFiles,
    &os_release::OsRelease,
    &release_file::ReleaseFile,
    &content_manifest::ContentManifest,
];

pub(crate) use release_file::weakness;

/// Whether any of them can want the entry, by the name of its file alone.
pub(crate) fn may_want(entry: &Entry) -> bool {
    let name = file_name(&entry.path);
    match name {
        "status" | "installed" | "copyright" | "desc" | "files" | "debian_version" | "Packages"
        | "Packages.db" | "rpmdb.sqlite" | "rpmdb.sqlite-wal" => true,
        _ => {
            let ends = ["-release", ".list", ".md5sums", ".json"];
            ends.iter().any(|it| name.ends_with(it)) || is_in_status_d(&entry.path, name)
        }
    }
}

fn is_in_status_d(path: &str, name: &str) -> bool {
    path.strip_suffix(name).is_some_and(|it| it.ends_with("/status.d/"))
}

/// Packages read of one database. The largest distributions hold about a tenth as many in all.
const MAX_PACKAGES: usize = 100_000;

/// Files of packages read of one database.
const MAX_OWNED_FILES: usize = 4_000_000;

/// Bytes of the paths of such files. A database can name a long folder once and a file in it in
/// few bytes, so that its own size is no limit.
const MAX_OWNED_BYTES: usize = 256 << 20;

/// Longest path that Linux opens.
const MAX_PATH: usize = 4_096;

/// Where the databases stand below the root of a system.
const PLACES: [&str; 9] = [
    "var/lib/dpkg/",
    "usr/lib/apk/db/",
    "lib/apk/db/",
    "usr/lib/sysimage/rpm/",
    "usr/share/rpm/",
    "var/lib/rpm/",
    "var/lib/pacman/local/",
    "usr/share/doc/",
    "etc/",
];

/// The root of the system of which the file at `path` is a database: empty for the image's own, a
/// path with its final slash for one that lies in a folder of it.
pub(crate) fn root_of(path: &str) -> &str {
    for place in PLACES {
        if path.starts_with(place) {
            return "";
        }
    }
    for place in PLACES {
        if let Some(at) = path.find(place)
            && let Some(root) = path.get(..at)
            && root.ends_with('/')
        {
            return root;
        }
    }
    ""
}

/// What may still be read of the files that packages own.
struct OwnedBudget {
    files: usize,
    bytes: usize,
}

impl OwnedBudget {
    fn new() -> Self {
        Self { files: MAX_OWNED_FILES, bytes: MAX_OWNED_BYTES }
    }

    /// Takes one path from it; `false` if there is no room for it.
    fn take(&mut self, path_len: usize) -> bool {
        let (Some(files), Some(bytes)) =
            (self.files.checked_sub(1), self.bytes.checked_sub(path_len))
        else {
            return false;
        };
        if path_len > MAX_PATH {
            return false;
        }
        (self.files, self.bytes) = (files, bytes);
        true
    }
}

const OWNED_GAP: &str = "lists more files than are read of one database, or longer paths";

/// Whether `path` is `tail` below some root.
fn is_at(path: &str, tail: &str) -> bool {
    path.strip_suffix(tail).is_some_and(|it| it.is_empty() || it.ends_with('/'))
}

/// The name of the file below `folder` (which ends with a slash) of some root; `None` if the file
/// does not lie right in it.
fn name_in<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let name = file_name(path);
    is_at(path.strip_suffix(name)?, folder).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_may_lie_in_a_folder() {
        assert_eq!(root_of("var/lib/dpkg/status"), "");
        assert_eq!(root_of("srv/root/var/lib/dpkg/status"), "srv/root/");
        assert_eq!(root_of("usr/lib/apk/db/installed"), "");
        assert_eq!(root_of("x/usr/lib/apk/db/installed"), "x/");
        assert_eq!(root_of("xvar/lib/dpkg/status"), "");
        assert_eq!(name_in("a/var/lib/dpkg/info/x.list", "var/lib/dpkg/info/"), Some("x.list"));
        assert_eq!(name_in("var/lib/dpkg/info/y/x.list", "var/lib/dpkg/info/"), None);
    }
}
