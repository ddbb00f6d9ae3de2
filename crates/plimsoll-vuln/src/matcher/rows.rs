//! Which rows speak of a package: its binaries, its module stream, its product; and whether a range
//! holds a version.

use std::{cmp::Ordering, collections::HashMap};

use plimsoll_package::{AffectedStatus, Ecosystem, Package, VersionScheme};

use crate::{
    matcher::{MatchOptions, target::Installed},
    store::{Partition, RangeView, Row, RowEnd, StoreError},
};

/// A row that speaks of a package.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speaking<'s, 'p> {
    pub(crate) row: Row<'s>,
    /// The version that the row is to be compared with.
    pub(crate) version: Installed<'p>,
    /// Whose word it is.
    pub(crate) reach: Reach,
}

/// The rows that speak of a package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows<'s, 'p> {
    pub(crate) speaking: Vec<Speaking<'s, 'p>>,
    /// Another binary package of the same source may have other rows.
    pub(crate) depends_on_binary: bool,
}

/// Whom a row concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Everybody.
    All,
    /// Those who pay for it.
    Subscribers,
    /// Those who stay on one minor release for longer than others.
    ExtendedStream,
    /// Users of a product that stands on the distribution and ships packages of the same names.
    Layered,
}

/// The rows about one name that speak of this package.
pub(crate) fn speaking<'s, 'p>(
    partition: &Partition<'s>,
    name: &str,
    version: Installed<'p>,
    package: &'p Package,
    options: &MatchOptions<'_>,
) -> Result<Rows<'s, 'p>, StoreError> {
    let mut rows = Vec::new();
    let mut depends_on_binary = false;
    for row in partition.rows(name)? {
        let binaries = partition.binaries(&row)?;
        depends_on_binary |= !binaries.is_empty();
        if !binaries.is_empty() && !binaries.contains(&package.name.as_str()) {
            continue;
        }
        if let Some(reach) = reach(partition.ecosystem(), &row, options) {
            rows.push(Speaking { row, version, reach });
        }
    }
    if rows.iter().any(|it| it.reach == Reach::All) {
        rows.retain(|it| it.reach != Reach::Layered);
    }
    let speaking = if package.kind.is_system() { of_module(rows, package) } else { rows };
    Ok(Rows { speaking, depends_on_binary })
}

/// Whether a version is among those that a row speaks of.
pub(crate) fn contains(
    scheme: VersionScheme,
    range: RangeView<'_>,
    version: Installed<'_>,
) -> bool {
    match range {
        RangeView::Nothing => false,
        RangeView::Exactly(it) => version.compare(scheme, it) == Ordering::Equal,
        RangeView::From(introduced, end) => {
            let has_begun =
                introduced.is_none_or(|it| version.compare(scheme, it) != Ordering::Less);
            has_begun
                && match end {
                    RowEnd::Open => true,
                    RowEnd::Fixed(it) => version.compare(scheme, it) == Ordering::Less,
                    RowEnd::LastAffected(it) => version.compare(scheme, it) != Ordering::Greater,
                }
        }
    }
}

/// Whether a row says that the version it is compared with is affected.
pub(crate) fn is_affecting(scheme: VersionScheme, it: &Speaking<'_, '_>) -> bool {
    it.row.status != AffectedStatus::NotAffected && contains(scheme, it.row.range, it.version)
}

/// The version with which a range ends, where that is a fix.
pub(crate) fn fix(range: RangeView<'_>) -> Option<&str> {
    match range {
        RangeView::From(_, RowEnd::Fixed(it)) => Some(it),
        _ => None,
    }
}

/// The minor release in the tag of an rpm (`el9_2`), by which a build for an extended stream is
/// known.
pub(crate) fn minor_tag(version: &str) -> Option<&str> {
    let start = version.rfind(".el")? + 1;
    let tag = version.get(start..)?.split(['.', '+']).next()?;
    tag.contains('_').then_some(tag)
}

/// Whom a row concerns; `None` where it is another product's.
fn reach(ecosystem: Ecosystem, row: &Row<'_>, options: &MatchOptions<'_>) -> Option<Reach> {
    if row.product.is_empty() {
        return Some(Reach::All);
    }
    let known = options.products.filter(|it| !it.is_empty());
    let is_used = known.map(|it| it.iter().any(|it| it == row.product));
    match (ecosystem, is_used) {
        (_, Some(true)) => Some(Reach::All),
        (Ecosystem::Ubuntu, _) => Some(Reach::Subscribers),
        (_, Some(false)) => None,
        (Ecosystem::RedHat, None) if is_extended_stream(row.product) => Some(Reach::ExtendedStream),
        (Ecosystem::RedHat, None) if row.product.contains(':') => Some(Reach::Layered),
        (_, None) => Some(Reach::All),
    }
}

/// Products of Red Hat that stay on one minor release: extended and advanced update support, update
/// services for SAP solutions, telecommunications, and extended life cycle.
fn is_extended_stream(product: &str) -> bool {
    product
        .split(['_', ':', '-', ' ', '.'])
        .any(|it| matches!(it, "eus" | "aus" | "e4s" | "tus" | "els" | "e2s"))
}

/// Leaves the rows of the package's own module stream; for a package outside of modules, those
/// that speak of no module.
fn of_module<'s, 'p>(rows: Vec<Speaking<'s, 'p>>, package: &Package) -> Vec<Speaking<'s, 'p>> {
    let stream = package.module.as_deref().map(name_and_stream);
    let is_modular = stream.is_some() || has_module_tag(&package.version);
    if !is_modular {
        return rows.into_iter().filter(|it| !is_modular_row(&it.row)).collect();
    }
    let (named, unnamed): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .filter(|it| is_modular_row(&it.row))
        .partition(|it| !it.row.module.is_empty() && stream.is_some());
    let mut res: Vec<_> =
        named.into_iter().filter(|it| stream == Some(name_and_stream(it.row.module))).collect();
    res.extend(likely_stream(&unnamed));
    res
}

/// Where the stream of package or row is not known, it is told by the version: of the rows of one
/// record, those whose fix shares the most leading parts with the installed version, and at least
/// the first.
fn likely_stream<'s, 'p>(rows: &[Speaking<'s, 'p>]) -> Vec<Speaking<'s, 'p>> {
    let shared =
        |it: &Speaking<'_, '_>| fix(it.row.range).map(|fix| shared_parts(it.version.text, fix));
    let mut best: HashMap<u32, usize> = HashMap::new();
    for row in rows {
        let known = best.entry(row.row.vulnerability).or_default();
        *known = shared(row).unwrap_or(0).max(*known);
    }
    let is_likely = |it: &&Speaking<'_, '_>| match shared(it) {
        None => true,
        Some(0) => false,
        Some(n) => best.get(&it.row.vulnerability) == Some(&n),
    };
    rows.iter().filter(is_likely).copied().collect()
}

fn is_modular_row(row: &Row<'_>) -> bool {
    !row.module.is_empty() || fix(row.range).is_some_and(has_module_tag)
}

fn has_module_tag(version: &str) -> bool {
    version.contains(".module+el") || version.contains(".module_el")
}

/// `nodejs:18` of `nodejs:18:8090020240101:rhel9`.
fn name_and_stream(module: &str) -> (&str, &str) {
    let mut parts = module.split(':');
    (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
}

/// How many leading parts two upstream versions share.
fn shared_parts(a: &str, b: &str) -> usize {
    upstream(a).split('.').zip(upstream(b).split('.')).take_while(|(a, b)| a == b).count()
}

/// The upstream version in the version of an rpm.
fn upstream(version: &str) -> &str {
    let without_epoch = version.split_once(':').map_or(version, |it| it.1);
    without_epoch.split('-').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_for_an_extended_stream_are_known_by_their_tag() {
        for (version, tag) in [
            ("5.14.0-70.1.el9_0", Some("el9_0")),
            ("5.14.0-284.1.el9_2.x86_64", Some("el9_2")),
            ("5.14.0-362.el9", None),
            ("1.0-1.module+el8.9.0+1+a", None),
            ("1.0-1", None),
        ] {
            assert_eq!(minor_tag(version), tag, "{version}");
        }
    }

    #[test]
    fn extended_streams_are_told_from_the_main_one() {
        for product in ["rhel_eus:9.0::appstream", "rhel_e4s", "eus", "rhel_tus:8.4", "rhel_els:7"]
        {
            assert!(is_extended_stream(product), "{product}");
        }
        for product in ["appstream", "enterprise_linux:9::baseos", "crb", "nexus", "baseos"] {
            assert!(!is_extended_stream(product), "{product}");
        }
    }

    #[test]
    fn upstream_versions_share_leading_parts() {
        assert_eq!(shared_parts("1:18.12.1-2.module+el8", "18.14.0-1"), 1);
        assert_eq!(shared_parts("7.4.6-1", "7.4.19-1"), 2);
        assert_eq!(shared_parts("10.1", "12.1"), 0);
    }
}
