use plimsoll_dockerfile::InstructionKind;
use plimsoll_finding::{Check, Sink};
use plimsoll_posture::BuiltImage;

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service publishes ports, and none of them is one that its Dockerfile exposes.
    ///
    /// ## Why
    /// The Dockerfile says on which ports the program listens. If the compose file publishes other
    /// ones only, connections reach a port on which nobody listens, or the wrong program.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     build: .
    ///     ports:
    ///       - "80:80"
    ///       # ^ published-port-not-exposed
    /// # file: Dockerfile
    /// FROM debian:13
    /// EXPOSE 8080
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     build: ./web
    ///     ports: ["80:8080", "9229:9229"]
    ///   range:
    ///     build: ./range
    ///     ports: ["8005:8005"]
    ///   told:
    ///     build: ./web
    ///     command: ["web", "--port=81"]
    ///     ports: ["81:81"]
    ///   variable:
    ///     build: ./web
    ///     environment: {PORT: "82"}
    ///     ports: ["82:82"]
    ///   silent:
    ///     build: ./silent
    ///     ports: ["80:80"]
    /// # file: web/Dockerfile
    /// FROM debian:13
    /// EXPOSE 8080
    /// # file: range/Dockerfile
    /// FROM debian:13
    /// EXPOSE 8000-8010
    /// # file: silent/Dockerfile
    /// FROM debian:13
    /// CMD ["web"]
    /// ```
    ///
    /// ## Limits
    /// Silent where the service has its own command, where a variable of it holds the port, and
    /// where the Dockerfile exposes ranges or variables. `EXPOSE` is what the author says, not what
    /// the program does.
    ///
    /// ## References
    /// - Dockerfile reference: `EXPOSE`
    /// - Compose Specification: `ports`
    "published-port-not-exposed" for ServiceSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: ["runtime.needed-ports"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(image) = &service.built_image else { return };
    let is_told = service.command.is_some() || service.entrypoint.is_some();
    if is_told || !is_exact(image) || image.exposed.is_empty() {
        return;
    }
    let is_exposed = |(first, last): (u16, u16)| {
        image.exposed.iter().any(|it| first <= it.value.0 && it.value.0 <= last)
    };
    let is_in_variable = |number: u16| {
        let number = number.to_string();
        service
            .environment
            .iter()
            .any(|it| it.value.as_ref().is_some_and(|it| it.value.contains(&number)))
    };
    if service.ports.iter().any(|it| is_exposed(it.value.container)) {
        return;
    }
    let Some(port) = service.ports.iter().find(|it| !is_in_variable(it.value.container.0)) else {
        return;
    };
    let number = port.value.container.0;
    let exposed: Vec<String> = image.exposed.iter().map(|it| it.value.0.to_string()).collect();
    let message = format!(
        "port {number} of the container is published, but its Dockerfile exposes {} only",
        exposed.join(", ")
    );
    let mut draft = sink.report_at(subject.place(port), message);
    if let Some(place) = image.exposed.first().and_then(|it| it.location()) {
        draft = draft.related_at(place.clone(), "exposed here");
    }
    let _ = draft;
}

/// Whether every word of `EXPOSE` is one number, so that what is exposed is known.
fn is_exact(image: &BuiltImage) -> bool {
    let dockerfile = &image.dockerfile;
    let chain = dockerfile.base_chain(image.stage);
    let instructions = chain.iter().flat_map(|it| dockerfile.stage_instructions(it.index));
    instructions.into_iter().all(|it| match &it.kind {
        InstructionKind::Expose(ports) => {
            ports.iter().all(|it| it.range.is_some_and(|(first, last)| first == last))
        }
        _ => true,
    })
}
