//! Versions as package managers' requirements state them (`>= 1.2, < 2`), turned into the ranges
//! that are affected.

use plimsoll_package::{AffectedRange, RangeEnd, VersionScheme, compare};

/// A half-line of versions: from, to. `None` is without end.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Interval {
    from: Option<(String, bool)>,
    to: Option<(String, bool)>,
}

/// The range that a list of comparisons allows, all of which must hold. `None` where one of them
/// cannot be said by a range.
pub(crate) fn allowed(comparisons: &[&str], scheme: VersionScheme) -> Option<AffectedRange> {
    let interval = intersect(comparisons, scheme)?;
    // A range begins with its first version. The one after a version is not known, so where a range
    // begins after a version, that version counts as affected too.
    let introduced = interval.from.map(|it| it.0);
    let end = match interval.to {
        None => RangeEnd::Open,
        Some((version, false)) => RangeEnd::Fixed(version),
        Some((version, true)) => RangeEnd::LastAffected(version),
    };
    Some(AffectedRange { introduced, end })
}

/// The ranges that remain affected when each of `safe`, a list of comparisons, is not. `None` where
/// a comparison cannot be understood.
pub(crate) fn complement(safe: &[Vec<&str>], scheme: VersionScheme) -> Option<Vec<AffectedRange>> {
    let mut intervals = Vec::new();
    for comparisons in safe.iter().take(MAX_COMPARISONS) {
        intervals.push(intersect(comparisons, scheme)?);
    }
    intervals.sort_by(|a, b| match (&a.from, &b.from) {
        (None, None) => std::cmp::Ordering::Equal,
        (None, Some(_)) => std::cmp::Ordering::Less,
        (Some(_), None) => std::cmp::Ordering::Greater,
        (Some(a), Some(b)) => compare(scheme, &a.0, &b.0).then(b.1.cmp(&a.1)),
    });
    let mut res = Vec::new();
    // Where the affected part that is being looked at begins; `None` is before all versions.
    let mut begin: Option<String> = None;
    for Interval { from, to } in intervals {
        if let Some((from, is_included)) = from {
            let has_affected =
                begin.as_ref().is_none_or(|begin| compare(scheme, &from, begin).is_gt());
            if has_affected {
                // A safe version after `from` leaves `from` itself affected.
                let end =
                    if is_included { RangeEnd::Fixed(from) } else { RangeEnd::LastAffected(from) };
                res.push(AffectedRange { introduced: begin.clone(), end });
            }
        }
        // The version after an included end is not known, so the end itself counts as affected.
        let Some((to, _)) = to else { return Some(res) };
        if begin.as_ref().is_none_or(|begin| compare(scheme, &to, begin).is_gt()) {
            begin = Some(to);
        }
    }
    res.push(AffectedRange { introduced: begin, end: RangeEnd::Open });
    Some(res)
}

fn intersect(comparisons: &[&str], scheme: VersionScheme) -> Option<Interval> {
    let mut res = Interval { from: None, to: None };
    for comparison in comparisons.iter().take(MAX_COMPARISONS) {
        let (from, to) = bounds(comparison.trim())?;
        if let Some(from) = from {
            let is_later =
                res.from.as_ref().is_none_or(|it| compare(scheme, &from.0, &it.0).is_gt());
            if is_later {
                res.from = Some(from);
            }
        }
        if let Some(to) = to {
            let is_earlier = res.to.as_ref().is_none_or(|it| compare(scheme, &to.0, &it.0).is_lt());
            if is_earlier {
                res.to = Some(to);
            }
        }
    }
    Some(res)
}

type Bound = Option<(String, bool)>;

/// Both ends of what one comparison allows.
fn bounds(comparison: &str) -> Option<(Bound, Bound)> {
    let end = comparison
        .find(|it: char| !matches!(it, '<' | '>' | '=' | '~' | '^' | '!'))
        .unwrap_or(comparison.len());
    let (operator, version) = comparison.split_at(end);
    let version = version.trim();
    if version == "*" && operator.is_empty() {
        return Some((None, None));
    }
    if !version.starts_with(|it: char| it.is_ascii_alphanumeric()) {
        return None;
    }
    let own = |is_included| Some((version.to_owned(), is_included));
    Some(match operator {
        "<" => (None, own(false)),
        "<=" => (None, own(true)),
        ">" => (own(false), None),
        ">=" => (own(true), None),
        "=" | "==" => (own(true), own(true)),
        // Ruby: `~> 1.2.3` is below 1.3, `~> 1.2` below 2.
        "~>" => (own(true), Some((next(version, parts(version).saturating_sub(2))?, false))),
        // Cargo: `^1.2` is below 2, `^0.2.3` below 0.3, `^0.0.3` below 0.0.4; a bare version
        // is read so too.
        "^" | "" => (own(true), Some((next(version, first_that_counts(version))?, false))),
        // Cargo: `~1.2.3` is below 1.3, `~1` below 2.
        "~" => (own(true), Some((next(version, parts(version).saturating_sub(1).min(1))?, false))),
        _ => return None,
    })
}

fn release(version: &str) -> &str {
    version.split(['-', '+']).next().unwrap_or_default()
}

fn parts(version: &str) -> usize {
    release(version).split('.').take_while(|it| it.bytes().all(|it| it.is_ascii_digit())).count()
}

fn first_that_counts(version: &str) -> usize {
    let zeros = release(version).split('.').take_while(|it| *it == "0").count();
    zeros.min(parts(version).saturating_sub(1))
}

/// The version with the part at `index` one higher and nothing after it.
fn next(version: &str, index: usize) -> Option<String> {
    let parts: Vec<&str> = release(version).split('.').collect();
    let number: u64 = parts.get(index)?.parse().ok()?;
    let mut res: Vec<String> = parts.get(..index)?.iter().map(|it| (*it).to_owned()).collect();
    res.push(number.checked_add(1)?.to_string());
    Some(res.join("."))
}

/// Comparisons of one record; real ones have a dozen.
const MAX_COMPARISONS: usize = 1_000;

#[cfg(test)]
mod tests {
    use plimsoll_package::{AffectedRange, RangeEnd, VersionScheme};

    use super::{allowed, complement};

    fn show(range: &AffectedRange) -> String {
        let from = range.introduced.as_deref().unwrap_or("*");
        match &range.end {
            RangeEnd::Open => format!("{from}.."),
            RangeEnd::Fixed(version) => format!("{from}..{version}"),
            RangeEnd::LastAffected(version) => format!("{from}..={version}"),
        }
    }

    #[test]
    fn comparisons_that_all_hold_are_a_range() {
        for (comparisons, expected) in [
            (vec![">=2.0", "<2.5.9"], "2.0..2.5.9"),
            (vec!["<1.2"], "*..1.2"),
            (vec![">=1", "<=1.4"], "1..=1.4"),
            (vec!["=1.4"], "1.4..=1.4"),
            (vec![">1.1", "<1.4"], "1.1..1.4"),
            (vec![], "*.."),
        ] {
            let range = allowed(&comparisons, VersionScheme::Semver);
            assert_eq!(range.as_ref().map(show).as_deref(), Some(expected));
        }
        assert_eq!(allowed(&["!=1"], VersionScheme::Semver), None);
    }

    #[test]
    fn what_is_not_safe_is_affected() {
        for (safe, expected) in [
            (vec![vec![">= 2.2.1"]], "*..2.2.1"),
            (vec![vec![">= 111.9"], vec!["< 111.6"]], "111.6..111.9"),
            (vec![vec!["~> 1.2.3"], vec![">= 2.0.1"]], "*..1.2.3 1.3..2.0.1"),
            (vec![vec!["^0.2.3"], vec!["^1.1"], vec![">=3"]], "*..0.2.3 0.3..1.1 2..3"),
            (vec![vec![">= 1.2, < 1.3".split(',').next().unwrap(), "< 1.3"]], "*..1.2 1.3.."),
            (vec![vec!["> 2.4"]], "*..=2.4"),
            (vec![vec!["<= 1.0"], vec![">= 2"]], "1.0..2"),
            (vec![vec![">= 3"], vec![">= 2"]], "*..2"),
            (vec![vec!["*"]], ""),
            (vec![], "*.."),
        ] {
            let ranges = complement(&safe, VersionScheme::Semver).unwrap();
            let ranges: Vec<_> = ranges.iter().map(show).collect();
            assert_eq!(ranges.join(" "), expected, "{safe:?}");
        }
        assert_eq!(complement(&[vec!["!= 1"]], VersionScheme::Semver), None);
        assert_eq!(complement(&[vec![">= "]], VersionScheme::Semver), None);
    }
}
