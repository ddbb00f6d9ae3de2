use std::collections::BTreeSet;

use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};

use crate::{
    base::final_instructions, installed::packages, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Compilers in the image that is shipped.
    ///
    /// ## Why
    /// Who gets into the container finds all to build more. They also make the image large.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y build-essential
    /// # ^ build-tools-left
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:12 AS build
    /// RUN apt-get update && apt-get install -y gcc make
    /// FROM debian:12
    /// RUN apt-get update && apt-get install -y gcc && make && apt-get purge -y gcc
    /// FROM alpine:3.22
    /// RUN apk add --virtual .build gcc && make && apk del .build
    /// ```
    ///
    /// ## Limits
    /// What the base image has is not known. Tools that are removed in the same file count as
    /// gone.
    ///
    /// ## References
    /// - Dockerfile best practices: multi-stage builds
    "build-tools-left" for DockerfileSubject {
        aliases: ["lynis:devtools"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let runs = final_instructions(&subject.dockerfile).filter(|it| it.keyword == Keyword::Run);
    let found: Vec<_> = runs.map(|it| (it, packages(it))).collect();
    let removed: BTreeSet<&str> = found
        .iter()
        .flat_map(|it| &it.1)
        .filter(|it| it.is_removed)
        .map(|it| it.name.as_str())
        .collect();
    for (run, packages) in &found {
        let left = packages.iter().find(|it| {
            let group_is_gone = it.group.as_deref().is_some_and(|it| removed.contains(it));
            let is_gone = it.is_removed || group_is_gone || removed.contains(it.name.as_str());
            TOOLS.contains(&it.name.as_str()) && !is_gone
        });
        if let Some(package) = left {
            let message = format!("`{}` stays in the image; build in another stage", package.name);
            sink.report(run.name, message).related(package.word.span, "installed here");
        }
    }
}

static TOOLS: &[&str] = &[
    "autoconf",
    "automake",
    "binutils",
    "bison",
    "build-base",
    "build-essential",
    "clang",
    "cmake",
    "cpp",
    "flex",
    "g++",
    "gcc",
    "gcc-c++",
    "gdb",
    "golang",
    "go",
    "libtool",
    "llvm",
    "make",
    "nasm",
    "rust",
    "cargo",
    "strace",
];
