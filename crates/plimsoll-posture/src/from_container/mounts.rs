//! What is mounted into a container.

use plimsoll_config::tree::Node;

use super::Inspected;
use crate::{
    from_compose::tmpfs,
    service::{Mount, MountKind},
    setting::Setting,
};

impl Inspected<'_> {
    /// The mounts that the engine has resolved, or, where it has not, what was asked for.
    pub(super) fn mounts(&self) -> Vec<Setting<Mount>> {
        let mut res: Vec<Setting<Mount>> =
            self.items(&["Mounts"]).iter().map(|it| self.resolved_mount(it)).collect();
        let is_known = |all: &[Setting<Mount>], target: &str| {
            all.iter().any(|it| trimmed(&it.value.target) == trimmed(target))
        };
        for bind in self.texts(&["HostConfig", "Binds"]) {
            let mount = bind.map(|it| bind_text(&it));
            if !is_known(&res, &mount.value.target) {
                res.push(mount);
            }
        }
        for asked in self.items(&["HostConfig", "Mounts"]) {
            let mount = self.asked_mount(asked);
            if !is_known(&res, &mount.value.target) {
                res.push(mount);
            }
        }
        for (target, options) in self.pairs(&["HostConfig", "Tmpfs"]) {
            res.push(options.map(|it| tmpfs(&format!("{target}:{it}"))));
        }
        res
    }

    /// An entry of `Mounts`.
    fn resolved_mount(&self, node: &Node) -> Setting<Mount> {
        let text = |key: &str| node.get(key).and_then(Node::as_str).filter(|it| !it.is_empty());
        let kind = kind(text("Type").unwrap_or("bind"));
        // A volume is told by its name; its folder below the data root says nothing.
        let source = if kind == MountKind::Volume { text("Name") } else { text("Source") };
        let mode = text("Mode").unwrap_or_default();
        let mount = Mount {
            kind,
            source: source.map(str::to_owned),
            target: text("Destination").unwrap_or_default().to_owned(),
            read_only: node.get("RW").and_then(Node::as_bool) == Some(false),
            propagation: text("Propagation").map(str::to_owned),
            options: mode.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect(),
        };
        Setting::at(self.at(node), mount)
    }

    /// An entry of `HostConfig.Mounts`.
    fn asked_mount(&self, node: &Node) -> Setting<Mount> {
        let text = |key: &str| node.get(key).and_then(Node::as_str).filter(|it| !it.is_empty());
        let propagation = node.find(&["BindOptions", "Propagation"]).and_then(Node::as_str);
        let mount = Mount {
            kind: kind(text("Type").unwrap_or("bind")),
            source: text("Source").map(str::to_owned),
            target: text("Target").unwrap_or_default().to_owned(),
            read_only: node.get("ReadOnly").and_then(Node::as_bool) == Some(true),
            propagation: propagation.filter(|it| !it.is_empty()).map(str::to_owned),
            options: Vec::new(),
        };
        Setting::at(self.at(node), mount)
    }
}

fn kind(word: &str) -> MountKind {
    match word {
        "bind" => MountKind::Bind,
        "volume" => MountKind::Volume,
        "tmpfs" => MountKind::Tmpfs,
        _ => MountKind::Other,
    }
}

/// `/source:/target:options`; a source that is no path is the name of a volume.
fn bind_text(text: &str) -> Mount {
    let mut parts = text.splitn(3, ':');
    let source = parts.next().unwrap_or_default().to_owned();
    let target = parts.next().unwrap_or_default().to_owned();
    let options: Vec<String> =
        parts.next().unwrap_or_default().split(',').map(str::to_owned).collect();
    let is_propagation = |it: &&String| it.contains("shared") || it.contains("slave");
    Mount {
        kind: if source.starts_with('/') { MountKind::Bind } else { MountKind::Volume },
        source: Some(source),
        target,
        read_only: options.iter().any(|it| it == "ro"),
        propagation: options.iter().find(is_propagation).cloned(),
        options,
    }
}

fn trimmed(path: &str) -> &str {
    path.trim_end_matches('/')
}
