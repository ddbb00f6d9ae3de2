//! `program`: well-known programs and libraries, by their own words about their version.
//!
//! Those that a package owns are found too; `assemble` leaves them out.

use plimsoll_oci::Entry;
use plimsoll_package::{Package, PackageKind};

use crate::{
    binary::{
        program_search::{Answer, MAX_BYTES, Search, find},
        program_table::{KnownProgram, PROGRAMS},
    },
    bytes::{after_last, file_name},
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
};

/// Reads programs whose file name is one that the table knows.
pub(crate) struct Program;

impl Extractor for Program {
    fn name(&self) -> &'static str {
        "program"
    }

    fn wants(&self, entry: &Entry) -> Want {
        let is_known = entry.size >= MIN_BYTES && known(&entry.path).next().is_some();
        if is_known { Want::WhenElf } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let file_name = file_name(file.path());
        for program in known(file.path()) {
            let KnownProgram { clues, tail, min_parts, .. } = *program;
            match find(file.content, Search { clues, tail, min_parts, file_name }) {
                Answer::Nothing => continue,
                Answer::TooLong => {
                    facts.gap(format!("more than {MAX_BYTES} bytes without a version"));
                }
                Answer::Version(version) => {
                    let version = version.trim_end_matches(['-', '+', '.', '_', '~', ':']);
                    let kind = PackageKind::Generic;
                    facts.packages.push(Package::new(kind, program.name, version, file.path()));
                }
            }
            return;
        }
    }
}

/// Nothing that small holds the words that are looked for.
const MIN_BYTES: u64 = 1_024;

fn known(path: &str) -> impl Iterator<Item = &'static KnownProgram> {
    let name = file_name(path);
    let programs = if may_be_program(name) { PROGRAMS } else { &[] };
    let first = name.bytes().next();
    programs.iter().filter(move |it| {
        it.files.iter().any(|file| file.bytes().next() == first && matches(name, file))
    })
}

/// Most files of an image have an extension that no program has, and are told apart at once.
pub(super) fn may_be_program(name: &str) -> bool {
    match after_last(name, b'.') {
        None | Some("so") => true,
        Some(extension) => {
            extension.starts_with(|it: char| it.is_ascii_digit()) || name.contains(".so.")
        }
    }
}

/// Whether the name is the pattern; a `*` at its end stands for anything, `#` for a number with or
/// without dots.
fn matches(name: &str, pattern: &str) -> bool {
    let Some((start, rest)) = pattern.split_once(['#', '*']) else { return name == pattern };
    let Some(name) = name.strip_prefix(start) else { return false };
    if pattern.as_bytes().get(start.len()) == Some(&b'*') {
        return true;
    }
    let end = name.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(name.len());
    let number = name.get(..end).unwrap_or_default().trim_end_matches('.');
    !number.is_empty() && matches(name.get(number.len()..).unwrap_or_default(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, names, wants};

    fn check(path: &str, words: &str, expected: &[&str]) {
        let mut content = b"\x7fELF\0".to_vec();
        content.extend(words.bytes());
        content.resize(2_000, 0);
        assert_eq!(names(&extract(&Program, path, &content)), expected, "{path}");
    }

    #[test]
    fn each_by_its_own_words() {
        for (path, words, expected) in [
            ("usr/local/bin/node", "x node.js/v20.11.0\0", "node 20.11.0"),
            ("usr/local/bin/python3.12", "\x003.12.1\0", "python 3.12.1"),
            ("usr/local/lib/libpython3.11.so.1.0", "\x003.11.7\0", "python 3.11.7"),
            ("usr/local/ssl/bin/openssl", "\0OpenSSL 3.0.2 15 Mar 2022\0", "openssl 3.0.2"),
            ("usr/lib/libcrypto.so.1.1", "\0OpenSSL 1.1.1w  11 Sep 2023\0", "openssl 1.1.1w"),
            ("opt/libcrypto.so.52", "\0LibreSSL 3.8.2\0", "libressl 3.8.2"),
            ("usr/sbin/nginx", "nginx version: nginx/1.25.3\0", "nginx 1.25.3"),
            ("opt/nginx", "\0nginx version: openresty/1.21.4.1\0", "openresty 1.21.4.1"),
            (
                "usr/local/bin/redis-server",
                "\x007.2.3\0x\x007.2.3buildhost-1698786433000000000\0",
                "redis 7.2.3",
            ),
            ("usr/bin/postgres", "\0postgres (PostgreSQL) 15.4\n\0", "postgresql 15.4"),
            ("bin/busybox", "BusyBox v1.36.1 (2023)", "busybox 1.36.1"),
            ("usr/local/apache2/bin/httpd", "\0Apache/2.4\0Apache/2.4.58 (Unix)\0", "httpd 2.4.58"),
            ("usr/local/bin/php", "X-Powered-By: PHP/8.3.1\0", "php 8.3.1"),
            ("usr/local/lib/libruby.so.3.2.2", "\0ruby 3.2.2 (2023-03-30", "ruby 3.2.2"),
            ("usr/local/sbin/haproxy", "\x002.8.3-86e043a\0", "haproxy 2.8.3-86e043a"),
            ("usr/sbin/mariadbd", "\x0010.11.6-MariaDB\0", "mariadb 10.11.6"),
            ("usr/sbin/mysqld", "/src/mysql-8.0.35/sql/a.cc", "mysql 8.0.35"),
            ("usr/bin/memcached", "memcached 1.6.22\0", "memcached 1.6.22"),
            ("usr/bin/curl", "\0curl 8.4.0 (x86_64) %s", "curl 8.4.0"),
            ("bin/bash", "@(#)Bash version 5.2.15(1) release", "bash 5.2.15"),
            ("usr/local/bin/perl5.38.0", "\0v5.38.0\0", "perl 5.38.0"),
            ("usr/sbin/sshd", "OpenSSH_7.4*\0OpenSSH_9.5p1\0", "openssh 9.5p1"),
            ("usr/local/bin/helm", "\0v3.13.1\0", "helm 3.13.1"),
            (
                "usr/lib/libjvm.so",
                "VM (17.0.9+9) for linux-amd64 JRE (17.0.9+9), built",
                "openjdk 17.0.9",
            ),
        ] {
            check(path, words, &[expected]);
        }
    }

    #[test]
    fn one_that_does_not_say_its_version_is_not_reported() {
        check("usr/bin/node", "nothing of the kind", &[]);
        check("usr/local/bin/helm", "\0v3.13.1\0x\0v2.0.1\0", &[]);
    }

    #[test]
    fn only_names_of_the_table_are_wanted() {
        assert!(wants(&Program, "opt/anywhere/nginx"));
        assert!(!wants(&Program, "opt/nginx.conf"));
        assert!(!wants(&Program, "usr/bin/python3.11-config"));
        assert!(PROGRAMS.len() >= 40);
    }
}
