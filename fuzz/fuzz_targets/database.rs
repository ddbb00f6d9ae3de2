//! Any bytes read as a database of a package manager; the first byte chooses which.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "extract.rs"]
mod extract;

const PATHS: &[&str] = &[
    "var/lib/rpm/Packages",
    "usr/lib/sysimage/rpm/Packages.db",
    "var/lib/rpm/rpmdb.sqlite",
    "var/lib/dpkg/status",
    "var/lib/dpkg/status.d/base",
    "var/lib/dpkg/status.d/base.md5sums",
    "var/lib/dpkg/info/a.list",
    "var/lib/dpkg/info/a.md5sums",
    "usr/share/doc/a/copyright",
    "lib/apk/db/installed",
    "var/lib/pacman/local/a-1-1/desc",
    "var/lib/pacman/local/a-1-1/files",
    "etc/os-release",
    "etc/lsb-release",
    "etc/debian_version",
    "etc/redhat-release",
    "root/buildinfo/content_manifests/a.json",
    "var/lib/rpm/rpmdb.sqlite-wal",
];

fuzz_target!(|input: &[u8]| extract::run(PATHS, input));
