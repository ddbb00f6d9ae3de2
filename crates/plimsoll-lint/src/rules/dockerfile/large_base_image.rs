use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    base_image::external_base, final_image::FinalImage, rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// The final image is built on the full variant of a language image.
    ///
    /// ## Why
    /// The full variants carry compilers, version control and hundreds of libraries for building
    /// things. A running service needs none of it: it is download time, and more to patch.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM node:24
    /// # ^ large-base-image
    /// CMD ["node", "server.js"]
    /// ```
    ///
    /// ```dockerfile
    /// FROM golang:1.27 AS build
    /// FROM python:3.14-trixie
    /// # ^ large-base-image
    /// COPY --from=build /out /usr/local/bin/
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM node:24 AS build
    /// FROM node:24-slim
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ```dockerfile
    /// FROM eclipse-temurin:21-jre-alpine
    /// ```
    ///
    /// ## Limits
    /// Knows a few official images that have smaller variants. Stages that only build are not
    /// judged.
    ///
    /// ## References
    /// - Docker documentation: building best practices, choose the right base image
    "large-base-image" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD018"],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::On(&[Keyword::From], check),
    }
}

fn check(subject: &DockerfileSubject, instruction: &Instruction, sink: &mut Sink<'_>) {
    let is_final = FinalImage::of(&subject.dockerfile).is_some_and(|it| it.holds(instruction));
    let Some(base) = external_base(subject, instruction).filter(|_| is_final) else { return };
    let Some(image) = base.known().filter(|it| it.digest.is_none() || it.tag.is_some()) else {
        return;
    };
    let name = image.familiar_name();
    let tag = image.tag.as_ref().map(|it| it.text.as_str()).unwrap_or_default();
    let Some((_, small)) = LARGE_IMAGES.iter().find(|it| it.0 == name) else { return };
    if !SMALL_MARKS.iter().any(|it| tag.contains(it)) {
        let message = format!("the full `{name}` image carries build tools; {small} is smaller");
        let _ = sink.report(base.from.image.word.span, message);
    }
}

/// Images whose plain tags are large, and what is smaller.
static LARGE_IMAGES: &[(&str, &str)] = &[
    ("node", "a `-slim` or `-alpine` tag"),
    ("python", "a `-slim` or `-alpine` tag"),
    ("ruby", "a `-slim` or `-alpine` tag"),
    ("perl", "a `-slim` tag"),
    ("rust", "copying the program into a small image"),
    ("golang", "copying the program into a small image"),
    ("gcc", "copying the program into a small image"),
    ("swift", "a `-slim` tag"),
    ("erlang", "a `-slim` or `-alpine` tag"),
    ("elixir", "a `-slim` or `-alpine` tag"),
    ("haskell", "copying the program into a small image"),
    ("maven", "a `-jre` image"),
    ("gradle", "a `-jre` image"),
    ("buildpack-deps", "a `slim` distribution image"),
    ("mcr.microsoft.com/dotnet/sdk", "`mcr.microsoft.com/dotnet/aspnet`"),
];

static SMALL_MARKS: &[&str] = &["slim", "alpine", "distroless", "nanoserver", "windowsservercore"];
