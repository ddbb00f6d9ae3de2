use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, service_image_name::image_name, subject::service::ServiceSubject};

rule! {
    /// A password in the environment of an image that can read it from a file.
    ///
    /// ## Why
    /// The environment of a container shows in `docker inspect`, in crash reports and in every
    /// child process. This image reads the same value from a file when `_FILE` is put behind the
    /// name, so that it can come from a compose secret.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   database:
    ///     image: postgres:18
    ///     environment:
    ///       POSTGRES_PASSWORD: ${POSTGRES_PASSWORD}
    ///       # ^ secret-variable-with-file-form
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   database:
    ///     image: postgres:18
    ///     environment:
    ///       POSTGRES_PASSWORD_FILE: /run/secrets/password
    ///       POSTGRES_DB: shop
    ///     secrets: [password]
    ///   app:
    ///     image: example.com/app:1
    ///     environment:
    ///       DB_PASSWORD: ${DB_PASSWORD}
    /// secrets:
    ///   password:
    ///     file: ./password.txt
    /// ```
    ///
    /// ## Limits
    /// Knows the variables of a few widely used images.
    ///
    /// ## References
    /// - Docker documentation: use secrets in Compose
    "secret-variable-with-file-form" for ServiceSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["secrets.env", "swarm.use-secrets"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(image) = image_name(service) else { return };
    let Some((_, names)) = FILE_FORMS.iter().find(|it| it.0 == image) else { return };
    for variable in &service.environment {
        let name = variable.name.value.as_str();
        if variable.from_file || !names.contains(&name) {
            continue;
        }
        let message = format!("`{image}` reads this from a file: use `{name}_FILE` and a secret");
        let _ = sink.report_at(subject.place(&variable.name), message);
    }
}

/// By image, the variables that have a form with `_FILE`.
static FILE_FORMS: &[(&str, &[&str])] = &[
    ("postgres", &["POSTGRES_PASSWORD"]),
    ("postgis/postgis", &["POSTGRES_PASSWORD"]),
    ("mysql", &["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"]),
    (
        "mariadb",
        &["MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"],
    ),
    ("mongo", &["MONGO_INITDB_ROOT_PASSWORD"]),
    ("wordpress", &["WORDPRESS_DB_PASSWORD"]),
];
