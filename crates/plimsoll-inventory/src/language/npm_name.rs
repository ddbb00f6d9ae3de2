//! Names and versions of npm packages as its lock files write them.

use plimsoll_package::{Package, PackageKind};

use crate::{extractor::InputFile, language::reading::stated};

/// A stated npm package; `name` with its scope.
pub(crate) fn npm_package(name: &str, version: &str, file: &InputFile<'_>) -> Package {
    let (namespace, name) = split_scope(name);
    let mut res = stated(PackageKind::Npm, name, version, file);
    res.namespace = namespace;
    res
}

/// `@scope/name` as scope and name.
pub(crate) fn split_scope(name: &str) -> (Option<String>, String) {
    match name.split_once('/') {
        Some((scope, name)) if scope.starts_with('@') => (Some(scope.to_owned()), name.to_owned()),
        _ => (None, name.to_owned()),
    }
}

/// `name@rest` or `@scope/name@rest`, split at the first `@` that belongs to no scope.
pub(crate) fn split_at(text: &str) -> Option<(&str, &str)> {
    let start = usize::from(text.starts_with('@'));
    let at = text.get(start..)?.find('@')? + start;
    let (name, rest) = (text.get(..at)?, text.get(at + 1..)?);
    (!name.is_empty()).then_some((name, rest))
}

/// Name and version of a package by what a lock file says of it: a plain version, an alias
/// (`npm:other@1.0.0`), the address of an archive or a Git commit. `None` for local folders.
pub(crate) fn resolve<'a>(name: &'a str, version: &'a str) -> Option<(&'a str, &'a str)> {
    if let Some(alias) = version.strip_prefix("npm:") {
        return split_at(alias);
    }
    if ["file:", "link:", "workspace:", "portal:"].iter().any(|it| version.starts_with(it)) {
        return None;
    }
    if !version.contains([':', '/']) {
        return Some((name, version));
    }
    if let Some((_, commit)) = version.rsplit_once('#') {
        return Some((name, commit.rsplit_once('=').map_or(commit, |it| it.1)));
    }
    Some((name, archive(version)?.1))
}

/// The name and version in the address of a registry's archive, `.../name/-/name-1.0.0.tgz`.
pub(crate) fn archive(address: &str) -> Option<(&str, &str)> {
    let (name, file) = archive_parts(address)?;
    let bare = name.rsplit_once('/').map_or(name, |it| it.1);
    let file = file.strip_suffix(".tgz").or_else(|| file.strip_suffix(".tar.gz"))?;
    Some((name, file.strip_prefix(bare)?.strip_prefix('-')?))
}

/// The name and the file in the address of a registry's archive.
pub(crate) fn archive_parts(address: &str) -> Option<(&str, &str)> {
    let address = address.split(['#', '?']).next()?;
    let (before, file) = address.rsplit_once("/-/")?;
    let (above, bare) = before.rsplit_once('/')?;
    let scope = above.rsplit_once('/').map_or(above, |it| it.1);
    let n_bytes = if scope.starts_with('@') { scope.len() + 1 + bare.len() } else { bare.len() };
    Some((before.get(before.len() - n_bytes..)?, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_locks_write_them() {
        for (version, expected) in [
            ("1.0.0", Some(("a", "1.0.0"))),
            ("npm:@s/b@2.0.0", Some(("@s/b", "2.0.0"))),
            ("git+ssh://git@example.com/x/a.git#0123abc", Some(("a", "0123abc"))),
            ("https://example.com/npm/a/-/a-3.0.0-rc.1.tgz", Some(("a", "3.0.0-rc.1"))),
            ("file:../a", None),
            ("https://example.com/unknown", None),
        ] {
            assert_eq!(resolve("a", version), expected, "{version}");
        }
    }

    #[test]
    fn archives_tell_the_real_name() {
        for (address, expected) in [
            ("https://r.example/@s/a/-/a-1.0.0.tgz#hash", Some(("@s/a", "1.0.0"))),
            ("https://r.example/api/npm/a/-/a-1.0.0.tgz", Some(("a", "1.0.0"))),
            ("https://r.example/a/-/b-1.0.0.tgz", None),
            ("https://r.example/a.tgz", None),
        ] {
            assert_eq!(archive(address), expected, "{address}");
        }
    }

    #[test]
    fn scopes_are_no_versions() {
        assert_eq!(split_at("@s/a@^1"), Some(("@s/a", "^1")));
        assert_eq!(split_at("@s/a"), None);
        assert_eq!(split_at("a@npm:b@1"), Some(("a", "npm:b@1")));
        assert_eq!(split_at(""), None);
    }
}
