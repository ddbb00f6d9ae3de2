use plimsoll_dockerfile::InstructionKind;
use plimsoll_finding::{Check, Sink};

use crate::{
    base::final_instructions,
    rule::rule,
    signal::canonical_name,
    started::{start_instruction, starts},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// systemd that is not told to stop in its own way.
    ///
    /// ## Why
    /// systemd as the first process ignores `SIGTERM`: every stop takes the whole grace period
    /// and ends in a kill. `SIGRTMIN+3` shuts it down.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// CMD ["/lib/systemd/systemd"]
    /// # ^ systemd-stopsignal
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// STOPSIGNAL SIGRTMIN+3
    /// CMD ["/sbin/init"]
    /// FROM debian:12
    /// CMD ["app"]
    /// ```
    ///
    /// ## Limits
    /// systemd is known by the name of the program started.
    ///
    /// ## References
    /// - systemd manual: signals
    "systemd-stopsignal" for DockerfileSubject {
        aliases: ["tally:prefer-systemd-sigrtmin-plus-3"],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    if !starts(dockerfile, &["systemd", "init"]) {
        return;
    }
    let has_signal = final_instructions(dockerfile).any(|it| match &it.kind {
        InstructionKind::Stopsignal(word) => {
            canonical_name(&word.text).is_none_or(|it| it == "SIGRTMIN+3")
        }
        _ => false,
    });
    if let Some(instruction) = start_instruction(dockerfile).filter(|_| !has_signal) {
        sink.report(instruction.name, "systemd stops on `SIGRTMIN+3`; set it by `STOPSIGNAL`");
    }
}
