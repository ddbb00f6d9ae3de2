use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_text::Span;

use crate::{every_command::every_invocation, rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// The engine's socket is mounted or declared as a volume.
    ///
    /// ## Why
    /// Whoever can talk to the socket can start a container that has the host's disk, so it is root
    /// on the host. An image that wants it makes every user of the image hand that over.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM docker:29
    /// VOLUME /var/run/docker.sock
    /// # ^ docker-socket-volume
    /// VOLUME ["/data", "/run/containerd/containerd.sock"]
    /// # ^ docker-socket-volume
    /// RUN docker run -v /var/run/docker.sock:/var/run/docker.sock example/app:1
    /// # ^ docker-socket-volume
    /// LABEL RUN="docker run -v /var/run/docker.sock:/var/run/docker.sock example/app:1"
    /// # ^ docker-socket-volume
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   volumes:
    ///     - /data
    ///     - /var/run/docker.sock
    /// # ^ docker-socket-volume
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM docker:29
    /// VOLUME /data
    /// VOLUME /var/lib/docker
    /// RUN echo /var/run/docker.sock
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   volumes: [/var/lib/docker]
    /// ```
    ///
    /// ## Limits
    /// What the container is given when it is started cannot be seen here; compose files and
    /// manifests have rules of their own.
    ///
    /// ## References
    /// - CIS Docker Benchmark: the Docker socket is not mounted inside containers
    "docker-socket-volume" for DockerfileSubject {
        aliases: ["semgrep:dockerfile-dockerd-socket-mount"],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["runtime.docker-socket"],
        fix: None,
        check: Check::On(&[Keyword::Volume, Keyword::Run, Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let mut report = |span: Span| {
        let message = "whoever has the engine's socket is root on the host; leave it out";
        let _ = sink.report(span, message);
    };
    match &instruction.kind {
        InstructionKind::Volume(volume) => {
            for path in volume.paths.iter().filter(|it| names_socket(&it.text)) {
                report(path.span);
            }
        }
        InstructionKind::Label(label) => {
            for pair in &label.pairs {
                let value = pair.value.unquoted(subject.dockerfile.escape);
                let is_run = value.contains("docker run") || value.contains("podman run");
                if is_run && names_socket(&value) {
                    report(pair.value.span);
                }
            }
        }
        _ if !subject.may_hold(instruction, &WANTED) => {}
        _ => every_invocation(subject, instruction, &mut |invocation| {
            if ["docker", "podman", "nerdctl"].contains(&invocation.name) {
                let mut words = invocation.args.iter();
                if let Some(word) = words.find(|it| names_socket(&it.text())) {
                    report(word.span);
                }
            }
        }),
    }
}

fn names_socket(text: &str) -> bool {
    SOCKETS.iter().any(|it| text.contains(it))
}

static SOCKETS: &[&str] = &[
    "/docker.sock",
    "/containerd.sock",
    "/podman.sock",
    "/crio.sock",
    "/buildkitd.sock",
    "pipe/docker_engine",
];

const WANTED: Wanted = Wanted::word(&["docker", "podman", "nerdctl"]);
