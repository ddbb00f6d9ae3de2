use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::workflow::WorkflowSubject};

rule! {
    /// A job runs in whatever image is the latest.
    ///
    /// ## Why
    /// An image without a tag, or with `latest`, is another one tomorrow: the job that passed
    /// yesterday fails or, worse, runs a tool that nobody chose, with the secrets of the job.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-24.04
    ///     container: node
    ///     # ^ workflow-floating-image
    ///     services:
    ///       cache:
    ///         image: redis:latest
    ///         # ^ workflow-floating-image
    ///     steps:
    ///       - uses: docker://alpine
    ///         # ^ workflow-floating-image
    /// ```
    /// ```yaml
    /// test:
    ///   image:
    ///     name: registry.example.com/tools/node
    ///     # ^ workflow-floating-image
    ///   script: [npm test]
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-24.04
    ///     container: node:24.4-slim
    ///     services:
    ///       cache:
    ///         image: ${{ matrix.cache }}
    ///     steps: []
    /// ```
    /// ```yaml
    /// test:
    ///   image: $CI_REGISTRY_IMAGE:latest
    ///   services: ["postgres:17.5"]
    ///   script: [npm test]
    /// ```
    ///
    /// ## Limits
    /// Names that hold a variable are left alone: the workflow may have built the image itself.
    ///
    /// ## References
    /// - GitHub documentation: running jobs in a container
    /// - GitLab documentation: run your jobs in containers
    "workflow-floating-image" for WorkflowSubject {
        aliases: ["zizmor:unpinned-images"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["ci.action-pin", "supply.digest-pin"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for (written, image) in subject.images() {
        if image.has_variable() || image.digest.is_some() {
            continue;
        }
        let name = image.familiar_name();
        match image.tag.as_ref().map(|it| it.text.as_str()) {
            None => {
                let message = format!("`{name}` has no tag, so the job runs the latest; name one");
                sink.report(written.span, message);
            }
            Some("latest") => {
                let message = format!("`{name}:latest` is another image tomorrow; name a version");
                sink.report(written.span, message);
            }
            Some(_) => {}
        }
    }
}
