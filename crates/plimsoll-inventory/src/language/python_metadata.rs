//! Installed Python packages: `METADATA` of a `dist-info` folder, `PKG-INFO` of an `egg-info`
//! folder or of an egg, the `egg-info` file, and zipped eggs.

use plimsoll_package::{Package, PackageKind};

use crate::{
    extractor::InputFile,
    facts::FileFacts,
    language::{
        format::{Files, Format, file_name, folder},
        headers::{Continuation, all_headers, header, headers},
        python_name::requirement_name,
        reading::{decode, dependency, keep, read_text},
        zip::{Budget, read_entries, read_entry},
    },
};

/// The metadata of an installed package.
pub(crate) const FORMAT: Format = Format {
    name: "python-metadata",
    files: Files::named(&["METADATA", "PKG-INFO"]).or_ending(&[".egg-info"]).within(is_installed),
    read,
};

/// A zipped egg.
pub(crate) const EGG_FORMAT: Format =
    Format { name: "python-egg", files: Files::ending(&[".egg"]), read: read_egg };

fn is_installed(path: &str) -> bool {
    let folder = file_name(folder(path)).to_ascii_lowercase();
    match file_name(path) {
        "METADATA" => folder.ends_with("dist-info"),
        "PKG-INFO" => folder.ends_with("egg-info"),
        _ => true,
    }
}

fn read(file: &InputFile<'_>, facts: &mut FileFacts) {
    let Some(text) = read_text(file, facts) else { return };
    read_metadata(&text, file, facts);
}

fn read_egg(file: &InputFile<'_>, facts: &mut FileFacts) {
    let mut budget = Budget::default();
    let entries = match read_entries(file.content, |it| it == "EGG-INFO/PKG-INFO", &mut budget) {
        Ok(entries) => entries,
        Err(error) => return facts.gap(error.to_string()),
    };
    for entry in &entries {
        match read_entry(file.content, entry, &mut budget) {
            Ok(bytes) => read_metadata(&decode(&bytes), file, facts),
            Err(error) => facts.gap(error.to_string()),
        }
    }
}

fn read_metadata(text: &str, file: &InputFile<'_>, facts: &mut FileFacts) {
    let fields = headers(text, Continuation::Folded);
    let (Some(name), Some(version)) = (header(&fields, "Name"), header(&fields, "Version")) else {
        return facts.gap("states no name and version of a package".to_owned());
    };
    let mut package = Package::new(PackageKind::PyPi, name, version, file.path());
    package.licence = licence(&fields);
    package.supplier =
        header(&fields, "Author").or_else(|| header(&fields, "Author-email")).map(str::to_owned);
    let needs = all_headers(&fields, "Requires-Dist").filter(|it| !is_extra(it));
    package.dependencies = needs.filter_map(requirement_name).map(dependency).collect();
    keep(package, facts);
}

/// Whether a requirement only counts if an extra is asked for.
fn is_extra(requirement: &str) -> bool {
    requirement.split_once(';').is_some_and(|it| it.1.contains("extra"))
}

/// The licence: as an expression, as words if they are short (some put the whole text there), else
/// by classifiers.
fn licence(fields: &[(String, String)]) -> Option<String> {
    const MAX_WORDS: usize = 120;
    let stated = header(fields, "License-Expression").or_else(|| {
        header(fields, "License").filter(|it| it.len() <= MAX_WORDS && *it != "UNKNOWN")
    });
    if let Some(stated) = stated {
        return Some(stated.to_owned());
    }
    let classifiers = all_headers(fields, "Classifier")
        .filter_map(|it| it.strip_prefix("License :: "))
        .filter_map(|it| it.rsplit(" :: ").next())
        .filter(|it| *it != "OSI Approved");
    let words: Vec<_> = classifiers.collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::testing::{check, check_wants};
    use crate::language::zip::tests::archive;

    const METADATA: &str = "Metadata-Version: 2.1\nName: A.b_c\nVersion: 1.0\nAuthor: N\n\
        Classifier: License :: OSI Approved :: MIT License\n\
        Requires-Dist: d (>=1) ; python_version > '3'\n\
        Requires-Dist: e[x]; extra == 'test'\n\nName: not a header\n";

    #[test]
    fn where_metadata_stands() {
        check_wants(
            &FORMAT,
            &[
                ("usr/lib/python3/dist-packages/a-1.dist-info/METADATA", true),
                ("site-packages/A/DIST-INFO/METADATA", true),
                ("site-packages/a-1-py3.egg-info/PKG-INFO", true),
                ("site-packages/a-1-py3.9.egg/EGG-INFO/PKG-INFO", true),
                ("usr/lib/python3/dist-packages/a-1.egg-info", true),
                ("src/a-1/PKG-INFO", false),
                ("usr/share/METADATA", false),
            ],
        );
    }

    #[test]
    fn name_licence_and_needs() {
        let expected = ["A.b_c@1.0 installed (MIT License) -> d"];
        check(&FORMAT, "x/a.dist-info/METADATA", METADATA, &expected);
        check(&FORMAT, "x/a-1.egg-info", METADATA, &expected);
        let egg = archive(&[("EGG-INFO/PKG-INFO", METADATA.as_bytes())]);
        check(&EGG_FORMAT, "x/a-1.egg", egg, &expected);
    }

    #[test]
    fn an_expression_counts_before_words() {
        let text = "Name: a\nVersion: 1\nLicense: Foo\nLicense-Expression: MIT OR ISC\n";
        check(&FORMAT, "a.dist-info/METADATA", text, &["a@1 installed (MIT OR ISC)"]);
        let long = format!("Name: a\nVersion: 1\nLicense: {}\n", "word ".repeat(100));
        check(&FORMAT, "a.dist-info/METADATA", long, &["a@1 installed"]);
    }

    #[test]
    fn no_name_is_told() {
        let expected = ["gap: states no name and version of a package"];
        check(&FORMAT, "a.dist-info/METADATA", "Version: 1\n", &expected);
    }
}
