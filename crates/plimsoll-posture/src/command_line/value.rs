//! The values of options: sizes, ports, mounts, devices. Knows no option by name.

use crate::{
    command_line::argument::Argument,
    service::{Device, Grant, Mount, MountKind, Port},
};

/// A switch: on without a value, and whatever a value says. `None` where a variable decides.
pub(super) fn switch(argument: &Argument) -> Option<bool> {
    let text = argument.text();
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => Some(true),
        "false" | "f" | "0" => Some(false),
        _ if text.starts_with('-') => Some(true),
        _ => None,
    }
}

/// A size as the engine reads it: `512m`, `1.5g`, `1GiB`. A size that is in a variable is there,
/// but nobody knows how large: it counts as the largest number.
pub(super) fn size(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    if text.contains('$') {
        return Some(u64::MAX);
    }
    let n_digits = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(n_digits)?;
    let unit = unit.trim().trim_end_matches("ib").trim_end_matches('b');
    let shift = match unit {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        "p" => 50,
        _ => return None,
    };
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(1 << shift);
    }
    let bytes = number.parse::<f64>().ok()? * f64::from(2_u32).powi(shift);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a fraction of a byte does not count, and the text has no sign"
    )]
    bytes.is_finite().then_some(bytes as u64)
}

/// A number; one that is in a variable counts as `unknown`.
pub(super) fn number<T: std::str::FromStr>(text: &str, unknown: T) -> Option<T> {
    if text.contains('$') { Some(unknown) } else { text.trim().parse().ok() }
}

/// `-p [[address:]host:]container[/protocol]`. A container port that is in a variable is 0.
pub(super) fn port(argument: &Argument) -> Option<Port> {
    let mut halves = argument.split(b'/', 2).into_iter();
    let place = halves.next()?;
    let protocol = halves.next().map_or_else(|| "tcp".to_owned(), |it| it.text().to_lowercase());
    let pieces = place.split(b':', 3);
    let texts: Vec<&str> = pieces.iter().map(Argument::text).collect();
    let (address, host, container) = match texts.as_slice() {
        [container] => (None, None, *container),
        // A variable in the first place may hold an address and a port.
        [host, container] => (None, Some(*host), *container),
        [address, host, container] => (Some(*address), Some(*host), *container),
        _ => return None,
    };
    Some(Port {
        host_address: address.filter(|it| !it.is_empty()).map(str::to_owned),
        host: host.and_then(port_range),
        container: if container.contains('$') { (0, 0) } else { port_range(container)? },
        protocol,
        mode: None,
    })
}

/// `--publish published=8080,target=80,protocol=tcp,mode=host`, or the short form.
pub(super) fn swarm_port(argument: &Argument) -> Option<Port> {
    if !argument.text().contains("target=") {
        return port(argument);
    }
    let mut res = Port {
        host_address: None,
        host: None,
        container: (0, 0),
        protocol: "tcp".into(),
        mode: None,
    };
    for field in argument.split(b',', MAX_FIELDS) {
        let (name, value) = field.assignment();
        let value = value.as_ref().map(Argument::text).unwrap_or_default();
        match name.text() {
            "target" => res.container = port_range(value).unwrap_or_default(),
            "published" => res.host = port_range(value),
            "protocol" => value.clone_into(&mut res.protocol),
            "mode" => res.mode = Some(value.to_owned()),
            _ => {}
        }
    }
    Some(res)
}

fn port_range(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

/// `-v [source:]target[:options]`
pub(super) fn volume(argument: &Argument) -> Option<Mount> {
    let mut pieces: Vec<String> =
        argument.split(b':', 5).iter().map(|it| it.text().to_owned()).collect();
    join_drive(&mut pieces, 0);
    join_drive(&mut pieces, 1);
    let mut pieces = pieces.into_iter();
    let first = pieces.next().filter(|it| !it.is_empty())?;
    let Some(target) = pieces.next() else {
        return Some(Mount { target: first, ..empty_mount(MountKind::Volume) });
    };
    let kind = source_kind(&first);
    let mut res = Mount { source: Some(first), target, ..empty_mount(kind) };
    for option in pieces.flat_map(|it| it.split(',').map(str::to_owned).collect::<Vec<_>>()) {
        push_option(&mut res, option);
    }
    Some(res)
}

/// `C:\x` is one path and not two pieces.
fn join_drive(pieces: &mut Vec<String>, idx: usize) {
    let is_drive = pieces
        .get(idx)
        .is_some_and(|it| it.len() == 1 && it.chars().all(|letter| letter.is_ascii_alphabetic()));
    let follows = pieces.get(idx + 1).is_some_and(|it| it.starts_with(['\\', '/']));
    if is_drive && follows && pieces.len() > idx + 2 - usize::from(idx > 0) {
        let rest = pieces.remove(idx + 1);
        if let Some(drive) = pieces.get_mut(idx) {
            drive.push(':');
            drive.push_str(&rest);
        }
    }
}

/// A source with a slash is a path, since volume names have none; variables are told by name.
fn source_kind(source: &str) -> MountKind {
    let lower = source.to_ascii_lowercase();
    let is_path = source.starts_with(['/', '.', '~', '`', '%'])
        || source.contains(['/', '\\'])
        || (source.starts_with('$')
            && PATH_WORDS.iter().any(|it| lower.contains(it))
            && !lower.contains("volume"));
    if is_path { MountKind::Bind } else { MountKind::Volume }
}

static PATH_WORDS: &[&str] =
    &["pwd", "cwd", "dir", "path", "home", "root", "folder", "workspace", "sock", "file"];

fn push_option(mount: &mut Mount, option: String) {
    match option.as_str() {
        "ro" | "readonly" => mount.read_only = true,
        "rw" => mount.read_only = false,
        "shared" | "rshared" | "slave" | "rslave" | "private" | "rprivate" => {
            mount.propagation = Some(option);
        }
        "" => {}
        _ => mount.options.push(option),
    }
}

/// `--mount type=bind,source=/a,target=/b,readonly`
pub(super) fn mount(argument: &Argument) -> Option<Mount> {
    // Without a type it is a volume.
    let mut res = empty_mount(MountKind::Volume);
    for field in argument.split(b',', MAX_FIELDS) {
        let (name, value) = field.assignment();
        let text = value.as_ref().map(|it| it.text().to_owned());
        match (name.text(), text) {
            ("type", Some(kind)) => {
                res.kind = match kind.as_str() {
                    "bind" => MountKind::Bind,
                    "volume" => MountKind::Volume,
                    "tmpfs" => MountKind::Tmpfs,
                    _ => MountKind::Other,
                };
            }
            ("source" | "src", source) => res.source = source,
            ("target" | "destination" | "dst", Some(target)) => res.target = target,
            ("readonly" | "ro", None) => res.read_only = true,
            ("readonly" | "ro", Some(on)) => res.read_only = on == "true" || on == "1",
            ("rw", None) => res.read_only = false,
            ("bind-propagation", propagation) => res.propagation = propagation,
            _ => res.options.push(field.text().to_owned()),
        }
    }
    (!res.target.is_empty()).then_some(res)
}

/// `--tmpfs /tmp:rw,noexec`
pub(super) fn tmpfs(argument: &Argument) -> Option<Mount> {
    let pieces = argument.split(b':', 2);
    let target = pieces.first()?.text().to_owned();
    let mut res = Mount { target, ..empty_mount(MountKind::Tmpfs) };
    for option in pieces.get(1).iter().flat_map(|it| it.text().split(',')) {
        push_option(&mut res, option.to_owned());
    }
    Some(res)
}

fn empty_mount(kind: MountKind) -> Mount {
    Mount {
        kind,
        source: None,
        target: String::new(),
        read_only: false,
        propagation: None,
        options: Vec::new(),
    }
}

/// `--device host[:container[:permissions]]`
pub(super) fn device(argument: &Argument) -> Option<Device> {
    let pieces = argument.split(b':', 3);
    let texts: Vec<&str> = pieces.iter().map(Argument::text).collect();
    let is_permissions = |it: &str| !it.is_empty() && it.chars().all(|it| "rwm".contains(it));
    let (host, container, permissions) = match texts.as_slice() {
        [host] => (*host, *host, "rwm"),
        [host, second] if is_permissions(second) => (*host, *host, *second),
        [host, container] => (*host, *container, "rwm"),
        [host, container, permissions] => (*host, *container, *permissions),
        _ => return None,
    };
    Some(Device {
        host: host.to_owned(),
        container: container.to_owned(),
        permissions: permissions.to_owned(),
    })
}

/// `--secret name` or `--secret source=name,target=file`
pub(super) fn grant(argument: &Argument) -> Grant {
    let mut res = Grant { source: String::new(), target: None };
    for field in argument.split(b',', MAX_FIELDS) {
        let (name, value) = field.assignment();
        match (name.text(), value) {
            (source, None) if res.source.is_empty() => source.clone_into(&mut res.source),
            ("source" | "src", Some(value)) => value.text().clone_into(&mut res.source),
            ("target", Some(value)) => res.target = Some(value.text().to_owned()),
            _ => {}
        }
    }
    res
}

/// Fields of one value after this many stand in the last one.
const MAX_FIELDS: usize = 64;
