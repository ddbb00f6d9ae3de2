//! `dpkg-md5sums`: what the files of a package of Debian must hash to.

use plimsoll_oci::Entry;

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::{FileFacts, OwnedFile, OwnedFiles},
    system::{OWNED_GAP, OwnedBudget, name_in, root_of},
};

/// Reads `var/lib/dpkg/info/*.md5sums`.
pub(crate) struct DpkgMd5Sums;

impl Extractor for DpkgMd5Sums {
    fn name(&self) -> &'static str {
        "dpkg-md5sums"
    }

    fn wants(&self, entry: &Entry) -> Want {
        let is_sums = entry.path.ends_with(".md5sums") && name_in(&entry.path, FOLDER).is_some();
        if is_sums { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let name = name_in(file.path(), FOLDER).and_then(|it| it.strip_suffix(".md5sums"));
        let Some(package) = name else { return };
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        owned(&String::from_utf8_lossy(&bytes), package, file.path(), facts);
    }
}

/// Lays the files of lines `md5  path` into `facts` as those of `package`.
pub(super) fn owned(text: &str, package: &str, path: &str, facts: &mut FileFacts) {
    let root = root_of(path);
    let mut files = Vec::new();
    let mut budget = OwnedBudget::new();
    for line in text.lines() {
        let Some((sum, name)) = line.split_once(' ') else { continue };
        // One of the two signs between is `*` for what was hashed as binary.
        let name = name.trim_start_matches([' ', '*']).trim_start_matches("./");
        let name = name.trim_start_matches('/');
        if sum.len() != 32 || !sum.bytes().all(|it| it.is_ascii_hexdigit()) || name.is_empty() {
            continue;
        }
        if !budget.take(root.len() + name.len()) {
            facts.gap(OWNED_GAP.to_owned());
            break;
        }
        let digest = format!("md5:{}", sum.to_ascii_lowercase());
        files.push(OwnedFile { path: format!("{root}{name}"), digest });
    }
    facts.owned.push(OwnedFiles { package: package.to_owned(), files });
}

const FOLDER: &str = "var/lib/dpkg/info/";
const MAX_BYTES: u64 = 128 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::extract;

    #[test]
    fn sums_and_paths() {
        let text = "D41D8CD98F00B204E9800998ECF8427E  usr/bin/with space\n\
            d41d8cd98f00b204e9800998ecf8427e *./etc/a\nnot a sum\n";
        let facts = extract(&DpkgMd5Sums, "r/var/lib/dpkg/info/a.md5sums", text.as_bytes());
        let digest = "md5:d41d8cd98f00b204e9800998ecf8427e".to_owned();
        let file = |path: &str| OwnedFile { path: path.into(), digest: digest.clone() };
        assert_eq!(facts.owned[0].package, "a");
        assert_eq!(facts.owned[0].files, [file("r/usr/bin/with space"), file("r/etc/a")]);
    }
}
