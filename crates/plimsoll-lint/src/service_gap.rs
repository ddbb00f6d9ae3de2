//! Hardening that a service lacks, told once for services that are reached from outside and once
//! for those that are not; the rules differ in who wants to hear it.

use plimsoll_config::edit::{self, Insert, Value};
use plimsoll_finding::{Safety, Sink};
use plimsoll_posture::{Port, Service};
use plimsoll_text::{Edit, Location};

use crate::{
    service_place::{joined, key_place},
    subject::service::ServiceSubject,
};

/// Reports a service that keeps every capability that the engine hands out.
pub(crate) fn report_default_capabilities(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    if is_privileged(service) || !service.cap_drop.is_empty() {
        return;
    }
    sink.report_at(
        service.place.clone(),
        "the container keeps all default capabilities; drop `ALL` and add back what it needs",
    )
    .fix("Harden the service", Safety::Unsafe, hardening(subject));
}

/// Reports a service whose processes may gain privileges, unless it says so itself.
pub(crate) fn report_new_privileges(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let settled = service.declared_no_new_privileges().is_some()
        || service.effective_no_new_privileges().value;
    if settled || is_privileged(service) {
        return;
    }
    let place = key_place(subject, &["security_opt"]).unwrap_or_else(|| service.place.clone());
    let edits = subject.add_to_list("security_opt", NO_NEW_PRIVILEGES, Some(WHY_NO_NEW_PRIVILEGES));
    sink.report_at(
        place,
        "set-user-id programs can raise privileges; set `no-new-privileges:true`",
    )
    .fix("Forbid new privileges", Safety::Unsafe, edits.unwrap_or_default());
}

/// Reports a service that may take all memory of the host.
pub(crate) fn report_memory(subject: &ServiceSubject, sink: &mut Sink<'_>) {
    let service = subject.service();
    let limit = service.memory_limit.as_ref();
    if limit.is_some_and(|it| it.value > 0) {
        return;
    }
    let place = limit.map_or_else(|| limit_place(subject), |it| subject.place(it));
    let edits = if limit.is_none() { memory_edits(subject) } else { None };
    sink.report_at(place, "without a memory limit one container can starve the whole host").fix(
        "Limit memory to 512 MB",
        Safety::Unsafe,
        edits.unwrap_or_default(),
    );
}

/// Where a limit would belong: the innermost of the keys that limits stand under, else the service.
pub(crate) fn limit_place(subject: &ServiceSubject) -> Location {
    let paths: [&[&str]; 2] = [&["deploy", "resources", "limits"], &["deploy", "resources"]];
    let found = paths.iter().find_map(|it| key_place(subject, it));
    found.unwrap_or_else(|| subject.service().place.clone())
}

/// Edits that set a limit: under `deploy.resources.limits` if that is there, else by its short key.
pub(crate) fn limit_edits(
    subject: &ServiceSubject,
    short: (&str, &Value),
    long: (&str, &Value),
) -> Option<Vec<Edit>> {
    let limits = subject.node()?.find(&["deploy", "resources", "limits"]);
    let Some(limits) = limits.filter(|it| it.is_mapping()) else {
        return subject.set(short.0, short.1, None);
    };
    let tree = &subject.service().node.as_ref()?.tree;
    edit::insert_key(tree, limits, long.0, long.1, Insert::default()).ok()
}

/// The text of a short port bound to this host alone; `None` if it is bound already, has no port of
/// the host, or is written in another way.
pub(crate) fn loopback_port(port: &Port, written: &str) -> Option<String> {
    let text = written.trim_matches(['"', '\'']);
    let bare = port.host_address.is_none() && text.matches(':').count() == 1;
    let fits = bare && port.host.is_some() && !text.contains(['$', '\n', '{']);
    fits.then(|| format!("127.0.0.1:{text}"))
}

fn memory_edits(subject: &ServiceSubject) -> Option<Vec<Edit>> {
    let value = Value::text("512M");
    limit_edits(subject, ("mem_limit", &Value::text("512m")), ("memory", &value))
}

/// Edits that limit the number of processes.
pub(crate) fn process_edits(subject: &ServiceSubject) -> Option<Vec<Edit>> {
    let value = Value::number(PROCESSES);
    limit_edits(subject, ("pids_limit", &value), ("pids", &value))
}

/// Everything at once that an ordinary service can do without, with the reason beside each.
fn hardening(subject: &ServiceSubject) -> Vec<Edit> {
    let service = subject.service();
    let mut parts: Vec<Option<Vec<Edit>>> = Vec::new();
    // Items of lists come first, since a list may be the last thing that the service says.
    if service.declared_no_new_privileges().is_none() {
        let reason = Some(WHY_NO_NEW_PRIVILEGES);
        parts.push(subject.add_to_list("security_opt", NO_NEW_PRIVILEGES, reason));
    }
    parts.extend(loopback_edits(subject));
    let everything = Value::Seq(vec![Value::text("ALL")]);
    let drop = subject.set("cap_drop", &everything, Some("add back by name what it needs"));
    let Some(drop) = drop else { return Vec::new() };
    parts.push(Some(drop));
    if service.read_only.is_none() {
        let reason = "what it writes belongs into a volume or a tmpfs";
        parts.push(subject.set("read_only", &Value::truth(true), Some(reason)));
        if !service.writable_paths().contains("/tmp") && key_place(subject, &["tmpfs"]).is_none() {
            let paths = Value::Seq(vec![Value::text("/tmp")]);
            parts.push(subject.set("tmpfs", &paths, Some("gone with the container")));
        }
    }
    if service.memory_limit.is_none() {
        let reason = "one service must not starve the host; measure and adjust";
        let has_long = key_place(subject, &["deploy", "resources", "limits"]).is_some();
        parts.push(if has_long {
            memory_edits(subject)
        } else {
            subject.set("mem_limit", &Value::text("512m"), Some(reason))
        });
    }
    if service.pids_limit.is_none() {
        let has_long = key_place(subject, &["deploy", "resources", "limits"]).is_some();
        parts.push(if has_long {
            process_edits(subject)
        } else {
            let reason = Some("stops a fork bomb");
            subject.set("pids_limit", &Value::number(PROCESSES), reason)
        });
    }
    joined(parts.into_iter().flatten())
}

fn loopback_edits(subject: &ServiceSubject) -> impl Iterator<Item = Option<Vec<Edit>>> + '_ {
    subject.service().ports.iter().map(|port| {
        let place = port.location()?;
        let text = loopback_port(&port.value, place.text())?;
        subject.replace(place, &Value::text(text))
    })
}

fn is_privileged(service: &Service) -> bool {
    service.privileged.as_ref().is_some_and(|it| it.value)
}

const NO_NEW_PRIVILEGES: &str = "no-new-privileges:true";

const WHY_NO_NEW_PRIVILEGES: &str = "set-user-id programs gain nothing";

/// Far more than services need, far less than a fork bomb wants.
pub(crate) const PROCESSES: i64 = 200;
