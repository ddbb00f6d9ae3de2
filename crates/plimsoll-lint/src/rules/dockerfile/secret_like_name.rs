use plimsoll_dockerfile::{Instruction, InstructionKind, Keyword};
use plimsoll_finding::{Check, Sink};
use plimsoll_text::Span;

use crate::{
    rule::rule,
    secret_name::{SecretName, literal_secret, secret_name},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `ARG` or `ENV` with a name that may mean a secret.
    ///
    /// ## Why
    /// `AUTH`, `KEY` or the id of an access key often go with a secret, and an empty `ENV` with a
    /// secret's name invites filling it in. If a secret it is, it belongs into a secret mount.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// ARG AWS_ACCESS_KEY_ID
    /// # ^ secret-like-name
    /// ENV auth=basic git_key=
    /// # ^ secret-like-name
    /// ENV DB_PASSWORD=""
    /// # ^ secret-like-name
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env:
    ///     - auth=basic
    /// # ^ secret-like-name
    ///     - DB_PASSWORD=
    /// # ^ secret-like-name
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24
    /// ENV KEY_NAME=main AUTH_MODE=basic GPG_KEY=0123 public_token=abc
    /// ENV SIGNING_KEY_FILE=/run/secrets/key
    /// ARG VERSION
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   env: [PATH=/usr/bin, GPG_KEY=0123]
    /// ```
    ///
    /// ## Limits
    /// Goes by the name alone, hence for teams that want to look at each. What surely is a secret
    /// is reported by `hardcoded-secret` and `secret-build-argument`.
    ///
    /// ## References
    /// - Docker build checks: SecretsUsedInArgOrEnv
    "secret-like-name" for DockerfileSubject {
        aliases: ["hadolint:DL3064", "buildkit:SecretsUsedInArgOrEnv"],
        severity: Low,
        confidence: Low,
        audience: Hygiene,
        controls: ["image.no-secrets"],
        fix: None,
        check: Check::On(&[Keyword::Env, Keyword::Arg], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let mut look = |name: &str, value: Option<&str>, span: Span| {
        let value = value.unwrap_or_default();
        let is_path = value.trim_matches('"').starts_with('/');
        // A secret's name with a value is for the stricter rules.
        let is_empty = value.trim_matches(['"', '\'']).is_empty();
        let suspect = match secret_name(name) {
            SecretName::Possible => !is_path && (is_empty || literal_secret(value).is_some()),
            SecretName::Secret => is_empty && instruction.keyword == Keyword::Env,
            SecretName::Plain => false,
        };
        if suspect {
            let message = format!("`{name}` may mean a secret, and its value stays in the image");
            let _ = sink.report(span, message);
        }
    };
    match &instruction.kind {
        InstructionKind::Env(env) => {
            for pair in &env.pairs {
                look(&pair.name, Some(&pair.value.text), pair.span);
            }
        }
        InstructionKind::Arg(arguments) => {
            for argument in arguments {
                let name = argument.name.unquoted(subject.dockerfile.escape);
                let default = argument.default.as_ref().map(|it| it.text.as_str());
                look(&name, default, argument.span);
            }
        }
        _ => {}
    }
}
