//! The commands of a `RUN`, however they are written: shell form, exec form, heredoc, and the text
//! given to `sh -c`, `su -c` or `eval`.
//!
//! Knows no rule, and nothing of package managers but that a step keeps what it asks of one.

use std::sync::OnceLock;

use plimsoll_dockerfile::{ExecForm, Instruction, ShellOrExec};
use plimsoll_finding::{Draft, Sink};
use plimsoll_shell::{
    CommandContext, Dialect, PositionMap, RedirectOperator, Script, Word, parse, parse_argument,
};
use plimsoll_text::{Edit, Span};

use crate::{
    package_manager::PackageWords,
    subject::dockerfile::{DockerfileSubject, form},
};

/// One command that runs in a build, seen through `sudo`, `env` and their kin.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// What is run, without its path.
    pub(crate) name: String,
    /// The word that names it.
    pub(crate) name_span: Span,
    /// The words after it.
    pub(crate) arguments: Vec<Argument>,
    /// Variables set for it alone, by `x=1 command` or `env x=1 command`.
    pub(crate) variables: Vec<(String, String)>,
    /// Whether something other than the build's empty input is fed to it.
    pub(crate) is_fed: bool,
    /// How its words stand in the file.
    pub(crate) writing: Writing,
    package_words: OnceLock<Option<PackageWords>>,
}

/// A word after the name of a command.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// The word without its quotes, expansions kept as they are written.
    pub(crate) text: String,
    /// Its bytes.
    pub(crate) span: Span,
    /// Whether some of it is known in the run only.
    pub(crate) is_dynamic: bool,
}

/// How the words of a command stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writing {
    /// As words of the instruction's own shell text.
    Own,
    /// As words of shell text inside a word.
    Nested,
    /// As strings of a JSON array.
    Json,
    /// With escapes in between, so that nothing can be written there.
    Locked,
}

impl Step {
    /// What it asks of a package manager, if it runs one; read when a rule first asks.
    pub(crate) fn package_words(&self) -> Option<&PackageWords> {
        self.package_words.get_or_init(|| PackageWords::of(self)).as_ref()
    }

    /// The edit that puts `option` after the word at `span`.
    pub(crate) fn insert_after(&self, span: Span, option: &str) -> Option<Edit> {
        match self.writing {
            Writing::Own | Writing::Nested => Some(Edit::insert(span.end, format!(" {option}"))),
            Writing::Json => Some(Edit::insert(span.end, format!(", \"{option}\""))),
            Writing::Locked => None,
        }
    }

    /// The edit that puts `text` in the place of the word at `span`, which is written without
    /// quotes.
    pub(crate) fn replace_word(&self, span: Span, text: &str) -> Option<Edit> {
        match self.writing {
            Writing::Own | Writing::Nested => Some(Edit::replace(span, text)),
            Writing::Json => Some(Edit::replace(span, format!("\"{text}\""))),
            Writing::Locked => None,
        }
    }

    /// Whether one of the arguments is exactly one of `texts`.
    pub(crate) fn has_argument(&self, texts: &[&str]) -> bool {
        self.arguments.iter().any(|it| texts.contains(&it.text.as_str()))
    }

    /// Whether a short option is given, alone or in a cluster; `valued` are those that take a
    /// value.
    pub(crate) fn has_short(&self, letter: char, valued: &str) -> bool {
        self.arguments.iter().any(|it| cluster(&it.text, |it| valued.contains(it)).contains(letter))
    }

    /// The words that are no options.
    pub(crate) fn plain_arguments(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|it| !it.text.starts_with('-'))
    }
}

/// The letters of a cluster of short options. One that takes a value ends it, since what follows is
/// its value: of `-qoFile` that is `qo`.
pub(crate) fn cluster(text: &str, takes_value: impl Fn(char) -> bool) -> &str {
    let letters = text.strip_prefix('-').filter(|it| !it.starts_with('-')).unwrap_or_default();
    let letters = letters.split('=').next().unwrap_or_default();
    match letters.char_indices().find(|it| takes_value(it.1)) {
        Some((at, letter)) => letters.get(..at + letter.len_utf8()).unwrap_or_default(),
        None => letters,
    }
}

/// Every command of an instruction in source order; those whose name is not known are left out.
pub(crate) fn steps(instruction: &Instruction) -> Vec<Step> {
    let mut res = Vec::new();
    match form(instruction) {
        None => (),
        Some(ShellOrExec::Exec(exec)) => push_exec(exec, &mut res),
        Some(shell) => {
            for script in shell.scripts() {
                push_script(script, Writing::Own, 0, &mut res);
            }
        }
    }
    res
}

/// Reports a fault of `instruction` that shows at `span`. The place is the first line of the
/// instruction, since that is where its commands are waived and looked for.
pub(crate) fn report<'a>(
    subject: &DockerfileSubject,
    instruction: &Instruction,
    sink: &'a mut Sink<'_>,
    span: Span,
    message: impl Into<String>,
) -> Draft<'a> {
    let source = &subject.dockerfile.source;
    if source.line(span.start) == source.line(instruction.name.start) {
        return sink.report(span, message);
    }
    sink.report(instruction.name, message).related(span, "here")
}

/// The exec form as a script of one command: quoted words keep their places.
fn push_exec(exec: &ExecForm, out: &mut Vec<Step>) {
    let mut text = String::new();
    let mut map = PositionMap::empty();
    let mut writing = Writing::Json;
    for word in &exec.words {
        map.push(text.len(), word.span.start);
        if word.value.len() + 2 != word.span.len() || word.value.contains('\'') {
            writing = Writing::Locked;
        }
        text.push('\'');
        text.push_str(&word.value.replace('\'', "'\\''"));
        text.push_str("' ");
    }
    let script = parse(&text, &map, Dialect::Posix);
    push_script(&script, writing, 0, out);
}

fn push_script(script: &Script, writing: Writing, depth: usize, out: &mut Vec<Step>) {
    for context in script.commands() {
        let Some(invocation) = context.command.effective() else { continue };
        let step = Step {
            name: invocation.name.to_owned(),
            name_span: invocation.name_word.span,
            arguments: invocation.args.iter().map(argument).collect(),
            variables: variables(context),
            is_fed: is_fed(context),
            writing,
            package_words: OnceLock::new(),
        };
        let inner = inner_word(&step.name, invocation.args);
        out.push(step);
        let Some(word) = inner.filter(|_| depth < MAX_NESTING) else { continue };
        let dialect = Dialect::of_interpreter(invocation.name).unwrap_or(script.dialect);
        if let Some(nested) = parse_argument(script, word, dialect) {
            let is_locked = writing == Writing::Locked || word.raw.contains('\\');
            let writing = if is_locked { Writing::Locked } else { Writing::Nested };
            push_script(&nested, writing, depth + 1, out);
        }
    }
}

fn argument(word: &Word) -> Argument {
    Argument { text: word.text().into_owned(), span: word.span, is_dynamic: word.has_expansion() }
}

fn variables(context: &CommandContext) -> Vec<(String, String)> {
    let command = &context.command;
    let own = command.assignments.iter().map(|it| (it.name.to_string(), it.value.text()));
    let own = own.map(|(name, value)| (name, value.into_owned()));
    let prefixed = command.prefixes().iter().flat_map(|prefix| {
        command.words.get(prefix.word_idx + 1..prefix.end_idx).unwrap_or_default()
    });
    let prefixed = prefixed.filter_map(|word| {
        let name = word.assignment_name()?;
        let text = word.text();
        Some((name.to_owned(), text.split_once('=')?.1.to_owned()))
    });
    own.chain(prefixed).collect()
}

fn is_fed(context: &CommandContext) -> bool {
    let feeds = |it: RedirectOperator| {
        matches!(
            it,
            RedirectOperator::Input
                | RedirectOperator::ReadWrite
                | RedirectOperator::HereDocument
                | RedirectOperator::HereDocumentTabs
                | RedirectOperator::HereString
        )
    };
    context.is_piped_from() || context.command.redirects.iter().any(|it| feeds(it.operator))
}

/// The word that a command hands to a shell.
fn inner_word<'a>(name: &str, args: &'a [Word]) -> Option<&'a Word> {
    if name == "eval" {
        return args.first().filter(|_| args.len() == 1);
    }
    if name != "su" && Dialect::of_interpreter(name).is_none() {
        return None;
    }
    let mut has_command = false;
    let mut args = args.iter();
    while let Some(word) = args.next() {
        let text = word.text();
        has_command |= cluster(&text, |_| false).contains('c') || text == "--command";
        if name == "su" && has_command {
            return args.next();
        }
        if cluster(&text, |_| false).contains('o') || text.starts_with("+o") {
            args.next();
        } else if !text.starts_with(['-', '+']) && name != "su" {
            return has_command.then_some(word);
        }
    }
    None
}

/// How deep `sh -c "sh -c …"` is followed.
const MAX_NESTING: usize = 4;

#[cfg(test)]
mod tests {
    use plimsoll_text::Source;

    use super::steps;
    use crate::subject::dockerfile::DockerfileSubject;

    #[test]
    fn commands_are_seen_in_every_form() {
        for (run, expected) in [
            ("RUN apt-get update && sudo -E apt-get -y install x", "apt-get,apt-get"),
            ("RUN [\"sudo\", \"apt-get\", \"install\", \"x\"]", "apt-get"),
            ("RUN [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\", \"a | b\"]", "bash,a,b"),
            ("RUN bash -lc 'a && sh -c \"b\"'", "bash,a,sh,b"),
            ("RUN su app -c 'gem install x'", "su,gem"),
            ("RUN eval 'a; b'", "eval,a,b"),
            ("RUN sh script.sh -c x", "sh"),
            ("RUN <<EOF\na\nb\nEOF", "a,b"),
            ("RUN bash <<EOF\na\nEOF", "bash,a"),
            ("RUN $X install", ""),
        ] {
            let subject = DockerfileSubject::alone(&Source::new("Dockerfile", run));
            let instruction = subject.dockerfile.all_instructions().next().unwrap();
            let names: Vec<String> = steps(instruction).into_iter().map(|it| it.name).collect();
            assert_eq!(names.join(","), expected, "{run}");
        }
    }

    #[test]
    fn the_words_of_the_exec_form_keep_their_places() {
        let text = "RUN [\"sudo\", \"apt-get\", \"install\", \"bash\"]";
        let subject = DockerfileSubject::alone(&Source::new("Dockerfile", text));
        let instruction = subject.dockerfile.all_instructions().next().unwrap();
        let steps = steps(instruction);
        let step = steps.first().unwrap();
        let shown: Vec<&str> =
            step.arguments.iter().map(|it| subject.dockerfile.source.slice(it.span)).collect();
        assert_eq!(shown, ["\"install\"", "\"bash\""]);
    }
}
