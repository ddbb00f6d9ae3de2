use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    casing::{Casing, keywords, majority, recase},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Instruction in another case than the rest of the file.
    ///
    /// ## Why
    /// Instructions are found by the eye because they look alike. One that is written differently
    /// is overlooked.
    ///
    /// ## Bad
    /// ```dockerfile
    /// from alpine:3.22 as base
    /// # ^ mixed-instruction-casing
    /// COPY a /a
    /// Run true
    /// # ^ mixed-instruction-casing
    /// ONBUILD copy b /b
    /// # ^ mixed-instruction-casing
    /// CMD ["/a"]
    /// USER 10001
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.22
    /// # ^ mixed-instruction-casing
    /// copy a /a
    /// run true
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22 AS base
    /// # ^ mixed-instruction-casing
    /// COPY a /a
    /// RUN true
    /// # ^ mixed-instruction-casing
    /// ONBUILD COPY b /b
    /// # ^ mixed-instruction-casing
    /// CMD ["/a"]
    /// USER 10001
    /// ```
    ///
    /// ```dockerfile
    /// from alpine:3.22
    /// # ^ mixed-instruction-casing
    /// copy a /a
    /// run true
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// COPY a /a
    /// ```
    ///
    /// ```dockerfile
    /// from alpine:3.22
    /// copy a /a
    /// ```
    ///
    /// ## Limits
    /// A file that is in small letters throughout is for `lowercase-instructions`.
    ///
    /// ## References
    /// - Docker build checks: casing of instructions
    "mixed-instruction-casing" for DockerfileSubject {
        aliases: [
            "buildkit:ConsistentInstructionCasing", "dockerfile-doctor:DD071", "droast:DF076",
            "dockerfilelint:uppercase_commands",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let wanted = majority(dockerfile);
    for instruction in keywords(dockerfile) {
        let written = dockerfile.source.slice(instruction.name);
        if Casing::of(written) != wanted {
            let fixed = wanted.apply(instruction.keyword.name());
            let message = format!("write `{fixed}` like most instructions of this file");
            let edits = recase(dockerfile, instruction, wanted);
            let title = "Write the instruction like the others";
            sink.report(instruction.name, message).fix(title, Safety::Safe, edits);
        }
    }
}
