//! `dpkg-status-d`: what is installed in a distroless image, which keeps one file per package.

use plimsoll_oci::Entry;

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
    system::{dpkg_md5sums, dpkg_status, name_in},
};

/// Reads `var/lib/dpkg/status.d/*`.
pub(crate) struct DpkgStatusD;

impl Extractor for DpkgStatusD {
    fn name(&self) -> &'static str {
        "dpkg-status-d"
    }

    fn wants(&self, entry: &Entry) -> Want {
        match name_in(&entry.path, FOLDER) {
            Some(name) if !name.is_empty() => Want::Yes,
            _ => Want::No,
        }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let name = name_in(file.path(), FOLDER).unwrap_or_default();
        match name.strip_suffix(".md5sums") {
            Some(package) => dpkg_md5sums::owned(&text, package, file.path(), facts),
            None => dpkg_status::packages(&text, file.path(), facts),
        }
    }
}

const FOLDER: &str = "var/lib/dpkg/status.d/";
const MAX_BYTES: u64 = 16 << 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, names};

    #[test]
    fn a_file_per_package_and_its_sums() {
        let text = "Package: tzdata\nVersion: 2024a-0\nArchitecture: all\n";
        let facts = extract(&DpkgStatusD, "var/lib/dpkg/status.d/tzdata", text.as_bytes());
        assert_eq!(names(&facts), ["tzdata 2024a-0"]);

        let sums = "d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n";
        let facts = extract(&DpkgStatusD, "var/lib/dpkg/status.d/tzdata.md5sums", sums.as_bytes());
        assert_eq!(facts.owned[0].package, "tzdata");
        assert_eq!(facts.owned[0].files[0].path, "usr/share/zoneinfo/UTC");
        assert!(facts.packages.is_empty());
    }
}
