//! `dpkg-list`: which files a package of Debian owns.

use plimsoll_oci::Entry;

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::{FileFacts, OwnedFile, OwnedFiles},
    system::{OWNED_GAP, OwnedBudget, name_in, root_of},
};

/// Reads `var/lib/dpkg/info/*.list`.
pub(crate) struct DpkgList;

impl Extractor for DpkgList {
    fn name(&self) -> &'static str {
        "dpkg-list"
    }

    fn wants(&self, entry: &Entry) -> Want {
        let is_list = entry.path.ends_with(".list") && name_in(&entry.path, FOLDER).is_some();
        if is_list { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let name = name_in(file.path(), FOLDER).and_then(|it| it.strip_suffix(".list"));
        let Some(package) = name else { return };
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let root = root_of(file.path());
        let mut lines = text.lines().filter(|it| !matches!(*it, "" | "/" | "/.")).peekable();
        let mut files = Vec::new();
        let mut budget = OwnedBudget::new();
        while let Some(line) = lines.next() {
            // A folder stands right before what lies in it.
            let is_parent =
                |next: &&str| next.strip_prefix(line).is_some_and(|rest| rest.starts_with('/'));
            if lines.peek().is_some_and(is_parent) {
                continue;
            }
            if !budget.take(root.len() + line.len()) {
                facts.gap(OWNED_GAP.to_owned());
                break;
            }
            let path = format!("{root}{}", line.trim_start_matches('/'));
            files.push(OwnedFile { path, digest: String::new() });
        }
        facts.owned.push(OwnedFiles { package: package.to_owned(), files });
    }
}

const FOLDER: &str = "var/lib/dpkg/info/";
const MAX_BYTES: u64 = 128 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, wants};

    #[test]
    fn files_without_the_folders_above_them() {
        let text = "/.\n/usr\n/usr/bin\n/usr/bin/a\n/usr/bin/ab\n/usr/share\n/usr/share/b\n";
        let facts = extract(&DpkgList, "var/lib/dpkg/info/a:amd64.list", text.as_bytes());
        assert_eq!(facts.owned[0].package, "a:amd64");
        let paths: Vec<_> = facts.owned[0].files.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["usr/bin/a", "usr/bin/ab", "usr/share/b"]);
        assert!(!wants(&DpkgList, "etc/apt/sources.list"));
    }
}
