//! `os-release`: the distribution, by its own words.

use plimsoll_oci::Entry;
use plimsoll_package::Distribution;

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
    system::is_at,
};

/// Reads `etc/os-release` and `usr/lib/os-release`.
pub(crate) struct OsRelease;

impl Extractor for OsRelease {
    fn name(&self) -> &'static str {
        "os-release"
    }

    fn wants(&self, entry: &Entry) -> Want {
        let path = entry.path.as_str();
        let is_it = path.ends_with("/os-release")
            && (is_at(path, "etc/os-release") || is_at(path, "usr/lib/os-release"));
        if is_it { Want::Yes } else { Want::No }
    }

    fn extract(&self, file: &InputFile<'_>, facts: &mut FileFacts) {
        let Some(bytes) = file.bytes(MAX_BYTES, facts) else { return };
        let text = String::from_utf8_lossy(&bytes);
        let field = |name| field(&text, name).unwrap_or_default();
        let distribution = Distribution {
            id: field("ID").to_ascii_lowercase(),
            version: field("VERSION_ID"),
            codename: field("VERSION_CODENAME"),
            like: field("ID_LIKE").split_whitespace().map(str::to_owned).collect(),
            pretty_name: field("PRETTY_NAME"),
            variant: Some(field("VARIANT_ID"))
                .filter(|it| !it.is_empty())
                .unwrap_or_else(|| field("IMAGE_ID")),
            cpe: field("CPE_NAME"),
            support_end: field("SUPPORT_END"),
        };
        if distribution.id.is_empty() {
            facts.gap("names no distribution".to_owned());
        } else {
            facts.distribution = Some(distribution);
        }
    }
}

const MAX_BYTES: u64 = 64 << 10;

/// The value of the last assignment of that name, as a shell reads it.
pub(super) fn field(text: &str, name: &str) -> Option<String> {
    let value = |line: &str| {
        let (key, value) = line.trim().split_once('=')?;
        (key.trim() == name).then(|| unquote(value.trim()))
    };
    text.lines().filter_map(value).next_back()
}

fn unquote(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    let mut quote = None;
    let mut letters = text.chars();
    while let Some(it) = letters.next() {
        match (it, quote) {
            ('\\', None | Some('"')) => res.extend(letters.next()),
            ('"' | '\'', None) => quote = Some(it),
            (it, Some(open)) if it == open => quote = None,
            (it, None) if it.is_whitespace() => break,
            (it, _) => res.push(it),
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{extract, gaps, wants};

    #[test]
    fn all_fields() {
        let text = "# words\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID='12'\n\
            VERSION_CODENAME=bookworm\nID=Debian\nID_LIKE=\"a b\"\nCPE_NAME=cpe:/o:x\n\
            SUPPORT_END=2026-06-10\nIMAGE_ID=distroless # words\n";
        let facts = extract(&OsRelease, "etc/os-release", text.as_bytes());
        let expected = Distribution {
            id: "debian".into(),
            version: "12".into(),
            codename: "bookworm".into(),
            like: vec!["a".into(), "b".into()],
            pretty_name: "Debian GNU/Linux 12 (bookworm)".into(),
            variant: "distroless".into(),
            cpe: "cpe:/o:x".into(),
            support_end: "2026-06-10".into(),
        };
        assert_eq!(facts.distribution, Some(expected));
    }

    #[test]
    fn shell_quotes() {
        for (text, expected) in [
            ("A=\"a \\\"b\\\" \\$c\"", "a \"b\" $c"),
            ("A='a\\b'", "a\\b"),
            ("A=a\nA=b", "b"),
            ("A=\"open", "open"),
            ("A=", ""),
        ] {
            assert_eq!(field(text, "A").as_deref(), Some(expected), "{text}");
        }
        assert_eq!(field("AB=1", "A"), None);
    }

    #[test]
    fn one_that_names_nothing_is_a_gap() {
        assert_eq!(
            gaps(&extract(&OsRelease, "usr/lib/os-release", b"X=1")),
            ["names no distribution"]
        );
        assert!(!wants(&OsRelease, "home/os-release"));
    }
}
