use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, service_context::taken_files, subject::project::ProjectSubject};

rule! {
    /// The build of a service takes the history of the sources out of its build context.
    ///
    /// ## Why
    /// `.git` lies in the folder that is sent to the builder, the Dockerfile takes all of it, and
    /// `.dockerignore` does not keep it out. It holds every version of every file, also of secrets
    /// that were taken out long ago.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   api:
    ///     build: .
    /// # file: Dockerfile
    /// FROM debian:13
    /// COPY . /app
    /// # ^ git-history-in-build-context
    /// # file: .git/config
    /// [core]
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   api:
    ///     build: .
    /// # file: Dockerfile
    /// FROM debian:13
    /// COPY . /app
    /// # file: .dockerignore
    /// .git
    /// # file: .git/config
    /// [core]
    /// ```
    ///
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   api:
    ///     build: .
    /// # file: Dockerfile
    /// FROM debian:13 AS build
    /// COPY . /src
    /// FROM debian:13
    /// COPY --from=build /src/app /app
    /// # file: .git/config
    /// [core]
    /// ```
    ///
    /// ## Limits
    /// A stage that is not shipped may take the history; only what ends up in the image counts.
    ///
    /// ## References
    /// - Docker documentation: build context, `.dockerignore` files
    "git-history-in-build-context" for ProjectSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.no-secrets", "image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ProjectSubject, sink: &mut Sink<'_>) {
    for service in subject.services() {
        let (Some(build), Some(image)) = (&service.build, &service.built_image) else { continue };
        let Some(context) = subject.contexts.get(&service.name) else { continue };
        let dockerfile = &image.dockerfile;
        let shipped = dockerfile.base_chain(image.stage);
        let is_shipped = |offset: usize| {
            let instructions =
                shipped.iter().flat_map(|it| dockerfile.stage_instructions(it.index));
            instructions.into_iter().any(|it| it.name.start == offset)
        };
        for (place, _, _) in taken_files(image, context, |path| path.starts_with(".git/")) {
            if !is_shipped(place.span.start) {
                continue;
            }
            let message = format!(
                "the image of `{}` takes `.git` along, with every version of every file",
                service.name
            );
            let context = build.context.location().unwrap_or(&build.place).clone();
            sink.report_at(place, message).related_at(context, "the build context is named here");
        }
    }
}
