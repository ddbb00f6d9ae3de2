//! `apk`: what is installed on Alpine, Wolfi and their like, and which files belong to it.

use plimsoll_oci::Entry;
use plimsoll_package::{Package, PackageKind, SourcePackage};

use crate::{
    bytes::{hex, unbase64},
    extractor::{Extractor, InputFile, Want},
    facts::{FileFacts, OwnedFile, OwnedFiles},
    system::{MAX_PACKAGES, OWNED_GAP, OwnedBudget, is_at, provides::Provides, root_of},
};

/// Reads `lib/apk/db/installed`, which newer releases keep below `usr/`.
pub(crate) struct Apk;

impl Extractor for Apk {
    fn name(&self) -> &'static str {
        "apk"
    }

    fn wants(&self, entry: &Entry) -> Want {
        let path = entry.path.as_str();
        let is_database = path.ends_with("/installed")
            && (is_at(path, "lib/apk/db/installed") || is_at(path, "usr/lib/apk/db/installed"));
        if is_database { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let mut reader = Reader::new(file.path());
        for line in text.lines() {
            if reader.packages.len() >= MAX_PACKAGES {
                facts.gap(format!("more than {MAX_PACKAGES} packages"));
                break;
            }
            reader.line(line.trim_end_matches('\r'));
        }
        reader.end_package();
        if reader.n_broken > 0 {
            facts.gap(format!("{} packages without a name or version", reader.n_broken));
        }
        if reader.has_lost_files {
            facts.gap(OWNED_GAP.to_owned());
        }
        reader.provides.resolve(&mut reader.packages);
        facts.packages.append(&mut reader.packages);
        facts.owned.append(&mut reader.owned);
    }
}

const MAX_BYTES: u64 = 256 << 20;

struct Reader<'a> {
    path: &'a str,
    root: &'a str,
    packages: Vec<Package>,
    owned: Vec<OwnedFiles>,
    provides: Provides,
    budget: OwnedBudget,
    has_lost_files: bool,
    n_broken: usize,
    // The package being read.
    package: Package,
    files: Vec<OwnedFile>,
    folder: String,
    needs: Vec<String>,
    provided: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(path: &'a str) -> Self {
        Self {
            path,
            root: root_of(path),
            packages: Vec::new(),
            owned: Vec::new(),
            provides: Provides::default(),
            budget: OwnedBudget::new(),
            has_lost_files: false,
            n_broken: 0,
            package: Package::new(PackageKind::Apk, "", "", path),
            files: Vec::new(),
            folder: String::new(),
            needs: Vec::new(),
            provided: Vec::new(),
        }
    }

    fn line(&mut self, line: &str) {
        let Some((key, value)) = line.split_once(':') else {
            if line.trim().is_empty() {
                self.end_package();
            }
            return;
        };
        let value = value.trim();
        let text = || Some(value.to_owned()).filter(|it| !it.is_empty());
        match key {
            "P" => value.clone_into(&mut self.package.name),
            "V" => value.clone_into(&mut self.package.version),
            "A" => self.package.architecture = text(),
            "L" => self.package.licence = text(),
            "m" => self.package.supplier = text(),
            "o" => {
                self.package.source = text().map(|name| SourcePackage { name, version: None });
            }
            "D" => self.needs.extend(names(value)),
            "p" => self.provided.extend(names(value)),
            "F" => self.folder = format!("{}{value}", self.root),
            "R" => self.file(value),
            "Z" => {
                if let Some(file) = self.files.last_mut() {
                    file.digest = digest(value).unwrap_or_default();
                }
            }
            _ => (),
        }
    }

    fn file(&mut self, name: &str) {
        let separator = if self.folder.is_empty() || self.folder.ends_with('/') { "" } else { "/" };
        if !self.budget.take(self.folder.len() + name.len() + 1) {
            self.has_lost_files = true;
            return;
        }
        let path = format!("{}{separator}{name}", self.folder);
        self.files.push(OwnedFile { path, digest: String::new() });
    }

    fn end_package(&mut self) {
        let empty = Package::new(PackageKind::Apk, "", "", self.path);
        let package = std::mem::replace(&mut self.package, empty);
        let files = std::mem::take(&mut self.files);
        let needs = std::mem::take(&mut self.needs);
        let provided = std::mem::take(&mut self.provided);
        self.folder.clear();
        if package.name.is_empty() || package.version.is_empty() {
            let is_nothing = package.name.is_empty() && package.version.is_empty();
            self.n_broken += usize::from(!is_nothing || !files.is_empty());
            return;
        }
        let package_idx = self.packages.len();
        self.provides.provide(package_idx, &package.name);
        for name in &provided {
            self.provides.provide(package_idx, name);
        }
        self.provides.need(package_idx, needs);
        if !files.is_empty() {
            self.owned.push(OwnedFiles { package: package.name.clone(), files });
        }
        self.packages.push(package);
    }
}

/// Names without their versions (`a>=1`, `so:b.so.1=2`, `c@edge`); those of conflicts (`!d`) are
/// left out.
fn names(value: &str) -> impl Iterator<Item = String> {
    let all = value.split_whitespace().filter(|it| !it.starts_with('!'));
    all.map(|it| it.split(['=', '<', '>', '~', '@']).next().unwrap_or_default().to_owned())
}

/// `Q1` and a SHA-1, or `Q2` and a SHA-256, in base64; older databases have hexadecimal MD5.
fn digest(value: &str) -> Option<String> {
    let (name, bytes) = if let Some(sum) = value.strip_prefix("Q1") {
        ("sha1", unbase64(sum).filter(|it| it.len() == 20)?)
    } else if let Some(sum) = value.strip_prefix("Q2") {
        ("sha256", unbase64(sum).filter(|it| it.len() == 32)?)
    } else {
        ("md5", crate::bytes::unhex(value).filter(|it| it.len() == 16)?)
    };
    Some(format!("{name}:{}", hex(&bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, gaps, names, wants};

    const TEXT: &str = "C:Q1AAAA=\nP:musl\nV:1.2.5-r0\nA:x86_64\nL:MIT\no:musl\nm:A <a@b.org>\n\
        p:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl.so\na:0:0:755\n\
        Z:Q1AAECAwQFBgcICQoLDA0ODxAREhM=\nF:\nR:top\n\n\
        P:libcrypto3\nV:3.3.1-r0\no:openssl\nD:so:libc.musl-x86_64.so.1 !uclibc /bin/sh\n";

    #[test]
    fn packages_and_what_they_need() {
        let facts = extract(&Apk, "lib/apk/db/installed", TEXT.as_bytes());
        assert_eq!(names(&facts), ["musl 1.2.5-r0", "libcrypto3 3.3.1-r0"]);
        assert_eq!(facts.packages[0].licence.as_deref(), Some("MIT"));
        assert_eq!(facts.packages[0].supplier.as_deref(), Some("A <a@b.org>"));
        let source = facts.packages[1].source.as_ref().map(|it| it.name.as_str());
        assert_eq!(source, Some("openssl"));
        assert_eq!(facts.packages[1].dependencies[0].name, "musl");
        assert_eq!(facts.packages[1].dependencies.len(), 1);
        assert!(facts.gaps.is_empty());
    }

    #[test]
    fn files_and_their_digests() {
        let facts = extract(&Apk, "x/usr/lib/apk/db/installed", TEXT.as_bytes());
        assert_eq!(facts.owned[0].package, "musl");
        let files: Vec<_> =
            facts.owned[0].files.iter().map(|it| (it.path.as_str(), it.digest.as_str())).collect();
        let sum = "sha1:000102030405060708090a0b0c0d0e0f10111213";
        assert_eq!(files, [("x/lib/ld-musl.so", sum), ("x/top", "")]);
    }

    #[test]
    fn broken_packages_are_a_gap() {
        let facts = extract(&Apk, "lib/apk/db/installed", b"P:a\n\nV:1\n\nP:b\nV:2\n\n\n");
        assert_eq!(names(&facts), ["b 2"]);
        assert_eq!(gaps(&facts), ["2 packages without a name or version"]);
        assert!(!wants(&Apk, "var/installed"));
    }
}
