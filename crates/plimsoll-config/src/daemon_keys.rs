//! The keys that the Docker daemon knows in its settings file (Docker Engine 28 and 29).

/// One key.
#[derive(Debug, PartialEq, Eq)]
pub struct DaemonKey {
    /// Its name.
    pub name: &'static str,
    /// What its value must be.
    pub kind: ValueKind,
    /// Whether it should still be used.
    pub status: KeyStatus,
}

impl DaemonKey {
    /// The key called `name`; the daemon minds letter case.
    pub fn named(name: &str) -> Option<&'static DaemonKey> {
        DAEMON_KEYS.iter().find(|it| it.name == name)
    }
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// A text.
    Text,
    /// A text that is one of these words.
    Word(&'static [&'static str]),
    /// A text that is an IP address.
    Address,
    /// A size: a text such as `64M`, or a number of bytes.
    Size,
    /// `true` or `false`.
    Truth,
    /// A whole number.
    Number,
    /// A whole number that is not below zero.
    Count,
    /// A list of texts.
    Texts,
    /// A list of IP addresses.
    Addresses,
    /// Texts by name.
    TextMap,
    /// Truths by name.
    TruthMap,
    /// Texts by name, by name.
    TextMaps,
    /// A mapping of these keys to texts.
    TextFields(&'static [&'static str]),
    /// `default-ulimits`.
    Ulimits,
    /// `default-address-pools`.
    Pools,
    /// A mapping that is not looked into.
    Mapping,
}

impl ValueKind {
    /// What it is, in words that complete "must be".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Text | Self::Word(_) => "a text in quotes",
            Self::Address => "an IP address in quotes",
            Self::Size => "a size such as `\"64M\"`",
            Self::Truth => "`true` or `false`, without quotes",
            Self::Number | Self::Count => "a whole number, without quotes",
            Self::Texts => "a list of texts",
            Self::Addresses => "a list of IP addresses in quotes",
            Self::TextMap | Self::TextFields(_) => "a mapping of names to texts in quotes",
            Self::TruthMap => "a mapping of names to `true` or `false`",
            Self::TextMaps => "a mapping of drivers to mappings",
            Self::Ulimits => "a mapping of names to limits",
            Self::Pools => "a list of address pools",
            Self::Mapping => "a mapping",
        }
    }
}

/// Whether a key should still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyStatus {
    /// It may be used.
    Current,
    /// The daemon takes it and passes over it, or will stop to take it.
    Deprecated {
        /// The key to use in its place.
        instead: Option<&'static str>,
        /// What became of it, in words that follow its name.
        why: &'static str,
    },
    /// The daemon refuses to start with it.
    Removed {
        /// The key to use in its place.
        instead: Option<&'static str>,
        /// What became of it, in words that follow its name.
        why: &'static str,
    },
}

const fn key(name: &'static str, kind: ValueKind) -> DaemonKey {
    DaemonKey { name, kind, status: KeyStatus::Current }
}

const fn ignored(name: &'static str, kind: ValueKind, why: &'static str) -> DaemonKey {
    DaemonKey { name, kind, status: KeyStatus::Deprecated { instead: None, why } }
}

const fn removed(
    name: &'static str,
    kind: ValueKind,
    instead: Option<&'static str>,
    why: &'static str,
) -> DaemonKey {
    DaemonKey { name, kind, status: KeyStatus::Removed { instead, why } }
}

/// The levels that the daemon's logger takes.
const LOG_LEVELS: &[&str] =
    &["trace", "debug", "info", "warn", "warning", "error", "fatal", "panic"];

/// Every key, by name.
#[rustfmt::skip]
pub static DAEMON_KEYS: &[DaemonKey] = &[
    key("allow-direct-routing", ValueKind::Truth),
    ignored("allow-nondistributable-artifacts", ValueKind::Texts, "is passed over since Docker 28"),
    removed("api-cors-header", ValueKind::Text, None, "is refused since Docker 28"),
    key("authorization-plugins", ValueKind::Texts),
    key("bip", ValueKind::Text),
    key("bip6", ValueKind::Text),
    key("bridge", ValueKind::Text),
    key("bridge-accept-fwmark", ValueKind::Text),
    key("builder", ValueKind::Mapping),
    key("cdi-spec-dirs", ValueKind::Texts),
    key("cgroup-parent", ValueKind::Text),
    removed("cluster-advertise", ValueKind::Text, None, "went with the old swarm in Docker 23"),
    removed("cluster-store", ValueKind::Text, None, "went with the old swarm in Docker 23"),
    removed("cluster-store-opts", ValueKind::TextMap, None, "went with the old swarm in Docker 23"),
    key("containerd", ValueKind::Text),
    key("containerd-namespace", ValueKind::Text),
    key("containerd-plugin-namespace", ValueKind::Text),
    key("containerd-plugins-namespace", ValueKind::Text),
    key("cpu-rt-period", ValueKind::Number),
    key("cpu-rt-runtime", ValueKind::Number),
    key("cri-containerd", ValueKind::Truth),
    key("data-root", ValueKind::Text),
    key("debug", ValueKind::Truth),
    key("default-address-pools", ValueKind::Pools),
    key("default-cgroupns-mode", ValueKind::Word(&["host", "private"])),
    key("default-gateway", ValueKind::Address),
    key("default-gateway-v6", ValueKind::Address),
    key("default-init", ValueKind::Text),
    key("default-ipc-mode", ValueKind::Word(&["private", "shareable"])),
    key("default-network-opts", ValueKind::TextMaps),
    key("default-runtime", ValueKind::Text),
    key("default-shm-size", ValueKind::Size),
    key("default-ulimits", ValueKind::Ulimits),
    ignored("deprecated-key-path", ValueKind::Text, "is passed over since Docker 23"),
    removed("disable-legacy-registry", ValueKind::Truth, None, "went in Docker 19.03"),
    key("dns", ValueKind::Addresses),
    key("dns-opts", ValueKind::Texts),
    key("dns-search", ValueKind::Texts),
    key("exec-opts", ValueKind::Texts),
    key("exec-root", ValueKind::Text),
    key("experimental", ValueKind::Truth),
    key("features", ValueKind::TruthMap),
    key("firewall-backend", ValueKind::Word(&["iptables", "nftables"])),
    key("fixed-cidr", ValueKind::Text),
    key("fixed-cidr-v6", ValueKind::Text),
    removed("graph", ValueKind::Text, Some("data-root"), "is `data-root` since Docker 23"),
    key("group", ValueKind::Text),
    DaemonKey {
        name: "host-gateway-ip",
        kind: ValueKind::Address,
        status: KeyStatus::Deprecated {
            instead: None,
            why: "gave way to the list `host-gateway-ips` in Docker 28",
        },
    },
    key("host-gateway-ips", ValueKind::Addresses),
    key("hosts", ValueKind::Texts),
    key("http-proxy", ValueKind::Text),
    key("https-proxy", ValueKind::Text),
    key("icc", ValueKind::Truth),
    key("init", ValueKind::Truth),
    key("init-path", ValueKind::Text),
    key("insecure-registries", ValueKind::Texts),
    key("ip", ValueKind::Address),
    key("ip-forward", ValueKind::Truth),
    key("ip-forward-no-drop", ValueKind::Truth),
    key("ip-masq", ValueKind::Truth),
    key("ip6tables", ValueKind::Truth),
    key("iptables", ValueKind::Truth),
    key("ipv6", ValueKind::Truth),
    key("labels", ValueKind::Texts),
    key("live-restore", ValueKind::Truth),
    key("log-driver", ValueKind::Text),
    key("log-format", ValueKind::Word(&["text", "json"])),
    key("log-level", ValueKind::Word(LOG_LEVELS)),
    key("log-opts", ValueKind::TextMap),
    key("max-concurrent-downloads", ValueKind::Count),
    key("max-concurrent-uploads", ValueKind::Count),
    key("max-download-attempts", ValueKind::Count),
    key("metrics-addr", ValueKind::Text),
    key("mtu", ValueKind::Count),
    key("network-control-plane-mtu", ValueKind::Count),
    key("network-diagnostic-port", ValueKind::Count),
    key("no-new-privileges", ValueKind::Truth),
    key("no-proxy", ValueKind::Text),
    key("node-generic-resources", ValueKind::Texts),
    removed("oom-score-adjust", ValueKind::Number, None, "is refused since Docker 25"),
    key("pidfile", ValueKind::Text),
    key("proxies", ValueKind::TextFields(&["http-proxy", "https-proxy", "no-proxy"])),
    key("raw-logs", ValueKind::Truth),
    key("registry-mirrors", ValueKind::Texts),
    key("resolv-conf", ValueKind::Text),
    key("rootless", ValueKind::Truth),
    key("runtimes", ValueKind::Mapping),
    key("seccomp-profile", ValueKind::Text),
    key("selinux-enabled", ValueKind::Truth),
    key("shutdown-timeout", ValueKind::Number),
    key("storage-driver", ValueKind::Text),
    key("storage-opts", ValueKind::Texts),
    key("swarm-default-advertise-addr", ValueKind::Text),
    key("swarm-raft-election-tick", ValueKind::Count),
    key("swarm-raft-heartbeat-tick", ValueKind::Count),
    key("tls", ValueKind::Truth),
    key("tlscacert", ValueKind::Text),
    key("tlscert", ValueKind::Text),
    key("tlskey", ValueKind::Text),
    key("tlsverify", ValueKind::Truth),
    key("userland-proxy", ValueKind::Truth),
    key("userland-proxy-path", ValueKind::Text),
    key("userns-remap", ValueKind::Text),
];
