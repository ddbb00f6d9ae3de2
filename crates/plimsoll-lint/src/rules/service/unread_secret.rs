use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{Grant, Healthcheck, MountKind, Service};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service is granted a secret that nothing in its settings reads.
    ///
    /// ## Why
    /// Each service that holds a secret can lose it. This one runs a ready-made image, and neither
    /// its environment nor its command names the file of the secret, so it seems not to need it.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   database:
    ///     image: postgres:18
    ///     environment:
    ///       POSTGRES_PASSWORD_FILE: /run/secrets/password
    ///     secrets:
    ///       - password
    ///       - signing_key
    ///       # ^ unread-secret
    /// secrets:
    ///   password:
    ///     file: ./password.txt
    ///   signing_key:
    ///     file: ./signing_key.txt
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   database:
    ///     image: postgres:18
    ///     environment:
    ///       POSTGRES_PASSWORD_FILE: /run/secrets/password
    ///     secrets: [password]
    ///   proxy:
    ///     image: nginx:1.29
    ///     secrets: [tls_key]
    ///     configs: [proxy]
    ///   own:
    ///     build: .
    ///     secrets: [tls_key]
    ///   targeted:
    ///     image: example.com/targeted:1
    ///     command: ["serve", "--key=/etc/key.pem"]
    ///     secrets:
    ///       - source: tls_key
    ///         target: /etc/key.pem
    /// configs:
    ///   proxy:
    ///     file: ./nginx.conf
    /// secrets:
    ///   password:
    ///     file: ./password.txt
    ///   tls_key:
    ///     file: ./tls_key.pem
    /// ```
    ///
    /// ## Limits
    /// A program may read a file under `/run/secrets` without being told. Services that are built
    /// here, or that have configuration files of their own, are left alone.
    ///
    /// ## References
    /// - Compose Specification: `secrets`
    "unread-secret" for ServiceSubject {
        aliases: [],
        severity: Info,
        confidence: Low,
        audience: Hygiene,
        controls: ["swarm.use-secrets"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let has_files = service.mounts.iter().any(|it| it.value.kind == MountKind::Bind);
    // What a variable file says counts as the service's environment; a missing one is not known.
    if service.build.is_some() || has_files || !service.configs.is_empty() {
        return;
    }
    for grant in &service.secrets {
        if is_named(service, &grant.value) {
            continue;
        }
        let message = format!(
            "nothing in the settings of `{}` reads the secret `{}`; does it need it?",
            service.name, grant.value.source
        );
        let _ = sink.report_at(subject.place(grant), message);
    }
}

fn is_named(service: &Service, grant: &Grant) -> bool {
    let target = grant.target.as_deref().unwrap_or(&grant.source);
    let names = |text: &str| text.contains(target) || text.contains(&grant.source);
    let in_words = |words: &[String]| words.iter().any(|it| names(it));
    let check = service.healthcheck.as_ref().map(|it| &it.value);
    service.environment.iter().filter_map(|it| it.value.as_ref()).any(|it| names(&it.value))
        || service.command.as_ref().is_some_and(|it| in_words(&it.value))
        || service.entrypoint.as_ref().is_some_and(|it| in_words(&it.value))
        || matches!(check, Some(Healthcheck::Test(words)) if in_words(words))
}
