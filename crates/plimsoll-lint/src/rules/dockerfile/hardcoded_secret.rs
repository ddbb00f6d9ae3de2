use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword, Word};
use plimsoll_finding::{Check, Confidence, Sink};
use plimsoll_text::Span;

use crate::{
    rule::rule,
    secret_name::{is_placeholder, is_secret_name, literal_secret},
    secret_value::find_secrets,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A secret is written into `ENV`, `ARG` or `LABEL`.
    ///
    /// ## Why
    /// Values of `ENV` and `LABEL` stand in the image's configuration and those of `ARG` in its
    /// history, for everyone who can pull it. Deleting them in a later layer does not help; a
    /// secret that was pushed has to be replaced.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// ENV DB_PASSWORD=hunter2
    /// # ^ hardcoded-secret
    /// ENV LOG=debug GITHUB_TOKEN="placeholder"
    /// # ^ hardcoded-secret
    /// ARG API_KEY=abcdef
    /// # ^ hardcoded-secret
    /// ENV DATABASE_URL=postgres://app:hunter2@db/app
    /// # ^ hardcoded-secret
    /// ENV SECRET_KEY ${KEY:-fallback}
    /// # ^ hardcoded-secret
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env:
    ///     - LOG=debug
    ///     - DB_PASSWORD=hunter2
    /// # ^ hardcoded-secret
    ///     - DATABASE_URL=postgres://app:hunter2@db/app
    /// # ^ hardcoded-secret
    /// history:
    ///   - ENV LOG=debug API_KEY=abcdef
    /// # ^ hardcoded-secret
    ///   - '/bin/sh -c #(nop) ARG GITHUB_TOKEN=abcdef'
    /// # ^ hardcoded-secret
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24
    /// ENV DB_PASSWORD_FILE=/run/secrets/db_password
    /// ENV TOKEN_URL=https://example.com/token KEY_NAME=main AUTH_MODE=basic
    /// ENV DATABASE_URL=postgres://db/app PUBLIC_KEY=abcdef
    /// ENV MYSQL_ALLOW_EMPTY_PASSWORD=yes TOKENIZERS_PARALLELISM=false
    /// ARG API_KEY
    /// ENV API_KEY=$API_KEY DB_PASSWORD=
    /// RUN --mount=type=secret,id=token,env=TOKEN make
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env:
    ///     - DB_PASSWORD_FILE=/run/secrets/db
    ///     - DB_PASSWORD=
    ///     - PATH=/usr/bin
    /// history:
    ///   - ARG GITHUB_TOKEN
    ///   - ENV PATH=/usr/bin API_KEY=
    /// ```
    ///
    /// ## Limits
    /// Goes by the name of the variable and by the shape of the value. A secret of no known shape
    /// under a harmless name is not seen.
    ///
    /// ## References
    /// - Docker build checks: SecretsUsedInArgOrEnv
    /// - Docker documentation: build secrets
    "hardcoded-secret" for DockerfileSubject {
        aliases: [
            "hadolint:DL3064", "trivy:DS-0031", "semgrep:secret-in-build-arg",
            "buildkit:SecretsUsedInArgOrEnv", "dockerfile-doctor:DD020", "droast:DF014",
            "dockle:CIS-DI-0010", "tally:ruby/secrets-in-arg-or-env",
        ],
        severity: Critical,
        confidence: High,
        audience: Default,
        controls: ["image.no-secrets", "secrets.env", "secrets.build-arg"],
        fix: None,
        check: Check::On(&[Keyword::Env, Keyword::Arg, Keyword::Label], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    match &instruction.kind {
        InstructionKind::Env(env) => {
            for pair in &env.pairs {
                check_value(subject, &pair.name, &pair.value, pair.span, sink);
            }
        }
        InstructionKind::Label(label) => {
            for pair in &label.pairs {
                // Labels are described by their names, not set by them.
                check_value(subject, "", &pair.value, pair.span, sink);
            }
        }
        InstructionKind::Arg(arguments) => {
            for argument in arguments {
                let Some(default) = &argument.default else { continue };
                let name = argument.name.unquoted(subject.dockerfile.escape);
                check_value(subject, &name, default, argument.span, sink);
            }
        }
        _ => {}
    }
}

fn check_value(
    subject: &DockerfileSubject,
    name: &str,
    value: &Word,
    span: Span,
    sink: &mut Sink<'_>,
) {
    let found = find_secrets(&value.text).into_iter().next();
    if let Some(found) = found {
        let message = format!("{} stands in the image for everyone to read", found.kind);
        let _ = sink.report(span, message).secret(value.span);
        return;
    }
    let literal = literal_secret(&value.text).filter(|_| is_secret_name(name));
    let Some(literal) = literal else { return };
    let text = value.text.get(literal).unwrap_or_default();
    // A fallback inside of a variable may be a name or an address.
    let is_default = value.text.contains("${");
    let is_weak = is_placeholder(text) || is_default;
    let confidence = if is_weak { Confidence::Medium } else { Confidence::High };
    let escape = subject.dockerfile.escape;
    let name = name.trim_matches(escape);
    let message = format!("the value of `{name}` stands in the image for everyone to read");
    let _ = sink.report(span, message).confidence(confidence).secret(value.span);
}
