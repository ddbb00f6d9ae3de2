use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::workflow::WorkflowSubject};

rule! {
    /// A job runs an engine of its own beside it.
    ///
    /// ## Why
    /// Docker in Docker needs a runner that starts privileged containers, and a runner that does so
    /// does it for every job: whoever may start a job there owns the runner. A builder without
    /// privileges (rootless BuildKit, Buildah) builds the same images.
    ///
    /// ## Bad
    /// ```yaml
    /// build:
    ///   image: docker:28.3-cli
    ///   services:
    ///     - docker:28.3-dind
    ///     # ^ workflow-docker-in-docker
    ///   script: [docker build .]
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// build:
    ///   image: moby/buildkit:v0.23.2-rootless
    ///   services:
    ///     - docker:28.3-dind-rootless
    ///     - postgres:17.5
    ///   script: [buildctl-daemonless.sh build]
    /// ```
    ///
    /// ## Limits
    /// Whether the runner is privileged, and whether it is kept between jobs, is not in this file.
    ///
    /// ## References
    /// - GitLab documentation: use Docker to build Docker images, known risks
    "workflow-docker-in-docker" for WorkflowSubject {
        aliases: [],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["runtime.privileged"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for (written, image) in subject.images() {
        let tag = image.tag.as_ref().map(|it| it.text.as_str()).unwrap_or_default();
        let is_engine = tag.contains("dind") || image.base_name().contains("dind");
        if is_engine && !written.text.contains("rootless") {
            let message = "an engine inside of a job needs a privileged runner, which any job can \
                           take over; build with a rootless builder";
            sink.report(written.span, message);
        }
    }
}
