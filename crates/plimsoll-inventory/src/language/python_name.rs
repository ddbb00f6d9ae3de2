//! Names and requirements as Python writes them (PEP 503 and 508).

use std::borrow::Cow;

use plimsoll_package::{VersionScheme, compare};

/// The name as the index compares it: small letters, runs of `-`, `_` and `.` as one `-`.
pub(crate) fn normalize(name: &str) -> Cow<'_, str> {
    let mut res = String::with_capacity(name.len());
    for it in name.chars() {
        let it = if matches!(it, '_' | '.' | '-') { '-' } else { it.to_ascii_lowercase() };
        if it != '-' || !res.ends_with('-') {
            res.push(it);
        }
    }
    if res == name { Cow::Borrowed(name) } else { Cow::Owned(res) }
}

/// The name that a requirement begins with.
pub(crate) fn requirement_name(requirement: &str) -> Option<&str> {
    let is_part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | '.');
    let requirement = requirement.trim();
    let end = requirement.find(|it| !is_part(it)).unwrap_or(requirement.len());
    let name = requirement.get(..end)?.trim_end_matches(['-', '_', '.']);
    name.starts_with(|it: char| it.is_ascii_alphanumeric()).then_some(name)
}

/// Name and version of a requirement that allows exactly one version: `name[extra]==1.0 ; marker`.
pub(crate) fn pin(requirement: &str) -> Option<(&str, &str)> {
    let (name, versions) = parts(requirement)?;
    let version = versions.split(',').find_map(|it| it.trim().strip_prefix("=="))?;
    let version = version.trim_start_matches('=').split_whitespace().next()?;
    (is_version(version) && !version.contains('*')).then_some((name, version))
}

/// Name, lowest version and versions of a requirement that allows several from a version on:
/// `name>=1.0,<2`, `name~=1.1` or `name==1.*`.
pub(crate) fn range(requirement: &str) -> Option<(&str, String, &str)> {
    let (name, versions) = parts(requirement)?;
    let lowest = versions.split(',').filter_map(|it| {
        let it = it.trim();
        let version = [">=", "~=", "=="].iter().find_map(|operator| it.strip_prefix(operator))?;
        let version = version.split_whitespace().next()?;
        is_version(version).then(|| version.replace('*', "0"))
    });
    let lowest = lowest.max_by(|a, b| compare(VersionScheme::PyPi, a, b))?;
    Some((name, lowest, versions))
}

/// The name of a requirement, and its versions without what stands around them.
fn parts(requirement: &str) -> Option<(&str, &str)> {
    let requirement = requirement.split(';').next()?.trim();
    let name = requirement_name(requirement)?;
    let rest = requirement.get(name.len()..)?.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => rest,
    };
    Some((name, rest.trim().trim_start_matches('(').trim_end_matches(')').trim_end()))
}

fn is_version(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_digit() || it == 'v') && !text.contains(['$', '{'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_the_index_does() {
        assert_eq!(normalize("Foo__Bar.baz"), "foo-bar-baz");
    }

    #[test]
    fn only_one_version_is_a_pin() {
        for (requirement, expected) in [
            ("a==1.0", Some(("a", "1.0"))),
            ("a == 1.0 ; python_version < '3'", Some(("a", "1.0"))),
            ("a[x, y]===1.0+local", Some(("a", "1.0+local"))),
            ("a (==1.0)", Some(("a", "1.0"))),
            ("a>=0.9,==1.0", Some(("a", "1.0"))),
            ("a==1.*", None),
            ("a>=1.0", None),
            ("a~=1.0", None),
            ("a==${VERSION}", None),
            ("==1.0", None),
            ("a @ https://example.com/a.zip", None),
        ] {
            assert_eq!(pin(requirement), expected, "{requirement}");
        }
    }

    #[test]
    fn the_lowest_version_of_several() {
        for (requirement, expected) in [
            ("a>=1.0, <2 ; python_version < '3'", Some(("a", "1.0", ">=1.0, <2"))),
            ("a[x] ~= 1.1", Some(("a", "1.1", "~= 1.1"))),
            ("a (>=0.9,>=0.10)", Some(("a", "0.10", ">=0.9,>=0.10"))),
            ("a==2.8.*", Some(("a", "2.8.0", "==2.8.*"))),
            ("a<=2", None),
            ("a>2", None),
            ("a!=2", None),
            ("a", None),
            ("a>=${VERSION}", None),
            ("a @ https://example.com/a.zip", None),
        ] {
            let found = range(requirement);
            let found = found.as_ref().map(|it| (it.0, it.1.as_str(), it.2));
            assert_eq!(found, expected, "{requirement}");
        }
    }
}
