//! What is mounted where, from `/proc/self/mountinfo`.

/// One mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where it is.
    pub point: String,
    /// The kind of file system.
    pub kind: String,
    /// The device, or what stands for it.
    pub device: String,
}

/// The mounts of a mountinfo file; lines that are none are passed over.
pub fn mounts(text: &str) -> Vec<Mount> {
    let mount = |line: &str| {
        let (head, tail) = line.split_once(" - ")?;
        let point = unescaped(head.split(' ').nth(4)?);
        let mut tail = tail.split(' ');
        let kind = tail.next()?.to_owned();
        Some(Mount { point, kind, device: unescaped(tail.next()?) })
    };
    text.lines().filter_map(mount).collect()
}

/// The mount that holds `path`: the longest point above it, the last of equal ones.
pub fn mount_of<'a>(mounts: &'a [Mount], path: &str) -> Option<&'a Mount> {
    let holds = |it: &&Mount| {
        let point = it.point.trim_end_matches('/');
        path.strip_prefix(point).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    mounts.iter().filter(holds).max_by_key(|it| it.point.trim_end_matches('/').len())
}

/// The kernel writes blanks and backslashes as three octal digits.
fn unescaped(text: &str) -> String {
    let mut res = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match tail {
            [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] if *first == b'\\' => {
                Some((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'))
            }
            _ => None,
        };
        res.push(code.unwrap_or(*first));
        rest = if code.is_some() { tail.get(3..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&res).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{mount_of, mounts};

    #[test]
    fn the_mount_of_a_path_is_the_nearest_above() {
        let text = "22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw
30 22 8:2 / /var/lib rw - ext4 /dev/sda2 rw
31 22 8:3 / /var/lib/docker\\040x rw - xfs /dev/sda3 rw
bad line
";
        let mounts = mounts(text);
        let device = |path: &str| mount_of(&mounts, path).map(|it| it.device.as_str());
        assert_eq!(device("/var/lib/docker"), Some("/dev/sda2"));
        assert_eq!(device("/var/lib/docker x/y"), Some("/dev/sda3"));
        assert_eq!(device("/var/library"), Some("/dev/sda1"));
    }
}
