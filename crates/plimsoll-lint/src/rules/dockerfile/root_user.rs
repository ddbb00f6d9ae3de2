use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{
    final_image::{FinalImage, Identity, RuntimeUser, user_of},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// The last `USER` of the final image is root.
    ///
    /// ## Why
    /// A process that is root in the container is one kernel hole, one mounted host path or one
    /// forgotten capability away from root on the host. `USER root` is fine for installing things,
    /// as long as another user follows.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24
    /// USER app
    /// USER root
    /// # ^ root-user
    /// CMD ["app"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24 AS base
    /// USER 0:0
    /// # ^ root-user
    /// FROM base
    /// CMD ["app"]
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   user: "0:0"
    /// # ^ root-user
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   user: app
    /// # ^ root-user
    /// files:
    ///   - {path: etc/passwd, content: "app:x:0:0::/app:/bin/sh"}
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.24
    /// USER app
    /// USER app
    /// # ^ root-user
    /// CMD ["app"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24 AS base
    /// USER 10001:10001
    /// # ^ root-user
    /// FROM base
    /// CMD ["app"]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// USER root
    /// FROM alpine:3.24
    /// USER root
    /// RUN apk add --no-cache curl
    /// USER 10001
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// USER $APP_USER
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {user: app}
    /// files:
    ///   - {path: etc/passwd, content: "app:x:10001:10001::/app:/usr/sbin/nologin"}
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {cmd: [nginx]}
    /// ```
    ///
    /// ## Limits
    /// A variable without a known value is left alone. Stages that do not become the final image
    /// are judged by `root-in-build-stage`.
    ///
    /// ## References
    /// - Dockerfile reference: `USER`
    /// - CIS Docker Benchmark: create a user for the container
    "root-user" for DockerfileSubject {
        aliases: [
            "hadolint:DL3002", "kics:last_user_is_root", "trivy:DS-0002", "checkov:CKV_DOCKER_8",
            "semgrep:last-user-is-root", "droast:DF002", "dockle:CIS-DI-0001",
        ],
        severity: High,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(image) = FinalImage::of(&subject.dockerfile) else { return };
    let RuntimeUser::Set(last) = image.user() else { return };
    if last.identity != Identity::Root {
        return;
    }
    let span = last.user.word.span;
    let mut draft = sink.report(span, "the final image ends as root; switch to another user last");
    if let Some(from) = image.from().filter(|it| it.stage != last.instruction.stage) {
        draft = draft.related(from.args, "this image takes the user from the stage below");
    }
    // Building steps behind it may need root, and then another user fails.
    let is_after = |it: &Instruction| it.index > last.instruction.index;
    let runs_after = image.instructions().any(|it| it.keyword == Keyword::Run && is_after(it));
    let earlier = image.instructions().rev().find_map(|it| {
        let user = user_of(&subject.dockerfile, it)?;
        let named = matches!(user.identity, Identity::Name(_) | Identity::Number(_));
        named.then(|| user.user.word.text.clone())
    });
    let user = earlier.unwrap_or_else(|| "10001:10001".to_owned());
    let edit = if runs_after {
        image.add_before_start(&subject.dockerfile.source, &format!("USER {user}"))
    } else {
        Some(Edit::replace(span, user))
    };
    let _ = draft.fix("End as an unprivileged user", Safety::Unsafe, edit.into_iter().collect());
}
