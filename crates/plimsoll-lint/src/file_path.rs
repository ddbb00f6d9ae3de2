//! Paths inside an image, as text: Linux and Windows. Knows no disk.

/// Whether `path` starts at a root, a drive, or a variable that may hold one.
pub(crate) fn is_absolute(path: &str) -> bool {
    let path = path.trim_matches(['"', '\'']);
    let mut chars = path.chars();
    let (first, second) = (chars.next(), chars.next());
    let has_drive = first.is_some_and(|it| it.is_ascii_alphabetic()) && second == Some(':');
    has_drive || matches!(first, None | Some('/' | '\\' | '$' | '%'))
}

/// `path` seen from the absolute Linux path `base`, without `.` and `..`; `None` where it grows
/// beyond what an engine takes.
pub(crate) fn join(base: &str, path: &str) -> Option<String> {
    let mut segments: Vec<&str> = Vec::new();
    let base = if path.starts_with('/') { "" } else { base };
    for segment in base.split('/').chain(path.split('/')) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment),
        }
    }
    let res = format!("/{}", segments.join("/"));
    (res.len() <= MAX_PATH).then_some(res)
}

/// Whether `path` means the same with and without quotes, in every shell and instruction.
pub(crate) fn is_simple(path: &str) -> bool {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "/._-+@".contains(it);
    !path.is_empty() && !path.starts_with('-') && path.chars().all(is_plain)
}

/// The part after the last slash or backslash.
pub(crate) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The longest path that Linux takes.
const MAX_PATH: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::{is_absolute, is_simple, join};

    #[test]
    fn paths_are_absolute_on_either_system() {
        for path in ["/a", "\"/a\"", "C:\\a", "c:/", "\\a", "$A/b", "%A%\\b", ""] {
            assert!(is_absolute(path), "{path}");
        }
        for path in ["a", "./a", "\"a b\"", ".", "~/a"] {
            assert!(!is_absolute(path), "{path}");
        }
    }

    #[test]
    fn paths_join() {
        for (base, path, expected) in [
            ("/", "a", "/a"),
            ("/a/b", "../c/./d", "/a/c/d"),
            ("/a", "/b/", "/b"),
            ("/a", "../../..", "/"),
        ] {
            assert_eq!(join(base, path).as_deref(), Some(expected));
        }
        assert_eq!(join("/", &"a/".repeat(4_000)), None);
        assert!(is_simple("/a-b_c.d+e@f"));
        assert!(!is_simple("/a b") && !is_simple("$a") && !is_simple("-"));
    }
}
