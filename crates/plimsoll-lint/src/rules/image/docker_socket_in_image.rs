use plimsoll_finding::{Check, Sink};

use crate::{
    notable::{SOCKETS, name_of},
    rule::rule,
    subject::image::ImageSubject,
};

rule! {
    /// The image has a place for the engine's socket.
    ///
    /// ## Why
    /// Somebody means the engine's socket to be mounted there. Whoever can talk to it can start a
    /// container that has the host's disk, so it is root on the host.
    ///
    /// ## Bad
    /// ```yaml
    /// files:
    ///   - {path: var/run/docker.sock, size: 0}
    /// # ^ docker-socket-in-image
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// files:
    ///   - {path: usr/share/doc/docker.sock.md, size: 10}
    /// ```
    ///
    /// ## Limits
    /// A layer cannot hold a socket; what is seen is the empty file that was left in its place.
    ///
    /// ## References
    /// - CIS Docker Benchmark: the Docker socket is not mounted inside containers
    "docker-socket-in-image" for ImageSubject {
        aliases: [],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: ["runtime.docker-socket"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let is_socket = |path: &str| SOCKETS.contains(&name_of(path));
    let files = subject.files.iter().filter(|it| is_socket(&it.entry.path));
    for file in files.filter(|it| it.entry.size == 0) {
        let message = "whoever has the engine's socket is root on the host; leave its place out";
        let _ = sink.report_place(subject.file_place(file), message);
    }
}
