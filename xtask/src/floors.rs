//! Arrows between crates run strictly down.

use crate::tree::Tree;

/// Who may import a crate.
enum Access {
    /// Every higher floor.
    FromAbove,
    /// Only from this floor up, since the crate touches the world; other such crates may.
    FromFloor(u32),
}

struct Room {
    name: &'static str,
    floor: u32,
    access: Access,
}

const ENGINE: u32 = 7;

/// Where each crate stands. A new crate, or a new floor for an old one, is a design change.
#[rustfmt::skip]
const ROOMS: &[Room] = &[
    Room { name: "plimsoll-text", floor: 0, access: Access::FromAbove },
    Room { name: "plimsoll-package", floor: 0, access: Access::FromAbove },
    Room { name: "plimsoll-finding", floor: 1, access: Access::FromAbove },
    Room { name: "plimsoll-shell", floor: 1, access: Access::FromAbove },
    Room { name: "plimsoll-dockerfile", floor: 2, access: Access::FromAbove },
    Room { name: "plimsoll-config", floor: 2, access: Access::FromAbove },
    Room { name: "plimsoll-oci", floor: 2, access: Access::FromAbove },
    Room { name: "plimsoll-host", floor: 2, access: Access::FromAbove },
    Room { name: "plimsoll-audit", floor: 3, access: Access::FromAbove },
    Room { name: "plimsoll-inventory", floor: 3, access: Access::FromAbove },
    Room { name: "plimsoll-vuln", floor: 3, access: Access::FromAbove },
    Room { name: "plimsoll-secret", floor: 3, access: Access::FromAbove },
    Room { name: "plimsoll-posture", floor: 3, access: Access::FromAbove },
    Room { name: "plimsoll-fs", floor: 3, access: Access::FromFloor(ENGINE) },
    Room { name: "plimsoll-net", floor: 3, access: Access::FromFloor(ENGINE) },
    Room { name: "plimsoll-docker", floor: 3, access: Access::FromFloor(ENGINE) },
    Room { name: "plimsoll-probe", floor: 4, access: Access::FromFloor(ENGINE) },
    Room { name: "plimsoll-feed", floor: 4, access: Access::FromAbove },
    Room { name: "plimsoll-lint", floor: 4, access: Access::FromAbove },
    Room { name: "plimsoll-policy", floor: 5, access: Access::FromAbove },
    Room { name: "plimsoll-report", floor: 6, access: Access::FromAbove },
    Room { name: "plimsoll-engine", floor: ENGINE, access: Access::FromAbove },
    Room { name: "plimsoll", floor: 8, access: Access::FromAbove },
];

/// Every crate stands in the table, is called as its folder, and imports only what stands below it.
pub(crate) fn check(tree: &Tree) -> Vec<String> {
    let mut res = Vec::new();
    for (path, text) in tree.files("/Cargo.toml") {
        let Some(folder) =
            path.strip_prefix("crates/").and_then(|it| it.strip_suffix("/Cargo.toml"))
        else {
            continue;
        };
        if folder.contains('/') {
            continue;
        }
        let name = package_name(text).unwrap_or_default();
        if name != folder {
            res.push(format!("{path}: the crate is called `{name}`, its folder `{folder}`"));
        }
        let Some(room) = room(folder) else {
            res.push(format!(
                "{path}: `{folder}` has no floor; give it one in xtask/src/floors.rs"
            ));
            continue;
        };
        res.extend(arrows(path, text, room));
    }
    res
}

fn arrows(path: &str, text: &str, room: &Room) -> Vec<String> {
    let mut res = Vec::new();
    for (line, name) in dependencies(text) {
        let Some(other) = self::room(&name) else {
            res.push(format!("{path}:{line}: `{name}` has no floor"));
            continue;
        };
        if other.floor >= room.floor {
            res.push(format!(
                "{path}:{line}: `{}` (floor {}) may not import `{name}` (floor {}): arrows run down",
                room.name, room.floor, other.floor
            ));
        }
        if let Access::FromFloor(lowest) = other.access
            && matches!(room.access, Access::FromAbove)
            && room.floor < lowest
        {
            res.push(format!(
                "{path}:{line}: `{name}` touches the world; only the engine and faces import it"
            ));
        }
    }
    res
}

fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|it| it.name == name)
}

fn package_name(text: &str) -> Option<&str> {
    let line = text.lines().find(|it| it.starts_with("name"))?;
    line.split('"').nth(1)
}

/// Our own crates that a manifest imports outside of its tests, with the line.
fn dependencies(text: &str) -> Vec<(usize, String)> {
    let mut res = Vec::new();
    let mut section = String::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(heading) = line.strip_prefix('[') {
            heading.trim_end_matches(']').clone_into(&mut section);
            // `[dependencies.NAME]` names the crate in its heading.
            if let Some((kind, name)) = section.rsplit_once("dependencies.")
                && !kind.ends_with("dev-")
                && is_ours(name)
            {
                res.push((index + 1, name.to_owned()));
            }
            continue;
        }
        if !section.ends_with("dependencies") || section.ends_with("dev-dependencies") {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let key = key.trim().trim_end_matches(".workspace").trim_matches('"');
        let renamed = value.split_once("package").and_then(|it| it.1.split('"').nth(1));
        let name = renamed.unwrap_or(key);
        if is_ours(name) {
            res.push((index + 1, name.to_owned()));
        }
    }
    res
}

fn is_ours(name: &str) -> bool {
    name == "plimsoll" || name.starts_with("plimsoll-")
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::{assert_tidy, tree::Tree};

    #[test]
    fn arrows_between_crates_run_down() {
        assert_tidy(&check(&Tree::of_workspace()));
    }

    #[test]
    fn an_arrow_that_runs_up_is_seen_however_it_is_written() {
        let cases = [
            ("plimsoll-text", "[dependencies]\nplimsoll-lint.workspace = true", 1),
            ("plimsoll-text", "[dependencies]\nx = { package = \"plimsoll-lint\" }", 1),
            ("plimsoll-text", "[dependencies.plimsoll-lint]\npath = \"x\"", 1),
            ("plimsoll-text", "[target.'cfg(unix)'.dependencies]\nplimsoll-lint = \"1\"", 1),
            ("plimsoll-text", "[build-dependencies]\nplimsoll-lint = \"1\"", 1),
            ("plimsoll-text", "[dev-dependencies]\nplimsoll-lint.workspace = true", 0),
            ("plimsoll-config", "[dependencies]\nplimsoll-dockerfile.workspace = true", 1),
            ("plimsoll-lint", "[dependencies]\nplimsoll-text.workspace = true", 0),
            ("plimsoll-lint", "[dependencies]\nplimsoll-fs.workspace = true", 1),
            ("plimsoll-probe", "[dependencies]\nplimsoll-docker.workspace = true", 0),
            ("plimsoll-engine", "[dependencies]\nplimsoll-fs.workspace = true", 0),
            ("plimsoll-attic", "", 1),
        ];
        for (name, dependencies, n_faults) in cases {
            let path = format!("crates/{name}/Cargo.toml");
            let text = format!("[package]\nname = \"{name}\"\n{dependencies}\n");
            let faults = check(&Tree::of(&[(&path, &text)]));
            assert_eq!(faults.len(), n_faults, "{name}: {dependencies}: {faults:?}");
        }
        let other = Tree::of(&[("crates/plimsoll-text/Cargo.toml", "name = \"plimsoll-txt\"")]);
        assert_eq!(check(&other).len(), 1);
    }
}
