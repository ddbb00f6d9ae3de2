//! What can be reached from outside: the engine itself, published ports, and who shares a network.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_finding::{Confidence, RuleInfo, Severity, Target, TargetKind};
use plimsoll_host::{Host, Known, Listener};

use crate::{
    check::{Answer, Check, Facts, Fault, host_rule},
    container::Container,
};

pub(super) static CHECKS: &[Check] = &[
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:2.7"],
            severity: Severity::Critical,
            controls: &["daemon.tls"],
            doc: API,
            file: file!(),
            ..host_rule("open-engine-port")
        },
        judge: judge_api,
    },
    Check {
        info: RuleInfo {
            severity: Severity::High,
            controls: &["runtime.needed-ports"],
            doc: FIREWALL,
            file: file!(),
            ..host_rule("port-past-firewall")
        },
        judge: judge_firewall,
    },
    Check {
        info: RuleInfo {
            aliases: &["docker-bench:5.9"],
            severity: Severity::Info,
            controls: &["runtime.needed-ports"],
            doc: PORTS,
            file: file!(),
            ..host_rule("unneeded-published-port")
        },
        judge: judge_ports,
    },
    Check {
        info: RuleInfo {
            severity: Severity::Info,
            controls: &["runtime.egress"],
            doc: SHARED,
            file: file!(),
            ..host_rule("shared-network")
        },
        judge: judge_shared,
    },
];

const API: &str = "Port of the engine that anybody may speak to.

## Why
Who reaches the engine over TCP without a certificate is root on the host, and machines on the
internet look for such ports all day. On the loopback address it is every account and every program
of the host, and pages in a browser. What counts is what listens, whatever the settings say.

## Fails
```text
process 9 dockerd dockerd
text /proc/net/tcp head
text /proc/net/tcp  0: 00000000:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1
absent /proc/net/tcp6
```
```text
process 9 dockerd dockerd -H tcp://127.0.0.1:4000
text /proc/net/tcp head
text /proc/net/tcp  0: 0100007F:0FA0 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1
absent /proc/net/tcp6
```

## Passes
```text
process 9 dockerd dockerd -H tcp://0.0.0.0:2376 --tlsverify
text /proc/net/tcp head
text /proc/net/tcp  0: 00000000:0948 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1
absent /proc/net/tcp6
```
```text
process 9 dockerd dockerd -H fd://
absent /etc/docker/daemon.json
text /proc/net/tcp head
text /proc/net/tcp  0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1
absent /proc/net/tcp6
```

## Unknown
```text
process 9 dockerd dockerd
unknown /proc/net/tcp
```
```text
text /proc/net/tcp head
absent /proc/net/tcp6
```

## Limits
Which program holds a port is told by the ports that the daemon's arguments and file name, and by
2375, the port that is meant for the engine without TLS; that last one is of medium confidence.
";

/// The port that is registered for the engine without TLS.
const PLAIN_PORT: u16 = 2375;

fn judge_api(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let host = facts.host;
    let daemon = answer.daemon();
    let tcp = host.tcp.map(Vec::as_slice);
    let Some(tcp) = answer.need(daemon.clone(), tcp, "the host has no sockets") else { return };
    let daemons = host.daemons();
    let absent = "there is no engine";
    if answer.need(daemon.clone(), daemons, absent).is_none() {
        return;
    }
    let named = named_ports(host);
    let is_engine = |it: &&Listener| named.contains(&it.port) || it.port == PLAIN_PORT;
    let open: Vec<&Listener> = tcp.iter().filter(is_engine).collect();
    let told = |it: &Listener| format!("{} port {} listens", it.address, it.port);
    let evidence: Vec<String> = open.iter().map(|it| told(it)).collect();
    if let (true, Some((why, remedy))) = (open.is_empty(), host.settings.unknown.first()) {
        return answer.unknown(daemon, why, remedy);
    }
    if open.is_empty() {
        let evidence = vec![format!("{} listening TCP sockets were looked at", tcp.len())];
        return answer.pass(daemon, "the engine listens on no TCP port", evidence);
    }
    let is_verified = verifies(host);
    let mut is_open = false;
    for it in open {
        let is_named = named.contains(&it.port);
        if is_named && is_verified {
            continue;
        }
        is_open = true;
        let whom = if it.is_loopback() { "everybody on the host" } else { "the network" };
        let address = it.address;
        answer.fail(
            daemon.clone(),
            Fault {
                message: format!("the engine listens on {address} port {} for {whom}", it.port),
                setting: "hosts".to_owned(),
                source: "/proc/net/tcp".to_owned(),
                evidence: vec![told(it)],
                severity: it.is_loopback().then_some(Severity::High),
                confidence: (!is_named).then_some(Confidence::Medium),
                ..Fault::default()
            },
        );
    }
    if !is_open {
        answer.pass(daemon, "each TCP port of the engine asks for a certificate", evidence);
    }
}

/// The TCP ports that the daemon is told to listen on.
fn named_ports(host: &Host<'_>) -> BTreeSet<u16> {
    let port = |address: &str| {
        let address = address.strip_prefix("tcp://")?;
        let port = address.rsplit_once(':').and_then(|it| it.1.trim_matches('/').parse().ok());
        Some(port.unwrap_or(if verifies(host) { 2376 } else { PLAIN_PORT }))
    };
    host.daemon_hosts().into_iter().filter_map(port).collect()
}

/// Whether the daemon asks clients for a certificate.
fn verifies(host: &Host<'_>) -> bool {
    host.daemon_option("tlsverify").is_some_and(|it| it == "true")
}

const FIREWALL: &str = "Published port that the host's firewall does not see.

## Why
The engine hands published ports on before the firewall's input rules are asked, so a port that `ufw`
shows as closed is open to the world. Bind it to an address, or write rules into the chain
`DOCKER-USER`, which is asked first.

## Fails
```text
text /etc/ufw/ufw.conf ENABLED=yes
output iptables-save | *filter
output iptables-save | :DOCKER-USER - [0:0]
output iptables-save | -A DOCKER-USER -j RETURN
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"\", \"HostPort\": \"8080\"}]}}}
```
```text
output iptables-save | *filter
output iptables-save | :INPUT DROP [0:0]
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"::\", \"HostPort\": \"8080\"}]}}}
```

## Passes
```text
text /etc/ufw/ufw.conf ENABLED=yes
output iptables-save | *filter
output iptables-save | -A DOCKER-USER -i eth0 ! -s 10.0.0.0/8 -j DROP
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"\", \"HostPort\": \"8080\"}]}}}
```
```text
text /etc/ufw/ufw.conf ENABLED=yes
absent-output iptables-save
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"127.0.0.1\", \"HostPort\": \"8080\"}]}}}
```

## Unknown
```text
unknown /etc/ufw/ufw.conf
unknown-output iptables-save
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"\", \"HostPort\": \"8080\"}]}}}
```

## Not applicable
```text
text /etc/ufw/ufw.conf ENABLED=no
output iptables-save | :INPUT ACCEPT [0:0]
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"\", \"HostPort\": \"8080\"}]}}}
```
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {}}
```

## Limits
Any rule in `DOCKER-USER` that drops or rejects is taken for one that is meant for this.
";

/// What is known of the host's firewall.
struct Firewall {
    /// Why it is taken to be there.
    sign: String,
    /// A rule of `DOCKER-USER` that keeps something out.
    guard: Option<String>,
}

/// Absent if the host lets everything in.
fn firewall(host: &Host<'_>) -> Known<Firewall> {
    let (ufw, iptables) =
        (host.collected.text("/etc/ufw/ufw.conf"), host.collected.output("iptables-save"));
    let is_active = |it: &&&str| it.lines().any(|it| it.trim() == "ENABLED=yes");
    let is_dropped = |it: &&&str| {
        let mut lines = it.lines();
        lines.any(|it| it.starts_with(":INPUT DROP") || it.starts_with(":INPUT REJECT"))
    };
    let sign = if ufw.had().is_some_and(|it| is_active(&it)) {
        "ufw is on"
    } else if iptables.had().is_some_and(|it| is_dropped(&it)) {
        "the input chain drops what no rule lets in"
    } else {
        return match (ufw, iptables) {
            (Known::Unknown { why, remedy }, _) | (_, Known::Unknown { why, remedy }) => {
                Known::unknown(why, remedy)
            }
            _ => Known::Absent,
        };
    };
    if let Known::Unknown { why, remedy } = iptables {
        return Known::unknown(why, remedy);
    }
    let keeps_out = |it: &&str| {
        it.starts_with("-A DOCKER-USER ") && (it.contains("-j DROP") || it.contains("-j REJECT"))
    };
    let guard = iptables.had().and_then(|it| it.lines().find(keeps_out)).map(str::to_owned);
    Known::Had(Firewall { sign: sign.to_owned(), guard })
}

/// The running containers with what they have open to others than the host itself.
fn open_ports<'c, 'a>(containers: &'c [Container<'a>]) -> Vec<(&'c Container<'a>, Vec<String>)> {
    let open = |container: &Container<'a>| {
        let ports = container.published().filter(|it| !is_loopback(it.address));
        let told = |port: crate::container::PublishedPort<'_>| {
            let address = if port.address.is_empty() { "every address" } else { port.address };
            let outer = if port.port.is_empty() { "a free port" } else { port.port };
            format!("{} on {address} port {outer}", port.inner)
        };
        ports.map(told).collect::<Vec<_>>()
    };
    let running = containers.iter().filter(|it| it.is_running());
    running.map(|it| (it, open(it))).filter(|it| !it.1.is_empty()).collect()
}

fn is_loopback(address: &str) -> bool {
    address.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

fn judge_firewall(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let containers = facts.containers.map(Vec::as_slice);
    let absent = "there is no engine";
    let Some(containers) = answer.need(answer.host(), containers, absent) else { return };
    let has_ports = |it: &&Container<'_>| it.is_running() && it.published().next().is_some();
    if !containers.iter().any(|it| has_ports(&it)) {
        return answer.not_applicable(answer.host(), "no running container publishes a port");
    }
    let open: BTreeMap<&str, Vec<String>> =
        open_ports(containers).into_iter().map(|it| (it.0.id, it.1)).collect();
    let firewall = firewall(facts.host);
    for container in containers.iter().filter(has_ports) {
        let target = container.target();
        let Some(ports) = open.get(container.id) else {
            answer.pass(target, "its ports are for the host itself", Vec::new());
            continue;
        };
        let absent = "the host has no firewall that publishing would pass by";
        let firewall = firewall.map(|it| it);
        let Some(firewall) = answer.need(target.clone(), firewall, absent) else { continue };
        let mut evidence = vec![firewall.sign.clone(), ports.join("; ")];
        if let Some(guard) = &firewall.guard {
            evidence.push(guard.clone());
            answer.pass(target, "rules in DOCKER-USER keep watch over published ports", evidence);
            continue;
        }
        let message = format!("{} is open past the host's firewall", ports.join(" and "));
        let (setting, source) = ("HostConfig.PortBindings".to_owned(), container.source());
        answer.fail(target, Fault { message, setting, source, evidence, ..Fault::default() });
    }
}

const PORTS: &str = "Published ports, and whether each is needed.

## Why
Each open port is a way in. Which ones are needed only the team knows.

## Manual
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {\"PortBindings\": {\"80/tcp\": [{\"HostIp\": \"\", \"HostPort\": \"8080\"}]}}}
```

## Passes
```text
answer /containers/aa/json {\"Name\": \"/web\", \"State\": {\"Running\": true}, \"HostConfig\": {}}
```
";

fn judge_ports(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let containers = facts.containers.map(Vec::as_slice);
    let absent = "there is no engine";
    let Some(containers) = answer.need(answer.host(), containers, absent) else { return };
    let open = open_ports(containers);
    if open.is_empty() {
        let evidence = vec![format!("{} containers were looked at", containers.len())];
        return answer.pass(answer.host(), "no running container opens a port to others", evidence);
    }
    for (container, ports) in open {
        let question = format!("is each of its {} open ports needed?", ports.len());
        answer.manual(container.target(), question, ports);
    }
}

const SHARED: &str = "Network that containers of several projects share.

## Why
On one network every container can reach each port of every other, published or not. Projects that do
not need each other should not meet there; a common proxy is the usual reason why they do.

## Manual
```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"Labels\": {\"com.docker.compose.project\": \"shop\"}}, \"State\": {\"Running\": true}, \"NetworkSettings\": {\"Networks\": {\"all\": {}}}}
answer /containers/bb/json {\"Name\": \"/db\", \"Config\": {\"Labels\": {\"com.docker.compose.project\": \"bank\"}}, \"State\": {\"Running\": true}, \"NetworkSettings\": {\"Networks\": {\"all\": {}}}}
```

```text
answer /containers/aa/json {\"Name\": \"/web\", \"Config\": {\"Labels\": {\"com.docker.compose.project\": \"shop\"}}, \"State\": {\"Running\": true}, \"NetworkSettings\": {\"Networks\": {\"shop\": {}}}}
answer /containers/bb/json {\"Name\": \"/db\", \"Config\": {\"Labels\": {\"com.docker.compose.project\": \"bank\"}}, \"State\": {\"Running\": true}, \"NetworkSettings\": {\"Networks\": {\"bank\": {}}}}
```
";

fn judge_shared(facts: &Facts<'_>, answer: &mut Answer<'_>) {
    let containers = facts.containers.map(Vec::as_slice);
    let absent = "there is no engine";
    let Some(containers) = answer.need(answer.host(), containers, absent) else { return };
    let mut networks: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    // Swarm sees to the networks of its tasks; `host` and `none` are no networks of containers.
    let joined = containers.iter().filter(|it| it.is_running() && !it.is_task());
    for container in joined {
        for network in container.networks().filter(|it| !matches!(*it, "host" | "none")) {
            let project = container.project();
            let group = if project.is_empty() { container.name } else { project };
            networks.entry(network).or_default().entry(group).or_default().push(container.name);
        }
    }
    let n_networks = networks.len();
    let mut is_any = false;
    for (network, projects) in networks.into_iter().filter(|it| it.1.len() > 1) {
        is_any = true;
        let target = Target { kind: TargetKind::Network, name: network.to_owned() };
        let told = |it: (&str, Vec<&str>)| format!("{}: {}", it.0, it.1.join(", "));
        let question = format!("do these {} have to reach each other?", projects.len());
        answer.manual(target, question, projects.into_iter().map(told).collect());
    }
    if !is_any {
        let evidence = vec![format!("{n_networks} networks are in use")];
        let question = "no network is shared between projects; may each container reach all that is \
                        outside?";
        answer.manual(answer.host(), question, evidence);
    }
}
