//! `dpkg-copyright`: the licences of a package of Debian.
//!
//! It must not know the packages: `assemble` joins the two by name.

use std::collections::BTreeSet;

use plimsoll_oci::Entry;
use plimsoll_package::spdx_expression;

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::{FileFacts, PackageLicence},
    system::{control::paragraphs, is_at},
};

/// Reads `usr/share/doc/*/copyright`, in the machine-readable form and in free words.
pub(crate) struct DpkgCopyright;

impl Extractor for DpkgCopyright {
    fn name(&self) -> &'static str {
        "dpkg-copyright"
    }

    fn wants(&self, entry: &Entry) -> Want {
        if package_of(&entry.path).is_some() { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(package) = package_of(file.path()) else { return };
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let licences = if is_machine_readable(&text) { stated(&text) } else { told(&text) };
        if licences.len() >= MAX_LICENCES {
            facts.gap(format!("more than {MAX_LICENCES} licences"));
        }
        if !licences.is_empty() {
            let licence = licences.into_iter().collect::<Vec<_>>().join(" AND ");
            facts.licences.push(PackageLicence { package: package.to_owned(), licence });
        }
    }
}

/// The copyright file of the kernel's firmware, the longest, has less than 2 MB.
const MAX_BYTES: u64 = 16 << 20;

/// Different licences of one package.
const MAX_LICENCES: usize = 500;

/// How far before the name of a licence's file the words "or any later version" may stand.
const REACH_OF_WORDS: usize = 700;

fn package_of(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/copyright")?;
    let (parent, package) = folder.rsplit_once('/')?;
    (!package.is_empty() && is_at(parent, "usr/share/doc")).then_some(package)
}

fn is_machine_readable(text: &str) -> bool {
    let first = text.lines().find(|it| !it.trim().is_empty()).unwrap_or_default();
    let first = first.to_ascii_lowercase();
    (first.starts_with("format") && first.contains("copyright-format"))
        || (first.starts_with("format") && first.contains("dep"))
}

/// The first line of every `License` field: the rest of the field is the licence's text.
fn stated(text: &str) -> BTreeSet<String> {
    let all = paragraphs(text);
    let all = all.filter_map(|it| spdx_expression(it.field("License")?.lines().next()?));
    let mut res = BTreeSet::new();
    for expression in all {
        // Terms that hold together anyway are told once each; an alternative is one term.
        if expression.contains(" OR ") {
            let is_whole = expression.starts_with('(') && !expression.contains(" AND ");
            res.insert(if is_whole { expression } else { format!("({expression})") });
        } else {
            res.extend(expression.split(" AND ").map(str::to_owned));
        }
        if res.len() >= MAX_LICENCES {
            break;
        }
    }
    res
}

/// Licences whose text the file points to in the folder where Debian keeps the common ones.
fn told(text: &str) -> BTreeSet<String> {
    const FOLDER: &str = "/usr/share/common-licenses/";
    let mut res = BTreeSet::new();
    let mut start = 0;
    for (at, _) in text.match_indices(FOLDER) {
        let rest = text.get(at + FOLDER.len()..).unwrap_or_default();
        let is_end = |it: char| !it.is_ascii_alphanumeric() && !matches!(it, '-' | '.');
        let name = rest.split(is_end).next().unwrap_or_default();
        let name = name.trim_end_matches(['.', '-']);
        let from = (start.max(at.saturating_sub(REACH_OF_WORDS))..=at)
            .find(|it| text.is_char_boundary(*it));
        let before = text.get(from.unwrap_or(at)..at).unwrap_or_default();
        res.extend(of_common_file(name, says_or_later(before)));
        start = at;
        if res.len() >= MAX_LICENCES {
            break;
        }
    }
    res
}

/// The licence whose text `/usr/share/common-licenses/NAME` holds. `is_or_later` tells whether the
/// words round it allow later versions; a name without a version allows all.
fn of_common_file(name: &str, is_or_later: bool) -> Option<String> {
    let is_gnu = ["GPL-", "LGPL-", "AGPL-", "GFDL-"].iter().any(|it| name.starts_with(it));
    match name {
        "BSD" => spdx_expression("BSD-3-Clause"),
        _ if !name.starts_with(|it: char| it.is_ascii_alphabetic()) => None,
        _ if is_gnu && is_or_later => spdx_expression(&format!("{name}+")),
        _ => spdx_expression(name),
    }
}

fn says_or_later(text: &str) -> bool {
    let words: Vec<_> = text.split(|it: char| !it.is_ascii_alphabetic()).collect();
    let words: Vec<_> = words.into_iter().filter(|it| !it.is_empty()).collect();
    words.windows(2).any(|it| {
        matches!(it, [one, two] if one.eq_ignore_ascii_case("later")
            && two.to_ascii_lowercase().starts_with("version"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, wants};

    fn check(text: &str, expected: &str) {
        let facts = extract(&DpkgCopyright, "usr/share/doc/a/copyright", text.as_bytes());
        let got: Vec<_> = facts.licences.iter().map(|it| it.licence.as_str()).collect();
        assert_eq!(got.join(";"), expected, "{text}");
    }

    #[test]
    fn machine_readable_form() {
        const FORMAT: &str =
            "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n";
        for (rest, expected) in [
            ("Files: *\nLicense: GPL-2+\n words\n .\n more\n", "GPL-2.0-or-later"),
            ("License: Expat\n\nLicense: Apache-2.0\n", "Apache-2.0 AND MIT"),
            ("License: GPL-2+ and Expat\n\nLicense: Expat\n", "GPL-2.0-or-later AND MIT"),
            ("License: GPL-2+ or Artistic\n", "(GPL-2.0-or-later OR Artistic-1.0-Perl)"),
            ("License: Own words\n text", "LicenseRef-Own-words"),
            ("License:\n text follows", "LicenseRef-text-follows"),
            ("Files: *\nCopyright: me\n", ""),
        ] {
            check(&format!("{FORMAT}{rest}"), expected);
        }
    }

    #[test]
    fn free_words_that_point_to_a_common_licence() {
        check(
            "either version 2 of the License, or (at your option) any later\nversion. See \
            `/usr/share/common-licenses/GPL-2'.",
            "GPL-2.0-or-later",
        );
        check("the text is in /usr/share/common-licenses/LGPL-2.1.", "LGPL-2.1-only");
        check("see /usr/share/common-licenses/Apache-2.0 file", "Apache-2.0");
        check("see /usr/share/common-licenses/BSD.", "BSD-3-Clause");
        check("see /usr/share/common-licenses/GPL.", "GPL-1.0-or-later");
        check("Public domain.", "");
    }

    #[test]
    fn only_right_below_the_folder_of_a_package() {
        assert!(!wants(&DpkgCopyright, "usr/share/doc/a/b/copyright"));
        assert!(!wants(&DpkgCopyright, "usr/share/doc/copyright"));
        assert!(wants(&DpkgCopyright, "srv/root/usr/share/doc/a/copyright"));
    }
}
