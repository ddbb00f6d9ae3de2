//! Whether a word that names a package also says which version.
//!
//! Knows how each manager writes versions; knows no rule. What a variable holds is not known, so a
//! word with one is never called unpinned.

use crate::{
    package_manager::{Action, Manager, PackageCommand},
    run_step::Argument,
};

/// The operands of an installing command that leave the version open.
pub(crate) fn unpinned<'a>(command: &PackageCommand<'a>) -> Vec<&'a Argument> {
    if command.is_dry() {
        return Vec::new();
    }
    let is_open: fn(&str) -> bool = match (command.manager, command.action) {
        (Manager::Apt, Action::Install) => is_open_deb,
        (Manager::Apk, Action::Install) => is_open_apk,
        (Manager::Yum | Manager::Dnf | Manager::Zypper, Action::Install) => is_open_rpm,
        (Manager::Yum | Manager::Dnf, Action::InstallModule) => is_open_module,
        (Manager::Pip | Manager::Pipx, Action::Install) => is_open_python,
        (Manager::Npm, Action::Install) => is_open_npm,
        (Manager::Gem, Action::Install) => is_open_gem,
        (Manager::Go, Action::Install) => is_open_go,
        _ => return Vec::new(),
    };
    let operands = command.operands.iter();
    operands.filter(|it| !it.is_dynamic && !it.text.is_empty() && is_open(&it.text)).collect()
}

/// The names of `arguments` for a message, shortened where there are many.
pub(crate) fn names(arguments: &[&Argument]) -> String {
    let shown: Vec<String> =
        arguments.iter().take(MAX_SHOWN).map(|it| format!("`{}`", it.text)).collect();
    let n_more = arguments.len().saturating_sub(MAX_SHOWN);
    let rest = if n_more > 0 { format!(" and {n_more} more") } else { String::new() };
    shown.join(", ") + &rest
}

/// Whether a word that npm, pip or go is given is a path in the file system.
fn is_path(text: &str) -> bool {
    text.starts_with(['.', '/', '~']) || text.starts_with("file:")
}

fn has_suffix(text: &str, suffixes: &[&str]) -> bool {
    suffixes.iter().any(|it| text.ends_with(it))
}

fn is_open_deb(text: &str) -> bool {
    // A minus behind the name removes the package, a caret or question mark asks for a set of them.
    let is_set = text.ends_with('-') || text.contains(['^', '?', '~']);
    !(text.contains(['=', '/']) || text.ends_with(".deb") || is_set)
}

fn is_open_apk(text: &str) -> bool {
    let is_pinned = text.contains(['=', '~', '<', '>']);
    let is_name = !text.starts_with(['.', '!', '/']) && !text.ends_with(".apk");
    is_name && !is_pinned
}

fn is_open_rpm(text: &str) -> bool {
    let is_file = text.ends_with(".rpm") || text.contains('/');
    let is_other = text.starts_with(['@', '-', '!', '(']);
    !(is_file || is_other || text.contains(['=', '<', '>']) || ends_in_version(text))
}

/// Whether a name goes on as `-1.2`, `-1:1.2-3.el9` or `-1.2*`.
fn ends_in_version(text: &str) -> bool {
    let starts_with_digit = |it: &str| it.starts_with(|it: char| it.is_ascii_digit());
    let Some((head, last)) = text.rsplit_once('-') else { return false };
    if last == "*" {
        return head.rsplit_once('-').is_some_and(|it| starts_with_digit(it.1));
    }
    starts_with_digit(last)
}

fn is_open_module(text: &str) -> bool {
    !text.contains(':')
}

fn is_open_python(text: &str) -> bool {
    if let Some(rest) = VCS.iter().find_map(|it| text.strip_prefix(it)) {
        let path = rest.split_once("://").map_or(rest, |it| it.1);
        let path = path.split('#').next().unwrap_or_default();
        return !path.split_once('/').is_some_and(|it| it.1.contains('@'));
    }
    let is_file = has_suffix(text, &[".whl", ".tar.gz", ".zip", ".tar.bz2", ".tgz", ".egg"]);
    let is_elsewhere = is_path(text) || text.contains('/') || is_file;
    !(is_elsewhere || text.contains(['=', '<', '>', '@']))
}

fn is_open_npm(text: &str) -> bool {
    let is_file = has_suffix(text, &[".tar", ".tar.gz", ".tgz"]);
    if is_path(text) || is_file || text.contains("://") || text.contains([':', '#']) {
        return text.starts_with("npm:") && !text.trim_start_matches("npm:@").contains('@');
    }
    if matches!(text, "true" | "false") {
        return false;
    }
    match text.strip_prefix('@') {
        Some(scoped) => !scoped.contains('@'),
        // `owner/name` is a GitHub repository, which another rule looks at.
        None => !text.contains(['@', '/']),
    }
}

/// Whether a word that npm is given is a git repository without a commit, tag or range.
pub(crate) fn is_open_npm_git(text: &str) -> bool {
    let hosts = ["github:", "gitlab:", "bitbucket:", "gist:"];
    let is_git = text.starts_with("git+")
        || text.starts_with("git://")
        || text.starts_with("git@")
        || hosts.iter().any(|it| text.starts_with(it));
    let is_short = !is_path(text) && !text.starts_with('@') && !text.contains(['@', ':']);
    let is_short = is_short && text.matches('/').count() == 1;
    let is_file = has_suffix(text, &[".tar", ".tar.gz", ".tgz"]);
    (is_git || is_short) && !text.contains('#') && !is_file
}

fn is_open_gem(text: &str) -> bool {
    !(text.contains(':') || text.ends_with(".gem") || is_path(text))
}

fn is_open_go(text: &str) -> bool {
    if is_path(text) || text.ends_with(".go") || matches!(text, "all" | "std" | "cmd" | "tool") {
        return false;
    }
    match text.rsplit_once('@') {
        Some((_, version)) => {
            matches!(version, "" | "latest" | "upgrade" | "patch" | "master" | "main" | "HEAD")
        }
        None => !text.contains("..."),
    }
}

const VCS: [&str; 4] = ["git+", "hg+", "svn+", "bzr+"];

/// How many packages a message names.
const MAX_SHOWN: usize = 5;

#[cfg(test)]
mod tests {
    use super::{
        is_open_apk, is_open_deb, is_open_gem, is_open_go, is_open_npm, is_open_npm_git,
        is_open_python, is_open_rpm,
    };

    fn check(is_open: fn(&str) -> bool, open: &[&str], pinned: &[&str]) {
        for text in open {
            assert!(is_open(text), "{text} should be open");
        }
        for text in pinned {
            assert!(!is_open(text), "{text} should be pinned");
        }
    }

    #[test]
    fn each_manager_writes_versions_its_own_way() {
        let pinned = ["a=1.2*", "a/stable", "./a.deb", "a-", "lamp-server^"];
        check(is_open_deb, &["a", "libstdc++6"], &pinned);
        check(is_open_apk, &["a"], &["a=1", "a~2", "a=~2", "a<3", ".deps", "a.apk", "!a"]);
        let pinned = ["a-1.2", "a-1:1.2-3.el9", "gcc-c++-1.1", "a.rpm", "@core", "a>=1", "a-1.2-*"];
        check(is_open_rpm, &["a", "rpm-sign", "java-11-openjdk", "python3.11"], &pinned);
        let pinned =
            ["a==1", "a~=1", ".", "./a", "x/y", "a.whl", "https://x.y/a.zip", "git+https://h/a@v1"];
        check(is_open_python, &["a", "a[b]", "git+https://u@h/a.git#egg=a"], &pinned);
        let pinned = ["a@1", "@s/a@1", "/a", "a.tgz", "git://h/a", "https://h/a"];
        check(is_open_npm, &["a", "@s/a", "npm:a"], &pinned);
        let pinned = ["a", "git://h/a#v1", "u/r#v1", "./u", "@s/a", "a@1"];
        check(
            is_open_npm_git,
            &["git+https://u@h/a", "git://h/a.git", "u/r", "github:u/r"],
            &pinned,
        );
        check(is_open_gem, &["a"], &["a:1", "a.gem", "./a"]);
        let pinned = ["h/a@v1", ".", "./...", "/go/a", "main.go", "h/a@$V", "all"];
        check(is_open_go, &["h/a", "h/a@latest", "a"], &pinned);
    }
}
