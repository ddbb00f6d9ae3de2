use plimsoll_finding::{Check, Severity, Sink};

use crate::{
    rule::rule,
    subject::workflow::{Hold, WorkflowSubject},
};

rule! {
    /// An action is not held by a commit.
    ///
    /// ## Why
    /// An action runs with the token and the secrets of its job. A tag or branch of it can be moved
    /// to other code by its owner or by whoever got hold of the owner's account; a full commit
    /// cannot.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: actions/checkout@main
    ///         # ^ workflow-unpinned-action
    ///       - uses: someone/lint-markdown@v2
    ///         # ^ workflow-unpinned-action
    ///   other:
    ///     uses: someone/workflows/.github/workflows/test.yml@main
    ///     # ^ workflow-unpinned-action
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///       - uses: someone/lint-markdown@11bd71901bbe5b1630ceea73d27597364c9af683 # v2.0.1
    ///       - uses: ./.github/actions/mine
    /// ```
    ///
    /// ## Limits
    /// Tags of the actions that GitHub itself keeps are left alone. Actions that build, scan or
    /// sign images are the matter of `workflow-unpinned-image-action`.
    ///
    /// ## References
    /// - GitHub documentation: security hardening for GitHub Actions, using third-party actions
    "workflow-unpinned-action" for WorkflowSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["ci.action-pin"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for action in subject.actions().filter(|it| !it.is_about_images()) {
        let name = action.name;
        match action.hold() {
            Hold::Commit => {}
            Hold::Tag if action.is_first_party() => {}
            Hold::Tag => {
                let message =
                    format!("the tag of `{name}` can be moved to other code; name the full commit");
                sink.report(action.written.span, message);
            }
            Hold::Branch => {
                let message =
                    format!("`{name}` runs whatever its branch holds today; name the full commit");
                sink.report(action.written.span, message).severity(Severity::Medium);
            }
        }
    }
}
