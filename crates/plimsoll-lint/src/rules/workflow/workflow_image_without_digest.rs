use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::workflow::WorkflowSubject};

rule! {
    /// A job's image is held by a tag and not by its digest.
    ///
    /// ## Why
    /// A tag can be pushed anew. The job then runs code that nobody looked at, with its token and
    /// its secrets. A digest names one image for ever.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-24.04
    ///     container:
    ///       image: node:24.4-slim
    ///       # ^ workflow-image-without-digest
    ///     steps: []
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-24.04
    ///     container:
    ///       image: a:1@sha256:0000000000000000000000000000000000000000000000000000000000000000
    ///     steps: []
    /// ```
    ///
    /// ## Limits
    /// Names that hold a variable are left alone. An image without a tag, or with `latest`, is the
    /// matter of `workflow-floating-image`.
    ///
    /// ## References
    /// - Docker documentation: image digests
    "workflow-image-without-digest" for WorkflowSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["ci.action-pin", "supply.digest-pin"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for (written, image) in subject.images() {
        let has_version = image.tag.as_ref().is_some_and(|it| it.text != "latest");
        if has_version && image.digest.is_none() && !image.has_variable() {
            let name = image.familiar_name();
            let message = format!("the tag of `{name}` can be pushed anew; add the digest");
            sink.report(written.span, message);
        }
    }
}
