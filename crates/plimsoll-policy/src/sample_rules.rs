//! A few passports for the tests of this crate.

use plimsoll_finding::{Audience, Confidence, FixKind, RuleInfo, Severity, SubjectKind};

pub(crate) static RULES: &[&RuleInfo] = &[&ROOT_USER, &LATEST_TAG, &UNQUOTED, &HOST_PORT];

pub(crate) static ROOT_USER: RuleInfo = rule(
    "root-user",
    &[
        "hadolint:DL3002",
        "trivy:DS-0002",
        "checkov:CKV_DOCKER_8",
        "semgrep:missing-user",
        "kics:missing_user_instruction",
        "kube-linter:run-as-non-root",
    ],
    Severity::High,
    Audience::Default,
    SubjectKind::Dockerfile,
);

pub(crate) static LATEST_TAG: RuleInfo = rule(
    "latest-tag",
    &["hadolint:DL3007", "trivy:DS-0001", "checkov:CKV_DOCKER_7", "buildkit:LatestTag"],
    Severity::Medium,
    Audience::Default,
    SubjectKind::Dockerfile,
);

pub(crate) static UNQUOTED: RuleInfo = rule(
    "unquoted-variable",
    &["shellcheck:SC2086"],
    Severity::Low,
    Audience::Hygiene,
    SubjectKind::Dockerfile,
);

pub(crate) static HOST_PORT: RuleInfo = rule(
    "host-port",
    &["dclint:no-unbound-port-interfaces"],
    Severity::Medium,
    Audience::Default,
    SubjectKind::Compose,
);

const fn rule(
    id: &'static str,
    aliases: &'static [&'static str],
    severity: Severity,
    audience: Audience,
    subject: SubjectKind,
) -> RuleInfo {
    RuleInfo {
        id,
        aliases,
        severity,
        confidence: Confidence::High,
        audience,
        subject,
        controls: &[],
        fix: FixKind::None,
        doc: "A rule for tests.",
        file: file!(),
    }
}
