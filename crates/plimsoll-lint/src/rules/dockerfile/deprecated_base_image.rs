use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    base_image::external_base,
    end_of_life::{ProductKind, ended_release},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A base image that its makers have given up.
    ///
    /// ## Why
    /// An image that nobody rebuilds gets no fixes, neither for what it is made for nor for the
    /// distribution below. Its makers have said where to go instead.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM openjdk:21-slim
    /// # ^ deprecated-base-image
    /// FROM docker.io/library/centos
    /// # ^ deprecated-base-image
    /// FROM jenkins:2.60 AS build
    /// # ^ deprecated-base-image
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM eclipse-temurin:21-jre AS build
    /// FROM build
    /// FROM acme/openjdk:21
    /// FROM quay.io/centos/centos:stream9
    /// ```
    ///
    /// ## Limits
    /// Knows the official images of Docker Hub that were deprecated by 2026-11.
    ///
    /// ## References
    /// - Docker Hub: the notices on the pages of these images
    "deprecated-base-image" for DockerfileSubject {
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
    let Some(image) = base.known() else { return };
    // A release that ended says more, and is reported as such.
    if ended_release(image, ProductKind::Distribution).is_some() {
        return;
    }
    let name = image.familiar_name();
    let Some((_, instead)) = DEPRECATED.iter().find(|it| it.0 == name) else { return };
    let message = format!("the image `{name}` is no longer maintained; use {instead}");
    let _ = sink.report(base.from.image.word.span, message);
}

/// Deprecated image, and what to use.
static DEPRECATED: &[(&str, &str)] = &[
    ("openjdk", "`eclipse-temurin` or another vendor's build"),
    ("java", "`eclipse-temurin`"),
    ("adoptopenjdk", "`eclipse-temurin`"),
    ("centos", "`almalinux`, `rockylinux` or `quay.io/centos/centos`"),
    ("jenkins", "`jenkins/jenkins`"),
    ("iojs", "`node`"),
    ("opensuse", "`opensuse/leap`"),
    ("sl", "`almalinux`"),
    ("clefos", "`almalinux`"),
    ("docker-dev", "`docker`"),
    ("django", "`python`"),
    ("rails", "`ruby`"),
    ("mono", "`mcr.microsoft.com/dotnet/sdk`"),
    ("nats-streaming", "`nats`"),
    ("piwik", "`matomo`"),
    ("owncloud", "`owncloud/server` or `nextcloud`"),
    ("vault", "`hashicorp/vault`"),
    ("consul", "`hashicorp/consul`"),
    ("jobber", "another scheduler"),
    ("express-gateway", "another gateway"),
    ("notary", "a signing tool that is maintained"),
    ("fsharp", "`mcr.microsoft.com/dotnet/sdk`"),
    ("microsoft/dotnet", "`mcr.microsoft.com/dotnet/sdk`"),
    ("microsoft/aspnetcore", "`mcr.microsoft.com/dotnet/aspnet`"),
    ("google/cloud-sdk", "`gcr.io/google.com/cloudsdktool/google-cloud-cli`"),
];
