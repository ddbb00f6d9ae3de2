//! How a file of any format is turned into text or a tree, and how a package is laid down, both
//! with limits.
//!
//! What hits a limit or cannot be parsed becomes a gap here, in one wording for all formats. The
//! module must not know any single format.

use std::{borrow::Cow, collections::HashMap};

use plimsoll_config::{
    tree::{ErrorKind, Tree},
    yaml::parse_yaml,
};
use plimsoll_package::{Dependency, Package, PackageKind};
use plimsoll_text::Source;
use serde_json::Value;

use crate::{extractor::InputFile, facts::FileFacts};

/// No lock file or manifest longer than this is read.
pub(crate) const MAX_BYTES: u64 = 32 << 20;
/// No more packages than this are taken from one file.
pub(crate) const MAX_PACKAGES: usize = 100_000;
/// No more dependencies than this are taken of one package.
pub(crate) const MAX_DEPENDENCIES: usize = 4_096;
/// A longer name or namespace is no name.
const MAX_NAME: usize = 512;
/// A longer version is no version.
const MAX_VERSION: usize = 256;
/// A longer licence, author or other remark is cut off.
const MAX_REMARK: usize = 1_024;

/// The file as text: UTF-8, or UTF-16 if it begins with a mark that says so.
pub(crate) fn read_text(file: &InputFile<'_>, facts: &mut FileFacts) -> Option<String> {
    let bytes = file.bytes(MAX_BYTES, facts)?;
    Some(decode(&bytes))
}

/// `bytes` as text; what is no UTF-8 becomes the replacement character.
pub(crate) fn decode(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => decode_utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => decode_utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The file as JSON.
pub(crate) fn read_json(file: &InputFile<'_>, facts: &mut FileFacts) -> Option<Value> {
    let bytes = file.bytes(MAX_BYTES, facts)?;
    parse_json(&bytes, facts)
}

/// `bytes` as JSON. Its parser holds a limit on depth.
pub(crate) fn parse_json(bytes: &[u8], facts: &mut FileFacts) -> Option<Value> {
    match serde_json::from_slice(without_mark(bytes)) {
        Ok(value) => Some(value),
        Err(error) => {
            facts.gap(format!("is not valid JSON: {error}"));
            None
        }
    }
}

/// `bytes` without the mark that some editors put before UTF-8.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The file as TOML. Its parser holds a limit on depth.
pub(crate) fn read_toml(file: &InputFile<'_>, facts: &mut FileFacts) -> Option<toml::Table> {
    let text = read_text(file, facts)?;
    match text.parse() {
        Ok(table) => Some(table),
        Err(error) => {
            // Only the bare message: the display form quotes the file over several lines.
            let error: toml::de::Error = error;
            facts.gap(format!("is not valid TOML: {}", error.message()));
            None
        }
    }
}

/// The file as YAML, as far as it could be read.
pub(crate) fn read_yaml(file: &InputFile<'_>, facts: &mut FileFacts) -> Option<Tree> {
    let text = read_text(file, facts)?;
    let tree = parse_yaml(&Source::new(file.path(), text));
    let fault =
        tree.errors.iter().find(|it| matches!(it.kind, ErrorKind::Syntax | ErrorKind::Limit));
    if let Some(fault) = fault {
        facts.gap(format!("is not valid YAML: {}", fault.message));
    }
    Some(tree)
}

/// A package that a lock file or manifest states, without saying that it is installed.
pub(crate) fn stated(
    kind: PackageKind,
    name: impl Into<String>,
    version: impl Into<String>,
    file: &InputFile<'_>,
) -> Package {
    let mut res = Package::new(kind, name, version, file.path());
    res.installed = false;
    res
}

/// Lays `package` into `facts`, unless its name or version cannot be one.
pub(crate) fn keep(mut package: Package, facts: &mut FileFacts) {
    if facts.packages.len() >= MAX_PACKAGES {
        let why = format!("states more than {MAX_PACKAGES} packages; the rest is left out");
        if facts.gaps.last().is_none_or(|it| it.why != why) {
            facts.gap(why);
        }
        return;
    }
    let namespace = package.namespace.as_deref().unwrap_or("x");
    if !is_word(namespace, MAX_NAME) || !is_sound(&package.name, &package.version) {
        // A stated package without a version is common and means no package; anything else is a
        // fault worth telling.
        if !package.name.is_empty() && !package.version.is_empty() {
            facts.gap("states a package whose name or version cannot be one".to_owned());
        }
        return;
    }
    if package.dependencies.len() > MAX_DEPENDENCIES {
        package.dependencies.truncate(MAX_DEPENDENCIES);
        facts.gap(format!("states more than {MAX_DEPENDENCIES} dependencies of one package"));
    }
    package.licence = package.licence.and_then(|it| remark(&it));
    package.supplier = package.supplier.and_then(|it| remark(&it));
    facts.packages.push(package);
}

/// Whether these can be the name and version of a package.
pub(crate) fn is_sound(name: &str, version: &str) -> bool {
    is_word(name, MAX_NAME) && is_word(version, MAX_VERSION)
}

/// `text` as a remark: trimmed, on one line, of bounded length; `None` if nothing remains.
pub(crate) fn remark(text: &str) -> Option<String> {
    let line = text.trim().lines().next().unwrap_or_default().trim_end();
    let mut end = line.len().min(MAX_REMARK);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    line.get(..end).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// A dependency without a known version.
pub(crate) fn dependency(name: impl Into<String>) -> Dependency {
    Dependency { name: name.into(), version: None }
}

/// Gives every dependency without a version the one that this file states for its name, if it
/// states exactly one. Names count as the same if `same` makes them equal.
pub(crate) fn pin_dependencies(facts: &mut FileFacts, same: fn(&str) -> Cow<'_, str>) {
    let mut versions: HashMap<String, Option<String>> = HashMap::new();
    for package in &facts.packages {
        let name = full_name(package);
        versions
            .entry(same(&name).into_owned())
            .and_modify(|it| {
                if it.as_deref() != Some(&package.version) {
                    *it = None;
                }
            })
            .or_insert_with(|| Some(package.version.clone()));
    }
    for dependency in facts.packages.iter_mut().flat_map(|it| &mut it.dependencies) {
        if dependency.version.is_none() {
            let version = versions.get(same(&dependency.name).as_ref());
            dependency.version = version.cloned().flatten();
        }
    }
}

/// A name is the same only as itself.
pub(crate) fn exactly(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(name)
}

/// The name with its namespace, as the ecosystem writes it.
pub(crate) fn full_name(package: &Package) -> Cow<'_, str> {
    match &package.namespace {
        None => Cow::Borrowed(&package.name),
        Some(group) if package.kind == PackageKind::Maven => {
            Cow::Owned(format!("{group}:{}", package.name))
        }
        Some(namespace) => Cow::Owned(format!("{namespace}/{}", package.name)),
    }
}

/// Splits `scope/name` at its last slash into namespace and name.
pub(crate) fn split_namespace(name: &str) -> (Option<String>, String) {
    match name.rsplit_once('/') {
        Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
        None => (None, name.to_owned()),
    }
}

/// The text of `value`'s `key`, if it is text.
pub(crate) fn string<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

/// Which of `n` things can be reached from `roots` along `edges`. Numbers that are too high lead
/// nowhere.
pub(crate) fn reach(n: usize, roots: &[usize], edges: &[Vec<usize>]) -> Vec<bool> {
    let mut reached = vec![false; n];
    let mut open = roots.to_vec();
    while let Some(at) = open.pop() {
        if let Some(it) = reached.get_mut(at)
            && !*it
        {
            *it = true;
            open.extend(edges.get(at).into_iter().flatten());
        }
    }
    reached
}

fn decode_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|it| match it {
        [a, b] => unit([*a, *b]),
        _ => 0,
    });
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn is_word(text: &str, max: usize) -> bool {
    !text.is_empty()
        && text.len() <= max
        && text.trim().len() == text.len()
        && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_three_encodings() {
        assert_eq!(decode(b"\xef\xbb\xbfab"), "ab");
        assert_eq!(decode(b"\xff\xfea\0b\0"), "ab");
        assert_eq!(decode(b"\xfe\xff\0a\0b"), "ab");
        assert_eq!(decode(b"a\xffb"), "a\u{fffd}b");
    }

    #[test]
    fn a_name_or_version_that_cannot_be_one_is_told() {
        let mut facts = FileFacts::default();
        for (name, version) in [("a", "1"), ("", "1"), ("a", ""), ("a\nb", "1"), (" a", "1")] {
            keep(Package::new(PackageKind::Npm, name, version, "x"), &mut facts);
        }
        keep(Package::new(PackageKind::Npm, "n".repeat(513), "1", "x"), &mut facts);
        assert_eq!(facts.packages.len(), 1);
        assert_eq!(facts.gaps.len(), 3);
    }

    #[test]
    fn too_many_packages_are_told_once() {
        let mut facts = FileFacts::default();
        for _ in 0..MAX_PACKAGES + 3 {
            keep(Package::new(PackageKind::Npm, "a", "1", ""), &mut facts);
        }
        assert_eq!((facts.packages.len(), facts.gaps.len()), (MAX_PACKAGES, 1));
    }

    #[test]
    fn a_name_stated_twice_pins_no_dependency() {
        let mut facts = FileFacts::default();
        let mut root = Package::new(PackageKind::Gem, "root", "1", "");
        root.dependencies = vec![dependency("one"), dependency("two"), dependency("none")];
        facts.packages = vec![
            root,
            Package::new(PackageKind::Gem, "one", "1", ""),
            Package::new(PackageKind::Gem, "two", "1", ""),
            Package::new(PackageKind::Gem, "two", "2", ""),
        ];
        pin_dependencies(&mut facts, exactly);
        let versions: Vec<_> =
            facts.packages[0].dependencies.iter().map(|it| it.version.as_deref()).collect();
        assert_eq!(versions, [Some("1"), None, None]);
    }

    #[test]
    fn reaching_goes_round_circles_once() {
        let edges = [vec![1], vec![0, 9], vec![1]];
        assert_eq!(reach(3, &[0], &edges), [true, true, false]);
    }
}
