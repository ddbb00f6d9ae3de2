use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink};

use crate::{
    base_image::external_base,
    end_of_life::{ProductKind, ended_release},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A language runtime that gets no more security fixes.
    ///
    /// ## Why
    /// Holes found after the end of support stay open for ever in everything that runs on it, and
    /// new versions of libraries drop it one by one.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM python:3.7-slim
    /// # ^ end-of-life-runtime
    /// FROM node:14.18.1 AS build
    /// # ^ end-of-life-runtime
    /// FROM ruby:2.7
    /// # ^ end-of-life-runtime
    /// FROM mcr.microsoft.com/dotnet/aspnet:6.0
    /// # ^ end-of-life-runtime
    /// ```
    ///
    /// ```dockerfile
    /// ARG PHP_VERSION=7.4
    /// FROM php:${PHP_VERSION}-fpm
    /// # ^ end-of-life-runtime
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// packages:
    ///   - kind: generic
    /// # ^ end-of-life-runtime
    ///     name: python
    ///     version: 3.7.17
    ///     release: {name: Python 3.7, support: dead, ended: 2023-06-27, newest: "3.14"}
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM python:3.14-slim AS build
    /// FROM build
    /// FROM node:24
    /// FROM php:$PHP_VERSION
    /// FROM acme/python:2.7
    /// ```
    ///
    /// ```yaml
    /// # file: image.yaml
    /// packages:
    ///   - kind: generic
    ///     name: python
    ///     version: 3.14.1
    ///     release: {name: Python 3.14, support: supported}
    /// ```
    ///
    /// ## Limits
    /// Knows the official images of common languages and the dates published by 2026-11. A tag that
    /// names only a major version (`python:3`) moves on by itself and is left alone.
    ///
    /// ## References
    /// - The support calendars of Python, Node.js, PHP, Ruby, Go, .NET, Java, Perl, Elixir, Erlang
    "end-of-life-runtime" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD077", "tally:ruby/eol-ruby-version"],
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
    let ended = base.known().and_then(|it| ended_release(it, ProductKind::Runtime));
    let Some(ended) = ended else { return };
    let next = ended.current.map(|it| format!("; {it} is the newest")).unwrap_or_default();
    let message = format!("{} has had no fixes since {}{next}", ended.release, ended.ended);
    let _ = sink.report(base.from.image.word.span, message);
}
