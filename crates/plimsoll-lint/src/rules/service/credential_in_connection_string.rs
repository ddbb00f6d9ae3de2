use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    rule::rule, service_secret::written_address_password, subject::service::ServiceSubject,
};

rule! {
    /// A password inside of an address or connection string.
    ///
    /// ## Why
    /// A connection string looks like a setting and is a password: it gets logged, shown in errors
    /// and kept in the repository like any other setting.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1
    ///     environment:
    ///       DATABASE_URL: postgres://app:hunter2@database:5432/app
    ///       # ^ credential-in-connection-string
    ///       ConnectionStrings__Main: "Server=db;User Id=app;Password=hunter2;"
    ///       # ^ credential-in-connection-string
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1
    ///     environment:
    ///       DATABASE_URL: ${DATABASE_URL:?is not set}
    ///       ConnectionStrings__Main: "${ConnectionStrings__Main:?is not set}"
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   app:
    ///     image: example.com/app:1
    ///     environment:
    ///       DATABASE_URL: postgres://app:${DB_PASSWORD}@database:5432/app
    ///       SITE: https://example.com/a:b@c
    ///       MAIN: "Server=db;User Id=app;Password=${PASSWORD};"
    /// ```
    ///
    /// ## Limits
    /// Only addresses with a user and a password, and the `password=` of connection strings, are
    /// known.
    ///
    /// ## References
    /// - Compose Specification: `secrets`, interpolation
    /// - Docker documentation: use secrets in Compose
    "credential-in-connection-string" for ServiceSubject {
        aliases: ["compose-lint:CL-0021"],
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
        let Some(found) = written_address_password(variable) else { continue };
        let name = &variable.name.value;
        let message =
            format!("`{name}` holds a password inside of an address; compose it from a secret");
        let confidence = found.confidence;
        let edits = if found.is_whole { found.reference(subject, variable) } else { None };
        sink.report_at(subject.place(&variable.name), message)
            .secret_at(found.place)
            .confidence(confidence)
            .fix("Take it from the environment", Safety::Unsafe, edits.unwrap_or_default());
    }
}
