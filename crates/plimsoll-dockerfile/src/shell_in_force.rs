//! Which shell runs a shell form. Says nothing of what is good in it.

use plimsoll_shell::Dialect;
use plimsoll_text::Span;

/// The shell that shell forms of an instruction run in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellInForce {
    /// What kind of shell.
    pub kind: ShellKind,
    /// Whether that is known: from `SHELL`, or from a base image that is known. Where it is not,
    /// `kind` is a guess that holds for most images.
    pub dialect_known: bool,
    /// The words between the program and the `-c`, such as `-o` and `pipefail`. A cluster such as
    /// `-ec` leaves its other letters: `-e`.
    pub shell_options: Vec<String>,
    /// The `SHELL` instruction that set it; `None` for the shell of the base image.
    pub set_by: Option<usize>,
    /// Where the words of that `SHELL` stand.
    pub span: Option<Span>,
}

impl ShellInForce {
    /// Whether a failing command inside a pipe fails the pipe.
    pub fn pipefail(&self) -> bool {
        let mut before = "";
        self.shell_options.iter().any(|option| {
            let is_name = before.starts_with('-') && before.ends_with('o') && option == "pipefail";
            before = option;
            is_name
        })
    }

    /// Whether a failing command ends the script.
    pub fn errexit(&self) -> bool {
        let mut before = "";
        self.shell_options.iter().any(|option| {
            let is_name = before.starts_with('-') && before.ends_with('o') && option == "errexit";
            before = option;
            is_name || is_cluster_with(option, 'e')
        })
    }
}

/// What runs a script.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ShellKind {
    /// A plain POSIX shell, such as dash.
    Posix,
    /// The ash of BusyBox.
    Busybox,
    /// GNU Bash.
    Bash,
    /// KornShell.
    Ksh,
    /// The Z shell.
    Zsh,
    /// PowerShell.
    PowerShell,
    /// The command interpreter of Windows.
    Cmd,
    /// Some other program (its base name), such as `python3`.
    Other(String),
}

impl ShellKind {
    /// The dialect of its scripts, if it is a shell; those of PowerShell and `cmd` cannot be read.
    pub fn dialect(&self) -> Option<Dialect> {
        match self {
            ShellKind::Posix => Some(Dialect::Posix),
            ShellKind::Busybox => Some(Dialect::Busybox),
            ShellKind::Bash => Some(Dialect::Bash),
            ShellKind::Ksh => Some(Dialect::Ksh),
            ShellKind::Zsh => Some(Dialect::Zsh),
            ShellKind::PowerShell => Some(Dialect::PowerShell),
            ShellKind::Cmd => Some(Dialect::Cmd),
            ShellKind::Other(_) => None,
        }
    }

    /// The kind of a program given by name or path; `sh` is what the base image makes of it.
    pub fn of_program(program: &str, sh: &ShellKind) -> Self {
        let base = program.rsplit(['/', '\\']).next().unwrap_or(program).to_ascii_lowercase();
        let base = base.strip_suffix(".exe").unwrap_or(&base);
        match base {
            "sh" => sh.clone(),
            "dash" => ShellKind::Posix,
            "ash" | "busybox" => ShellKind::Busybox,
            "bash" | "rbash" => ShellKind::Bash,
            "ksh" | "ksh93" | "mksh" => ShellKind::Ksh,
            "zsh" => ShellKind::Zsh,
            "pwsh" | "powershell" => ShellKind::PowerShell,
            "cmd" => ShellKind::Cmd,
            _ => ShellKind::Other(base.to_owned()),
        }
    }
}

/// Whether `option` is a cluster of short options (`-euo`) that holds `letter`.
pub(crate) fn is_cluster_with(option: &str, letter: char) -> bool {
    option.strip_prefix('-').is_some_and(|it| !it.starts_with('-') && it.contains(letter))
}
