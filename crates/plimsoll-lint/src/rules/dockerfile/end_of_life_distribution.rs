use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    base_image::external_base,
    end_of_life::{ProductKind, ended_release},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A distribution release that gets no more security fixes.
    ///
    /// ## Why
    /// Its packages keep every hole found since, an upgrade finds nothing to install, and sooner or
    /// later its mirrors are switched off and the build breaks.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM alpine:3.15
    /// # ^ end-of-life-distribution
    /// FROM debian:stretch-slim
    /// # ^ end-of-life-distribution
    /// FROM centos:7 AS build
    /// # ^ end-of-life-distribution
    /// FROM node:24-bullseye
    /// # ^ end-of-life-distribution
    /// FROM python:3.14-alpine3.16
    /// # ^ end-of-life-distribution
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// distribution: {name: Debian 10, support: dead, ended: 2024-06-30, newest: "13"}
    /// # ^ end-of-life-distribution
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// distribution:
    ///   name: Debian 12
    /// # ^ end-of-life-distribution
    ///   support: extended
    ///   ended: 2026-07-11
    ///   until: 2028-06-30
    ///   free: true
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// distribution: {name: Ubuntu 20.04, support: extended, ended: 2025-05-31}
    /// # ^ end-of-life-distribution
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM alpine:3.24 AS build
    /// FROM build
    /// FROM debian:trixie-slim
    /// FROM ubuntu:24.04
    /// FROM alpine:$VERSION
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// distribution: {name: Debian 13, support: supported}
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// distribution: {name: Acme Linux 1, support: unknown}
    /// ```
    ///
    /// ## Limits
    /// Knows the official images of common distributions and the dates published by 2026-11.
    /// Debian counts until the end of its long term support; paid extensions of others are not
    /// counted. In an image, a release that only gets long-term support is told too, as `info`:
    /// it still gets fixes, but not for all packages.
    ///
    /// ## References
    /// - The release calendars of Alpine, Debian, Ubuntu, Fedora, Amazon Linux, Oracle Linux
    "end-of-life-distribution" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD077"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["image.patched", "supply.eol"],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let Some(base) = external_base(subject, instruction) else { return };
    let ended = base.known().and_then(|it| ended_release(it, ProductKind::Distribution));
    let Some(ended) = ended else { return };
    let next = ended.current.map(|it| format!("; {it} is the newest")).unwrap_or_default();
    let message = format!("{} has had no fixes since {}{next}", ended.release, ended.ended);
    let _ = sink.report(base.from.image.word.span, message);
}
