//! SPDX 2.x in its tag-value form: lines of `Tag: value`, of which each new name begins an element.

use crate::bill::{
    Bill, BillError,
    spdx::{Reading, Relationship, Stated, check_version, is_purl_reference},
};

/// Reads a document that says it is SPDX.
pub(super) fn read(text: &str) -> Result<Bill, BillError> {
    let mut reading = Reading::default();
    let mut version = "";
    let mut name = None;
    for (tag, value) in Lines::of(text) {
        match tag {
            "SPDXVersion" if version.is_empty() => version = value,
            "DocumentName" if name.is_none() => name = Some(value),
            // `A DEPENDS_ON B`; what relates to whom is needed before the packages are taken.
            "Relationship" => {
                let mut words = value.split_whitespace();
                if let (Some(from), Some(kind), Some(to)) =
                    (words.next(), words.next(), words.next())
                {
                    reading.relate(Relationship { from, kind, to, comment: "" });
                }
            }
            _ => {}
        }
    }
    check_version(version)?;
    let mut package: Option<Stated> = None;
    for (tag, value) in Lines::of(text) {
        match tag {
            "PackageName" => {
                let mut next = Stated::default();
                value.clone_into(&mut next.item.name);
                if let Some(it) = package.replace(next) {
                    reading.take(it);
                }
            }
            // Files, snippets and licences of the document's own are elements too.
            "FileName" | "SnippetSPDXID" | "LicenseID" => {
                if let Some(it) = package.take() {
                    reading.take(it);
                }
            }
            _ => {
                if let Some(it) = &mut package {
                    put(it, tag, value);
                }
            }
        }
    }
    if let Some(it) = package {
        reading.take(it);
    }
    Ok(reading.finish(name))
}

fn put(package: &mut Stated, tag: &str, value: &str) {
    let value_owned = value.to_owned();
    match tag {
        "SPDXID" => package.item.reference = value_owned,
        "PackageVersion" => package.item.version = value_owned,
        "PackageSupplier" => package.item.supplier = Some(value_owned),
        "PackageLicenseDeclared" => package.declared = value_owned,
        "PackageLicenseConcluded" => package.concluded = value_owned,
        "PackageSourceInfo" => package.source_info = value_owned,
        "PackageComment" => package.comment = value_owned,
        "PrimaryPackagePurpose" => package.purpose = value_owned,
        "ExternalRef" => {
            let mut words = value.split_whitespace().skip(1);
            if let (Some(kind), Some(locator)) = (words.next(), words.next())
                && is_purl_reference(kind, locator)
                && package.item.purl.is_empty()
            {
                locator.clone_into(&mut package.item.purl);
            }
        }
        _ => {}
    }
}

/// Tags with their values; a value between `<text>` and `</text>` may have several lines.
struct Lines<'a> {
    rest: &'a str,
    /// Whether no text ends any more: then it is not looked for again and again.
    none_ends: bool,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text, none_ends: false }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let start = self.rest;
            let (line, rest) = start.split_once('\n').unwrap_or((start, ""));
            self.rest = rest;
            let Some((tag, value)) = line.split_once(':') else { continue };
            if tag.starts_with('#') {
                continue;
            }
            let (tag, value) = (tag.trim(), value.trim());
            let Some(opened) = value.strip_prefix("<text>") else {
                return Some((tag, value));
            };
            if let Some((inner, _)) = opened.split_once("</text>") {
                return Some((tag, inner.trim()));
            }
            // A text that never ends is only its first line: nothing after it may be swallowed.
            if self.none_ends {
                return Some((tag, opened));
            }
            let from = start.find("<text>").and_then(|it| start.get(it + "<text>".len()..));
            let Some((inner, rest)) = from.and_then(|it| it.split_once("</text>")) else {
                self.none_ends = true;
                return Some((tag, opened));
            };
            self.rest = rest;
            return Some((tag, inner.trim()));
        }
        None
    }
}
