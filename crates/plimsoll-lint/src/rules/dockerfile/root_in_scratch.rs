use plimsoll_finding::{Check, Safety, Sink};

use crate::{
    final_image::{BaseUser, FinalImage, RuntimeUser},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// An image from `scratch` without a `USER` runs as root.
    ///
    /// ## Why
    /// There is no shell and no user database in such an image, but its one program still runs as
    /// user 0. A number needs no user database: `USER 10001` is enough.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// ENTRYPOINT ["/app"]
    /// # ^ root-in-scratch
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// USER 10001:10001
    /// ENTRYPOINT ["/app"]
    /// # ^ root-in-scratch
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM scratch
    /// COPY app /app
    /// USER 10001
    /// ENTRYPOINT ["/app"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM scratch
    /// COPY ./files /
    /// ```
    ///
    /// ## Limits
    /// An image without `CMD` and `ENTRYPOINT` mostly carries files and runs nothing, so it is left
    /// alone.
    ///
    /// ## References
    /// - Dockerfile reference: `USER`
    "root-in-scratch" for DockerfileSubject {
        aliases: [
            "trivy:DS-0002", "checkov:CKV_DOCKER_3", "dockerfile-doctor:DD008", "droast:DF020",
            "dockle:CIS-DI-0001", "docker-bench:4.1",
        ],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.user"],
        fix: Unsafe,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(image) = FinalImage::of(&subject.dockerfile) else { return };
    let (Some(start), RuntimeUser::OfBase(BaseUser::Scratch)) = (image.start(), image.user())
    else {
        return;
    };
    let draft = sink.report(start.name, "no `USER` in the image, so its program runs as root");
    if let Some(edit) = image.add_before_start(&subject.dockerfile.source, "USER 10001:10001") {
        let _ = draft.fix("Run as an unprivileged user", Safety::Unsafe, vec![edit]);
    }
}
