use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::Manager, package_report::report_unpinned, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// An apk package without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and nobody can say when a fault
    /// came in. A pin makes each change a commit that can be reviewed and taken back. Alpine keeps
    /// only the newest build of a package in each release, so pin loosely (`curl~8.14`) or expect
    /// to move the pin often.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache \
    /// # ^ unpinned-apk-package
    ///     curl=8.14.1-r1 \
    ///     git
    /// RUN ["apk", "add", "jq"]
    /// # ^ unpinned-apk-package
    /// RUN apk --no-cache add bash@testing
    /// # ^ unpinned-apk-package
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl=8.14.1-r1 git~2.49 jq~=1.7 'bash>5'
    /// RUN apk add -t .build gcc=14.2.0-r6 --repository https://example.com/edge make=4.4-r0
    /// RUN apk add --no-cache $PACKAGES "nginx=$NGINX_VERSION" ./local.apk
    /// RUN apk del .build
    /// ```
    ///
    /// ## Limits
    /// A word with a variable in it is left alone, since the variable may hold the version.
    ///
    /// ## References
    /// - Alpine wiki: Alpine Package Keeper, package pinning
    /// - CIS Docker Benchmark 4.11
    "unpinned-apk-package" for DockerfileSubject {
        aliases: [
            "hadolint:DL3018",
            "kics:unpinned_package_version_in_apk_add",
            "dockerfile-doctor:DD027",
            "droast:DF052",
        ],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    report_unpinned(subject, run, sink, |it| it.manager == Manager::Apk, "NAME=VERSION");
}

const WANTED: Wanted = Wanted::word(Manager::Apk.programs());
