//! What several records together say about one fault in one package.
//!
//! With distributions, a record about the fault itself beats an erratum that mends it among others,
//! since errata are sent out once and records are kept up. Else a version is affected if any row
//! holds it: two records with different ranges are two reasons to look.
//!
//! Red Hat and its rebuilds are judged by the lowest fix. They send errata for a minor release
//! while it is current, and list the same faults again when the next minor release appears with a
//! higher version, so that whoever has any of the fixes of the main stream has the fix. Rows of
//! streams that stay on one minor release (EUS and others) say nothing about the main stream: where
//! the products of an image are not known, they count only for a build that carries the same minor
//! release in its tag (`.el9_2`). Rows of products on top of the distribution (OpenShift and
//! others) count only for packages of which the distribution's own rows do not speak at all.

use std::cmp::Ordering;

use plimsoll_package::{AffectedStatus, Ecosystem, VendorSeverity, VersionScheme, compare};

use crate::{
    matcher::{
        rows::{Reach, Speaking, contains, fix, is_affecting, minor_tag},
        target::Installed,
    },
    store::{RangeView, RowEnd},
};

/// A row about a fault, with the kind of record that it stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Statement<'s, 'p> {
    pub(crate) speaking: Speaking<'s, 'p>,
    /// In a record about several faults.
    pub(crate) is_bundle: bool,
}

/// The package is affected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Verdict<'s> {
    pub(crate) status: AffectedStatus,
    pub(crate) reason: &'s str,
    pub(crate) fixed_in: Option<&'s str>,
    pub(crate) fixed_for_subscribers: Option<&'s str>,
    pub(crate) vendor_severity: Option<VendorSeverity>,
    /// Records that say so.
    pub(crate) told_by: Vec<u32>,
}

/// Judges all statements about one fault; `None` is not affected.
pub(crate) fn judge<'s>(
    ecosystem: Ecosystem,
    scheme: VersionScheme,
    statements: &[Statement<'s, '_>],
) -> Option<Verdict<'s>> {
    let judging = Judging { scheme, statements };
    let (open_to_all, for_subscribers): (Vec<_>, Vec<_>) =
        statements.iter().copied().partition(|it| it.speaking.reach != Reach::Subscribers);
    let subscribers_fix = judging.lowest_fix(&for_subscribers);
    let res = if open_to_all.is_empty() {
        let affecting = judging.affecting(&for_subscribers);
        let res = judging.verdict(&affecting, None)?;
        Some(Verdict { status: without_fix(res.status), ..res })
    } else if follows_red_hat(ecosystem) {
        judging.by_lowest_fix(&open_to_all)
    } else {
        let prefers_direct = ecosystem < Ecosystem::Npm;
        judging.by_any_row(&open_to_all, prefers_direct)
    };
    res.map(|it| Verdict { fixed_for_subscribers: subscribers_fix, ..it })
}

struct Judging<'j, 's, 'p> {
    scheme: VersionScheme,
    statements: &'j [Statement<'s, 'p>],
}

impl<'s, 'p> Judging<'_, 's, 'p> {
    fn by_any_row(
        &self,
        statements: &[Statement<'s, 'p>],
        prefers_direct: bool,
    ) -> Option<Verdict<'s>> {
        let only_direct = prefers_direct && statements.iter().any(|it| !it.is_bundle);
        let judged: Vec<_> =
            statements.iter().filter(|it| !(only_direct && it.is_bundle)).copied().collect();
        let affecting = self.affecting(&judged);
        let fixed_in = self.first_clean(&judged);
        self.verdict(&affecting, fixed_in)
    }

    fn by_lowest_fix(&self, statements: &[Statement<'s, 'p>]) -> Option<Verdict<'s>> {
        let of_stream: Vec<_> = statements
            .iter()
            .filter(|it| {
                let tag = fix(it.speaking.row.range).and_then(minor_tag);
                it.speaking.reach != Reach::ExtendedStream
                    || (tag.is_some() && minor_tag(it.speaking.version.text) == tag)
            })
            .copied()
            .collect();
        let direct: Vec<_> = of_stream.iter().filter(|it| !it.is_bundle).copied().collect();
        let is_cleared = direct.iter().any(|it| self.clears(it));
        let affecting = self.affecting(if direct.is_empty() { &of_stream } else { &direct });
        let has_fix = of_stream.iter().any(|it| self.has_fix(it));
        if has_fix || (is_cleared && affecting.is_empty()) {
            return None;
        }
        let affecting = if affecting.is_empty() { self.affecting(&of_stream) } else { affecting };
        self.verdict(&affecting, self.lowest_fix(&of_stream))
    }

    /// Statements whose range holds the version, save those that say it is not affected.
    fn affecting(&self, statements: &[Statement<'s, 'p>]) -> Vec<Statement<'s, 'p>> {
        statements.iter().filter(|it| is_affecting(self.scheme, &it.speaking)).copied().collect()
    }

    /// Whether a row says in so many words that the version is not affected.
    fn clears(&self, it: &Statement<'_, '_>) -> bool {
        let range = it.speaking.row.range;
        it.speaking.row.status == AffectedStatus::NotAffected
            && (range == RangeView::Nothing || contains(self.scheme, range, it.speaking.version))
    }

    fn has_fix(&self, it: &Statement<'_, '_>) -> bool {
        it.speaking.row.status != AffectedStatus::NotAffected
            && fix(it.speaking.row.range)
                .is_some_and(|fix| it.speaking.version.compare(self.scheme, fix) != Ordering::Less)
    }

    /// The lowest fix above the version.
    fn lowest_fix(&self, statements: &[Statement<'s, 'p>]) -> Option<&'s str> {
        self.fixes(statements).into_iter().next()
    }

    /// The lowest fix above the version that no row holds: it ends all ranges.
    fn first_clean(&self, statements: &[Statement<'s, 'p>]) -> Option<&'s str> {
        self.fixes(statements).into_iter().find(|fix| {
            statements
                .iter()
                .filter(|it| it.speaking.row.status != AffectedStatus::NotAffected)
                .all(|it| !contains(self.scheme, it.speaking.row.range, Installed::whole(fix)))
        })
    }

    /// Fixes above the version, the lowest first.
    fn fixes(&self, statements: &[Statement<'s, 'p>]) -> Vec<&'s str> {
        let mut res: Vec<&'s str> = statements
            .iter()
            .filter_map(|it| {
                let fix = fix(it.speaking.row.range)?;
                let order = it.speaking.version.compare(self.scheme, fix);
                (order == Ordering::Less).then_some(fix)
            })
            .collect();
        res.sort_by(|a, b| compare(self.scheme, a, b).then_with(|| a.cmp(b)));
        res.dedup();
        res.truncate(MAX_FIXES);
        res
    }

    fn verdict(
        &self,
        affecting: &[Statement<'s, 'p>],
        fixed_in: Option<&'s str>,
    ) -> Option<Verdict<'s>> {
        let (status, reason) = affecting
            .iter()
            .map(|it| {
                let status = status(&it.speaking);
                let status = if fixed_in.is_none() { without_fix(status) } else { status };
                (status, it.speaking.row.reason)
            })
            .min_by_key(|(status, reason)| (weight(*status), *reason))?;
        // A fix that an erratum tells of ends the state that the record of the fault still has.
        let status = match status {
            AffectedStatus::Affected | AffectedStatus::UnderInvestigation if fixed_in.is_some() => {
                AffectedStatus::Fixed
            }
            it => it,
        };
        let told = self.affecting(self.statements);
        let mut told_by: Vec<u32> = told.iter().map(|it| it.speaking.row.vulnerability).collect();
        told_by.sort_unstable();
        told_by.dedup();
        Some(Verdict {
            status,
            reason,
            fixed_in,
            fixed_for_subscribers: None,
            vendor_severity: affecting.iter().filter_map(|it| it.speaking.row.severity).max(),
            told_by,
        })
    }
}

/// The state that a row gives to a version that it holds.
fn status(speaking: &Speaking<'_, '_>) -> AffectedStatus {
    match (speaking.row.status, speaking.row.range) {
        (AffectedStatus::Affected, RangeView::From(_, RowEnd::Fixed(_))) => AffectedStatus::Fixed,
        (it, _) => it,
    }
}

/// "Fixed" is said of a version only where there is a fix to go to.
fn without_fix(status: AffectedStatus) -> AffectedStatus {
    match status {
        AffectedStatus::Fixed => AffectedStatus::Affected,
        it => it,
    }
}

/// Of several states, the one that leaves the most to do is told.
fn weight(status: AffectedStatus) -> u8 {
    match status {
        AffectedStatus::Fixed => 0,
        AffectedStatus::Affected => 1,
        AffectedStatus::UnderInvestigation => 2,
        AffectedStatus::Deferred => 3,
        AffectedStatus::WillNotFix => 4,
        AffectedStatus::EndOfLife => 5,
        AffectedStatus::NotAffected => 6,
    }
}

fn follows_red_hat(ecosystem: Ecosystem) -> bool {
    matches!(
        ecosystem,
        Ecosystem::RedHat | Ecosystem::AlmaLinux | Ecosystem::RockyLinux | Ecosystem::Oracle
    )
}

/// Most fixes that are tried for the lowest clean version; real records have a handful.
const MAX_FIXES: usize = 64;
