use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Whole build context copied to `/`.
    ///
    /// ## Why
    /// Folders of the context such as `bin`, `lib` or `etc` mix with those of the system, and
    /// nobody can tell later what came from where.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// COPY . /
    /// # ^ context-copied-to-root
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// COPY . /app/
    /// COPY rootfs/ /
    /// COPY --from=build . /
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: `COPY`
    "context-copied-to-root" for DockerfileSubject {
        aliases: ["droast:DF026"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Copy, Keyword::Add], check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let (InstructionKind::Copy(copy) | InstructionKind::Add(copy)) = &instruction.kind else {
        return;
    };
    let is_all = |it: &str| matches!(it.trim_matches(['"', '\'']), "." | "./" | "*" | "./*");
    let to_root = matches!(copy.destination.text.trim_matches(['"', '\'']), "/" | "/.");
    if copy.from.is_none() && to_root && copy.paths().any(|it| is_all(&it.text)) {
        sink.report(
            instruction.name,
            "the whole build context goes to `/`; use a folder of its own",
        );
    }
}
