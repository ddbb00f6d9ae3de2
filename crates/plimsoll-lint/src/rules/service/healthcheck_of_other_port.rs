use plimsoll_dockerfile::InstructionKind;
use plimsoll_finding::{Check, Sink};
use plimsoll_posture::{Healthcheck, Service};

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A health check that asks a port on which nobody listens.
    ///
    /// ## Why
    /// The compose file asks one port, the Dockerfile exposes others. The check then fails
    /// for ever, and what waits for it never starts; or it passes because something else
    /// answers.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     build: .
    ///     healthcheck:
    ///     # ^ healthcheck-of-other-port
    ///       test: ["CMD", "curl", "-f", "http://localhost:3000/health"]
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
    ///     healthcheck:
    ///       test: curl -f http://127.0.0.1:8080/health
    ///   other:
    ///     build: ./web
    ///     command: ["web", "--port", "3000"]
    ///     healthcheck:
    ///       test: curl -f http://localhost:3000/health
    ///   published:
    ///     build: ./web
    ///     ports: ["3000:3000"]
    ///     healthcheck:
    ///       test: curl -f http://localhost:3000/health
    ///   elsewhere:
    ///     build: ./web
    ///     healthcheck:
    ///       test: curl -f http://database:5432/
    ///   silent:
    ///     build: ./silent
    ///     healthcheck:
    ///       test: curl -f http://localhost:3000/health
    /// # file: web/Dockerfile
    /// FROM debian:13
    /// EXPOSE 8080
    /// # file: silent/Dockerfile
    /// FROM debian:13
    /// CMD ["silent"]
    /// ```
    ///
    /// ## Limits
    /// Sees ports in addresses such as `localhost:3000`. Silent where the service has a command of
    /// its own or a variable that holds the port, and where the Dockerfile exposes no port by
    /// number.
    ///
    /// ## References
    /// - Compose Specification: `healthcheck`
    /// - Dockerfile reference: `EXPOSE`
    "healthcheck-of-other-port" for ServiceSubject {
        aliases: [],
        severity: Low,
        confidence: Medium,
        audience: Default,
        controls: ["runtime.health-at-runtime"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let Some(own) = &service.healthcheck else { return };
    let Healthcheck::Test(words) = &own.value else { return };
    let Some(image) = &service.built_image else { return };
    let is_told = service.command.is_some() || service.entrypoint.is_some();
    if is_told || image.exposed.is_empty() || exposes_more(service) {
        return;
    }
    let Some(port) = words.iter().find_map(|it| local_port(it)) else { return };
    let digits = port.to_string();
    let listens = service.container_ports().iter().any(|it| it.0 == port)
        || service.expose.iter().any(|it| it.value.split('/').next() == Some(digits.as_str()));
    let in_variable = service
        .environment
        .iter()
        .filter_map(|it| it.value.as_ref())
        .chain(image.environment.iter().map(|it| &it.1))
        .any(|it| it.value.contains(&digits));
    if listens || in_variable {
        return;
    }
    let message =
        format!("the health check asks port {port}, which the Dockerfile does not expose");
    let mut draft = sink.report_at(subject.place(own), message);
    if let Some(place) = image.exposed.first().and_then(|it| it.location()) {
        draft = draft.related_at(place.clone(), "exposed here");
    }
    let _ = draft;
}

/// Whether the Dockerfile exposes ranges or variables, of which not all ports are known.
fn exposes_more(service: &Service) -> bool {
    let dockerfile = service.built_image.iter().flat_map(|it| &it.dockerfile.instructions);
    dockerfile.into_iter().any(|it| match &it.kind {
        InstructionKind::Expose(ports) => {
            ports.iter().any(|it| it.range.is_none_or(|(first, last)| first != last))
        }
        _ => false,
    })
}

/// The port in the first address of the container itself.
fn local_port(text: &str) -> Option<u16> {
    ["localhost:", "127.0.0.1:", "[::1]:"].iter().find_map(|host| {
        let (_, rest) = text.split_once(host)?;
        let end = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        rest.get(..end)?.parse().ok()
    })
}
