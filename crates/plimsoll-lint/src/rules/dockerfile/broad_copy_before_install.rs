use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};
use plimsoll_shell::Invocation;

use crate::{
    copied::takes_whole_context,
    rule::rule,
    subject::dockerfile::{DockerfileSubject, commands},
};

rule! {
    /// Everything is copied before the dependencies are installed.
    ///
    /// ## Why
    /// Any change to any file throws away the cached install. Copy the manifest first, install,
    /// then copy the rest.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM node:22
    /// WORKDIR /app
    /// COPY . .
    /// # ^ broad-copy-before-install
    /// RUN npm ci
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM node:22
    /// WORKDIR /app
    /// COPY package.json package-lock.json ./
    /// RUN npm ci
    /// COPY . .
    /// RUN npm run build
    /// ```
    ///
    /// ## Limits
    /// Known package managers of languages only.
    ///
    /// ## References
    /// - Dockerfile best practices: build cache
    "broad-copy-before-install" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD006"],
        severity: Info,
        confidence: High,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let mut broad: Option<&Instruction> = None;
    let mut has_installed = false;
    for instruction in subject.dockerfile.all_instructions() {
        match instruction.keyword {
            Keyword::From => (broad, has_installed) = (None, false),
            Keyword::Copy | Keyword::Add if takes_whole_context(instruction) => {
                broad = broad.or(Some(instruction));
            }
            Keyword::Run
                if subject.may_hold(instruction, &WANTED)
                    && commands(instruction)
                        .any(|it| it.invocation().is_some_and(|it| installs(&it))) =>
            {
                if let Some(copy) = broad.take().filter(|_| !has_installed) {
                    let message = "any change to a file installs the dependencies again";
                    sink.report(copy.name, message).related(instruction.name, "the install");
                }
                has_installed = true;
            }
            _ => {}
        }
    }
}

fn installs(invocation: &Invocation<'_>) -> bool {
    let args: Vec<_> = invocation.args.iter().map(|it| it.text()).collect();
    let has = |word: &str| args.iter().any(|it| *it == *word);
    match invocation.name {
        "npm" | "pnpm" => has("ci") || has("install") || has("i"),
        "yarn" => args.is_empty() || has("install"),
        "pip" | "pip3" => has("install") && (has("-r") || has("--requirement")),
        "bundle" | "composer" | "poetry" | "pipenv" => has("install"),
        "uv" => has("sync"),
        "go" => has("download"),
        "cargo" => has("fetch"),
        "dotnet" => has("restore"),
        _ => false,
    }
}

const WANTED: Wanted =
    Wanted::word(&["npm", "pnpm", "yarn", "pip", "bundle", "composer", "poetry", "pipenv"])
        .or_word(&["uv", "go", "cargo", "dotnet"]);
