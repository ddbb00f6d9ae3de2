use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Sink};
use plimsoll_shell::Invocation;

use crate::{
    base::base_image,
    rule::rule,
    subject::dockerfile::{DockerfileSubject, commands},
};

rule! {
    /// Image of compilers and build tools is what is shipped.
    ///
    /// ## Why
    /// With one stage the compiler, the sources and the caches go into production. Build in one
    /// stage, and copy the result into a small one.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.24
    /// # ^ build-image-shipped
    /// COPY . .
    /// RUN go build -o /app
    /// CMD ["/app"]
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.24 AS build
    /// RUN go build -o /app
    /// FROM debian:12
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ## Limits
    /// Known build images and build commands only.
    ///
    /// ## References
    /// - Dockerfile best practices: multi-stage builds
    "build-image-shipped" for DockerfileSubject {
        aliases: [
            "tally:prefer-multi-stage-build", "droast:DF011",
        ],
        severity: Info,
        confidence: Medium,
        audience: Hygiene,
        controls: ["image.minimal"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let [stage] = dockerfile.stages.as_slice() else { return };
    let is_build_image = base_image(dockerfile, stage.index).is_some_and(|it| {
        BUILD_IMAGES.contains(&it.familiar_name().as_str()) || it.repository.text.ends_with("/sdk")
    });
    let runs = dockerfile.stage_instructions(stage.index).iter();
    let mut runs = runs.filter(|it| it.keyword == Keyword::Run);
    let builds =
        runs.any(|it| commands(it).filter_map(|it| it.invocation()).any(|it| is_build(&it)));
    if let Some(from) = dockerfile.instructions.get(stage.from)
        && is_build_image
        && builds
    {
        sink.report(from.name, "the build tools are shipped too; build in a stage of its own");
    }
}

fn is_build(invocation: &Invocation<'_>) -> bool {
    let first = invocation.args.iter().map(|it| it.text()).find(|it| !it.starts_with('-'));
    BUILD_COMMANDS.iter().any(|(name, verb)| {
        invocation.name == *name && (verb.is_empty() || first.as_deref() == Some(verb))
    })
}

static BUILD_IMAGES: &[&str] =
    &["golang", "rust", "maven", "gradle", "node", "gcc", "haskell", "swift", "dart", "elixir"];

/// Commands and the word that follows them; none stands for any.
static BUILD_COMMANDS: &[(&str, &str)] = &[
    ("go", "build"),
    ("go", "install"),
    ("cargo", "build"),
    ("cargo", "install"),
    ("mvn", ""),
    ("mvnw", ""),
    ("gradle", ""),
    ("gradlew", ""),
    ("npm", "ci"),
    ("npm", "install"),
    ("npm", "run"),
    ("yarn", "build"),
    ("yarn", "install"),
    ("pnpm", "install"),
    ("dotnet", "publish"),
    ("dotnet", "build"),
    ("make", ""),
    ("gcc", ""),
    ("swift", "build"),
    ("mix", "release"),
];
