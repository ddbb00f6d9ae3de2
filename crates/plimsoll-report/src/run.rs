//! What is known of a run beside its verdict: when, by what, where. Given from outside, because a
//! report has no clock and no environment.

/// The circumstances of a run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// When it started, as RFC 3339; empty where nobody should know.
    pub started: String,
    /// The version of the program.
    pub version: String,
    /// The command line, as the user would type it.
    pub command: String,
    /// The absolute folder that relative names of sources start from.
    pub working_directory: Option<String>,
    /// The absolute folder that code hosts show paths from; the working directory where not known.
    pub repository_root: Option<String>,
    /// Address of the folder of rule pages, with a slash at its end; no links where not known.
    pub help_base: Option<String>,
}

impl Run {
    /// The path of a source as a code host knows it: from the root of the repository, with `/`.
    pub(crate) fn repository_path(&self, name: &str) -> String {
        if name == "-" {
            return String::from("stdin");
        }
        let root = self.repository_root.as_ref().or(self.working_directory.as_ref());
        let absolute = self.absolute_path(name);
        if let (Some(root), Some(absolute)) = (root, absolute) {
            let root = tidy(root);
            let inside = absolute.strip_prefix(root.trim_end_matches('/'));
            if let Some(inside) = inside.and_then(|it| it.strip_prefix('/'))
                && !inside.is_empty()
            {
                return inside.to_owned();
            }
        }
        tidy(name)
    }

    /// The absolute path of a source, where the working directory is known.
    pub(crate) fn absolute_path(&self, name: &str) -> Option<String> {
        if name.starts_with('/') {
            return Some(tidy(name));
        }
        let folder = self.working_directory.as_ref().filter(|_| name != "-")?;
        Some(tidy(&format!("{folder}/{name}")))
    }

    /// The page of a rule.
    pub(crate) fn help_link(&self, rule: &str) -> Option<String> {
        let base = self.help_base.as_ref()?;
        Some(format!("{base}{}", crate::escape::uri(rule)))
    }
}

/// Takes `.`, empty and `name/..` parts out of a path, by its letters alone.
fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|it| *it != "..") => {
                parts.pop();
            }
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::Run;

    #[test]
    fn paths_start_at_the_root_of_the_repository() {
        let run = Run {
            working_directory: Some(String::from("/home/me/shop/web")),
            repository_root: Some(String::from("/home/me/shop/")),
            ..Run::default()
        };
        let table = [
            ("Dockerfile", "web/Dockerfile"),
            ("./a/../Dockerfile", "web/Dockerfile"),
            ("../compose.yaml", "compose.yaml"),
            ("/home/me/shop/api/Dockerfile", "api/Dockerfile"),
            ("/home/me/shopping/Dockerfile", "/home/me/shopping/Dockerfile"),
            ("-", "stdin"),
        ];
        for (name, path) in table {
            assert_eq!(run.repository_path(name), path, "{name}");
        }
        assert_eq!(Run::default().repository_path("./../x//y"), "../x/y");
    }
}
