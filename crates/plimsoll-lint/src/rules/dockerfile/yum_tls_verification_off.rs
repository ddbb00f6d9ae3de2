use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    every_command::{every_command, writes_file},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `yum` or `dnf` does not check certificates.
    ///
    /// ## Why
    /// Whoever sits on the way can hold back security updates or hand the build other metadata.
    /// Written with `--save`, the setting stays in the image for every later installation.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM fedora:44
    /// RUN yum-config-manager --save --setopt=sslverify=0
    /// # ^ yum-tls-verification-off
    /// RUN yum-config-manager --setopt="epel.sslverify=false" --save
    /// # ^ yum-tls-verification-off
    /// RUN dnf --setopt sslverify=False install -y app
    /// # ^ yum-tls-verification-off
    /// RUN echo "sslverify=0" >> /etc/yum.conf
    /// # ^ yum-tls-verification-off
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM fedora:44
    /// RUN yum-config-manager --disable sslverify
    /// RUN yum-config-manager --save --setopt=base.sslverify=1 --setopt=other=0
    /// RUN dnf --setopt=sslverify=true install -y app
    /// RUN echo "--setopt=sslverify=0"
    /// RUN dnf --setopt=install_weak_deps=False install -y app
    /// ```
    ///
    /// ## Limits
    /// A repository file that the build copies in is not read.
    ///
    /// ## References
    /// - `dnf.conf(5)`, `sslverify`
    "yum-tls-verification-off" for DockerfileSubject {
        aliases: ["checkov:CKV2_DOCKER_15"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    every_command(subject, instruction, &mut |command| {
        let Some(invocation) = command.invocation() else { return };
        let prints = matches!(invocation.name, "echo" | "printf") && writes_file(&command);
        if !prints && !PROGRAMS.contains(&invocation.name) {
            return;
        }
        for word in invocation.args.iter().filter(|it| switches_off(&it.text())) {
            let _ = sink.report(word.span, "packages are fetched without a check of certificates");
        }
    });
}

/// Whether the last part of a text such as `--setopt=epel.sslverify=0` switches the check off.
fn switches_off(text: &str) -> bool {
    let lower = text.to_ascii_lowercase().replace(' ', "");
    lower.split(['\n', ',']).any(|line| {
        let Some((key, value)) = line.rsplit_once('=') else { return false };
        let is_key = key.ends_with("sslverify");
        let value = value.trim_end_matches("\\n");
        is_key && matches!(value, "0" | "false" | "no" | "off")
    })
}

const PROGRAMS: &[&str] = &["yum-config-manager", "yum", "dnf", "dnf5", "microdnf", "tdnf"];

const WANTED: Wanted = Wanted::word(PROGRAMS).or_word(&["echo", "printf"]).and_every("=");
