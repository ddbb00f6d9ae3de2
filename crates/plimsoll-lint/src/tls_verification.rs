//! Settings that switch the check of certificates off: by environment variables, wherever they are
//! set, and by `tool config set` commands. Knows no rule; each rule brings its own table.

use plimsoll_dockerfile::{Instruction, InstructionKind};
use plimsoll_finding::{Safety, Sink, Wanted};
use plimsoll_shell::{SimpleCommand, Word};
use plimsoll_text::{Edit, Span};

use crate::{
    every_command::every_command,
    subject::{dockerfile::DockerfileSubject, image::ImageSubject},
    word_edit::delete_word,
};

/// A variable that is set, by `ENV`, by the default of an `ARG`, or in a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetVariable {
    /// Its name.
    pub(crate) name: String,
    /// Its value without quotes; variables are left as written.
    pub(crate) value: String,
    /// Name and value.
    pub(crate) span: Span,
    /// The value as written; empty if the value is.
    pub(crate) value_span: Span,
    /// Whether a command sets it, so that its word can be cut out.
    pub(crate) in_command: bool,
}

/// A variable that switches something off.
pub(crate) struct Switch {
    /// Its name; letter case counts only if it has capitals.
    pub(crate) name: &'static str,
    /// The values that switch off, in lower case; empty for any value.
    pub(crate) off: &'static [&'static str],
    /// A value that switches on again, where there is one.
    pub(crate) on: Option<&'static str>,
}

impl Switch {
    /// Instructions that may set one of `switches`.
    pub(crate) const fn wanted(switches: &[Switch]) -> Wanted {
        let mut res = Wanted::word(&[switches[0].name]);
        let mut idx = 1;
        while idx < switches.len() {
            res = res.or_word(&[switches[idx].name]);
            idx += 1;
        }
        res
    }

    /// Whether `name` with this value, which has no quotes, switches off.
    pub(crate) fn is_off(&self, name: &str, value: &str) -> bool {
        let value = value.to_ascii_lowercase();
        let is_lower = !self.name.contains(|it: char| it.is_ascii_uppercase());
        let same = if is_lower { name.eq_ignore_ascii_case(self.name) } else { name == self.name };
        same && (self.off.is_empty() || self.off.contains(&value.as_str()))
    }
}

/// Every variable that `instruction` sets.
pub(crate) fn assignments(
    subject: &DockerfileSubject,
    instruction: &Instruction,
) -> Vec<SetVariable> {
    let escape = subject.dockerfile.escape;
    let mut res = Vec::new();
    match &instruction.kind {
        InstructionKind::Env(env) => res.extend(env.pairs.iter().map(|it| SetVariable {
            name: it.name.clone(),
            value: it.value.unquoted(escape),
            span: it.span,
            value_span: it.value.span,
            in_command: false,
        })),
        InstructionKind::Arg(arguments) => {
            for argument in arguments {
                let Some(default) = &argument.default else { continue };
                res.push(SetVariable {
                    name: argument.name.unquoted(escape),
                    value: default.unquoted(escape),
                    span: argument.span,
                    value_span: default.span,
                    in_command: false,
                });
            }
        }
        _ => every_command(subject, instruction, &mut |command| {
            let simple = command.simple();
            for assignment in &simple.assignments {
                res.push(SetVariable {
                    name: assignment.name.as_str().to_owned(),
                    value: assignment.value.text().into_owned(),
                    span: assignment.span,
                    value_span: assignment.value.span,
                    in_command: true,
                });
            }
            res.extend(setter_words(simple).filter_map(variable_of_word));
        }),
    }
    res
}

/// The words of `command` that set a variable where they read as an assignment.
pub(crate) fn setter_words(command: &SimpleCommand) -> impl Iterator<Item = &Word> {
    let is_setter = command.name().is_some_and(|it| SETTERS.contains(&it));
    command.args().iter().filter(move |_| is_setter)
}

/// Reports every switch of `switches` that the instruction turns off. `message` gets the variable.
pub(crate) fn report_switches(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    switches: &[Switch],
    sink: &mut Sink<'_>,
) {
    let source = &subject.dockerfile.source;
    for variable in assignments(subject, instruction) {
        let Some(switch) = switches.iter().find(|it| it.is_off(&variable.name, &variable.value))
        else {
            continue;
        };
        let message = format!(
            "`{}` switches the check of certificates off; trust the missing authority instead",
            variable.name
        );
        let draft = sink.report(variable.span, message);
        match switch.on {
            Some(on) if !variable.value_span.is_empty() => {
                let edit = Edit::replace(variable.value_span, on);
                let _ = draft.fix("Switch the check on", Safety::Unsafe, vec![edit]);
            }
            None if variable.in_command => {
                let edits = delete_word(source, variable.span).into_iter().collect();
                let _ = draft.fix("Leave the variable out", Safety::Unsafe, edits);
            }
            _ => {}
        }
    }
}

/// Reports every switch of `switches` that the environment of an image turns off.
pub(crate) fn report_image_switches(
    subject: &ImageSubject,
    switches: &[Switch],
    sink: &mut Sink<'_>,
) {
    let Some(config) = &subject.config else { return };
    for variable in &config.runtime.environment {
        let Some((name, value)) = variable.split_once('=') else { continue };
        if switches.iter().any(|it| it.is_off(name, value)) {
            let message = format!(
                "`{name}` switches the check of certificates off; trust the missing authority \
                 instead"
            );
            let _ = sink.report_place(subject.setting_place("Env", name), message);
        }
    }
}

/// The words of `tool config set KEY VALUE`, or `KEY=VALUE`: where `key` (in lower case) gets a
/// value that is off.
pub(crate) fn config_off<'a>(
    words: &'a [Word],
    keys: &[&str],
    off: &[&str],
) -> Option<ConfigOff<'a>> {
    words.iter().enumerate().find_map(|(idx, word)| {
        let text = word.text().to_ascii_lowercase();
        let text = text.trim_start_matches('-');
        if let Some((key, value)) = text.split_once('=') {
            let is_off = keys.contains(&key) && off.contains(&value);
            return is_off.then_some(ConfigOff { key: word, value: None });
        }
        let next = words.get(idx + 1).filter(|_| keys.contains(&text))?;
        let is_off = off.contains(&next.text().to_ascii_lowercase().as_str());
        is_off.then_some(ConfigOff { key: word, value: Some(next) })
    })
}

/// A setting turned off on a command line.
pub(crate) struct ConfigOff<'a> {
    /// The word with the key, and with the value if that is not a word of its own.
    pub(crate) key: &'a Word,
    /// The word with the value.
    pub(crate) value: Option<&'a Word>,
}

impl ConfigOff<'_> {
    /// Both words.
    pub(crate) fn span(&self) -> Span {
        self.value.map_or(self.key.span, |it| self.key.span.cover(it.span))
    }

    /// Puts `on` in the place of the value; none where it is not a plain word of its own.
    pub(crate) fn switch_on(&self, on: &str) -> Vec<Edit> {
        self.value.map(|it| vec![Edit::replace(it.span, on)]).unwrap_or_default()
    }
}

fn variable_of_word(word: &Word) -> Option<SetVariable> {
    let name = word.assignment_name()?.to_owned();
    let text = word.text();
    let value = text.split_once('=')?.1.to_owned();
    // What stands before the value is plain, so its length is that of the name and the sign.
    let start = word.span.start + name.len() + 1;
    let value_span = Span::new(start.min(word.span.end), word.span.end);
    Some(SetVariable { name, value, span: word.span, value_span, in_command: true })
}

/// What switches the check off for Node.js and its package managers.
pub(crate) const NODE_SWITCHES: &[Switch] = &[
    Switch { name: "NODE_TLS_REJECT_UNAUTHORIZED", off: &["0"], on: Some("1") },
    Switch { name: "npm_config_strict_ssl", off: &["false"], on: Some("true") },
    Switch { name: "yarn_strict_ssl", off: &["false"], on: Some("true") },
    Switch { name: "yarn_enable_strict_ssl", off: &["false", "0"], on: Some("true") },
];

/// What switches the check off for Python.
pub(crate) const PYTHON_SWITCHES: &[Switch] =
    &[Switch { name: "PYTHONHTTPSVERIFY", off: &["0"], on: Some("1") }];

/// What switches the check off for git.
pub(crate) const GIT_SWITCHES: &[Switch] =
    &[Switch { name: "GIT_SSL_NO_VERIFY", off: &[], on: None }];

/// What switches the check off for other tools.
pub(crate) const TOOL_SWITCHES: &[Switch] = &[
    Switch { name: "BUNDLE_SSL_VERIFY_MODE", off: &["0"], on: None },
    Switch { name: "COMPOSER_DISABLE_TLS", off: &["1", "true"], on: None },
    Switch { name: "GOINSECURE", off: &["*", "all"], on: None },
    Switch { name: "GOFLAGS", off: &["-insecure"], on: None },
    Switch { name: "CONDA_SSL_VERIFY", off: &["false", "0"], on: None },
];

/// Commands whose arguments of the form `NAME=value` set variables.
static SETTERS: &[&str] = &["export", "env", "declare", "typeset", "local", "readonly", "sudo"];

#[cfg(test)]
mod tests {
    use plimsoll_text::Source;

    use super::assignments;
    use crate::subject::dockerfile::DockerfileSubject;

    #[test]
    fn variables_are_found_wherever_they_are_set() {
        for (text, expected) in [
            ("ENV A=1 B='2'", "A=1 B=2"),
            ("ENV A 1", "A=1"),
            ("ARG A=1", "A=1"),
            ("ARG A", ""),
            ("RUN A=1 b && export C=\"2\" D && env E=3 f", "A=1 C=2 E=3"),
            ("RUN echo A=1", ""),
        ] {
            let source = Source::new("Dockerfile", text);
            let subject = DockerfileSubject::alone(&source);
            let mut found = Vec::new();
            for instruction in subject.dockerfile.all_instructions() {
                for it in assignments(&subject, instruction) {
                    let quoted = source.slice(it.value_span).trim_matches(['"', '\'']);
                    assert_eq!(quoted, it.value, "{text}");
                    found.push(format!("{}={}", it.name, it.value));
                }
            }
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
