use plimsoll_finding::{Check, Sink};

use crate::{
    pipeline::{has_signature, pushes, runs_unknown_parts},
    rule::rule,
    subject::workflow::WorkflowSubject,
};

rule! {
    /// An image is pushed that nothing signs.
    ///
    /// ## Why
    /// Without a signature nobody who pulls the image can tell whether this workflow made it, or
    /// whoever got hold of the registry's password. Signing without keys costs one step: the
    /// workflow's own identity signs.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: docker push example/app:1
    ///         # ^ workflow-push-without-signature
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: docker push example/app:1
    ///       - run: cosign sign --yes "$DIGEST"
    /// ```
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: docker push example/app:1
    ///       - uses: actions/attest-build-provenance@v2
    /// ```
    ///
    /// ## Limits
    /// Only the one file is seen. A workflow that runs workflows or templates from elsewhere is
    /// left alone. Whether the signature is of the image that is pushed is not judged.
    ///
    /// ## References
    /// - Sigstore documentation: signing containers
    /// - GitHub documentation: artifact attestations
    "workflow-push-without-signature" for WorkflowSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["supply.signature", "supply.provenance"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    if has_signature(subject) || runs_unknown_parts(subject) {
        return;
    }
    if let Some(first) = pushes(subject).first() {
        let message = "an image is pushed from here and nothing in this workflow signs it or \
                       attests where it comes from";
        sink.report(*first, message);
    }
}
