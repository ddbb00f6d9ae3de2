use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::workflow::WorkflowSubject};

rule! {
    /// A job talks to an engine without TLS.
    ///
    /// ## Why
    /// An engine that listens without TLS obeys anybody who can reach its port: other jobs on the
    /// runner's network, or the whole network. Who talks to the engine of a runner is root on it.
    ///
    /// ## Bad
    /// ```yaml
    /// build:
    ///   image: docker:28.3-cli
    ///   services: ["docker:28.3-dind"]
    ///   variables:
    ///     DOCKER_HOST: tcp://docker:2375
    ///     # ^ workflow-plain-docker-host
    ///     DOCKER_TLS_CERTDIR: ""
    ///     # ^ workflow-plain-docker-host
    ///   script: [docker build .]
    /// ```
    /// ```yaml
    /// on: push
    /// jobs:
    ///   image:
    ///     runs-on: self-hosted
    ///     env:
    ///       DOCKER_TLS_VERIFY: "0"
    ///       # ^ workflow-plain-docker-host
    ///     steps: []
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// build:
    ///   image: docker:28.3-cli
    ///   services: ["docker:28.3-dind"]
    ///   variables:
    ///     DOCKER_HOST: tcp://docker:2376
    ///     DOCKER_TLS_CERTDIR: /certs
    ///     DOCKER_TLS_VERIFY: 1
    ///   script: [docker build .]
    /// ```
    ///
    /// ## Limits
    /// Variables that a script exports, or that stand in the settings of the project, are not seen.
    ///
    /// ## References
    /// - GitLab documentation: Docker-in-Docker with TLS
    /// - Docker documentation: protect the Docker daemon socket
    "workflow-plain-docker-host" for WorkflowSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["daemon.tls"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &WorkflowSubject, sink: &mut Sink<'_>) {
    for variable in subject.workflow.variables() {
        let value = variable.value.text.trim();
        let message = match variable.name.text.as_str() {
            "DOCKER_HOST" if is_plain(value) => {
                "this engine is reached without TLS, so anybody on the network can command it; use \
                 port 2376 with certificates"
            }
            "DOCKER_TLS_CERTDIR" if value.is_empty() => {
                "an empty `DOCKER_TLS_CERTDIR` turns TLS off in the engine beside the job; name a \
                 folder such as `/certs`"
            }
            "DOCKER_TLS_VERIFY" if matches!(value, "0" | "false") => {
                "the engine's certificate is not checked; drop this variable or set it to `1`"
            }
            _ => continue,
        };
        sink.report(variable.name.span.cover(variable.value.span), message);
    }
}

/// Port 2375 is the engine's without TLS. On the job's own loopback nobody else can reach it.
fn is_plain(host: &str) -> bool {
    let Some(address) = host.strip_prefix("tcp://") else { return false };
    let is_local = ["localhost", "127.", "[::1]"].iter().any(|it| address.starts_with(it));
    address.trim_end_matches('/').ends_with(":2375") && !is_local
}
