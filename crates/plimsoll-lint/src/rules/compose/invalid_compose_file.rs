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
    for (span, message) in subject.issues.iter().take(MAX_ISSUES) {
        if !is_about_environment(message) {
            let _ = sink.report(*span, message.clone());
        }
    }
}

/// Whether the issue hangs on variables that somebody else sets, or on a key that does no harm.
fn is_about_environment(message: &str) -> bool {
    ENVIRONMENT.iter().any(|it| message.contains(it))
}

static ENVIRONMENT: &[&str] = &["obsolete", "is not set", "does nothing"];

/// More than this nobody reads in one file.
const MAX_ISSUES: usize = 200;
