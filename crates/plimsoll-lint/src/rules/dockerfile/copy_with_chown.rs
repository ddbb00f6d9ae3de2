use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `COPY --chown` hands files to the user that runs the service.
    ///
    /// ## Why
    /// Files that belong to root cannot be changed by a service that was broken into. Programs and
    /// settings should stay root's; only what the service writes to should be its own.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// COPY --chown=app:app app /app
    /// # ^ copy-with-chown
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24
    /// COPY app /app
    /// COPY --chown=root:root conf /conf
    /// USER 10001
    /// ```
    ///
    /// ## Limits
    /// A matter of taste: `copy-after-user-without-chown` asks for the contrary, for teams whose
    /// services write beside their programs.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY --chown`
    "copy-with-chown" for DockerfileSubject {
        aliases: ["kics:chown_flag_exists"],
        severity: Info,
        confidence: Low,
        audience: Style,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(flag) = instruction.flag("chown") else { return };
    let owner = flag.text().split(':').next().unwrap_or_default();
    if owner != "root" && owner != "0" {
        let message = "the service can change these files; leave programs to root";
        let _ = sink.report(flag.span, message);
    }
}
