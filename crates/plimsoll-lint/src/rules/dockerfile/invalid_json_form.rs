use plimsoll_dockerfile::{Instruction, InstructionKind, ShellOrExec};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, form},
};

rule! {
    /// Array that is no JSON.
    ///
    /// ## Why
    /// JSON knows double quotes only. An array with single quotes, or with a comma too many, is
    /// taken for a plain text: the shell then looks for a command called `[npm,`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// CMD ['npm', 'start']
    /// # ^ invalid-json-form
    /// VOLUME ['/data']
    /// # ^ invalid-json-form
    /// ```
    /// ```dockerfile
    /// FROM debian:12
    /// ENTRYPOINT ["npm", "start",]
    /// # ^ invalid-json-form
    /// CMD ["npm" "start"]
    /// # ^ invalid-json-form
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:12
    /// CMD ["npm", "start"]
    /// # ^ invalid-json-form
    /// VOLUME ["/data"]
    /// # ^ invalid-json-form
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12
    /// RUN [ -f /x ] && make
    /// RUN [ "$A" = "b" ]
    /// RUN [[ -f /x ]]
    /// RUN [ ! -e '/x' ] || [ 'a' ]
    /// CMD ["npm", "start"]
    /// COPY [abc].txt /x/
    /// ```
    ///
    /// ## Limits
    /// A shell test that starts with `[` is told from an array by its commas and blanks.
    ///
    /// ## References
    /// - Dockerfile reference: shell and exec form
    "invalid-json-form" for DockerfileSubject {
        aliases: [
            "dockerfile-doctor:DD080", "tally:invalid-json-form",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for instruction in subject.dockerfile.all_instructions() {
        let Some((at, text)) = broken_array(instruction) else { continue };
        let draft = sink.report(
            instruction.name,
            "this array is no JSON, so it is taken for plain text; check its quotes and commas",
        );
        let span = instruction.text.locate(at..at + text.len());
        let written = subject.dockerfile.source.slice(span);
        let mended = text.replace('\'', "\"");
        if written == text && !text.contains(['"', '\\', '$']) && is_array_of_strings(&mended) {
            draft.fix("Use double quotes", Safety::Unsafe, vec![Edit::replace(span, mended)]);
        }
    }
}

/// The text that looks like an array and is none, and where it starts in the instruction.
fn broken_array(instruction: &Instruction) -> Option<(usize, &str)> {
    let (text, fell_back) = match &instruction.kind {
        InstructionKind::Volume(volume) => {
            let first = volume.paths.first().filter(|_| !volume.json)?;
            (instruction.text.slice(first.offset..instruction.text.text().len()), true)
        }
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) if !copy.json => {
            let first = copy.paths().next()?;
            (instruction.text.slice(first.offset..instruction.text.text().len()), true)
        }
        _ => {
            let shell_form = form(instruction).and_then(ShellOrExec::shell)?;
            if shell_form.body_of.is_some() {
                return None;
            }
            let start = shell_form.text.text();
            let line = start.lines().next().unwrap_or_default();
            (line, shell_form.exec_fallback)
        }
    };
    let text = text.trim();
    let is_broken = fell_back && text.starts_with('[') && looks_like_array(text);
    if !is_broken {
        return None;
    }
    let at = instruction.text.text().find(text)?;
    Some((at, text))
}

/// Whether it has the commas or the quotes of an array, rather than the blanks of a test.
fn looks_like_array(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('[') else { return false };
    let inner = rest.trim_start();
    let Some(quote) = inner.chars().next().filter(|it| matches!(it, '"' | '\'')) else {
        return false;
    };
    let touches = inner.len() == rest.len();
    let after = inner.get(1..).and_then(|it| it.split_once(quote)).map(|it| it.1.trim_start());
    touches || after.is_some_and(|it| it.starts_with(','))
}

fn is_array_of_strings(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')) else {
        return false;
    };
    inner.split(',').all(|it| {
        let word = it.trim().strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        word.is_some_and(|it| !it.contains('"'))
    })
}
