use plimsoll_finding::{Check, Sink};

use crate::{
    pipeline::{has_image_scan, pushes, runs_unknown_parts},
    rule::rule,
    subject::workflow::WorkflowSubject,
};

rule! {
    /// An image is pushed that nothing has scanned.
    ///
    /// ## Why
    /// What is pushed gets deployed. A scan for known vulnerabilities between build and push is the
    /// last place where a bad base image or package can be held back before others run it.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: docker/build-push-action@263435318d21b8e681c14492fe198d362a7d2c83
    ///         with:
    ///           push: true
    ///           # ^ workflow-push-without-scan
    ///           tags: example/app:1
    /// ```
    /// ```yaml
    /// build:
    ///   script:
    ///     - docker build -t example/app:1 .
    ///     - docker push example/app:1
    ///     # ^ workflow-push-without-scan
    /// ```
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0000000000000000000000000000000000000000
    ///         with:
    ///           scan-type: fs
    ///       - run: docker buildx build --push -t example/app:1 .
    ///         # ^ workflow-push-without-scan
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - run: docker build -t example/app:1 .
    ///       - run: grype --fail-on high example/app:1
    ///       - run: docker push example/app:1
    /// ```
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: ubuntu-24.04
    ///     steps:
    ///       - uses: docker/build-push-action@263435318d21b8e681c14492fe198d362a7d2c83
    ///         with: {push: false}
    /// ```
    /// ```yaml
    /// include:
    ///   - template: Jobs/Container-Scanning.gitlab-ci.yml
    /// build:
    ///   script: [docker push example/app:1]
    /// ```
    ///
    /// ## Limits
    /// Only the one file is seen: a scan in another workflow, in the registry or in a script that
    /// this one calls is not. A workflow that runs workflows or templates from elsewhere is left
    /// alone. Whether the scan can fail the job is not judged.
    ///
    /// ## References
    /// - NIST SP 800-190, image vulnerabilities
    "workflow-push-without-scan" for WorkflowSubject {
        aliases: [],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: ["ci.gate"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    let pushes = pushes(subject);
    let Some((first, others)) = pushes.split_first() else { return };
    if has_image_scan(subject) || runs_unknown_parts(subject) {
        return;
    }
    let message = "an image is pushed from here and nothing in this workflow scans it; scan it \
                   between build and push";
    let mut draft = sink.report(*first, message);
    for other in others.iter().take(MAX_RELATED) {
        draft = draft.related(*other, "pushed here too");
    }
}

/// How many further pushes are shown beside the first.
const MAX_RELATED: usize = 8;
