//! What an id says of itself: a fault, a twin of one, or an erratum that mends several.

/// The CVE that an id names: its own (`CVE-2024-1234`), or the one that a distribution's twin of it
/// carries (`DEBIAN-CVE-2024-1234`).
pub(crate) fn cve_of(id: &str) -> Option<&str> {
    let start = id.find("CVE-")?;
    let is_start = start == 0 || id.get(..start).is_some_and(|it| it.ends_with('-'));
    let res = id.get(start..)?;
    let (year, number) = res.strip_prefix("CVE-")?.split_once('-')?;
    let is_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    (is_start && year.len() == 4 && is_digits(year) && is_digits(number)).then_some(res)
}

/// Whether a record is a vendor's notice of an update, which may mend many faults at once.
pub(crate) fn is_erratum(id: &str) -> bool {
    cve_of(id).is_none() && ERRATA.iter().any(|it| id.starts_with(it))
}

/// Whether a record is one distribution's name for one fault, so that what it calls `upstream` is
/// the fault itself. In other records `related` faults are different ones.
pub(crate) fn is_distribution_record(id: &str) -> bool {
    DISTRIBUTION_RECORDS.iter().any(|it| id.starts_with(it))
}

/// How well an id serves to name a fault: lower is better.
pub(crate) fn rank_of_id(id: &str) -> u8 {
    if cve_of(id).is_some_and(|it| it.len() == id.len()) {
        return 0;
    }
    let place = PREFERRED.iter().position(|it| id.starts_with(it));
    place.and_then(|it| u8::try_from(it + 1).ok()).unwrap_or(u8::MAX)
}

const ERRATA: &[&str] = &[
    "DSA-",
    "DLA-",
    "ELA-",
    "DTSA-",
    "USN-",
    "LSN-",
    "RHSA-",
    "RHBA-",
    "RHEA-",
    "ALSA-",
    "ALBA-",
    "ALEA-",
    "RLSA-",
    "RLBA-",
    "RLEA-",
    "RXSA-",
    "ELSA-",
    "ELBA-",
    "SUSE-",
    "openSUSE-",
    "ALAS",
    "ASA-",
    "AVG-",
    "MGASA-",
    "FEDORA-",
    "BSA-",
    "PHSA-",
    "CESA-",
    "OESA-",
];

const DISTRIBUTION_RECORDS: &[&str] = &["CGA-", "DHI-", "BELL-", "ECHO-", "MINI-", "ROOT-", "AZL-"];

const PREFERRED: &[&str] = &["GHSA-", "GO-", "RUSTSEC-", "PYSEC-", "MAL-", "OSV-"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_its_fault() {
        for (id, cve) in [
            ("CVE-2024-1234", Some("CVE-2024-1234")),
            ("DEBIAN-CVE-2024-1234", Some("CVE-2024-1234")),
            ("BELL-CVE-2024-1", Some("CVE-2024-1")),
            ("GHSA-aaaa-bbbb-cccc", None),
            ("CVE-2024-", None),
            ("CVE-24-1", None),
            ("CVE-2024-12x", None),
            ("XCVE-2024-1", None),
        ] {
            assert_eq!(cve_of(id), cve, "{id}");
        }
    }

    #[test]
    fn errata_are_told_from_faults() {
        assert!(is_erratum("DSA-5432-1"));
        assert!(is_erratum("RHSA-2024:1234"));
        assert!(is_erratum("SUSE-SU-2024:1-1"));
        assert!(is_erratum("ALAS2-2024-1"));
        assert!(!is_erratum("SUSE-CVE-2024-1"));
        assert!(!is_erratum("GHSA-aaaa-bbbb-cccc"));
        assert!(rank_of_id("CVE-2024-1") < rank_of_id("GHSA-x"));
        assert!(rank_of_id("DEBIAN-CVE-2024-1") > rank_of_id("GO-2024-1"));
    }
}
