use plimsoll_dockerfile::{Base, Copy, Instruction, InstructionKind, Keyword, Stage};
use plimsoll_finding::{Check, Sink};
use plimsoll_text::Span;

use crate::{
    final_image::{Identity, identity, user_of},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A user by name in an image that has no user database.
    ///
    /// ## Why
    /// `scratch` holds no `/etc/passwd` in which the name could be looked up. `USER app` gives an
    /// image that does not start, and `COPY --chown=app` a build that fails.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// FROM scratch
    /// COPY --from=build --chown=app:app /app /app
    /// # ^ user-name-without-passwd
    /// USER app
    /// # ^ user-name-without-passwd
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   user: app
    /// # ^ user-name-without-passwd
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config:
    ///   user: app:web
    /// # ^ user-name-without-passwd
    /// files:
    ///   - {path: etc/passwd, content: "app:x:10001:10001::/app:/usr/sbin/nologin"}
    ///   - {path: etc/group, content: "app:x:10001:"}
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// FROM scratch
    /// COPY --from=build --chown=10001:10001 /app /app
    /// USER 10001
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// FROM scratch
    /// COPY --from=build /etc/passwd /etc/group /etc/
    /// USER app
    /// ```
    ///
    /// ```dockerfile
    /// FROM scratch
    /// ADD rootfs.tar.xz /
    /// USER app
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
    /// incomplete: true
    /// config: {user: app}
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// config: {user: app}
    /// files:
    ///   - {path: etc/passwd, kind: link}
    /// ```
    ///
    /// ## Limits
    /// What an archive or a whole copied tree brings along is not known, so after one nothing is
    /// said.
    ///
    /// ## References
    /// - Dockerfile reference: `USER`, `COPY --chown`
    "user-name-without-passwd" for DockerfileSubject {
        aliases: ["tally:named-identity-in-passwdless-stage"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    for stage in &subject.dockerfile.stages {
        let starts_empty = subject
            .dockerfile
            .base_chain(stage.index)
            .last()
            .is_some_and(|it| it.base == Base::Scratch);
        let has_database = subject
            .dockerfile
            .base_chain(stage.index)
            .into_iter()
            .any(|it| brings_database(subject, it));
        if !starts_empty || has_database {
            continue;
        }
        for instruction in subject.dockerfile.stage_instructions(stage.index) {
            if let Some((span, name)) = named(subject, instruction) {
                let message = format!("`{name}` cannot be looked up in an image from `scratch`");
                let _ = sink.report(span, message);
            }
        }
    }
}

/// The user that the instruction gives by name, and where.
fn named(subject: &DockerfileSubject, instruction: &Instruction) -> Option<(Span, String)> {
    if let Some(user) = user_of(&subject.dockerfile, instruction) {
        let is_name = matches!(user.identity, Identity::Name(_));
        let is_root_name = user.user.user.text == "root";
        return (is_name && !is_root_name)
            .then(|| (user.user.user.span, user.user.user.text.clone()));
    }
    let flag = instruction.flag("chown").filter(|it| !it.text().contains('$'))?;
    match identity(flag.text()) {
        Identity::Name(name) => Some((flag.span, name)),
        _ => None,
    }
}

/// Whether the stage copies a user database in, or something that may hold one.
fn brings_database(subject: &DockerfileSubject, stage: &Stage) -> bool {
    subject.dockerfile.stage_instructions(stage.index).iter().any(|it| match &it.kind {
        InstructionKind::Copy(copy) => copies_database(copy),
        InstructionKind::Add(copy) => {
            copies_database(copy)
                || copy.paths().any(|it| it.text.contains(".t") || it.text.contains('$'))
        }
        InstructionKind::Run(_) => it.keyword == Keyword::Run,
        _ => false,
    })
}

fn copies_database(copy: &Copy) -> bool {
    let destination = copy.destination.text.trim_end_matches('/');
    let to_database = destination.ends_with("/etc/passwd") || destination.ends_with("etc");
    // A directory copied onto the root, or under a name that is not known, may hold anything.
    let to_root = matches!(destination, "" | "." | "./") || destination.contains('$');
    let is_file =
        |text: &str| text.rsplit('/').next().is_some_and(|it| it.contains('.') && it.len() > 2);
    to_database
        || copy.paths().any(|it| it.text.contains("passwd"))
        || (to_root && copy.paths().any(|it| !is_file(&it.text)))
}
