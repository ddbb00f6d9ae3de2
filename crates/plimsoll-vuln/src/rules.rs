//! The rules about packages, and the severity of a finding.

use plimsoll_finding::{Audience, Confidence, FixKind, RuleInfo, Severity, SubjectKind};
use plimsoll_package::VendorSeverity;

/// The rules about packages, by id.
pub static PACKAGE_RULES: &[&RuleInfo] = &[&MALICIOUS_PACKAGE, &VULNERABLE_PACKAGE];

/// A package that was made to do harm.
pub static MALICIOUS_PACKAGE: RuleInfo = RuleInfo {
    severity: Severity::Critical,
    doc: "Package that was made to do harm.

## Why
The version is listed as malicious: it was published, or taken over, to steal secrets or to run
somebody else's code. Whatever it could reach while it was built or run must be taken as known to
others. Remove it, rebuild from a clean base, and change every secret that it could read.

## Limits
Known from the lists of malicious packages that the advisory store was built from; a package that
nobody has reported yet is not found.
",
    ..package_rule("malicious-package")
};

/// A package with a known fault.
pub static VULNERABLE_PACKAGE: RuleInfo = RuleInfo {
    aliases: &["trivy:vulnerability", "dockle:vulnerability", "docker-bench:4.4"],
    doc: "Package with a known vulnerability.

## Why
The version that is installed lies in a range which its vendor, or the project itself, says to be
vulnerable. Most break-ins use faults that were known and mended long before. Where a fixed version
is named, upgrade to it, or rebuild on a base image that has it.

## Limits
The severity is the vendor's where there is one, else that of the CVSS score, else medium. Faults
that the vendor holds to be of no importance are told as `info`. A package that the distribution
built is judged by the distribution's advisories only, because fixes are taken back into older
versions. Whether the faulty code is ever run is not known. A statement (VEX) that the image is not
affected takes a finding out of the count, and it stays in the report.
",
    ..package_rule("vulnerable-package")
};

/// The severity of a finding about a fault of this severity.
pub fn finding_severity(severity: Option<VendorSeverity>) -> Severity {
    match severity {
        Some(VendorSeverity::Critical) => Severity::Critical,
        Some(VendorSeverity::High) => Severity::High,
        Some(VendorSeverity::Medium) | None => Severity::Medium,
        Some(VendorSeverity::Low) => Severity::Low,
        Some(VendorSeverity::Negligible) => Severity::Info,
    }
}

const fn package_rule(id: &'static str) -> RuleInfo {
    RuleInfo {
        id,
        aliases: &[],
        severity: Severity::Medium,
        confidence: Confidence::High,
        audience: Audience::Default,
        subject: SubjectKind::Package,
        controls: &["image.patched"],
        fix: FixKind::None,
        doc: "",
        file: file!(),
    }
}
