use plimsoll_finding::{Check, Sink};

use crate::{port::ExposedPort, rule::also, subject::image::ImageSubject};

also! { "exposed-ssh-port", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    for text in &config.runtime.exposed_ports {
        let port = ExposedPort::of(text);
        if port.is_tcp() && port.covers(22) {
            let message = "port 22 is that of SSH; a container needs no SSH server, `docker exec` \
                           opens a shell";
            let _ = sink.report_place(subject.setting_place("ExposedPorts", text), message);
        }
    }
}
