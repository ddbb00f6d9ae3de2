//! Which packages a `RUN` installs and removes by the system's package manager. Knows no rule.

use plimsoll_dockerfile::Instruction;
use plimsoll_shell::Word;

use crate::subject::dockerfile::commands;

/// A package that a command names.
pub(crate) struct Package<'a> {
    /// Its name without version and architecture.
    pub(crate) name: String,
    /// The word that names it.
    pub(crate) word: &'a Word,
    /// Whether it is removed rather than installed.
    pub(crate) is_removed: bool,
    /// The name of the group that it is installed under, as `apk add --virtual` gives it.
    pub(crate) group: Option<String>,
}

/// The packages that `instruction` installs and removes, in order.
pub(crate) fn packages(instruction: &Instruction) -> Vec<Package<'_>> {
    let mut res = Vec::new();
    for command in commands(instruction) {
        let Some(invocation) = command.invocation() else { continue };
        if !INSTALLERS.contains(&invocation.name) {
            continue;
        }
        let mut verb: Option<bool> = None;
        let mut group: Option<String> = None;
        let mut args = invocation.args.iter();
        while let Some(word) = args.next() {
            let text = word.text();
            if text.starts_with('-') {
                let attached = text.split_once('=').map(|it| it.1.to_owned());
                if matches!(text.split('=').next(), Some("-t" | "--virtual")) {
                    let next = || args.next().map(|it| it.text().into_owned());
                    group = attached.or_else(next);
                } else if attached.is_none() && VALUED.contains(&&*text) {
                    args.next();
                }
            } else if let Some(is_removed) = verb {
                let name = text.split(['=', ':', '@', '~', '<', '>', '/']).next();
                let name = name.unwrap_or_default().trim_end_matches('-').to_owned();
                let group = group.clone().filter(|_| !is_removed);
                res.push(Package { name, word, is_removed, group });
            } else {
                verb = match &*text {
                    "install" | "add" | "in" => Some(false),
                    "remove" | "purge" | "autoremove" | "del" | "erase" | "rm" => Some(true),
                    _ => break,
                };
            }
        }
    }
    res
}

/// Programs that install packages.
pub(crate) const INSTALLERS: &[&str] =
    &["apt-get", "apt", "aptitude", "apk", "yum", "dnf", "microdnf", "tdnf", "zypper", "pacman"];

/// Options whose value is the next word.
static VALUED: &[&str] = &["-o", "-c", "-X", "--repository", "-p", "--root", "--target-release"];

/// Packages that are there to build other things.
pub(crate) static BUILD_TOOLS: &[&str] = &[
    "autoconf",
    "automake",
    "binutils",
    "bison",
    "build-base",
    "build-essential",
    "clang",
    "cmake",
    "cpp",
    "flex",
    "g++",
    "gcc",
    "gcc-c++",
    "gdb",
    "golang",
    "go",
    "libtool",
    "llvm",
    "make",
    "nasm",
    "rust",
    "cargo",
    "strace",
];

/// Packages that are a server or bring one along. `openssh` of Alpine does too, but mostly it is
/// there for the client.
pub(crate) static SSH_SERVERS: &[&str] =
    &["openssh-server", "dropbear", "ssh", "tinysshd", "telnetd"];
