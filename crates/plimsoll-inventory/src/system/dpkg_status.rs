//! `dpkg-status`: what is installed on Debian and its derivatives.
//!
//! It must not know who owns which file: other files of the database say that.

use plimsoll_oci::Entry;
use plimsoll_package::{Dependency, Package, PackageKind, SourcePackage};

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
    system::{
        MAX_PACKAGES,
        control::{Paragraph, paragraphs},
        is_at,
    },
};

/// Reads `var/lib/dpkg/status`.
pub(crate) struct DpkgStatus;

impl Extractor for DpkgStatus {
    fn name(&self) -> &'static str {
        "dpkg-status"
    }

    fn wants(&self, entry: &Entry) -> Want {
        if is_at(&entry.path, "var/lib/dpkg/status") { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        packages(&String::from_utf8_lossy(&bytes), file.path(), facts);
    }
}

/// Lays the packages of a status text into `facts`.
pub(super) fn packages(text: &str, path: &str, facts: &mut FileFacts) {
    let mut n_broken = 0;
    for (paragraph_idx, paragraph) in paragraphs(text).enumerate() {
        if paragraph_idx >= MAX_PACKAGES {
            facts.gap(format!("more than {MAX_PACKAGES} packages"));
            break;
        }
        if !has_files_on_disk(&paragraph) {
            continue;
        }
        match package(&paragraph, path) {
            Some(package) => facts.packages.push(package),
            None if is_blank(&paragraph) => (),
            None => n_broken += 1,
        }
    }
    if n_broken > 0 {
        facts.gap(format!("{n_broken} packages without a name or version"));
    }
}

/// A whole status file of a system with every package of Debian has about 100 MB.
const MAX_BYTES: u64 = 256 << 20;

/// Names that one package may depend on.
const MAX_DEPENDENCIES: usize = 4_096;

/// The third word of `Status` tells: whatever the administrator wants of the package, a package in
/// these states has files on disk. A file of a distroless image has no such field.
fn has_files_on_disk(paragraph: &Paragraph<'_>) -> bool {
    let Some(status) = paragraph.field("Status") else { return true };
    let state = status.split_whitespace().nth(2).unwrap_or_default();
    !matches!(state, "not-installed" | "config-files" | "")
}

fn is_blank(paragraph: &Paragraph<'_>) -> bool {
    paragraph.field("Package").is_none_or(str::is_empty) && paragraph.field("Version").is_none()
}

fn package(paragraph: &Paragraph<'_>, path: &str) -> Option<Package> {
    let field = |name| paragraph.field(name).filter(|it| !it.is_empty());
    let mut res = Package::new(PackageKind::Deb, field("Package")?, field("Version")?, path);
    res.architecture = field("Architecture").map(str::to_owned);
    res.source = field("Source").and_then(source);
    res.supplier = field("Maintainer").map(str::to_owned);
    for name in ["Pre-Depends", "Depends"] {
        add_dependencies(field(name).unwrap_or_default(), &mut res.dependencies);
    }
    Some(res)
}

/// `openssl`, or `openssl (1.1.1-1)` where the versions differ.
fn source(text: &str) -> Option<SourcePackage> {
    let (name, rest) = text.split_once('(').unwrap_or((text, ""));
    let version = rest.trim().trim_end_matches(')').trim();
    let name = name.trim();
    (!name.is_empty()).then(|| SourcePackage {
        name: name.to_owned(),
        version: (!version.is_empty()).then(|| version.to_owned()),
    })
}

/// Every alternative counts as needed: of those, the ones that are installed become edges.
fn add_dependencies(text: &str, dependencies: &mut Vec<Dependency>) {
    for part in text.split([',', '|']).take(MAX_DEPENDENCIES) {
        let name = part.trim().split([' ', '(', '[', '<', ':', '\t', '\n']).next();
        let name = name.unwrap_or_default();
        if !name.is_empty() && dependencies.iter().all(|it| it.name != name) {
            dependencies.push(Dependency { name: name.to_owned(), version: None });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, gaps, names, wants};

    #[test]
    fn only_packages_with_files_on_disk_count() {
        let text = "Package: a\nStatus: install ok installed\nVersion: 1\n\n\
            Package: b\nStatus: deinstall ok config-files\nVersion: 1\n\n\
            Package: c\nStatus: deinstall ok installed\nVersion: 2:1-1\n\n\
            Package: d\nStatus: purge ok not-installed\n\n\
            Package: e\nStatus: install ok triggers-pending\nVersion: 3\n\n\
            Package: f\nStatus: install reinstreq unpacked\nVersion: 4\n";
        let facts = extract(&DpkgStatus, "var/lib/dpkg/status", text.as_bytes());
        assert_eq!(names(&facts), ["a 1", "c 2:1-1", "e 3", "f 4"]);
        assert!(facts.gaps.is_empty());
    }

    #[test]
    fn source_architecture_supplier_and_dependencies() {
        let text = "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\n\
            Source: openssl (3.0.1-1)\nVersion: 3.0.1-1+b1\nMaintainer: A <a@example.org>\n\
            Pre-Depends: c (>= 1)\nDepends: a (>= 2) | b:any, c,\n d [amd64]\n";
        let facts = extract(&DpkgStatus, "var/lib/dpkg/status", text.as_bytes());
        let package = &facts.packages[0];
        let source = SourcePackage { name: "openssl".into(), version: Some("3.0.1-1".into()) };
        assert_eq!(package.source, Some(source));
        assert_eq!(package.architecture.as_deref(), Some("amd64"));
        assert_eq!(package.supplier.as_deref(), Some("A <a@example.org>"));
        let needs: Vec<_> = package.dependencies.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(needs, ["c", "a", "b", "d"]);
        assert_eq!(package.path, "var/lib/dpkg/status");
    }

    #[test]
    fn what_is_installed_but_broken_is_a_gap() {
        let text = "Package: a\nStatus: install ok installed\n\nPackage:\n\n";
        let facts = extract(&DpkgStatus, "x/var/lib/dpkg/status", text.as_bytes());
        assert_eq!(gaps(&facts), ["1 packages without a name or version"]);
    }

    #[test]
    fn only_the_status_file_is_wanted() {
        assert!(!wants(&DpkgStatus, "var/lib/dpkg/status-old"));
        assert!(!wants(&DpkgStatus, "xvar/lib/dpkg/status"));
    }
}
