use plimsoll_dockerfile::{Instruction, Keyword};
use plimsoll_finding::{Check, Sink, Wanted};

use crate::{
    package_manager::{Manager, PackageCommand, package_commands},
    package_pin::{names, unpinned},
    rule::rule,
    run_step::{Argument, report},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// A Go package without a version.
    ///
    /// ## Why
    /// Two builds of the same Dockerfile give two different images, and nobody can say when a fault
    /// came in. A pin makes each change a commit that can be reviewed and taken back.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN go install example.com/tool@latest
    /// # ^ unpinned-go-package
    /// RUN go get -tool example.com/tool
    /// # ^ unpinned-go-package
    /// RUN CGO_ENABLED=0 go run -tags x example.com/tool --verbose
    /// # ^ unpinned-go-package
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM golang:1.25
    /// RUN go install example.com/tool@v1.2.3 && go install . ./... && go get -d ./app
    /// RUN go run example.com/tool@v1.2.3 example.com/other -f && go run /go/app && go run main.go
    /// RUN go install -ldflags "-s -w" -tags netgo "example.com/tool@$VERSION"
    /// RUN go build example.com/tool && go mod download
    /// ```
    ///
    /// ## Limits
    /// In a module folder, `go install example.com/tool` takes the version of `go.mod`; that cannot
    /// be seen here.
    ///
    /// ## References
    /// - Go modules reference: `go install`
    /// - CIS Docker Benchmark 4.11
    "unpinned-go-package" for DockerfileSubject {
        aliases: ["hadolint:DL3062", "droast:DF054"],
        severity: Low,
        confidence: High,
        audience: Hygiene,
        controls: ["image.verified-packages"],
        fix: None,
        check: Check::OnWith(&[Keyword::Run], WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, run: &Instruction, sink: &mut Sink<'_>) {
    let steps = subject.steps(run);
    let commands: Vec<PackageCommand<'_>> =
        package_commands(steps).filter(|it| it.manager == Manager::Go).map(only_package).collect();
    let open: Vec<&Argument> = commands.iter().flat_map(unpinned).collect();
    let Some(first) = open.first() else { return };
    let verb = if open.len() == 1 { "is" } else { "are" };
    let message = format!("{} {verb} not pinned; write `PATH@VERSION`", names(&open));
    report(subject, run, sink, first.span, message);
}

/// What follows the package of `go run` are arguments of the program.
fn only_package(mut command: PackageCommand<'_>) -> PackageCommand<'_> {
    if command.verb.is_some_and(|it| it.text == "run") {
        command.operands = command.operands.get(..1).unwrap_or_default();
    }
    command
}

const WANTED: Wanted = Wanted::word(Manager::Go.programs());
