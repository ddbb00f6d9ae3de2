use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{port::ExposedPort, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `EXPOSE` of the port of SSH.
    ///
    /// ## Why
    /// An SSH server in a container is a second way in, with keys and updates of its own to look
    /// after. `docker exec` gives a shell without one.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG SSH_PORT=22
    /// EXPOSE 22
    /// # ^ exposed-ssh-port
    /// EXPOSE 3000 80 443 22/tcp
    /// # ^ exposed-ssh-port
    /// EXPOSE $SSH_PORT
    /// # ^ exposed-ssh-port
    /// EXPOSE 20-25
    /// # ^ exposed-ssh-port
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   ports:
    ///     - 80/tcp
    ///     - 22/tcp
    /// # ^ exposed-ssh-port
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// EXPOSE 8080 2222 220 22/udp
    /// EXPOSE $PORT
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   ports: [2222/tcp, 22/udp]
    /// ```
    ///
    /// ## Limits
    /// A server that listens on another port is not seen.
    ///
    /// ## References
    /// - CIS Docker Benchmark: sshd is not run within containers
    "exposed-ssh-port" for DockerfileSubject {
        aliases: [
            "kics:exposing_port_22", "trivy:DS-0004", "checkov:CKV_DOCKER_1",
            "dockerfile-doctor:DD014",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Expose], check),
    }
}

fn check(subject: &DockerfileSubject, expose: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Expose(ports) = &expose.kind else { return };
    for port in ports {
        let exposed = ExposedPort::read(&subject.dockerfile, expose, port);
        if exposed.iter().any(|it| it.is_tcp() && it.covers(SSH)) {
            let message = "port 22 is that of SSH; a container needs no SSH server, `docker exec` \
                           opens a shell";
            sink.report(port.word.span, message);
        }
    }
}

const SSH: u64 = 22;
