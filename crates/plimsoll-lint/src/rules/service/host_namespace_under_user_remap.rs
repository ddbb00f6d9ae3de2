use plimsoll_finding::{Check, Sink};
use plimsoll_posture::Setting;

use crate::{rule::rule, subject::service::ServiceSubject};

rule! {
    /// A service asks for what a daemon that remaps users refuses.
    ///
    /// ## Why
    /// With `userns-remap` in the daemon's settings, root in a container is nobody on the host. The
    /// engine then refuses to start containers that are privileged or share namespaces of the host,
    /// unless the service gives the remapping up with `userns_mode: host`. Somebody will do that in
    /// a hurry; better take the demand back now.
    ///
    /// ## Bad
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   metrics:
    ///     image: example.com/metrics:1
    ///     network_mode: host
    ///     # ^ host-namespace-under-user-remap
    ///   debug:
    ///     image: example.com/debug:1
    ///     pid: host
    ///     # ^ host-namespace-under-user-remap
    ///     privileged: true
    ///     # ^ host-namespace-under-user-remap
    /// # file: daemon.json
    /// {"userns-remap": "default"}
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// # file: compose.yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     ipc: private
    ///   metrics:
    ///     image: example.com/metrics:1
    ///     network_mode: host
    ///     userns_mode: host
    /// # file: daemon.json
    /// {"userns-remap": "default"}
    /// ```
    ///
    /// ```yaml
    /// services:
    ///   metrics:
    ///     image: example.com/metrics:1
    ///     network_mode: host
    /// ```
    ///
    /// ## Limits
    /// The daemon's settings have to be among the files that are judged.
    ///
    /// ## References
    /// - Docker documentation: isolate containers with a user namespace, known limitations
    "host-namespace-under-user-remap" for ServiceSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: ["runtime.host-userns"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let remap = service.daemon.as_ref().and_then(|it| it.user_namespace.as_ref());
    let Some(remap) = remap.filter(|_| service.userns_mode.is_none()) else { return };
    let is_host = |it: &&Setting<String>| it.value == "host";
    let shared = [
        ("network_mode: host", service.network_mode.as_ref()),
        ("pid: host", service.pid.as_ref()),
    ];
    let shared = shared
        .into_iter()
        .filter_map(|(what, it)| it.filter(is_host).map(|it| (what, subject.place(it))));
    let privileged = service.privileged.as_ref().filter(|it| it.value);
    let privileged = privileged.map(|it| ("privileged: true", subject.place(it)));
    for (what, place) in shared.chain(privileged) {
        let message = format!("the daemon remaps users and refuses a container with `{what}`");
        let mut draft = sink.report_at(place, message);
        if let Some(place) = remap.location() {
            draft = draft.related_at(place.clone(), "the daemon remaps users here");
        }
        let _ = draft;
    }
}
