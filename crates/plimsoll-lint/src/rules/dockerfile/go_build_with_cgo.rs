use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_text::Edit;

use crate::{
    rule::rule,
    subject::dockerfile::{DockerfileSubject, commands},
};

rule! {
    /// Go program that may need a C library at run time.
    ///
    /// ## Why
    /// With cgo the program is linked to the C library of the build image, and does not start on
    /// one with another (`scratch`, Alpine).
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.24 AS build
    /// RUN go build -o /app
    /// # ^ go-build-with-cgo
    /// FROM scratch
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM golang:1.24 AS build
    /// RUN CGO_ENABLED=0 go build -o /app
    /// # ^ go-build-with-cgo
    /// FROM scratch
    /// COPY --from=build /app /app
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.24
    /// ENV CGO_ENABLED=0
    /// RUN go build -o /app
    /// FROM golang:1.24
    /// RUN CGO_ENABLED=0 go build -o /app && go vet
    /// FROM golang:1.24
    /// RUN export CGO_ENABLED=0; go build
    /// ```
    ///
    /// ## Limits
    /// A program that uses no C library at all does not need it.
    ///
    /// ## References
    /// - Go documentation: `cgo` command
    "go-build-with-cgo" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD062"],
        severity: Info,
        confidence: Low,
        audience: Hygiene,
        controls: [],
        fix: Unsafe,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let set_before = subject.dockerfile.environment_at(run.index).get("CGO_ENABLED").is_some();
    if set_before || subject.dockerfile.source.slice(run.span).contains("CGO_ENABLED") {
        return;
    }
    for command in commands(run) {
        let Some(invocation) = command.invocation() else { continue };
        let builds = invocation.args.first().is_some_and(|it| it.is("build") || it.is("install"));
        if invocation.name == "go" && builds {
            let draft =
                sink.report(run.name, "set `CGO_ENABLED=0` for a program without C library");
            if invocation.prefixes.is_empty() {
                let edit = Edit::insert(command.simple().span.start, "CGO_ENABLED=0 ");
                draft.fix("Set it", Safety::Unsafe, vec![edit]);
            }
            return;
        }
    }
}

const WANTED: Wanted = Wanted::word(&["go"]);
