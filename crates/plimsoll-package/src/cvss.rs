//! Base scores of CVSS vectors of versions 2, 3.0, 3.1 and 4.0, and the bands of severity.
//!
//! The arithmetic is the `cvss` crate's. Only base metrics are scored, so that a feed which adds
//! its own threat or environment does not shift the score; a vector without all of them has none.

use crate::advisory::{CvssScore, VendorSeverity};

/// Real vectors stay under 300 bytes, with every optional metric given.
const MAX_VECTOR_LENGTH: usize = 1_024;

const BASE_2: &[&str] = &["AV", "AC", "Au", "C", "I", "A"];
const BASE_3: &[&str] = &["AV", "AC", "PR", "UI", "S", "C", "I", "A"];
const BASE_4: &[&str] = &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"];

/// The base score of a vector; `None` if it is none, or not complete.
pub fn score(vector: &str) -> Option<f32> {
    if vector.len() > MAX_VECTOR_LENGTH {
        return None;
    }
    let vector = vector.trim().trim_start_matches('(').trim_end_matches([')', '/']);
    let base = base_vector(vector)?;
    let score = base.parse::<::cvss::Cvss>().ok()?.score();
    let tenths = (score * 10.0).round();
    // A score is one of 101 values, each of which f32 holds to more than the one digit it has.
    #[expect(clippy::cast_possible_truncation, reason = "a number between 0 and 100")]
    let tenths = tenths as f32;
    Some(tenths / 10.0)
}

/// The band of a score on the scale of CVSS 3 and 4; `None` for 0.
pub fn severity(score: f32) -> Option<VendorSeverity> {
    match score {
        it if it >= 9.0 => Some(VendorSeverity::Critical),
        it if it >= 7.0 => Some(VendorSeverity::High),
        it if it >= 4.0 => Some(VendorSeverity::Medium),
        it if it > 0.0 => Some(VendorSeverity::Low),
        _ => None,
    }
}

impl CvssScore {
    /// Scores a vector.
    pub fn new(vector: impl Into<String>) -> Option<Self> {
        let vector = vector.into();
        let score = score(&vector)?;
        Some(Self { vector, score })
    }

    /// The band of the score; version 2 knows no critical one.
    pub fn severity(&self) -> Option<VendorSeverity> {
        let severity = severity(self.score)?;
        let is_version_2 = !self.vector.starts_with("CVSS:") || self.vector.starts_with("CVSS:2");
        Some(if is_version_2 { severity.min(VendorSeverity::High) } else { severity })
    }
}

/// The vector without anything but its base metrics, each of which it must have once.
fn base_vector(vector: &str) -> Option<String> {
    let (version, metrics) = match vector.strip_prefix("CVSS:") {
        Some(rest) => rest.split_once('/')?,
        None => ("2.0", vector),
    };
    let (mut res, wanted) = match version {
        "2.0" => (String::new(), BASE_2),
        "3.0" | "3.1" => (format!("CVSS:{version}"), BASE_3),
        "4.0" => (format!("CVSS:{version}"), BASE_4),
        _ => return None,
    };
    for metric in wanted {
        let mut found = metrics.split('/').filter(|it| is_metric(it, metric));
        let part = found.next()?;
        if found.next().is_some() {
            return None;
        }
        if !res.is_empty() {
            res.push('/');
        }
        res.push_str(part);
    }
    let is_well_formed = metrics.split('/').all(|it| it.split(':').count() == 2);
    is_well_formed.then_some(res)
}

fn is_metric(part: &str, name: &str) -> bool {
    part.strip_prefix(name).is_some_and(|it| it.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::{score, severity};
    use crate::advisory::{CvssScore, VendorSeverity};

    #[test]
    fn vectors_have_the_scores_of_the_published_calculators() {
        let cases = [
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", Some(10.0)),
            ("AV:N/AC:L/Au:N/C:N/I:N/A:C", Some(7.8)),
            ("(AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C)", Some(6.2)),
            ("CVSS:2.0/AV:N/AC:M/Au:N/C:N/I:P/A:N", Some(4.3)),
            ("AV:L/AC:L/Au:N/C:N/I:N/A:N", Some(0.0)),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(9.8)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(10.0)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(6.1)),
            ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", Some(7.8)),
            ("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:L/AC:L/AV:L/", Some(7.8)),
            ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N", Some(0.0)),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", Some(10.0)),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some(9.3)),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U", Some(9.3)),
            ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some(7.3)),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", Some(0.0)),
            ("", None),
            ("high", None),
            ("CVSS:3.1", None),
            ("CVSS:5.0/AV:N", None),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", None),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/A:H", None),
            ("CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/é", None),
        ];
        for (vector, expected) in cases {
            assert_eq!(score(vector), expected, "{vector}");
        }
        assert_eq!(score(&"CVSS:3.1/".repeat(100_000)), None);
    }

    #[test]
    fn bands_begin_where_the_specification_says() {
        let cases = [
            (0.0, None),
            (0.1, Some(VendorSeverity::Low)),
            (3.9, Some(VendorSeverity::Low)),
            (4.0, Some(VendorSeverity::Medium)),
            (7.0, Some(VendorSeverity::High)),
            (8.9, Some(VendorSeverity::High)),
            (9.0, Some(VendorSeverity::Critical)),
            (10.0, Some(VendorSeverity::Critical)),
        ];
        for (score, expected) in cases {
            assert_eq!(severity(score), expected, "{score}");
        }
        let of = |vector: &str| CvssScore::new(vector).and_then(|it| it.severity());
        assert_eq!(of("AV:N/AC:L/Au:N/C:C/I:C/A:C"), Some(VendorSeverity::High));
        let version_3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H";
        assert_eq!(of(version_3), Some(VendorSeverity::Critical));
    }
}
