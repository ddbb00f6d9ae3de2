//! Whether a version is affected, as OSV's schema evaluates it.
//!
//! It must not know what a state means to a user: a row that says `not affected` still covers
//! versions.

use crate::{
    advisory::{Affected, AffectedRange, AffectedStatus, RangeEnd},
    version::{VersionScheme, compare},
};

/// The version before every other one, in OSV's words.
const BEGINNING: &str = "0";

impl AffectedRange {
    /// Whether a version lies in the range. A range that is fixed in `0` has no versions: that is
    /// how feeds say "not affected".
    pub fn contains(&self, scheme: VersionScheme, version: &str) -> bool {
        let has_begun = match self.introduced.as_deref() {
            None | Some(BEGINNING) => true,
            Some(introduced) => compare(scheme, introduced, version).is_le(),
        };
        has_begun
            && match &self.end {
                RangeEnd::Open => true,
                RangeEnd::Fixed(fixed) => {
                    fixed != BEGINNING && compare(scheme, version, fixed).is_lt()
                }
                RangeEnd::LastAffected(last) => compare(scheme, version, last).is_le(),
            }
    }
}

impl Affected {
    /// Whether the row speaks of a version, whatever it says of it. A row without ranges and
    /// versions speaks of all of them.
    pub fn covers(&self, version: &str) -> bool {
        let scheme = self.ecosystem.scheme();
        let is_any = self.ranges.is_empty() && self.versions.is_empty();
        is_any
            || self.ranges.iter().any(|it| it.contains(scheme, version))
            || self.versions.iter().any(|it| compare(scheme, it, version).is_eq())
    }

    /// Whether the row says that a version is, or may be, affected.
    pub fn affects(&self, version: &str) -> bool {
        self.status != AffectedStatus::NotAffected && self.covers(version)
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        advisory::{Affected, AffectedRange, AffectedStatus, RangeEnd},
        ecosystem::Ecosystem,
    };

    fn row(
        ecosystem: Ecosystem,
        ranges: &[(Option<&str>, RangeEnd)],
        versions: &[&str],
    ) -> Affected {
        Affected {
            ecosystem,
            release: String::new(),
            product: String::new(),
            package: "thing".to_owned(),
            binaries: Vec::new(),
            module: String::new(),
            status: AffectedStatus::Fixed,
            reason: String::new(),
            severity: None,
            ranges: ranges
                .iter()
                .map(|(introduced, end)| AffectedRange {
                    introduced: introduced.map(str::to_owned),
                    end: end.clone(),
                })
                .collect(),
            versions: versions.iter().map(|it| (*it).to_owned()).collect(),
        }
    }

    fn fixed(version: &str) -> RangeEnd {
        RangeEnd::Fixed(version.to_owned())
    }

    #[test]
    fn ranges_hold_what_osv_says() {
        let last = |version: &str| RangeEnd::LastAffected(version.to_owned());
        let cases = [
            (row(Ecosystem::Npm, &[(None, fixed("1.2.3"))], &[]), "1.2.2 0.0.0 0.1.0-a", "1.2.3 2"),
            (row(Ecosystem::Npm, &[(Some("0"), fixed("1.2.3"))], &[]), "1.2.2 0.0.0-a", "1.2.3"),
            (row(Ecosystem::Npm, &[(Some("1.0"), RangeEnd::Open)], &[]), "1.0.0 9", "1.0.0-a 0.9"),
            (row(Ecosystem::Npm, &[(Some("1"), last("2.0.0"))], &[]), "1.0.0 2.0.0", "2.0.1 0.9"),
            (row(Ecosystem::Wolfi, &[(Some("0"), fixed("0"))], &[]), "", "0 1.0-r0 0_alpha"),
            (
                row(
                    Ecosystem::Npm,
                    &[(None, fixed("1.1.0")), (Some("2.0.0"), fixed("2.1.0"))],
                    &[],
                ),
                "1.0.0 2.0.0",
                "1.1.0 1.9.0 2.1.0",
            ),
            (row(Ecosystem::PyPi, &[], &["1.0", "1.0.post1"]), "1.0 1.0.0 1.0-1", "1.0.1 0.9"),
            (row(Ecosystem::PyPi, &[(Some("2"), RangeEnd::Open)], &["1.0"]), "1.0 2.1", "1.1"),
            (row(Ecosystem::Debian, &[], &[]), "1 2:3-4", ""),
            (
                row(Ecosystem::RedHat, &[(Some("0"), fixed("0:1.2-3.el9"))], &[]),
                "1.2-2.el9 0:1.2-2.el9",
                "1.2-3.el9 1:0.1-1",
            ),
        ];
        for (row, affected, unaffected) in cases {
            for version in affected.split_whitespace() {
                assert!(row.affects(version), "`{version}` by {row:?}");
            }
            for version in unaffected.split_whitespace() {
                assert!(!row.affects(version), "`{version}` by {row:?}");
            }
        }
    }

    #[test]
    fn a_row_that_says_not_affected_covers_and_does_not_affect() {
        let mut row = row(Ecosystem::Debian, &[], &[]);
        row.status = AffectedStatus::NotAffected;
        assert!(row.covers("1"));
        assert!(!row.affects("1"));
        row.status = AffectedStatus::UnderInvestigation;
        assert!(row.affects("1"));
    }
}
