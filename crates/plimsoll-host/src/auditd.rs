//! What the kernel's audit is told to watch, as `auditctl -l` prints it and rule files say it.
//!
//! Only watches of files and folders are read; rules about system calls alone watch no path.

/// A rule that records what is done to a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// The path, without a slash at its end.
    pub path: String,
    /// Whether all below the path is watched too, if it is a folder.
    pub is_deep: bool,
    /// What is recorded: letters out of `rwxa`.
    pub accesses: String,
    /// Whether it only records under conditions that an intruder may not meet: some system calls, a
    /// user, success.
    pub is_narrow: bool,
    /// Whether it says that nothing is to be recorded.
    pub is_exception: bool,
    /// The rule as it is written.
    pub text: String,
}

impl Watch {
    /// Whether what is done to `path` falls under this rule.
    pub fn covers(&self, path: &str) -> bool {
        match path.strip_prefix(self.path.as_str()) {
            Some("") => true,
            Some(rest) => self.is_deep && (rest.starts_with('/') || self.path.is_empty()),
            None => false,
        }
    }
}

/// The watches of a list or file, those that are taken back left out.
pub fn watches(text: &str) -> Vec<Watch> {
    let mut res: Vec<Watch> = Vec::new();
    for line in text.lines().map(str::trim).filter(|it| !it.starts_with('#')) {
        let words: Vec<&str> =
            line.split_ascii_whitespace().map(|it| it.trim_matches('"')).collect();
        match words.as_slice() {
            // All rules are taken back, or nothing is recorded at all.
            ["-D"] | ["-e", "0"] => res.clear(),
            ["-W", path, ..] => {
                let path = path.trim_end_matches('/');
                res.retain(|it| it.path != path);
            }
            ["-w", path, rest @ ..] => res.push(plain_watch(line, path, rest)),
            ["-a" | "-A", list, rest @ ..] => res.extend(filter_watch(line, list, rest)),
            _ => {}
        }
    }
    res
}

/// `-w PATH -p wa -k KEY`.
fn plain_watch(line: &str, path: &str, rest: &[&str]) -> Watch {
    let accesses = rest.iter().skip_while(|it| **it != "-p").nth(1);
    Watch {
        path: path.trim_end_matches('/').to_owned(),
        is_deep: true,
        accesses: accesses.map_or("rwxa", |it| it).to_owned(),
        is_narrow: false,
        is_exception: false,
        text: line.to_owned(),
    }
}

/// `-a always,exit -F path=PATH -F perm=wa`.
fn filter_watch(line: &str, list: &str, rest: &[&str]) -> Option<Watch> {
    let mut res = Watch {
        path: String::new(),
        is_deep: false,
        accesses: "rwxa".to_owned(),
        is_narrow: false,
        is_exception: list.split(',').any(|it| it == "never"),
        text: line.to_owned(),
    };
    if !list.split(',').any(|it| it == "exit") {
        return None;
    }
    let mut has_path = false;
    for pair in rest.chunks(2) {
        match pair {
            ["-F", field] => match field.split_once('=') {
                Some((name @ ("path" | "dir"), path)) => {
                    path.trim_end_matches('/').clone_into(&mut res.path);
                    res.is_deep = name == "dir";
                    has_path = true;
                }
                Some(("perm", accesses)) => accesses.clone_into(&mut res.accesses),
                // `auid` is the login of whoever acts: it stays through `su` and `sudo`, and is
                // unset for what no person started.
                Some(("key" | "arch" | "auid>" | "auid!", _)) => {}
                _ => res.is_narrow = true,
            },
            ["-k", _] | ["-S", "all"] => {}
            _ => res.is_narrow = true,
        }
    }
    has_path.then_some(res)
}

#[cfg(test)]
mod tests {
    use super::watches;

    #[test]
    fn every_form_of_a_watch_is_read() {
        let text = "## head
-D
-w /etc/docker/ -p wa -k docker
-w /usr/bin/dockerd
-a always,exit -S all -F path=/usr/bin/runc -F perm=x -F auid>=1000 -F auid!=-1 -F key=docker
-a always,exit -F arch=b64 -F dir=/var/lib/docker -F perm=wa -k docker
-a always,exit -F path=/etc/x -F uid=7
-a never,exit -F path=/etc/docker/noise
-a always,exit -S execve -k all
-a always,user -F path=/etc/y
";
        let found = watches(text);
        let told: Vec<_> = found
            .iter()
            .map(|it| (&*it.path, it.is_deep, &*it.accesses, it.is_narrow, it.is_exception))
            .collect();
        assert_eq!(
            told,
            [
                ("/etc/docker", true, "wa", false, false),
                ("/usr/bin/dockerd", true, "rwxa", false, false),
                ("/usr/bin/runc", false, "x", false, false),
                ("/var/lib/docker", true, "wa", false, false),
                ("/etc/x", false, "rwxa", true, false),
                ("/etc/docker/noise", false, "rwxa", false, true),
            ]
        );
    }

    #[test]
    fn a_watch_covers_its_folder_and_no_neighbour() {
        let covers = |rule: &str, path: &str| watches(rule).iter().any(|it| it.covers(path));
        assert!(covers("-w /etc/docker", "/etc/docker/daemon.json"));
        assert!(covers("-w / -p wa", "/etc/docker"));
        assert!(!covers("-w /etc/docker", "/etc/docker-old"));
        assert!(!covers("-a always,exit -F path=/etc/docker", "/etc/docker/daemon.json"));
        assert!(!covers("-w /etc/docker\n-W /etc/docker", "/etc/docker"));
        assert!(!covers("-w /etc/docker\n-D", "/etc/docker"));
    }
}
