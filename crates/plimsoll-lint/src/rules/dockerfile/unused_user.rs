use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    account::{CREATES_ACCOUNT, last_created},
    final_image::{BaseUser, FinalImage, RuntimeUser},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A user is created, but the image never switches to it.
    ///
    /// ## Why
    /// Someone meant the service to run as this user and forgot the last step. The container still
    /// runs as root, and the line that creates the user makes reviewers believe that it does not.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --uid 10001 app
    /// # ^ unused-user
    /// CMD ["/app"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN apk add --no-cache nginx \
    ///  && adduser -D app
    /// # ^ unused-user
    /// CMD ["nginx"]
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd --uid 10001 app
    /// # ^ unused-user
    /// USER 10001
    /// CMD ["/app"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN apk add --no-cache nginx \
    ///  && adduser -D app
    /// # ^ unused-user
    /// USER app
    /// CMD ["nginx"]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd app
    /// USER app
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd app
    /// ENTRYPOINT ["gosu", "app", "/app"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13 AS build
    /// RUN useradd builder
    /// FROM debian:13
    /// USER 10001
    /// ```
    ///
    /// ## Limits
    /// An entry point script may switch users by itself, which cannot be seen. `missing-user`
    /// reports the image as such; this rule shows the user that was meant.
    ///
    /// ## References
    /// - Dockerfile reference: `USER`
    "unused-user" for DockerfileSubject {
        aliases: ["tally:user-created-but-never-used"],
        severity: Low,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::WholeWith(CREATES_ACCOUNT, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(image) = FinalImage::of(&subject.dockerfile) else { return };
    let RuntimeUser::OfBase(BaseUser::Root | BaseUser::Unknown) = image.user() else { return };
    let Some(account) = last_created(subject, &image) else { return };
    if starts_as(&image, &account.name) {
        return;
    }
    let message = format!("`{}` is created here, but no `USER` switches to it", account.name);
    let line = format!("USER {}", account.user());
    let edit = image.add_before_start(&subject.dockerfile.source, &line);
    let _ = sink.report(account.name_span, message).fix(
        "Switch to the user",
        Safety::Unsafe,
        edit.into_iter().collect(),
    );
}

/// Whether the command that starts the container names the user, as `gosu` and `su-exec` do.
fn starts_as(image: &FinalImage<'_>, name: &str) -> bool {
    let starts = [Keyword::Entrypoint, Keyword::Cmd].into_iter().filter_map(|it| image.last(it));
    starts.into_iter().any(|it| {
        let mut words = it.text.text().split([' ', '\t', '"', '\'', ',', '[', ']', ':', ';']);
        words.any(|it| it == name)
    })
}
