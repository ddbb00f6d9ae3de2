use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Label that the team does not know.
    ///
    /// ## Why
    /// Where the set of labels is fixed, another one is a typo, or something that nobody reads.
    ///
    /// ## Bad
    /// ```dockerfile
    /// # required-label: com.example.owner text
    /// # strict-labels
    /// FROM debian:12
    /// LABEL com.example.owner=me com.example.onwer=me
    /// # ^ superfluous-label
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// # required-label: com.example.owner text
    /// FROM debian:12
    /// LABEL com.example.owner=me com.example.other=me
    /// ```
    ///
    /// ## Limits
    /// Says nothing unless the settings ask for strict labels.
    ///
    /// ## References
    /// - Dockerfile reference: `LABEL`
    "superfluous-label" for DockerfileSubject {
        aliases: ["hadolint:DL3050"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Label(pairs) = &instruction.kind else { return };
    if !subject.settings.strict_labels {
        return;
    }
    for pair in &pairs.pairs {
        if !subject.settings.required_labels.contains_key(&pair.name) {
            let message = format!("the label `{}` is not one of those agreed on", pair.name);
            sink.report(pair.key.span, message);
        }
    }
}
