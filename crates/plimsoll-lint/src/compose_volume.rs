//! Volumes of a compose file that are folders of the host. Knows no rule.

use plimsoll_config::tree::Node;

use crate::subject::compose::ComposeSubject;

/// The paths of the host that driver options of volumes name, each with its node. Other hosts'
/// paths (`nfs`, `cifs`) and memory are none.
pub(crate) fn host_devices(subject: &ComposeSubject) -> Vec<(&Node, &str)> {
    let volumes = subject.root().and_then(|it| it.get("volumes"));
    let entries = volumes.map(Node::own_entries).unwrap_or_default();
    let options = entries.iter().filter_map(|it| it.value.get("driver_opts"));
    let mut res = Vec::new();
    for options in options {
        let text = |key: &str| options.get(key).and_then(Node::as_str).unwrap_or_default();
        let is_remote = matches!(text("type"), "nfs" | "nfs4" | "cifs" | "smb3" | "tmpfs");
        for key in ["device", "mountpoint"] {
            let Some(node) = options.get(key) else { continue };
            let Some(path) = node.as_str().filter(|it| it.starts_with(['/', '~'])) else {
                continue;
            };
            if !is_remote {
                res.push((node, path));
            }
        }
    }
    res
}
