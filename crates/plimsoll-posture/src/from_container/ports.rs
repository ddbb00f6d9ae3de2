//! The ports of a container that are published on the host.

use plimsoll_config::tree::Node;

use super::Inspected;
use crate::{service::Port, setting::Setting};

impl Inspected<'_> {
    /// The published ports: what was asked for, with the address that the engine has bound where
    /// none was named, and what `PublishAllPorts` came to.
    pub(super) fn ports(&self) -> Vec<Setting<Port>> {
        let mut res = Vec::new();
        let asked = ["HostConfig", "PortBindings"];
        for entry in self.node(&asked).map(Node::own_entries).unwrap_or_default() {
            let Some((container, protocol)) = entry.key.as_str().and_then(container_port) else {
                continue;
            };
            for binding in entry.value.items() {
                let mut port = port(binding, container, protocol);
                if port.host_address.is_none() {
                    port.host_address = self.bound_address(entry.key.as_str(), &port);
                }
                res.push(Setting::at(self.at(binding), port));
                if res.len() >= MAX_PORTS {
                    return res;
                }
            }
        }
        if res.is_empty() {
            self.push_bound(&mut res);
        }
        res
    }

    /// The one address that the port is bound to; `None` where that is every one, or not known.
    fn bound_address(&self, key: Option<&str>, port: &Port) -> Option<String> {
        let bound = self.items(&["NetworkSettings", "Ports", key?]);
        let bound = bound.iter().map(|it| self::port(it, port.container.0, &port.protocol));
        let mut same = bound.filter(|it| port.host.is_none() || it.host == port.host);
        let first = same.next().filter(|it| !it.is_on_every_interface())?;
        same.all(|it| !it.is_on_every_interface()).then_some(first.host_address).flatten()
    }

    fn push_bound(&self, out: &mut Vec<Setting<Port>>) {
        let bound = self.node(&["NetworkSettings", "Ports"]);
        for entry in bound.map(Node::own_entries).unwrap_or_default() {
            let Some((container, protocol)) = entry.key.as_str().and_then(container_port) else {
                continue;
            };
            for binding in entry.value.items() {
                if out.len() < MAX_PORTS {
                    let port = port(binding, container, protocol);
                    out.push(Setting::at(self.at(binding), port));
                }
            }
        }
    }
}

/// No container publishes more ports than the host has; what comes after them is not looked at.
const MAX_PORTS: usize = 65_536;

/// `8080/tcp`
fn container_port(key: &str) -> Option<(u16, &str)> {
    let (number, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
    Some((number.parse().ok()?, protocol))
}

fn port(binding: &Node, container: u16, protocol: &str) -> Port {
    let text = |key: &str| binding.get(key).and_then(Node::as_str).filter(|it| !it.is_empty());
    let host = text("HostPort").and_then(|it| {
        let (first, last) = it.split_once('-').unwrap_or((it, it));
        Some((first.parse().ok()?, last.parse().ok()?))
    });
    Port {
        host_address: text("HostIp").map(str::to_owned),
        host: host.filter(|it| it.0 > 0),
        container: (container, container),
        protocol: protocol.to_owned(),
        mode: None,
    }
}
