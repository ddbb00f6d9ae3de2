use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    secret_file::holds_secrets,
    service_context::{is_context_elsewhere, taken_files},
    subject::project::ProjectSubject,
};

rule! {
    /// The build of a service takes files with secrets out of its build context.
    ///
    /// ## Why
    /// The compose file decides which folder is sent to the builder, the Dockerfile takes all of
    /// it, and no line of `.dockerignore` keeps keys and `.env` out. They end up in a layer, for
    /// everyone who can pull the image.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   api:
    ///     build:
    ///       context: .
    ///       dockerfile: api/Dockerfile
    /// # file: api/Dockerfile
    /// FROM debian:13
    /// COPY . /app
    /// # ^ secret-file-in-build-context
    /// # file: .env
    /// PASSWORD=x
    /// # file: deploy/id_ed25519
    /// x
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   api:
    ///     build:
    ///       context: .
    ///       dockerfile: api/Dockerfile
    ///   part:
    ///     build:
    ///       context: .
    ///       dockerfile: part/Dockerfile
    /// # file: api/Dockerfile
    /// FROM debian:13
    /// COPY . /app
    /// # file: part/Dockerfile
    /// FROM debian:13
    /// COPY src /app
    /// # file: .dockerignore
    /// .env
    /// # file: .env
    /// PASSWORD=x
    /// # file: .env.example
    /// PASSWORD=
    /// ```
    ///
    /// ## Limits
    /// Files are known by their names only. A Dockerfile at the top of its context is judged alone,
    /// with the same result.
    ///
    /// ## References
    /// - Docker documentation: build context, `.dockerignore` files
    /// - CIS Docker Benchmark, section 4: secrets are not stored in images
    "secret-file-in-build-context" for ProjectSubject {
        aliases: [],
        severity: High,
        confidence: Medium,
        audience: Default,
        controls: ["image.no-secrets", "secrets.layers"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ProjectSubject, sink: &mut Sink<'_>) {
    for service in subject.services() {
        let (Some(build), Some(image)) = (&service.build, &service.built_image) else { continue };
        let Some(context) = subject.contexts.get(&service.name) else { continue };
        if !is_context_elsewhere(build) {
            continue;
        }
        for (place, first, n_others) in taken_files(image, context, holds_secrets) {
            let others =
                if n_others == 0 { String::new() } else { format!(" and {n_others} more") };
            let message = format!(
                "the build of `{}` takes `{first}`{others} along; keep it out by `.dockerignore`",
                service.name
            );
            let context = build.context.location().unwrap_or(&build.place).clone();
            sink.report_at(place, message).related_at(context, "the build context is named here");
        }
    }
}
