//! What a script uses beyond POSIX sh. Knows neither the image nor the rule.

use plimsoll_shell::{
    Command, CompoundCommand, CompoundKind, Node, OperatorKind, Parameter, Redirect,
    RedirectOperator, Script, SimpleCommand, WordPart, WordPartKind, walk_script,
};
use plimsoll_text::Span;

use crate::shell_text::{Assignments, is_test, test_words};

/// One use of something that POSIX sh does not have.
pub(crate) struct Feature {
    /// Where.
    pub(crate) span: Span,
    /// In words, for a message.
    pub(crate) name: &'static str,
    /// What to put where for the same in POSIX sh, where that is simple.
    pub(crate) replacement: Option<(Span, String)>,
    /// The variable that it is about; if something else sets it, all is well.
    pub(crate) variable: Option<&'static str>,
    /// Whether the ash of BusyBox has it too.
    pub(crate) busybox_has_it: bool,
}

/// Everything that `script` uses beyond POSIX sh as dash reads it, in source order.
pub(crate) fn features(script: &Script) -> Vec<Feature> {
    let mut collector = Collector { out: Vec::new(), script, assignments: None };
    walk_script(script, &mut |node| collector.node(node));
    let mut res = collector.out;
    res.sort_by_key(|it| it.span.start);
    res
}

struct Collector<'a> {
    out: Vec<Feature>,
    script: &'a Script,
    /// What the script sets, once that is asked.
    assignments: Option<Assignments>,
}

impl Collector<'_> {
    fn node(&mut self, node: Node<'_>) {
        match node {
            Node::Pipeline(pipeline) => {
                for it in &pipeline.operators {
                    if it.kind == OperatorKind::PipeBoth {
                        self.push(it.span, "`|&`", false);
                    }
                }
            }
            Node::Simple(command) => self.simple(command),
            Node::Compound(compound) => self.compound(compound),
            Node::Assignment(it) => {
                if it.is_append {
                    self.push(it.span, "`+=`", false);
                } else if it.subscript.is_some() {
                    self.push(it.span, "an array", false);
                }
            }
            Node::Redirect(redirect) => self.redirect(redirect),
            Node::Part(part, is_quoted) => self.part(part, is_quoted),
            _ => {}
        }
    }

    fn push(&mut self, span: Span, name: &'static str, busybox_has_it: bool) {
        let feature = Feature { span, name, replacement: None, variable: None, busybox_has_it };
        self.out.push(feature);
    }

    fn replaceable(&mut self, span: Span, name: &'static str, replacement: Option<(Span, String)>) {
        let feature = Feature { span, name, replacement, variable: None, busybox_has_it: true };
        self.out.push(feature);
    }

    fn simple(&mut self, command: &SimpleCommand) {
        let Some(name_word) = command.words.first() else { return };
        let Some(name) = command.name() else { return };
        if name_word.raw != *name {
            return;
        }
        if let Some((_, text, busybox)) = COMMANDS.iter().find(|it| it.0 == name) {
            self.push(name_word.span, text, *busybox);
        }
        let args = command.args();
        let first = args.first();
        let first_is = |text: &str| first.is_some_and(|it| it.is(text));
        match name {
            "source" => {
                // Without a slash `.` searches the path and not the working folder.
                let has_slash = first.is_some_and(|it| it.text().contains('/'));
                let replacement = has_slash.then(|| (name_word.span, ".".to_owned()));
                self.replaceable(name_word.span, "`source`", replacement);
            }
            "echo" if first.is_some_and(|it| is_escape_option(&it.text())) => {
                self.push(command.span, "`echo -e`", true);
            }
            "set" => {
                let pipefail = args.iter().find(|it| it.is("pipefail"));
                if let Some(word) = pipefail {
                    self.push(word.span, "`set -o pipefail`", true);
                }
            }
            "printf" if first_is("-v") => self.push(command.span, "`printf -v`", false),
            "export" if first_is("-f") => self.push(command.span, "`export -f`", false),
            "read" if first_is("-a") => self.push(command.span, "`read -a`", false),
            "trap" if args.iter().skip(1).any(|it| it.is("ERR") || it.is("DEBUG")) => {
                self.push(command.span, "`trap ... ERR`", false);
            }
            _ if is_test(command) => {
                for word in test_words(command).iter().filter(|it| it.raw == *"==") {
                    let replacement = Some((word.span, "=".to_owned()));
                    self.replaceable(word.span, "`==` in `[ ]`", replacement);
                }
            }
            _ => {}
        }
    }

    fn compound(&mut self, compound: &CompoundCommand) {
        let head = |len: usize| Span::new(compound.span.start, compound.span.start + len);
        match &compound.kind {
            CompoundKind::Test(_) => self.push(head(2), "`[[ ]]`", true),
            CompoundKind::Arithmetic(it) => self.push(it.span, "`(( ))`", false),
            CompoundKind::ArithmeticFor(_) => self.push(head(3), "`for ((...))`", false),
            CompoundKind::For(it) if it.is_select => self.push(head(6), "`select`", false),
            CompoundKind::Coprocess(_) => self.push(head(6), "`coproc`", false),
            CompoundKind::Function(it) => {
                if let Some(keyword) = it.keyword {
                    let names = matches!(&it.body, Some(Command::Compound(_)));
                    self.push(keyword, "the word `function`", names);
                }
            }
            CompoundKind::Case(clause) => {
                let falls = |end: &str| matches!(end, ";&" | ";;&");
                if clause.arms.iter().any(|it| falls(&it.end)) {
                    self.push(head(4), "`;&` in `case`", false);
                }
            }
            _ => {}
        }
    }

    fn redirect(&mut self, redirect: &Redirect) {
        let span = redirect.operator_span;
        match redirect.operator {
            RedirectOperator::OutputBoth => {
                // A target with an expansion may hold more than its span tells.
                let target = redirect.target.raw.as_str();
                let replacement =
                    (!target.is_empty()).then(|| (redirect.span, format!("> {target} 2>&1")));
                self.replaceable(span, "`&>`", replacement);
            }
            RedirectOperator::AppendBoth => {
                let target = redirect.target.raw.as_str();
                let replacement =
                    (!target.is_empty()).then(|| (redirect.span, format!(">> {target} 2>&1")));
                self.replaceable(span, "`&>>`", replacement);
            }
            RedirectOperator::HereString => self.push(span, "`<<<`", false),
            RedirectOperator::DuplicateOutput => {
                let target = redirect.target.literal();
                let is_file = target.is_some_and(|it| {
                    !it.is_empty() && it != "-" && !it.bytes().all(|it| it.is_ascii_digit())
                });
                if is_file {
                    self.push(span, "`>&` with a file", true);
                }
            }
            _ => {}
        }
        if redirect.descriptor.as_ref().is_some_and(|it| it.starts_with('{')) {
            self.push(redirect.span, "a named descriptor", false);
        }
    }

    fn part(&mut self, part: &WordPart, is_quoted: bool) {
        match &part.kind {
            WordPartKind::AnsiQuoted(_) => self.push(part.span, "`$'...'`", true),
            WordPartKind::LocaleQuoted(_) => self.push(part.span, "`$\"...\"`", false),
            WordPartKind::Process(_) => self.push(part.span, "`<(...)`", false),
            WordPartKind::Array(_) => self.push(part.span, "an array", false),
            WordPartKind::Brace(text) if text == "{" && !is_quoted => {
                self.push(part.span, "`{a,b}`", false);
            }
            WordPartKind::Parameter(parameter) => self.parameter(parameter),
            _ => {}
        }
    }

    fn assigns(&mut self, name: &str) -> bool {
        let script = self.script;
        self.assignments.get_or_insert_with(|| Assignments::of(script)).has(name)
    }

    fn parameter(&mut self, parameter: &Parameter) {
        let name = parameter.name.as_str();
        let special = VARIABLES.iter().find(|it| it.0 == name);
        if let Some((variable, text, busybox)) = special
            && parameter.operator.is_none()
            && !self.assigns(name)
        {
            self.out.push(Feature {
                span: parameter.span,
                name: text,
                replacement: None,
                variable: Some(variable),
                busybox_has_it: *busybox,
            });
        }
        if parameter.prefix == Some('!') {
            self.push(parameter.span, "`${!name}`", false);
        }
        if parameter.subscript.is_some() {
            self.push(parameter.span, "an array", false);
        }
        let Some(operator) = &parameter.operator else { return };
        match operator.text.as_str() {
            ":" => self.push(parameter.span, "`${name:offset}`", true),
            "/" | "//" | "/#" | "/%" => self.push(parameter.span, "`${name/a/b}`", true),
            "^" | "^^" | "," | ",," => self.push(parameter.span, "`${name^}`", false),
            "@" => self.push(parameter.span, "`${name@...}`", false),
            _ => {}
        }
    }
}

fn is_escape_option(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|it| it.contains('e') && it.bytes().all(|it| matches!(it, b'e' | b'n' | b'E')))
}

/// Commands of bash, how to name them, and whether BusyBox has them.
static COMMANDS: &[(&str, &str, bool)] = &[
    ("pushd", "`pushd`", false),
    ("popd", "`popd`", false),
    ("declare", "`declare`", false),
    ("typeset", "`typeset`", false),
    ("shopt", "`shopt`", false),
    ("mapfile", "`mapfile`", false),
    ("readarray", "`readarray`", false),
    ("compgen", "`compgen`", false),
    ("disown", "`disown`", false),
    ("let", "`let`", true),
];

/// Variables that bash sets, how to name them, and whether BusyBox sets them too.
static VARIABLES: &[(&str, &str, bool)] = &[
    ("RANDOM", "`$RANDOM`", true),
    ("UID", "`$UID`", false),
    ("EUID", "`$EUID`", false),
    ("OSTYPE", "`$OSTYPE`", false),
    ("HOSTTYPE", "`$HOSTTYPE`", false),
    ("MACHTYPE", "`$MACHTYPE`", false),
    ("PIPESTATUS", "`$PIPESTATUS`", false),
    ("BASH_SOURCE", "`$BASH_SOURCE`", false),
    ("BASH_VERSION", "`$BASH_VERSION`", false),
    ("SECONDS", "`$SECONDS`", false),
];
