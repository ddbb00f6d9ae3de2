//! The numbers of a published port as it is written, read or not by compose. Knows no rule.

use plimsoll_config::tree::Node;

/// The first port of the host that an item of `ports` names, else the first of the container.
pub(crate) fn published_number(item: &Node) -> Option<u32> {
    if item.is_mapping() {
        let text = |key: &str| item.get(key).and_then(Node::as_str);
        return text("published").or_else(|| text("target")).and_then(first_number);
    }
    let parts = port_parts(item.as_str()?);
    let (container, host) = (parts.last()?, parts.iter().rev().nth(1));
    // Without a port of the host (`127.0.0.1::80`) the container's stands for it.
    match host.filter(|it| !it.is_empty()) {
        Some(host) => first_number(host),
        None => first_number(container),
    }
}

/// The parts of a short port between its colons, without protocol and address in brackets.
pub(crate) fn port_parts(text: &str) -> Vec<&str> {
    let text = text.split('/').next().unwrap_or_default();
    let text = text.rsplit(']').next().unwrap_or_default();
    text.split(':').collect()
}

/// The number that a port or a range of ports starts with.
pub(crate) fn first_number(text: &str) -> Option<u32> {
    text.split('-').next()?.trim().parse().ok()
}
