//! What the tests of all formats share: a file in, one line per package out.

use std::fmt::Write;

use plimsoll_oci::{Entry, EntryKind};

use crate::{
    extractor::{Extractor, InputFile, Want},
    facts::FileFacts,
    language::{format::Format, reading::full_name},
};

/// Checks what `format` says of a file: one line per package as `name@version`, then what else is
/// known, then gaps.
#[track_caller]
pub(crate) fn check(format: &Format, path: &str, content: impl AsRef<[u8]>, expected: &[&str]) {
    assert_eq!(render(&facts_of(format, path, content.as_ref())), expected);
}

/// What `format` says of the file.
#[track_caller]
pub(crate) fn facts_of(format: &Format, path: &str, content: &[u8]) -> FileFacts {
    let entry = entry(path, content.len() as u64);
    assert_eq!(format.wants(&entry), Want::Yes, "{path} is not wanted");
    let mut facts = FileFacts::default();
    let content = content.to_vec();
    format.extract(&InputFile { entry: &entry, content: &content }, &mut facts);
    facts
}

/// Checks which paths `format` wants.
#[track_caller]
pub(crate) fn check_wants(format: &Format, paths: &[(&str, bool)]) {
    for (path, wanted) in paths {
        assert_eq!(format.wants(&entry(path, 1)) == Want::Yes, *wanted, "{path}");
    }
}

/// No prefix of `content` and no change of one byte makes `format` panic.
pub(crate) fn check_torn(format: &Format, path: &str, content: &[u8]) {
    for end in 0..content.len() {
        facts_of(format, path, &content[..end]);
        let mut changed = content.to_vec();
        changed[end] ^= 0x15;
        facts_of(format, path, &changed);
    }
}

fn entry(path: &str, size: u64) -> Entry {
    Entry {
        path: path.to_owned(),
        kind: EntryKind::File,
        size,
        mode: 0o644,
        user: 0,
        group: 0,
        modified: 0,
        has_capabilities: false,
    }
}

fn render(facts: &FileFacts) -> Vec<String> {
    let mut res = Vec::new();
    for package in &facts.packages {
        let mut line = format!("{}@{}", full_name(package), package.version);
        if let Some(architecture) = &package.architecture {
            write!(line, " for {architecture}").unwrap();
        }
        if let Some(range) = &package.range {
            write!(line, " as {range}").unwrap();
        }
        if package.installed {
            line += " installed";
        }
        if package.development {
            line += " development";
        }
        if let Some(licence) = &package.licence {
            write!(line, " ({licence})").unwrap();
        }
        let dependencies: Vec<_> = package
            .dependencies
            .iter()
            .map(|it| match &it.version {
                Some(version) => format!("{}@{version}", it.name),
                None => it.name.clone(),
            })
            .collect();
        if !dependencies.is_empty() {
            write!(line, " -> {}", dependencies.join(", ")).unwrap();
        }
        res.push(line);
    }
    for owned in &facts.owned {
        let files: Vec<_> =
            owned.files.iter().map(|it| format!("{} {}", it.path, it.digest)).collect();
        res.push(format!("{} owns {}", owned.package, files.join(", ").replace(" ,", ",")));
    }
    res.extend(facts.gaps.iter().map(|it| format!("gap: {}", it.why)));
    res
}
