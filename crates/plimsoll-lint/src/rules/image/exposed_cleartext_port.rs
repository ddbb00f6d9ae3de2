use plimsoll_finding::{Check, Sink};

use crate::{
    port::{CLEARTEXT, ExposedPort},
    rule::also,
    subject::image::ImageSubject,
};

also! { "exposed-cleartext-port", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    for text in &config.runtime.exposed_ports {
        let port = ExposedPort::of(text);
        let found = CLEARTEXT.iter().find(|it| port.is_tcp() && port.covers(it.0));
        if let Some((number, name)) = found {
            let message = format!("port {number} is that of {name}, which sends all in the clear");
            let _ = sink.report_place(subject.setting_place("ExposedPorts", text), message);
        }
    }
}
