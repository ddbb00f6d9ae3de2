use plimsoll_finding::{Check, Confidence, Safety, Sink};

use crate::{
    account::last_created,
    final_image::{BaseUser, FinalImage, RuntimeUser},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// No `USER`, so the container runs as root.
    ///
    /// ## Why
    /// A process that is root in the container is one kernel hole, one mounted host path or one
    /// forgotten capability away from root on the host. Few services need it.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN apk add --no-cache nginx
    /// CMD ["nginx"]
    /// # ^ missing-user
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// USER app
    /// FROM debian:13
    /// # ^ missing-user
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    /// # ^ missing-user
    ///   cmd: [nginx]
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN apk add --no-cache nginx
    /// USER 10001:10001
    /// CMD ["nginx"]
    /// # ^ missing-user
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// USER app
    /// FROM debian:13
    /// # ^ missing-user
    /// COPY --from=build /app /app
    /// USER 10001:10001
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24 AS base
    /// USER 10001
    /// FROM base
    /// CMD ["app"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM gcr.io/distroless/static-debian13:nonroot
    /// COPY app /app
    /// ```
    ///
    /// ```dockerfile
    /// FROM mcr.microsoft.com/windows/nanoserver:ltsc2025
    /// CMD ["app.exe"]
    /// ```
    ///
    /// ```dockerfile
    /// RUN apk add --no-cache nginx
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {user: "10001"}
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {os: windows}
    /// ```
    ///
    /// ## Limits
    /// The base image is not fetched. Some that are known to set a user of their own are counted as
    /// such; of others the finding may be wrong. Windows images have other users and are left
    /// alone; for `FROM scratch` see `root-in-scratch`. An entry point that drops root by itself
    /// still starts as root.
    ///
    /// ## References
    /// - Dockerfile reference: `USER`
    /// - CIS Docker Benchmark: create a user for the container
    "missing-user" for DockerfileSubject {
        aliases: [
            "kics:missing_user_instruction", "trivy:DS-0002", "checkov:CKV_DOCKER_3",
            "semgrep:missing-user", "semgrep:missing-user-entrypoint", "dockerfile-doctor:DD008",
            "droast:DF020", "dockle:CIS-DI-0001", "lynis:user", "tally:stateful-root-runtime",
            "docker-bench:4.1",
        ],
        severity: High,
        confidence: Medium,
        audience: Default,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(image) = FinalImage::of(&subject.dockerfile) else { return };
    let RuntimeUser::OfBase(base) = image.user() else { return };
    let Some(from) = image.from() else { return };
    let confidence = match base {
        BaseUser::Root => Confidence::High,
        BaseUser::Unknown => Confidence::Low,
        BaseUser::Unprivileged | BaseUser::Scratch | BaseUser::Windows => return,
    };
    let message = "no `USER` in the final image, so this runs as root";
    // The place is where something starts as root; without a start, where the image begins.
    let place = image.start().map_or(from.args, |it| it.name);
    let draft = sink.report(place, message).confidence(confidence).related(from.args, "this image");
    // A user that the image creates is the one that was meant.
    let account = last_created(subject, &image);
    let user = account.as_ref().map_or("10001:10001", |it| it.user());
    let line = format!("USER {user}");
    if let Some(edit) = image.add_before_start(&subject.dockerfile.source, &line) {
        let title = "Run as an unprivileged user; what it writes to must belong to it";
        let _ = draft.fix(title, Safety::Unsafe, vec![edit]);
    }
}
