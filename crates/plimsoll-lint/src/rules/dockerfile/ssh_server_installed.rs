use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    base::final_instructions,
    installed::{INSTALLERS, SSH_SERVERS, packages},
    rule::rule,
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
    /// ```yaml
    /// # file: image.yaml
    /// packages:
    ///   - {kind: deb, name: openssh-server, version: 10.0}
    /// # ^ ssh-server-installed
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// files:
    ///   - {path: usr/local/sbin/sshd, mode: 755, size: 900000}
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
    /// ```yaml
    /// # file: image.yaml
    /// packages:
    ///   - {kind: deb, name: openssh-client, version: 10.0}
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
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let all = dockerfile.instructions.iter().filter(|_| dockerfile.is_fragment());
    for run in final_instructions(dockerfile).chain(all).map(Instruction::effective) {
        if run.keyword != Keyword::Run || !subject.may_hold(run, &WANTED) {
            continue;
        }
        for package in packages(run).iter().filter(|it| !it.is_removed) {
            if SSH_SERVERS.contains(&package.name.as_str()) {
                let message =
                    format!("`{}` is a way into the container to look after", package.name);
                sink.report(package.word.span, message);
            }
        }
    }
}

const WANTED: Wanted = Wanted::word(INSTALLERS);
