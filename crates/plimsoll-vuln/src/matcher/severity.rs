//! How severe a match is, and who says so.

use plimsoll_package::{AffectedStatus, CvssScore, Ecosystem, VendorSeverity};

use crate::{matcher::SeverityOrigin, matcher::verdict::Verdict};

/// A severity with its origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) severity: Option<VendorSeverity>,
    pub(crate) origin: SeverityOrigin,
    /// The state, which the vendor's word may have changed.
    pub(crate) status: AffectedStatus,
}

/// The vendor's severity goes before the score; Debian's word that a fault is not worth an update
/// of its own goes before both, unless the fault is known to be exploited.
pub(crate) fn judge(
    ecosystem: Ecosystem,
    verdict: &Verdict<'_>,
    cvss: Option<&CvssScore>,
    is_malicious: bool,
    is_exploited: bool,
) -> Judged {
    let status = verdict.status;
    if is_malicious {
        let severity = Some(VendorSeverity::Critical);
        return Judged { severity, origin: SeverityOrigin::Malicious, status };
    }
    let decided = (ecosystem == Ecosystem::Debian).then(|| decision(verdict.reason)).flatten();
    if let Some(decided) = decided {
        let status = match status {
            AffectedStatus::Affected => decided,
            it => it,
        };
        if !is_exploited {
            let severity = Some(VendorSeverity::Negligible);
            return Judged { severity, origin: SeverityOrigin::VendorDecision, status };
        }
        return Judged { status, ..stated(verdict.vendor_severity, cvss, status) };
    }
    stated(verdict.vendor_severity, cvss, status)
}

/// Of several scores, that of the newest CVSS version; of the same version, the highest.
pub(crate) fn newest(scores: Vec<CvssScore>) -> Option<CvssScore> {
    scores.into_iter().max_by(|a, b| {
        (cvss_version(a).cmp(&cvss_version(b)))
            .then_with(|| a.score.total_cmp(&b.score))
            .then_with(|| b.vector.cmp(&a.vector))
    })
}

fn stated(
    vendor: Option<VendorSeverity>,
    cvss: Option<&CvssScore>,
    status: AffectedStatus,
) -> Judged {
    match (vendor, cvss) {
        (Some(it), _) => Judged { severity: Some(it), origin: SeverityOrigin::Vendor, status },
        (None, Some(it)) => {
            Judged { severity: Some(band(it)), origin: SeverityOrigin::Cvss, status }
        }
        (None, None) => Judged { severity: None, origin: SeverityOrigin::Nowhere, status },
    }
}

/// The state that follows from Debian's word about an unfixed fault.
fn decision(reason: &str) -> Option<AffectedStatus> {
    match reason {
        "unimportant" | "ignored" => Some(AffectedStatus::WillNotFix),
        "postponed" | "no-dsa" | "nodsa" => Some(AffectedStatus::Deferred),
        _ => None,
    }
}

/// The band of a score. One of nought is a statement too: that the fault matters to nobody.
fn band(cvss: &CvssScore) -> VendorSeverity {
    cvss.severity().unwrap_or(VendorSeverity::Negligible)
}

fn cvss_version(cvss: &CvssScore) -> u8 {
    match cvss.vector.as_str() {
        it if it.starts_with("CVSS:4") => 3,
        it if it.starts_with("CVSS:3.1") => 2,
        it if it.starts_with("CVSS:3") => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(vector: &str, score: f32) -> CvssScore {
        CvssScore { vector: vector.to_owned(), score }
    }

    fn verdict(reason: &'static str, vendor: Option<VendorSeverity>) -> Verdict<'static> {
        Verdict {
            status: AffectedStatus::Affected,
            reason,
            fixed_in: None,
            fixed_for_subscribers: None,
            vendor_severity: vendor,
            told_by: Vec::new(),
        }
    }

    #[test]
    fn the_vendor_goes_before_the_score() {
        let cvss = score("CVSS:3.1/x", 9.8);
        let low = verdict("", Some(VendorSeverity::Low));
        let res = judge(Ecosystem::RedHat, &low, Some(&cvss), false, false);
        assert_eq!(res.severity, Some(VendorSeverity::Low));
        assert_eq!(res.origin, SeverityOrigin::Vendor);
        let res = judge(Ecosystem::RedHat, &verdict("", None), Some(&cvss), false, false);
        assert_eq!(res.severity, Some(VendorSeverity::Critical));
        assert_eq!(res.origin, SeverityOrigin::Cvss);
        let res = judge(Ecosystem::RedHat, &verdict("", None), None, false, false);
        assert_eq!((res.severity, res.origin), (None, SeverityOrigin::Nowhere));
    }

    #[test]
    fn what_debian_sets_aside_is_demoted_with_its_reason() {
        let cvss = score("CVSS:3.1/x", 9.8);
        for (reason, status) in [
            ("unimportant", AffectedStatus::WillNotFix),
            ("ignored", AffectedStatus::WillNotFix),
            ("postponed", AffectedStatus::Deferred),
            ("no-dsa", AffectedStatus::Deferred),
        ] {
            let it = verdict(reason, None);
            let res = judge(Ecosystem::Debian, &it, Some(&cvss), false, false);
            assert_eq!((res.severity, res.status), (Some(VendorSeverity::Negligible), status));
            assert_eq!(res.origin, SeverityOrigin::VendorDecision);
            let exploited = judge(Ecosystem::Debian, &it, Some(&cvss), false, true);
            assert_eq!(exploited.severity, Some(VendorSeverity::Critical), "{reason}");
            assert_eq!(exploited.status, status);
        }
        let ubuntu = judge(Ecosystem::Ubuntu, &verdict("ignored", None), None, false, false);
        assert_eq!(ubuntu.status, AffectedStatus::Affected);
    }

    #[test]
    fn the_newest_score_is_shown_and_rated_by_its_version() {
        let scores = vec![
            score("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0),
            score("CVSS:3.0/a", 9.0),
            score("CVSS:3.1/b", 5.0),
            score("CVSS:3.1/c", 7.5),
        ];
        assert_eq!(newest(scores).unwrap().vector, "CVSS:3.1/c");
        assert_eq!(band(&score("AV:N", 10.0)), VendorSeverity::High);
        assert_eq!(band(&score("CVSS:4.0/x", 9.3)), VendorSeverity::Critical);
        assert_eq!(band(&score("CVSS:3.1/x", 0.0)), VendorSeverity::Negligible);
    }
}
