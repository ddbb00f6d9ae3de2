//! `pacman-desc` and `pacman-files`: what is installed on Arch and its derivatives, one folder per
//! package.

use plimsoll_oci::Entry;
use plimsoll_package::{Dependency, Package, PackageKind, SourcePackage};

use crate::{
    bytes::unhex,
    extractor::{Extractor, InputFile, Want},
    facts::{FileFacts, OwnedFile, OwnedFiles},
    system::{OWNED_GAP, OwnedBudget, is_at, root_of},
};

/// Reads `var/lib/pacman/local/*/desc`.
pub(crate) struct PacmanDesc;

impl Extractor for PacmanDesc {
    fn name(&self) -> &'static str {
        "pacman-desc"
    }

    fn wants(&self, entry: &Entry) -> Want {
        if folder_of(&entry.path, "/desc").is_some() { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(bytes) = file.bytes(MAX_DESC_BYTES, facts) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let first = |name| section(&text, name).next().filter(|it| !it.is_empty());
        let (Some(name), Some(version)) = (first("NAME"), first("VERSION")) else {
            facts.gap("a package without a name or version".to_owned());
            return;
        };
        let mut package = Package::new(PackageKind::Alpm, name, version, file.path());
        package.architecture = first("ARCH").map(str::to_owned);
        package.supplier = first("PACKAGER").map(str::to_owned);
        let source = |it: &str| SourcePackage { name: it.to_owned(), version: None };
        package.source = first("BASE").map(source);
        let licences: Vec<_> = section(&text, "LICENSE").collect();
        package.licence = (!licences.is_empty()).then(|| licences.join(" AND "));
        for need in section(&text, "DEPENDS").take(MAX_DEPENDENCIES) {
            let name = need.split(['<', '>', '=', ':']).next().unwrap_or_default().to_owned();
            package.dependencies.push(Dependency { name, version: None });
        }
        facts.packages.push(package);
    }
}

/// Reads `var/lib/pacman/local/*/files`.
pub(crate) struct PacmanFiles;

impl Extractor for PacmanFiles {
    fn name(&self) -> &'static str {
        "pacman-files"
    }

    fn wants(&self, entry: &Entry) -> Want {
        if folder_of(&entry.path, "/files").is_some() { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(package) = folder_of(file.path(), "/files").and_then(name_of) else { return };
        let Some(bytes) = file.bytes(MAX_FILES_BYTES, facts) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let root = root_of(file.path());
        let mut budget = OwnedBudget::new();
        let mut files = Vec::new();
        let mut add = |name: &str, digest: String| {
            let has_room = budget.take(root.len() + name.len());
            if has_room {
                files.push(OwnedFile { path: format!("{root}{name}"), digest });
            }
            has_room
        };
        let mut plain = section(&text, "FILES").filter(|it| !it.ends_with('/'));
        let mut is_whole = plain.all(|it| add(it, String::new()));
        for line in section(&text, "BACKUP") {
            let Some((name, sum)) = line.split_once('\t') else { continue };
            if unhex(sum).is_some_and(|it| it.len() == 16) {
                is_whole &= add(name, format!("md5:{sum}"));
            }
        }
        if !is_whole {
            facts.gap(OWNED_GAP.to_owned());
        }
        facts.owned.push(OwnedFiles { package: package.to_owned(), files });
    }
}

const MAX_DESC_BYTES: u64 = 4 << 20;
const MAX_FILES_BYTES: u64 = 128 << 20;
const MAX_DEPENDENCIES: usize = 4_096;

/// The name of the package's folder, `NAME-VERSION-RELEASE`.
fn folder_of<'a>(path: &'a str, tail: &str) -> Option<&'a str> {
    let (parent, folder) = path.strip_suffix(tail)?.rsplit_once('/')?;
    is_at(parent, "var/lib/pacman/local").then_some(folder)
}

fn name_of(folder: &str) -> Option<&str> {
    let (rest, _release) = folder.rsplit_once('-')?;
    let (name, _version) = rest.rsplit_once('-')?;
    Some(name)
}

/// The lines below `%NAME%`, up to an empty one.
fn section<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let heading = format!("%{name}%");
    let mut lines = text.lines().map(str::trim_end);
    let is_there = lines.by_ref().any(|it| it == heading);
    lines.take_while(move |it| is_there && !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, gaps, names};

    #[test]
    fn a_package() {
        let text = "%NAME%\nopenssl\n\n%VERSION%\n3.3.1-1\n\n%BASE%\nopenssl\n\n%ARCH%\nx86_64\n\n\
            %LICENSE%\nApache-2.0\n\n%DEPENDS%\nglibc>=2.38\nsh\n\n%PACKAGER%\nA\n";
        let path = "var/lib/pacman/local/openssl-3.3.1-1/desc";
        let facts = extract(&PacmanDesc, path, text.as_bytes());
        assert_eq!(names(&facts), ["openssl 3.3.1-1"]);
        let needs: Vec<_> = facts.packages[0].dependencies.iter().map(|it| &it.name).collect();
        assert_eq!(needs, ["glibc", "sh"]);
        assert_eq!(facts.packages[0].licence.as_deref(), Some("Apache-2.0"));

        let facts = extract(&PacmanDesc, path, b"%NAME%\nx\n");
        assert_eq!(gaps(&facts), ["a package without a name or version"]);
    }

    #[test]
    fn its_files() {
        let text = "%FILES%\nusr/\nusr/bin/\nusr/bin/openssl\netc/a\n\n\
            %BACKUP%\netc/a\td41d8cd98f00b204e9800998ecf8427e\n";
        let path = "var/lib/pacman/local/lib32-openssl-1:3.3.1-1/files";
        let facts = extract(&PacmanFiles, path, text.as_bytes());
        assert_eq!(facts.owned[0].package, "lib32-openssl");
        let files: Vec<_> = facts.owned[0].files.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(files, ["usr/bin/openssl", "etc/a", "etc/a"]);
        assert_eq!(facts.owned[0].files[2].digest, "md5:d41d8cd98f00b204e9800998ecf8427e");
    }
}
