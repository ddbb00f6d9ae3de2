//! Sockets that wait for connections, from `/proc/net/tcp` and its like.
//!
//! Addresses are read in the byte order of little-endian machines, which Docker's are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A socket that others can reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    /// The address it is bound to; all addresses if unspecified.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    /// The number of the user who opened it.
    pub uid: u32,
}

impl Listener {
    /// Whether only the machine itself can reach it.
    pub fn is_loopback(&self) -> bool {
        match self.address {
            IpAddr::V4(it) => it.is_loopback(),
            IpAddr::V6(it) => {
                it.is_loopback() || it.to_ipv4_mapped().is_some_and(|it| it.is_loopback())
            }
        }
    }
}

/// The listening sockets of a `/proc/net/tcp` or `/proc/net/tcp6`.
pub fn tcp_listeners(text: &str) -> Vec<Listener> {
    sockets(text, "0A")
}

/// The bound sockets of a `/proc/net/udp` or `/proc/net/udp6`.
pub fn udp_listeners(text: &str) -> Vec<Listener> {
    sockets(text, "07")
}

fn sockets(text: &str, state: &str) -> Vec<Listener> {
    let listener = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let (address, port) = fields.nth(1)?.split_once(':')?;
        let is_open = fields.nth(1)?.eq_ignore_ascii_case(state);
        let uid = fields.nth(3)?.parse().ok()?;
        let port = u16::from_str_radix(port, 16).ok()?;
        is_open.then_some(Listener { address: parse_address(address)?, port, uid })
    };
    text.lines().skip(1).filter_map(listener).collect()
}

fn parse_address(text: &str) -> Option<IpAddr> {
    let word = |at: usize| u32::from_str_radix(text.get(at..at + 8)?, 16).ok();
    match text.len() {
        8 => Some(Ipv4Addr::from(word(0)?.to_le_bytes()).into()),
        32 => {
            let mut bytes = [0; 16];
            for (idx, chunk) in bytes.chunks_mut(4).enumerate() {
                chunk.copy_from_slice(&word(idx * 8)?.to_le_bytes());
            }
            Some(Ipv6Addr::from(bytes).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::tcp_listeners;

    #[test]
    fn listening_sockets_are_told_from_others() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid
   0: 0100007F:0947 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 00000000:0947 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 1
   2: 00000000000000000000000000000000:0947 0:0 0A 00000000:00000000 00:00000000 00000000 7 0 1
   3: 0000000000000000FFFF00000100007F:0016 0:0 0A 00000000:00000000 00:00000000 00000000 7 0 1
   4: \u{e9}\u{e9}\u{e9}\u{e9}:1 0:0 0A 00000000:00000000 00:00000000 00000000 7 0 1
";
        let found = tcp_listeners(text);
        let told: Vec<_> = found
            .iter()
            .map(|it| (it.address.to_string(), it.port, it.uid, it.is_loopback()))
            .collect();
        assert_eq!(
            told,
            [
                ("127.0.0.1".to_owned(), 2375, 0, true),
                ("::".to_owned(), 2375, 7, false),
                ("::ffff:127.0.0.1".to_owned(), 22, 7, true),
            ]
        );
    }
}
