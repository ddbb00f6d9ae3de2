//! Whether what a package manager downloads stays in a layer, and how to get rid of it.
//!
//! Knows mounts, `rm`, stages and how a script goes on; knows no rule.

use std::collections::BTreeSet;

use plimsoll_dockerfile::{Base, Dockerfile, Instruction, InstructionKind};
use plimsoll_shell::OperatorKind;
use plimsoll_text::{Edit, Span};

use crate::{
    package_manager::{Action, Manager, PackageCommand, package_commands},
    run_step::{Step, Writing},
    subject::dockerfile::{DockerfileSubject, form},
};

/// Whether a cache or tmpfs mount of `instruction` lies at `folder` or above it.
pub(crate) fn is_mounted(instruction: &Instruction, folder: &str) -> bool {
    let InstructionKind::Run(run) = &instruction.kind else { return false };
    run.mounts.iter().any(|mount| {
        let is_kept_out = matches!(mount.kind.as_str(), "cache" | "tmpfs");
        let target = mount.target().unwrap_or_default().trim_end_matches('/');
        is_kept_out && !target.is_empty() && is_at_or_below(folder, target)
    })
}

/// Whether one of `steps` removes `folder` or all that is in it.
pub(crate) fn removes(steps: &[Step], folder: &str) -> bool {
    let mut here = String::new();
    steps.iter().any(|step| {
        if step.name == "cd" {
            here = step.plain_arguments().next().map(|it| it.text.clone()).unwrap_or_default();
        }
        let is_removal = step.name == "rm"
            || (step.name == "find"
                && (step.has_argument(&["-delete"]) || step.has_argument(&["rm"])));
        is_removal && step.plain_arguments().any(|it| covers(&here, &it.text, folder))
    })
}

/// Whether the pattern `text`, seen from `here`, covers `folder`.
fn covers(here: &str, text: &str, folder: &str) -> bool {
    let is_absolute = text.starts_with(['/', '~', '$']);
    let path = if is_absolute { text.to_owned() } else { format!("{here}/{text}") };
    let open = path.find(['*', '?', '[', '{']).and_then(|at| path.get(..at));
    if let Some(open) = open {
        // `/var/lib/apt/lists/*`, `/var/cache/*`, `/var/cache/zypp*`
        return open.len() > 1
            && (folder.starts_with(open) || open.trim_end_matches('/') == folder);
    }
    let path = path.trim_end_matches('/');
    path.len() > 1 && is_at_or_below(folder, path)
}

fn is_at_or_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|it| it.is_empty() || it.starts_with('/'))
}

/// Whether anything is done about what apt leaves, before or in the steps `after` its work.
pub(crate) fn tidies_apt(instruction: &Instruction, after: &[Step]) -> bool {
    let cleans = |it: PackageCommand<'_>| it.manager == Manager::Apt && it.action == Action::Clean;
    let folders = [APT_LISTS, APT_ARCHIVES];
    folders.iter().any(|it| is_mounted(instruction, it) || removes(after, it))
        || package_commands(after).any(cleans)
}

/// The stages whose layers end up in an image: the last one, and those that others start from.
#[derive(Debug)]
pub(crate) struct ImageStages {
    stages: BTreeSet<usize>,
}

impl ImageStages {
    /// Those of a file.
    pub(crate) fn of(dockerfile: &Dockerfile) -> Self {
        let bases = dockerfile.stages.iter().filter_map(|it| match it.base {
            Base::Stage(below) => Some(below),
            _ => None,
        });
        let last = dockerfile.final_stage().map(|it| it.index);
        Self { stages: bases.chain(last).collect() }
    }

    /// Whether what `instruction` writes ends up in an image. An `ONBUILD` is there for images that
    /// are built on this one.
    pub(crate) fn hold(&self, instruction: &Instruction) -> bool {
        instruction.onbuild || instruction.stage.is_none_or(|it| self.stages.contains(&it))
    }
}

/// The edit that lets `command` run after all else in `instruction` went well. `None` where the
/// last command does not return, or the text is not one script that is understood.
pub(crate) fn append(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    steps: &[Step],
    command: &str,
) -> Option<Edit> {
    let shell = form(instruction)?.shell()?;
    let script = shell.script.as_ref().filter(|it| it.is_clean())?;
    let has_data = !instruction.heredocs.is_empty() && shell.body_of.is_none();
    let last_step = steps.last()?;
    if has_data || last_step.writing != Writing::Own {
        return None;
    }
    if matches!(last_step.name.as_str(), "exit" | "exec" | "return") {
        return None;
    }
    let last = script.list.items.last()?;
    if last.separator.is_some_and(|it| it.kind == OperatorKind::Background) {
        return None;
    }
    let is_body = shell.body_of.is_some();
    let source = &subject.dockerfile.source;
    let start = if is_body { last.span.start } else { instruction.name.start };
    let text = source.slice(Span::new(start, last.span.end));
    let joint = if text.contains('\n') && !is_body {
        joint_between_lines(text, subject.dockerfile.escape)
    } else {
        " && ".to_owned()
    };
    Some(Edit::insert(last.span.end, format!("{joint}{command}")))
}

/// What stands between two commands on lines of their own, in the way that `text` does it.
fn joint_between_lines(text: &str, escape: char) -> String {
    let lines: Vec<&str> = text.lines().filter(|it| !it.trim_start().starts_with('#')).collect();
    let indent =
        |line: &str| -> String { line.chars().take_while(|it| matches!(it, ' ' | '\t')).collect() };
    let leading = lines.iter().skip(1).rev().find(|it| it.trim_start().starts_with("&&"));
    if let Some(line) = leading {
        return format!(" {escape}\n{}&& ", indent(line));
    }
    let is_trailing = |it: &str| {
        let line = it.trim_end().trim_end_matches(escape).trim_end();
        line.ends_with("&&")
    };
    let after = lines.windows(2).rev().find_map(|pair| match pair {
        [above, below] if is_trailing(above) => Some(*below),
        _ => None,
    });
    match after {
        Some(line) => format!(" && {escape}\n{}", indent(line)),
        None => format!(" {escape}\n    && "),
    }
}

/// Where apt keeps its lists.
pub(crate) const APT_LISTS: &str = "/var/lib/apt/lists";
/// Where apt keeps what it downloads.
pub(crate) const APT_ARCHIVES: &str = "/var/cache/apt/archives";

#[cfg(test)]
mod tests {
    use super::{covers, joint_between_lines};

    #[test]
    fn patterns_cover_what_they_remove() {
        for (here, text, expected) in [
            ("", "/var/lib/apt/lists/*", true),
            ("", "/var/lib/apt/lists", true),
            ("", "/var/lib/apt/lists/", true),
            ("", "/var/lib/apt", true),
            ("", "/var/lib/{apt,dpkg}", true),
            ("/var/lib", "apt", true),
            ("", "/var/lib/apt/lists/partial/*", false),
            ("", "/var/lib/apt/periodic", false),
            ("", "/tmp/*", false),
            ("", "lists", false),
            ("", "*", false),
        ] {
            assert_eq!(covers(here, text, "/var/lib/apt/lists"), expected, "{here} {text}");
        }
    }

    #[test]
    fn a_command_is_added_the_way_the_others_stand() {
        for (text, expected) in [
            ("RUN a \\\n  && b", " \\\n  && "),
            ("RUN a && \\\n  b \\\n    c", " && \\\n  "),
            ("RUN a \\\n  b", " \\\n    && "),
        ] {
            assert_eq!(joint_between_lines(text, '\\'), expected, "{text}");
        }
    }
}
