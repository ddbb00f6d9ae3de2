//! How soon a vulnerability should be dealt with: one number, and the parts it is the sum of.
//!
//! | part | points |
//! |---|---|
//! | known exploited, or a malicious package | 40 |
//! | likelihood | 20 x the square root of the EPSS score; 20 if known exploited; 5 if unknown |
//! | severity | critical 25, high 18, medium 10, low 4, negligible 0; 8 where none is known |
//! | a fix exists | 5 |
//! | exposure | published port 5, privileged 3, root 2 |
//!
//! The square root spreads the many low scores, so that 1 % weighs 2 points and 25 % weighs 10. An
//! unknown is never nought: it stands near the median of what is known. The sum is at most 100.

use std::cmp::Ordering;

use plimsoll_package::VendorSeverity;

/// How the package can be reached, as far as the caller knows. All `false` is "nothing known".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// A port is published.
    pub published_port: bool,
    /// The container runs as root.
    pub root: bool,
    /// The container is privileged or has the engine's socket.
    pub privileged: bool,
}

/// What the number is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct UrgencyFacts {
    /// In the catalogue of known exploited vulnerabilities.
    pub known_exploited: bool,
    /// The package itself is malicious.
    pub malicious: bool,
    /// EPSS score, 0 to 1, where one is known.
    pub epss: Option<f32>,
    /// Severity as judged, where one is known.
    pub severity: Option<VendorSeverity>,
    /// There is a version without the fault.
    pub fix_available: bool,
    /// How it can be reached.
    pub exposure: Exposure,
}

/// The number and its parts. Greater is more urgent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Urgency {
    /// The sum, 0 to 100.
    pub score: u8,
    /// Points for known exploitation or malice.
    pub exploited: u8,
    /// Points for likelihood.
    pub likelihood: u8,
    /// Whether the likelihood rests on no score.
    pub likelihood_unknown: bool,
    /// Points for severity.
    pub severity: u8,
    /// Points for a fix.
    pub fix: u8,
    /// Points for exposure.
    pub exposure: u8,
}

impl PartialOrd for Urgency {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Urgency {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |it: &Self| {
            (
                it.score,
                it.exploited,
                it.severity,
                it.likelihood,
                it.fix,
                it.exposure,
                !it.likelihood_unknown,
            )
        };
        key(self).cmp(&key(other))
    }
}

/// Adds up the parts.
pub fn urgency(facts: &UrgencyFacts) -> Urgency {
    let is_exploited = facts.known_exploited || facts.malicious;
    let exploited = if is_exploited { EXPLOITED } else { 0 };
    let likelihood = likelihood(is_exploited, facts.epss);
    let severity = severity_points(facts.severity);
    let fix = if facts.fix_available { FIX } else { 0 };
    let exposure = exposure_points(facts.exposure);
    Urgency {
        score: exploited + likelihood + severity + fix + exposure,
        exploited,
        likelihood,
        likelihood_unknown: !is_exploited && facts.epss.is_none(),
        severity,
        fix,
        exposure,
    }
}

fn likelihood(is_exploited: bool, epss: Option<f32>) -> u8 {
    if is_exploited {
        return LIKELIHOOD;
    }
    let Some(score) = epss else { return LIKELIHOOD_UNKNOWN };
    let root = score.clamp(0.0, 1.0).sqrt() * f32::from(LIKELIHOOD);
    // Not a number compares false with every bound, so it counts as nought below.
    (0..=LIKELIHOOD).rev().find(|it| f32::from(*it) <= root + 0.5).unwrap_or(0)
}

fn severity_points(severity: Option<VendorSeverity>) -> u8 {
    match severity {
        Some(VendorSeverity::Critical) => 25,
        Some(VendorSeverity::High) => 18,
        Some(VendorSeverity::Medium) => 10,
        Some(VendorSeverity::Low) => 4,
        Some(VendorSeverity::Negligible) => 0,
        None => 8,
    }
}

fn exposure_points(exposure: Exposure) -> u8 {
    let points = |is: bool, points: u8| if is { points } else { 0 };
    points(exposure.published_port, 5) + points(exposure.privileged, 3) + points(exposure.root, 2)
}

const EXPLOITED: u8 = 40;
const LIKELIHOOD: u8 = 20;
const LIKELIHOOD_UNKNOWN: u8 = 5;
const FIX: u8 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_a_hundred_and_the_least_is_nought() {
        let worst = urgency(&UrgencyFacts {
            known_exploited: true,
            malicious: false,
            epss: Some(0.9),
            severity: Some(VendorSeverity::Critical),
            fix_available: true,
            exposure: Exposure { published_port: true, root: true, privileged: true },
        });
        assert_eq!(worst.score, 100);
        let least = urgency(&UrgencyFacts {
            epss: Some(0.0),
            severity: Some(VendorSeverity::Negligible),
            ..UrgencyFacts::default()
        });
        assert_eq!(least.score, 0);
        assert!(worst > least);
    }

    #[test]
    fn a_known_exploited_low_one_goes_before_a_likely_critical_one_without_exploits() {
        let exploited = urgency(&UrgencyFacts {
            known_exploited: true,
            severity: Some(VendorSeverity::Low),
            ..UrgencyFacts::default()
        });
        let critical = urgency(&UrgencyFacts {
            epss: Some(0.5),
            severity: Some(VendorSeverity::Critical),
            fix_available: true,
            ..UrgencyFacts::default()
        });
        assert!(exploited > critical, "{exploited:?} {critical:?}");
    }

    #[test]
    fn what_is_unknown_is_neither_nought_nor_the_most() {
        let unknown = urgency(&UrgencyFacts::default());
        assert_eq!((unknown.likelihood, unknown.severity), (5, 8));
        assert!(unknown.likelihood_unknown);
        for (epss, points) in [(0.0, 0), (0.01, 2), (0.25, 10), (1.0, 20), (f32::NAN, 0)] {
            let with = urgency(&UrgencyFacts { epss: Some(epss), ..UrgencyFacts::default() });
            assert_eq!(with.likelihood, points, "{epss}");
            assert!(!with.likelihood_unknown);
        }
    }

    #[test]
    fn the_parts_sum_up() {
        for epss in [None, Some(0.1), Some(0.7)] {
            for known_exploited in [false, true] {
                let it = urgency(&UrgencyFacts {
                    known_exploited,
                    epss,
                    severity: Some(VendorSeverity::High),
                    exposure: Exposure { root: true, ..Exposure::default() },
                    ..UrgencyFacts::default()
                });
                let sum = it.exploited + it.likelihood + it.severity + it.fix + it.exposure;
                assert_eq!(it.score, sum);
            }
        }
    }
}
