//! Which shell reads the text, and what it can do. Knows nothing of the grammar.

/// The shell that will read a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Plain POSIX sh, read as dash reads it.
    #[default]
    Posix,
    /// The ash of busybox (Alpine's `/bin/sh`).
    Busybox,
    /// GNU bash.
    Bash,
    /// The Korn shells.
    Ksh,
    /// The Z shell.
    Zsh,
    /// PowerShell; its text is not parsed.
    PowerShell,
    /// The Windows command interpreter; its text is not parsed.
    Cmd,
}

impl Dialect {
    /// The dialect of an interpreter by its name or path: `/bin/bash`, `sh`, `pwsh.exe`.
    pub fn of_interpreter(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
        // This is asked of each command of each text, and no shell has a longer name.
        let mut lower = [0; MAX_NAME];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        let lower = std::str::from_utf8(lower).ok()?;
        Some(match lower.strip_suffix(".exe").unwrap_or(lower) {
            "sh" | "dash" | "posh" | "yash" => Self::Posix,
            "ash" | "busybox" => Self::Busybox,
            "bash" | "rbash" => Self::Bash,
            "ksh" | "ksh93" | "mksh" | "pdksh" | "oksh" => Self::Ksh,
            "zsh" => Self::Zsh,
            "pwsh" | "powershell" => Self::PowerShell,
            "cmd" => Self::Cmd,
            _ => return None,
        })
    }

    /// Whether the text is in the POSIX shell language or an extension of it, so that it is parsed.
    pub fn is_posix_family(self) -> bool {
        !matches!(self, Self::PowerShell | Self::Cmd)
    }

    /// Whether `set -o pipefail` works in the versions that are in use.
    pub fn has_pipefail(self) -> bool {
        matches!(self, Self::Busybox | Self::Bash | Self::Ksh | Self::Zsh)
    }

    /// Whether arrays, `[[ ]]` with patterns, brace expansion and process substitution work.
    pub fn has_extensions(self) -> bool {
        matches!(self, Self::Bash | Self::Ksh | Self::Zsh)
    }
}

/// As long as the longest name of a shell, with its extension.
const MAX_NAME: usize = "powershell.exe".len();
