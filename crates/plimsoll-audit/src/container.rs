//! A container as the checks of a host need it. What its settings say by themselves, the rules over
//! services judge.

use plimsoll_finding::{Target, TargetKind};
use plimsoll_host::{Host, Known, ProcessFacts};
use serde_json::Value;

use crate::value::{entries, is_true, list, number, text};

/// A container of the engine.
pub(crate) struct Container<'a> {
    /// Its number, 64 hexadecimal digits.
    pub(crate) id: &'a str,
    /// Its name without the slash that the engine writes before it.
    pub(crate) name: &'a str,
    /// The answer of the engine about it.
    pub(crate) inspect: &'a Value,
}

/// A port that a container has on the host.
pub(crate) struct PublishedPort<'a> {
    /// The port in the container with its protocol: `80/tcp`.
    pub(crate) inner: &'a str,
    /// The address on the host; empty for all.
    pub(crate) address: &'a str,
    /// The port on the host; empty if the engine has yet to choose.
    pub(crate) port: &'a str,
}

impl<'a> Container<'a> {
    /// Every container, by name. Not known if one of those that the engine lists could not be
    /// looked at: it may be the one that matters.
    pub(crate) fn all(host: &'a Host<'a>) -> Known<Vec<Self>> {
        let mut res = Vec::new();
        for (id, known) in host.answers_between("/containers/", "/json") {
            match known {
                Known::Had(inspect) if inspect.is_object() => {
                    let name = text(inspect, "/Name").trim_start_matches('/');
                    let name = if name.is_empty() { id } else { name };
                    res.push(Self { id, name, inspect });
                }
                Known::Had(_) => {
                    return Known::unknown(
                        format!("the engine's answer about the container {id} is none"),
                        "see that it is an engine that was asked",
                    );
                }
                // It was removed between being listed and being looked at.
                Known::Absent => {}
                Known::Unknown { why, remedy } => {
                    return Known::unknown(why.clone(), remedy.clone());
                }
            }
        }
        res.sort_by_key(|it| (it.name, it.id));
        match host.answer_list("/containers/json?all=1") {
            Known::Had(listed) => {
                let asked =
                    |it: &Value| host.answer(&format!("/containers/{}/json", text(it, "/Id")));
                match listed.iter().map(asked).find(|it| matches!(it, Known::Unknown { .. })) {
                    Some(Known::Unknown { why, remedy }) => Known::unknown(why, remedy),
                    _ => Known::Had(res),
                }
            }
            _ if !res.is_empty() => Known::Had(res),
            Known::Absent => Known::Absent,
            Known::Unknown { why, remedy } => Known::unknown(why, remedy),
        }
    }

    pub(crate) fn target(&self) -> Target {
        Target { kind: TargetKind::Container, name: self.name.to_owned() }
    }

    /// The API path of its details, as a place names it.
    pub(crate) fn source(&self) -> String {
        format!("containers/{}/json", self.name)
    }

    pub(crate) fn is_running(&self) -> bool {
        is_true(self.inspect, "/State/Running")
    }

    /// The number of its first process on the host.
    pub(crate) fn pid(&self) -> Option<u32> {
        let pid = number(self.inspect, "/State/Pid").filter(|it| *it > 0)?;
        u32::try_from(pid).ok()
    }

    /// Its first process.
    pub(crate) fn process<'p>(&self, host: &'p Host<'_>) -> Known<&'p ProcessFacts> {
        let Some(pid) = self.pid() else { return Known::Absent };
        let processes = match host.processes() {
            Known::Had(it) => it,
            Known::Absent => &[],
            Known::Unknown { why, remedy } => return Known::unknown(why, remedy),
        };
        match processes.iter().find(|it| it.pid == pid) {
            Some(it) => Known::Had(it),
            None => Known::unknown(
                format!("its process {pid} was not seen"),
                "take the snapshot on the host itself, outside of any container",
            ),
        }
    }

    /// The compose project that it belongs to.
    pub(crate) fn project(&self) -> &'a str {
        text(self.inspect, "/Config/Labels/com.docker.compose.project")
    }

    /// The networks that it is in, by name.
    pub(crate) fn networks(&self) -> impl Iterator<Item = &'a str> {
        entries(self.inspect, "/NetworkSettings/Networks").map(|it| it.0)
    }

    /// What it has open on the host, by its settings.
    pub(crate) fn published(&self) -> impl Iterator<Item = PublishedPort<'a>> {
        entries(self.inspect, "/HostConfig/PortBindings").flat_map(|(inner, bindings)| {
            list(bindings, "").iter().map(move |it| PublishedPort {
                inner,
                address: text(it, "/HostIp"),
                port: text(it, "/HostPort"),
            })
        })
    }

    /// Whether it is a task of a swarm service.
    pub(crate) fn is_task(&self) -> bool {
        !text(self.inspect, "/Config/Labels/com.docker.swarm.service.id").is_empty()
    }
}
