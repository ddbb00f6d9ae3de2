use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// `ENV` that sets a variable to itself.
    ///
    /// ## Why
    /// `ENV X=$X` does not take `X` from the machine that builds. Without an `ARG X` before it the
    /// variable stays what the base image made of it, or is set to nothing.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ENV MY_VAR=$MY_VAR
    /// # ^ self-assigned-env
    /// ENV A=1 OTHER="${OTHER}"
    /// # ^ self-assigned-env
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// ARG VERSION
    /// ENV VERSION=$VERSION
    /// ENV PATH=$PATH:/usr/local/bin
    /// ENV OTHER=${OTHER:-1}
    /// ENV THIRD=$VERSION
    /// ONBUILD ARG LATER
    /// ONBUILD ENV LATER=$LATER
    /// ```
    ///
    /// ## Limits
    /// The environment of the base image is not known.
    ///
    /// ## References
    /// - Dockerfile reference: `ARG`, `ENV`
    "self-assigned-env" for DockerfileSubject {
        aliases: ["droast:DF062", "buildkit:UndefinedVar"],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::On(&[Keyword::Env], check),
    }
}

fn check(subject: &DockerfileSubject, env: &Instruction, sink: &mut Sink<'_>) {
    let InstructionKind::Env(pairs) = &env.kind else { return };
    // What ONBUILD keeps for later may find its ARG in another ONBUILD.
    for pair in pairs.pairs.iter().filter(|_| !env.onbuild) {
        let value = pair.value.text.trim_matches('"');
        let name = value.strip_prefix('$').unwrap_or_default();
        let name = name.strip_prefix('{').and_then(|it| it.strip_suffix('}')).unwrap_or(name);
        let environment = subject.dockerfile.environment_at(env.index);
        if name == pair.name && !name.is_empty() && environment.get(name).is_none() {
            let message = format!("nothing sets `{name}` before; declare it with `ARG {name}`");
            sink.report(pair.span, message);
        }
    }
}
