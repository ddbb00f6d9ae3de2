use plimsoll_config::compose::IssueKind;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::compose::ComposeSubject};

rule! {
    /// Something that compose refuses.
    ///
    /// ## Why
    /// `docker compose up` stops here, or leaves out what is written: a wrong key is often a
    /// setting that everybody believes to be in force.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     imagee: nginx
    ///     # ^ invalid-compose-file
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// version: "3.8"
    /// x-anything: {a: 1}
    /// services:
    ///   web:
    ///     image: example.com/web:${TAG}
    ///     environment:
    ///       A: ${NEEDED:?is not set}
    /// ```
    ///
    /// ## Limits
    /// Variables that are not set are no fault of the file. Keys that start with `x-` may hold
    /// anything.
    ///
    /// ## References
    /// - Compose Specification
    "invalid-compose-file" for ComposeSubject {
        aliases: ["dclint:invalid-schema"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    let issues = subject.issues.iter().filter(|it| is_fault(it.kind));
    for issue in issues.take(MAX_ISSUES) {
        let _ = sink.report_at(issue.location.clone(), issue.message.clone());
    }
}

/// Variables may be set where the file is used, and obsolete keys do no harm.
fn is_fault(kind: IssueKind) -> bool {
    !kind.is_warning() && kind != IssueKind::RequiredVariable
}

/// More than this nobody reads in one file.
const MAX_ISSUES: usize = 200;
