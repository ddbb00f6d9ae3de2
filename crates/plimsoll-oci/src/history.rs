//! How an image was built, and which step made which layer.
//!
//! Knows nothing of Dockerfiles but the words that builders leave behind. Texts here may hold
//! secrets and are never printed by `Debug`.

use std::fmt;

/// One step of a build, as the builder wrote it.
#[derive(Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// When, as it is written.
    pub created: Option<String>,
    /// By what.
    pub created_by: String,
    /// By whom.
    pub author: Option<String>,
    /// What the builder says of itself.
    pub comment: Option<String>,
    /// Whether it made no layer.
    pub is_empty_layer: bool,
}

/// One step of a build, in the words of a Dockerfile.
#[derive(Clone, PartialEq, Eq)]
pub struct LayerOrigin {
    /// Number of the layer that it made, the lowest being 0; `None` if it made none, or if the
    /// history does not say which.
    pub layer: Option<usize>,
    /// The instruction: `RUN apt-get update`. What no builder is known to write is left as it is.
    pub instruction: String,
    /// As the builder wrote it.
    pub created_by: String,
    /// When, as it is written.
    pub created: Option<String>,
    /// Whether it made no layer.
    pub is_empty: bool,
}

/// Which step made which of `n_layers` layers. If the steps that made one are not as many, nothing
/// says which is whose.
pub(crate) fn layer_origins(history: &[HistoryLine], n_layers: usize) -> Vec<LayerOrigin> {
    let n_makers = history.iter().filter(|it| !it.is_empty_layer).count();
    let mut n_made = 0;
    let mut res = Vec::with_capacity(history.len());
    for line in history {
        let mut layer = None;
        if !line.is_empty_layer {
            layer = (n_makers == n_layers).then_some(n_made);
            n_made += 1;
        }
        res.push(LayerOrigin {
            layer,
            instruction: instruction(&line.created_by),
            created_by: line.created_by.clone(),
            created: line.created.clone(),
            is_empty: line.is_empty_layer,
        });
    }
    res
}

/// What a builder wrote, as the instruction that it carried out.
pub fn instruction(created_by: &str) -> String {
    let text = created_by.trim();
    let text = text.strip_suffix("# buildkit").map_or(text, str::trim_end);
    if let Some(command) = text.strip_prefix("RUN ") {
        return format!("RUN {}", without_shell(command).unwrap_or(command));
    }
    if let Some(ports) = text.strip_prefix("EXPOSE map[") {
        return format!("EXPOSE {}", ports.trim_end_matches(']').replace(":{}", ""));
    }
    let Some(command) = without_shell(text) else { return text.to_owned() };
    match command.trim_start().strip_prefix("#(nop)") {
        Some(instruction) => instruction.trim().to_owned(),
        None => format!("RUN {command}"),
    }
}

/// The command after the shell that runs it, and after the build arguments before that.
fn without_shell(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let Some(rest) = text.strip_prefix('|') else { return after_shell(text) };
    let (count, rest) = rest.split_once(' ')?;
    count.parse::<u32>().ok()?;
    // The values of arguments may hold spaces, so the shell is looked for, not counted to.
    let starts = std::iter::once(0).chain(rest.match_indices(' ').map(|it| it.0 + 1));
    starts.take(MAX_WORDS).find_map(|start| after_shell(rest.get(start..)?))
}

/// `/bin/bash -o pipefail -c COMMAND` and its kin, down to the command.
fn after_shell(text: &str) -> Option<&str> {
    for prefix in WINDOWS_SHELLS {
        if let Some(command) = text.strip_prefix(prefix) {
            return Some(command.trim_start());
        }
    }
    let (shell, mut rest) = text.split_once(' ')?;
    let name = shell.rsplit('/').next().unwrap_or_default();
    if !POSIX_SHELLS.contains(&name) {
        return None;
    }
    for _ in 0..MAX_SHELL_OPTIONS {
        let (option, after) = rest.trim_start().split_once(' ')?;
        let letters = option.strip_prefix('-')?;
        if letters.ends_with('c') && !letters.starts_with('-') {
            return Some(after);
        }
        // `-o` takes the next word.
        rest = if letters.ends_with('o') { after.trim_start().split_once(' ')?.1 } else { after };
    }
    None
}

impl fmt::Debug for HistoryLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistoryLine")
            .field("is_empty_layer", &self.is_empty_layer)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LayerOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LayerOrigin").field("layer", &self.layer).finish_non_exhaustive()
    }
}

const POSIX_SHELLS: &[&str] = &["sh", "ash", "bash", "dash", "ksh", "zsh"];
const WINDOWS_SHELLS: &[&str] = &["cmd /S /C ", "powershell -Command ", "pwsh -Command "];
const MAX_SHELL_OPTIONS: usize = 8;

/// Words among which a shell is looked for.
const MAX_WORDS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::{HistoryLine, instruction, layer_origins};

    #[test]
    fn the_words_of_builders_become_instructions() {
        let cases = [
            ("/bin/sh -c #(nop) ADD file:abc in / ", "ADD file:abc in /"),
            ("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]"),
            (
                "/bin/sh -c apt-get update &&     apt-get -y upgrade",
                "RUN apt-get update &&     apt-get -y upgrade",
            ),
            ("RUN /bin/sh -c echo hi # buildkit", "RUN echo hi"),
            ("RUN |2 A=1 B=two words /bin/sh -c echo $A # buildkit", "RUN echo $A"),
            ("|1 A=x /bin/bash -o pipefail -c echo hi | cat", "RUN echo hi | cat"),
            ("/bin/bash -euxo pipefail -c make", "RUN make"),
            ("COPY app /app # buildkit", "COPY app /app"),
            ("EXPOSE map[443/tcp:{} 80/tcp:{}]", "EXPOSE 443/tcp 80/tcp"),
            ("ENV A=b", "ENV A=b"),
            ("RUN make # buildkit", "RUN make"),
            ("cmd /S /C dir", "RUN dir"),
            ("ko build ko://example.com/app", "ko build ko://example.com/app"),
            ("bash", "bash"),
            ("|x", "|x"),
            ("", ""),
        ];
        for (created_by, expected) in cases {
            assert_eq!(instruction(created_by), expected, "{created_by}");
        }
    }

    #[test]
    fn steps_are_told_to_layers() {
        let line = |created_by: &str, is_empty_layer| HistoryLine {
            created: None,
            created_by: created_by.to_owned(),
            author: None,
            comment: None,
            is_empty_layer,
        };
        let history = [line("a", false), line("b", true), line("c", false)];
        let layers = |n| layer_origins(&history, n).iter().map(|it| it.layer).collect::<Vec<_>>();
        assert_eq!(layers(2), [Some(0), None, Some(1)]);
        assert_eq!(layers(3), [None, None, None]);
    }
}
