use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::project::ProjectSubject};

rule! {
    /// A secret that is declared and that no service gets.
    ///
    /// ## Why
    /// Its file still lies about and has to be guarded and renewed, for nobody. Or the service that
    /// needs it was forgotten and reads the secret from a less safe place.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    /// secrets:
    ///   old_password:
    ///     # ^ unused-secret
    ///     file: ./old_password.txt
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     secrets: [password]
    ///   app:
    ///     build:
    ///       context: .
    ///       secrets: [npm]
    /// secrets:
    ///   password:
    ///     file: ./password.txt
    ///   npm:
    ///     environment: NPM_TOKEN
    /// ```
    ///
    /// ## Limits
    /// Services of other files that are laid over this project by hand are not known.
    ///
    /// ## References
    /// - Compose Specification: `secrets`
    "unused-secret" for ProjectSubject {
        aliases: [],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["secrets.swarm-unused"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ProjectSubject, sink: &mut Sink<'_>) {
    for (name, secret) in &subject.project.secrets {
        let is_used = subject.services().iter().any(|service| {
            let of_build = service.build.iter().flat_map(|it| &it.secrets);
            service.secrets.iter().chain(of_build).any(|it| it.value.source == *name)
        });
        if !is_used {
            let message = format!("no service gets the secret `{name}`; take it out, or grant it");
            let _ = sink.report_at(secret.place.clone(), message);
        }
    }
}
