use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, spelling::meant, subject::dockerfile::DockerfileSubject};

rule! {
    /// Line that starts with no instruction.
    ///
    /// ## Why
    /// The build fails there. Mostly it is a misspelt instruction, or a line before it that lost
    /// its `\`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RNU make
    /// # ^ unknown-instruction
    /// ```
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make
    ///     && make install
    /// # ^ unknown-instruction
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// RUN make
    /// # ^ unknown-instruction
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// run make \
    ///     && make install
    /// ```
    ///
    /// ## Limits
    /// None known.
    ///
    /// ## References
    /// - Dockerfile reference: format
    "unknown-instruction" for DockerfileSubject {
        aliases: [
            "hadolint:DL1000", "droast:DF071", "dockerfilelint:invalid_command",
            "dockerfilelint:invalid_line", "tally:unknown-instruction",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::On(&[Keyword::Unknown], check),
    }
}

fn check(_: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Unknown { name } = &instruction.kind else { return };
    let shown: String = name.chars().take(MAX_SHOWN).collect();
    match meant(name, Keyword::ALL.iter().map(|it| it.name())) {
        Some(keyword) => {
            let message = format!("`{shown}` is no instruction; `{keyword}` was meant?");
            let edit = Edit::replace(instruction.name, keyword);
            sink.report(instruction.name, message).fix(
                format!("Write `{keyword}`"),
                Safety::Unsafe,
                vec![edit],
            );
        }
        None => {
            sink.report(instruction.name, format!("`{shown}` is no instruction"));
        }
    }
}

const MAX_SHOWN: usize = 40;
