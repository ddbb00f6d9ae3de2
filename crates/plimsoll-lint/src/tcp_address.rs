//! Addresses as the daemon's settings write them: `tcp://0.0.0.0:2375`, `[::]:9323`.

use std::net::IpAddr;

/// A host with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TcpAddress<'a> {
    /// The host, without brackets; empty where none is written.
    pub(crate) host: &'a str,
    /// The port.
    pub(crate) port: Option<u16>,
}

impl<'a> TcpAddress<'a> {
    /// The address in `tcp://HOST:PORT`; `None` for other protocols.
    pub(crate) fn of_url(url: &'a str) -> Option<Self> {
        let rest = url.trim().strip_prefix("tcp://")?;
        Some(Self::of(rest.split('/').next().unwrap_or_default()))
    }

    /// The address in `HOST:PORT`.
    pub(crate) fn of(text: &'a str) -> Self {
        if let Some(rest) = text.strip_prefix('[') {
            let (host, after) = rest.split_once(']').unwrap_or((rest, ""));
            return Self { host, port: after.strip_prefix(':').and_then(|it| it.parse().ok()) };
        }
        let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
        Self { host, port: port.parse().ok() }
    }

    /// Whether it stands for every address of the machine.
    pub(crate) fn is_any(&self) -> bool {
        self.host == "*" || self.host.parse::<IpAddr>().is_ok_and(|it| it.is_unspecified())
    }

    /// Whether only the machine itself reaches it.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback_host(self.host)
    }
}

/// Whether `host` is a name or address of the machine itself.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::TcpAddress;

    #[test]
    fn addresses_are_told_apart() {
        for (url, is_any, is_loopback, port) in [
            ("tcp://0.0.0.0:2375", true, false, Some(2375)),
            ("tcp://[::]:2376", true, false, Some(2376)),
            ("tcp://127.0.0.1:2375", false, true, Some(2375)),
            ("tcp://localhost", false, true, None),
            ("tcp://:2375", false, false, Some(2375)),
            ("tcp://10.0.0.5:2375/x", false, false, Some(2375)),
        ] {
            let address = TcpAddress::of_url(url).unwrap();
            let got = (address.is_any(), address.is_loopback(), address.port);
            assert_eq!(got, (is_any, is_loopback, port), "{url}");
        }
        assert_eq!(TcpAddress::of_url("unix:///var/run/docker.sock"), None);
    }
}
