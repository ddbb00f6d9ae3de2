use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    secret_name::{is_secret_name, literal_secret},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A secret is handed to the build as an argument, or kept as a variable.
    ///
    /// ## Why
    /// Build arguments stay in the image's history and in its provenance, and `ENV` in its
    /// configuration, for everyone who can pull it. A secret mount is there during one step only.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// ARG NPM_TOKEN
    /// # ^ secret-build-argument
    /// ENV NPM_TOKEN=$NPM_TOKEN
    /// # ^ secret-build-argument
    /// ARG FOO=test GITHUB_TOKEN
    /// # ^ secret-build-argument
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// history:
    ///   - ARG NPM_TOKEN
    ///   - RUN |2 LOG=debug NPM_TOKEN=abcdef /bin/sh -c npm ci
    /// # ^ secret-build-argument
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24
    /// ARG NPM_TOKEN_FILE
    /// ARG public_token
    /// ARG TOKENIZER
    /// ENV DB_PASSWORD_FILE=$FILE
    /// ENV DB_PASSWORD=/run/secrets/db
    /// RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// history:
    ///   - ARG NPM_TOKEN
    ///   - RUN |2 LOG=debug NPM_TOKEN= /bin/sh -c npm ci
    ///   - RUN /bin/sh -c NPM_TOKEN=abcdef make
    /// ```
    ///
    /// ## Limits
    /// Goes by the name. A written value is `hardcoded-secret`; a name that may or may not mean a
    /// secret is `secret-like-name`.
    ///
    /// ## References
    /// - Docker build checks: SecretsUsedInArgOrEnv
    /// - Docker documentation: build secrets
    "secret-build-argument" for DockerfileSubject {
        aliases: [
            "hadolint:DL3064", "trivy:DS-0031", "semgrep:secret-in-build-arg",
            "buildkit:SecretsUsedInArgOrEnv", "dockerfile-doctor:DD020", "dockle:CIS-DI-0010",
            "tally:ruby/secrets-in-arg-or-env",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.no-secrets", "secrets.build-arg"],
        fix: None,
        check: Check::On(&[Keyword::Env, Keyword::Arg], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    match &instruction.kind {
        InstructionKind::Arg(arguments) => {
            for argument in arguments {
                let default = argument.default.as_ref().map(|it| it.text.as_str());
                let name = argument.name.unquoted(subject.dockerfile.escape);
                if is_secret_name(&name) && default.is_none_or(is_handed_in) {
                    let message = format!(
                        "build argument `{name}` stays in the image's history; use a secret mount"
                    );
                    let _ = sink.report(argument.span, message);
                }
            }
        }
        InstructionKind::Env(env) => {
            for pair in &env.pairs {
                if is_secret_name(&pair.name) && is_handed_in(&pair.value.text) {
                    let name = &pair.name;
                    let message =
                        format!("`{name}` stays in the image's configuration; use a secret mount");
                    let _ = sink.report(pair.span, message);
                }
            }
        }
        _ => {}
    }
}

/// Whether the value comes from outside: from a variable without a written default.
fn is_handed_in(value: &str) -> bool {
    let bare = value.trim_matches(['"', '\'']);
    bare.is_empty() == value.is_empty() && bare.starts_with('$') && literal_secret(value).is_none()
}
