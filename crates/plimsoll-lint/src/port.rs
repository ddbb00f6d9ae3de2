//! The words of `EXPOSE` with their variables put in. Knows no rule.

use plimsoll_dockerfile::{Dockerfile, Instruction, Port};

/// What a word of `EXPOSE` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExposedPort {
    /// What stands before the last colon, if one does.
    pub(crate) host: Option<String>,
    /// The port or the range of ports, as text.
    pub(crate) ports: String,
    /// What follows the slash; empty where nothing does.
    pub(crate) protocol: String,
}

impl ExposedPort {
    /// Reads one word of `EXPOSE`, of which a variable may make several, or none. Empty where a
    /// variable is not known.
    pub(crate) fn read(dockerfile: &Dockerfile, expose: &Instruction, port: &Port) -> Vec<Self> {
        let text = dockerfile.expand_word(expose, &port.word).value.unwrap_or_default();
        text.split_whitespace().map(Self::of).collect()
    }

    /// Reads `8080`, `20-25/tcp`, as the configuration of an image has them too.
    pub(crate) fn of(text: &str) -> Self {
        let (address, protocol) = text.split_once('/').unwrap_or((text, ""));
        let (host, ports) = match address.rsplit_once(':') {
            Some((host, ports)) => (Some(host.to_owned()), ports),
            None => (None, address),
        };
        Self { host, ports: ports.to_owned(), protocol: protocol.to_owned() }
    }

    /// First and last port; `None` where they are no numbers.
    pub(crate) fn range(&self) -> Option<(u64, u64)> {
        let (first, last) = self.ports.split_once('-').unwrap_or((&self.ports, &self.ports));
        let number = |it: &str| {
            let is_number = !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
            // More digits than fit are a number all the same, and far out of range.
            is_number.then(|| it.parse().unwrap_or(u64::MAX))
        };
        Some((number(first)?, number(last)?))
    }

    /// Whether it speaks of TCP, as it does without a protocol.
    pub(crate) fn is_tcp(&self) -> bool {
        self.protocol.is_empty() || self.protocol.eq_ignore_ascii_case("tcp")
    }

    /// Whether `port` is among those exposed.
    pub(crate) fn covers(&self, port: u64) -> bool {
        self.range().is_some_and(|(first, last)| first <= port && port <= last)
    }
}

/// Ports and what is spoken there.
pub(crate) static CLEARTEXT: &[(u64, &str)] =
    &[(21, "FTP"), (23, "Telnet"), (512, "rexec"), (513, "rlogin"), (514, "rsh")];
