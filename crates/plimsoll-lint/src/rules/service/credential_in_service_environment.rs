use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_posture::ServiceOrigin;

use crate::{rule::rule, service_secret::written_secret, subject::service::ServiceSubject};

rule! {
    /// A secret that is written into the environment of a service.
    ///
    /// ## Why
    /// The file lies in a repository, and so does the secret, for everyone who ever clones it. In
    /// the running container it shows in `docker inspect` and in the environment of every child
    /// process.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   database:
    ///     image: example.com/db:17
    ///     environment:
    ///       POSTGRES_PASSWORD: hunter2
    ///       # ^ credential-in-service-environment
    ///       API_KEY: ${API_KEY:-abc123}
    ///       # ^ credential-in-service-environment
    ///   list:
    ///     image: example.com/app:1
    ///     environment:
    ///       - DB_PASSWORD=12345678
    ///       # ^ credential-in-service-environment
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   database:
    ///     image: example.com/db:17
    ///     environment:
    ///       POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?is not set}
    ///       API_KEY: ${API_KEY:?is not set}
    ///   list:
    ///     image: example.com/app:1
    ///     environment:
    ///       - DB_PASSWORD=${DB_PASSWORD:?is not set}
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   database:
    ///     image: example.com/db:17
    ///     environment:
    ///       POSTGRES_PASSWORD_FILE: /run/secrets/password
    ///       DB_PASSWORD: ${DB_PASSWORD}
    ///       API_KEY:
    ///       TOKEN_TTL: 3600
    ///       EMPTY_PASSWORD: ""
    ///     secrets: [password]
    /// secrets:
    ///   password:
    ///     file: ./password.txt
    /// ```
    ///
    /// ## Limits
    /// A secret is known by the name of its variable or by a well-known form; others are not seen.
    /// The secret has to be changed, since it is out. Files that `env_file` names are judged
    /// themselves.
    ///
    /// ## References
    /// - Compose Specification: `secrets`, interpolation
    /// - Docker documentation: use secrets in Compose
    "credential-in-service-environment" for ServiceSubject {
        aliases: ["compose-lint:CL-0020"],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["secrets.env"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    for variable in subject.service().environment.iter().filter(|it| !it.from_file) {
        let Some(found) = written_secret(variable) else { continue };
        let name = &variable.name.value;
        let message = match subject.service().origin {
            ServiceOrigin::Container => format!(
                "the secret in `{name}` shows in `docker inspect` and in every child process; \
                 mount it as a file"
            ),
            _ => format!(
                "the secret in `{name}` is written into the file; use a secret or a variable"
            ),
        };
        let confidence = found.confidence;
        let edits = if found.is_whole { found.reference(subject, variable) } else { None };
        sink.report_at(subject.place(&variable.name), message)
            .secret_at(found.place)
            .confidence(confidence)
            .fix("Take it from the environment", Safety::Unsafe, edits.unwrap_or_default());
    }
}
