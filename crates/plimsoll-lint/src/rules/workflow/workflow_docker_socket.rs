use plimsoll_config::workflow::JobImage;
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::workflow::WorkflowSubject};

rule! {
    /// The engine's socket is mounted into a job.
    ///
    /// ## Why
    /// Who can talk to the engine's socket is root on the runner: one request starts a privileged
    /// container with the runner's disk. Every step of the job, every action and every dependency
    /// that a build runs can do so, and on a runner that is kept between jobs the next job is
    /// theirs as well.
    ///
    /// ## Bad
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: self-hosted
    ///     container:
    ///       image: docker:28.3-cli
    ///       volumes:
    ///         - /var/run/docker.sock:/var/run/docker.sock
    ///         # ^ workflow-docker-socket
    ///     services:
    ///       helper:
    ///         image: example/helper:1
    ///         options: --init -v /run/podman/podman.sock:/x
    ///         # ^ workflow-docker-socket
    ///     steps: []
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: self-hosted
    ///     container:
    ///       image: moby/buildkit:v0.23.2-rootless
    ///       volumes: ["/var/cache:/cache"]
    ///     steps: []
    /// ```
    ///
    /// ## Limits
    /// GitLab mounts volumes in the configuration of the runner, which is not in this file. Sockets
    /// that a script mounts with `docker run` are judged as services.
    ///
    /// ## References
    /// - CIS Docker Benchmark, section on container runtime: the Docker socket
    /// - Docker documentation: protect the Docker daemon socket
    "workflow-docker-socket" for WorkflowSubject {
        aliases: [],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["runtime.docker-socket"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for image in subject.workflow.images() {
        check_image(image, sink);
    }
}

fn check_image(image: &JobImage, sink: &mut Sink<'_>) {
    for written in image.volumes.iter().chain(&image.options) {
        if SOCKETS.iter().any(|it| written.text.contains(it)) {
            let message = "the engine's socket makes every step of this job root on the runner; \
                           build with a rootless builder instead";
            sink.report(written.span, message);
        }
    }
}

static SOCKETS: &[&str] =
    &["docker.sock", "podman.sock", "containerd.sock", "crio.sock", "buildkitd.sock"];
