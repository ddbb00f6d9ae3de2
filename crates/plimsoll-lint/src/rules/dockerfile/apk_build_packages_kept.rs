use std::collections::BTreeSet;

use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_cleanup::ImageStages,
    package_manager::{Action, Manager, PackageCommand, package_commands},
    package_report::runs_with,
    rule::rule,
    run_step::report,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Compilers and headers stay in an Alpine image.
    ///
    /// ## Why
    /// Packages that only the build needs make the image bigger and give an intruder a compiler.
    /// `apk add --virtual .build` gives them one name, by which `apk del .build` removes them at
    /// the end of the same `RUN`.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM python:3.13-alpine
    /// RUN apk add --no-cache gcc musl-dev libpq && pip install psycopg
    /// # ^ apk-build-packages-kept
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.22 AS build
    /// RUN apk add --no-cache gcc musl-dev
    /// FROM python:3.13-alpine
    /// RUN apk add --no-cache --virtual .build gcc && pip install psycopg && apk del .build
    /// RUN apk add --no-cache gcc && pip install x && apk del gcc
    /// RUN apk add --no-cache libpq
    /// ```
    ///
    /// ## Limits
    /// What a build package is, is told by its name: a list of compilers, and `-dev` at the end.
    /// Stages that others copy from are not judged.
    ///
    /// ## References
    /// - `apk-add(8)`: `--virtual`
    /// - CIS Docker Benchmark 4.3
    "apk-build-packages-kept" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD063", "dockerfilelint:apkadd-missing-virtual"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let images = ImageStages::of(&subject.dockerfile);
    for run in runs_with(subject, &WANTED).filter(|it| images.hold(it)) {
        let steps = subject.steps(run);
        let removed: BTreeSet<&str> = package_commands(steps)
            .filter(|it| it.manager == Manager::Apk && it.action == Action::Remove)
            .flat_map(|it| it.operands)
            .map(|it| it.text.as_str())
            .collect();
        for command in package_commands(steps).filter(is_plain_add) {
            let kept = command.operands.iter().find(|it| {
                let name = it.text.split(['=', '~', '<', '>', '@']).next().unwrap_or_default();
                is_build_package(name) && !removed.contains(name)
            });
            if let Some(kept) = kept {
                let message = format!(
                    "`{}` is for building only; add it with `--virtual NAME`, then `apk del NAME`",
                    kept.text
                );
                report(subject, run, sink, kept.span, message);
            }
        }
    }
}

fn is_plain_add(command: &PackageCommand<'_>) -> bool {
    let is_add = command.manager == Manager::Apk && command.action == Action::Install;
    is_add && !command.has_option(&["--virtual"]) && !command.has_short('t')
}

fn is_build_package(name: &str) -> bool {
    name.ends_with("-dev") || BUILD_PACKAGES.contains(&name)
}

static BUILD_PACKAGES: &[&str] = &[
    "alpine-sdk",
    "autoconf",
    "automake",
    "binutils",
    "build-base",
    "clang",
    "cmake",
    "g++",
    "gcc",
    "libtool",
    "linux-headers",
    "make",
    "meson",
    "ninja",
    "pkgconf",
    "pkgconfig",
];

const WANTED: Wanted = Wanted::word(Manager::Apk.programs());
