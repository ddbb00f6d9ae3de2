use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    base::final_instructions, installed::packages, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// SSH server in the image.
    ///
    /// ## Why
    /// A container needs no way in of its own: `docker exec` is one that is logged and guarded. A
    /// server in it has keys, passwords and faults to look after.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y openssh-server
    /// # ^ ssh-server-installed
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y openssh-client curl
    /// ```
    /// ```dockerfile
    /// FROM debian:12 AS test
    /// RUN apt-get install -y openssh-server
    /// FROM debian:12
    /// COPY --from=test /x /x
    /// ```
    ///
    /// ## Limits
    /// Packages of a distribution only; the stages that end up in the image only.
    ///
    /// ## References
    /// - CIS Docker Benchmark: no `sshd` inside of containers
    "ssh-server-installed" for DockerfileSubject {
        aliases: [
            "lynis:openssh", "dockerfile_lint:installing_ssh",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let all = dockerfile.instructions.iter().filter(|_| dockerfile.is_fragment());
    for run in final_instructions(dockerfile).chain(all).map(Instruction::effective) {
        if run.keyword != Keyword::Run {
            continue;
        }
        for package in packages(run).iter().filter(|it| !it.is_removed) {
            if SERVERS.contains(&package.name.as_str()) {
                let message =
                    format!("`{}` is a way into the container to look after", package.name);
                sink.report(package.word.span, message);
            }
        }
    }
}

/// Packages that are a server or bring one along. `openssh` of Alpine does too, but mostly it is
/// there for the client.
static SERVERS: &[&str] = &["openssh-server", "dropbear", "ssh", "tinysshd", "telnetd"];
