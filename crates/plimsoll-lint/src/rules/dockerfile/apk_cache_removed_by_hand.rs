use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};

use crate::{
    package_cleanup::{is_mounted, removes},
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::report_missing_option,
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// The cache of apk is removed by hand.
    ///
    /// ## Why
    /// `apk add --no-cache` fetches the index without storing it. With it, neither `apk update`
    /// before nor `rm -rf /var/cache/apk/*` behind the install is needed, and nothing is left when
    /// one is forgotten.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk update && apk add curl && rm -rf /var/cache/apk/*
    /// # ^ apk-cache-removed-by-hand
    /// RUN apk add --update git \
    /// # ^ apk-cache-removed-by-hand
    ///  && rm -rf /var/cache/apk/*
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk update && apk add --no-cache curl && rm -rf /var/cache/apk/*
    /// # ^ apk-cache-removed-by-hand
    /// RUN apk add --no-cache --update git \
    /// # ^ apk-cache-removed-by-hand
    ///  && rm -rf /var/cache/apk/*
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22
    /// RUN apk add --no-cache curl
    /// RUN apk add git
    /// RUN --mount=type=cache,target=/var/cache/apk apk add jq
    /// ```
    ///
    /// ## Limits
    /// An `apk update` before it is left in place by the fix.
    ///
    /// ## References
    /// - `apk-add(8)`: `--no-cache`
    "apk-cache-removed-by-hand" for DockerfileSubject {
        aliases: [
            "hadolint:DL3019",
            "kics:apk_add_using_local_cache_path",
            "trivy:DS-0025",
            "semgrep:missing-apk-no-cache",
            "dockerfile-doctor:DD025",
            "droast:DF029",
        ],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    let folder = "/var/cache/apk";
    if is_mounted(run, folder) || !removes(steps, folder) {
        return;
    }
    let adds = package_commands(steps)
        .filter(|it| it.manager == Manager::Apk && it.action == Action::Install && !it.is_dry());
    let adds: Vec<PackageCommand<'_>> =
        adds.filter(|it| !it.has_option(&["--no-cache", "--no-network"])).collect();
    let why = "makes you remove the package index by hand";
    report_missing_option(subject, run, sink, &adds, "--no-cache", Safety::Safe, why);
}

const WANTED: Wanted = Wanted::word(Manager::Apk.programs());
