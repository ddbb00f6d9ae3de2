use plimsoll_finding::{Check, Sink};

use crate::{
    notable::{SOCKETS, name_of},
    rule::also,
    subject::image::ImageSubject,
};

also! { "docker-socket-volume", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    let message = "whoever has the engine's socket is root on the host; leave it out";
    for volume in &config.runtime.volumes {
        let is_socket = SOCKETS.contains(&name_of(volume)) || volume.contains("docker_engine");
        if is_socket {
            let _ = sink.report_place(subject.setting_place("Volumes", volume), message);
        }
    }
    for (name, value) in &config.runtime.labels {
        let is_run = value.contains("docker run") || value.contains("podman run");
        if is_run && SOCKETS.iter().any(|it| value.contains(it)) {
            let _ = sink.report_place(subject.setting_place("Labels", name), message);
        }
    }
}
