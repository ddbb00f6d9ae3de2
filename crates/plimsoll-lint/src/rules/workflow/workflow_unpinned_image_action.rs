use plimsoll_finding::{Check, Severity, Sink};

use crate::{
    rule::rule,
    subject::workflow::{Action, Hold, WorkflowSubject},
};

rule! {
    /// An action that touches images is not held by a commit.
    ///
    /// ## Why
    /// An action that builds, scans or signs images, or logs into a registry, sees what would be
    /// worth stealing: the source, the registry's password, the signing identity. Its tag is a note
    /// that its owner, or whoever got hold of the owner's account, can move to other code at any
    /// time; a branch moves by itself. Tags of widely used scanner actions have been moved to code
    /// that collected secrets. A full commit cannot be moved.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: docker/login-action@v3
    ///         # ^ workflow-unpinned-image-action
    ///       - uses: aquasecurity/trivy-action@master
    ///         # ^ workflow-unpinned-image-action
    ///       - uses: docker/build-push-action
    ///         # ^ workflow-unpinned-image-action
    ///       - uses: sigstore/cosign-installer@d58896d
    ///         # ^ workflow-unpinned-image-action
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: docker/login-action@74a5d142397b4f367a81961eba4e8cd7edddf772 # v3.4.0
    ///       - uses: ./.github/actions/docker
    ///       - uses: docker://alpine:3.22
    ///       - uses: actions/checkout@v4
    ///       - uses: someone/lint-markdown@v2
    /// ```
    ///
    /// ## Limits
    /// Which actions touch images is told by their names. Other actions are the matter of
    /// `workflow-unpinned-action`. What an action fetches itself is not seen.
    ///
    /// ## References
    /// - GitHub documentation: security hardening for GitHub Actions, using third-party actions
    "workflow-unpinned-image-action" for WorkflowSubject {
        aliases: ["zizmor:unpinned-uses"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["ci.action-pin"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for action in subject.actions().filter(Action::is_about_images) {
        let name = action.name;
        match action.hold() {
            Hold::Commit => {}
            Hold::Tag => {
                let message = format!(
                    "the tag of `{name}` can be moved to other code, and this action handles \
                     images or registries; name the full commit"
                );
                sink.report(action.written.span, message);
            }
            Hold::Branch => {
                let message = format!(
                    "`{name}` runs whatever its branch holds today, and this action handles images \
                     or registries; name the full commit"
                );
                sink.report(action.written.span, message).severity(Severity::High);
            }
        }
    }
}
