//! Packages of programming languages: installed trees, lock files, manifests and archives.
//!
//! One file per language or family of formats; what they share comes first.

mod format;
pub(crate) mod reading;
mod headers;
mod xml;
mod zip;
#[cfg(test)]
mod testing;

mod npm_name;
mod npm_manifest;
mod npm_lock;
mod yarn_lock;
mod pnpm_lock;
mod bun_lock;
mod deno_lock;
pub(crate) mod python_name;
mod python_metadata;
mod python_record;
mod python_requirements;
mod python_lock;
mod python_project;
mod conda;
pub(crate) mod go;
mod cargo_lock;
mod java_archive;
mod java_manifest;
mod pom;
mod gradle;
mod ruby;
mod composer;
mod dotnet;
mod swift;
mod dart;
mod hex;
mod conan;
mod vcpkg;
mod haskell;
mod r_package;
mod julia;
mod lua;

use plimsoll_oci::Entry;

use crate::{
    extractor::Extractor,
    language::format::{Endings, Format},
};

/// All extractors of this part.
pub(crate) const EXTRACTORS: &[&dyn Extractor] = &{
    let mut res: [&'static dyn Extractor; FORMATS.len()] = [FORMATS[0]; FORMATS.len()];
    let mut at = 0;
    while at < FORMATS.len() {
        res[at] = FORMATS[at];
        at += 1;
    }
    res
};

/// Whether any extractor of this part wants the file: the same answer as asking each, but for most
/// paths with one look at their last four bytes.
pub(crate) fn may_want(entry: &Entry) -> bool {
    static WANTED: Endings = Endings::of(FORMATS);
    WANTED.may_include(&entry.path) && FORMATS.iter().any(|it| it.includes(entry))
}

/// All formats of this part, in the order of the files above.
const FORMATS: &[&Format] = &[
    &npm_manifest::FORMAT,
    &npm_manifest::CACHED,
    &npm_lock::FORMAT,
    &yarn_lock::FORMAT,
    &pnpm_lock::FORMAT,
    &bun_lock::FORMAT,
    &bun_lock::BINARY_FORMAT,
    &deno_lock::FORMAT,
    &python_metadata::FORMAT,
    &python_metadata::EGG_FORMAT,
    &python_record::FORMAT,
    &python_requirements::FORMAT,
    &python_lock::POETRY,
    &python_lock::UV,
    &python_lock::PDM,
    &python_lock::PIPENV,
    &python_lock::PYLOCK,
    &python_project::PYPROJECT,
    &python_project::SETUP,
    &python_project::SCRIPT,
    &conda::FORMAT,
    &conda::ENVIRONMENT,
    &go::MOD,
    &go::SUM,
    &cargo_lock::FORMAT,
    &java_archive::FORMAT,
    &java_archive::UNPACKED,
    &pom::FORMAT,
    &gradle::LOCK,
    &gradle::VERIFICATION,
    &gradle::SBT,
    &ruby::LOCK,
    &ruby::GEMSPEC,
    &composer::LOCK,
    &composer::INSTALLED,
    &dotnet::DEPS,
    &dotnet::LOCK,
    &dotnet::ASSETS,
    &dotnet::CONFIG,
    &dotnet::PROJECT,
    &swift::RESOLVED,
    &swift::PODFILE_LOCK,
    &dart::FORMAT,
    &hex::MIX,
    &hex::REBAR,
    &conan::LOCK,
    &conan::TEXT,
    &vcpkg::FORMAT,
    &haskell::STACK,
    &haskell::CABAL,
    &r_package::DESCRIPTION,
    &r_package::RENV,
    &julia::FORMAT,
    &lua::FORMAT,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use plimsoll_oci::{Entry, EntryKind};

    use super::{EXTRACTORS, may_want};
    use crate::extractor::Want;

    #[test]
    fn asking_once_is_asking_all() {
        for path in [
            "package.json",
            "a/pom.xml",
            "x.jar",
            "a.dist-info/METADATA",
            "go.mod",
            "a/b.py",
            "",
            "a",
            "gradle.lockfile",
            "x/.gemfile.lock",
            "usr/bin/tar",
            "y.deps.json",
            "é",
            "a/",
        ] {
            let entry = Entry {
                path: path.to_owned(),
                kind: EntryKind::File,
                size: 1,
                mode: 0o644,
                user: 0,
                group: 0,
                modified: 0,
                has_capabilities: false,
            };
            let any = EXTRACTORS.iter().any(|it| it.wants(&entry) == Want::Yes);
            assert_eq!(may_want(&entry), any, "{path}");
        }
    }

    #[test]
    fn names_are_words_and_unique() {
        let names: BTreeSet<_> = EXTRACTORS.iter().map(|it| it.name()).collect();
        assert_eq!(names.len(), EXTRACTORS.len());
        for name in names {
            assert!(name.bytes().all(|it| it.is_ascii_lowercase() || it == b'-'), "{name}");
        }
    }
}
