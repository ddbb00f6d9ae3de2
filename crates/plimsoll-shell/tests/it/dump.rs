//! A tree as one line, for tables.
#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "a test need not be fast, and this reads best"
)]

use plimsoll_shell::{
    Assignment, Command, CompoundKind, Dialect, List, OperatorKind, PositionMap, Redirect, Script,
    Word, WordPart, WordPartKind, parse,
};

pub(crate) fn parsed(text: &str) -> Script {
    parse(text, &PositionMap::identity(0), Dialect::Bash)
}

pub(crate) fn dump(text: &str) -> String {
    let script = parsed(text);
    let mut res = list(&script.list);
    for error in &script.errors {
        res.push_str(&format!(" !{}@{}..{}", error.message, error.span.start, error.span.end));
    }
    res
}

fn list(list: &List) -> String {
    let mut res = String::new();
    for and_or in &list.items {
        if !res.is_empty() {
            res.push(' ');
        }
        for (idx, pipeline) in and_or.pipelines.iter().enumerate() {
            if pipeline.negation.is_some() {
                res.push_str("! ");
            }
            for (idx, it) in pipeline.commands.iter().enumerate() {
                res.push_str(&command(it));
                if let Some(operator) = pipeline.operators.get(idx) {
                    res.push_str(sign(operator.kind));
                }
            }
            if let Some(operator) = and_or.operators.get(idx) {
                res.push_str(sign(operator.kind));
            }
        }
        res.push_str(and_or.separator.map_or("", |it| sign(it.kind)));
    }
    res
}

fn sign(kind: OperatorKind) -> &'static str {
    match kind {
        OperatorKind::And => " && ",
        OperatorKind::Or => " || ",
        OperatorKind::Semicolon => ";",
        OperatorKind::Background => "&",
        OperatorKind::Newline => "¶",
        OperatorKind::Pipe => " | ",
        OperatorKind::PipeBoth => " |& ",
    }
}

fn command(it: &Command) -> String {
    match it {
        Command::Simple(simple) => {
            let mut res: Vec<String> = simple.assignments.iter().map(assignment).collect();
            res.extend(simple.words.iter().map(word));
            res.extend(simple.redirects.iter().map(redirect));
            format!("({})", res.join(" "))
        }
        Command::Compound(compound) => {
            let redirects: String =
                compound.redirects.iter().map(|it| format!(" {}", redirect(it))).collect();
            format!("{}{redirects}", kind(&compound.kind))
        }
    }
}

fn kind(kind: &CompoundKind) -> String {
    match kind {
        CompoundKind::Subshell(it) => format!("(sub {})", list(it)),
        CompoundKind::Group(it) => format!("(group {})", list(it)),
        CompoundKind::If(clause) => {
            let mut res = String::from("(if");
            for branch in &clause.branches {
                res.push_str(&format!(" {} then {}", list(&branch.condition), list(&branch.body)));
            }
            if let Some(otherwise) = &clause.otherwise {
                res.push_str(&format!(" else {}", list(otherwise)));
            }
            res + ")"
        }
        CompoundKind::For(it) => {
            let keyword = if it.is_select { "select" } else { "for" };
            let words = it.words.as_ref().map_or("$@".to_owned(), |it| words(it));
            format!("({keyword} {} [{words}] {})", it.variable, list(&it.body))
        }
        CompoundKind::ArithmeticFor(it) => {
            format!("(for (({})) {})", it.header.text, list(&it.body))
        }
        CompoundKind::Loop(it) => {
            format!("({:?} {} do {})", it.keyword, list(&it.condition), list(&it.body))
        }
        CompoundKind::Case(it) => {
            let mut res = format!("(case {}", word(&it.subject));
            for arm in &it.arms {
                res.push_str(&format!(
                    " [{}] {}{}",
                    words(&arm.patterns),
                    list(&arm.body),
                    arm.end
                ));
            }
            res + ")"
        }
        CompoundKind::Function(it) => {
            format!("(function {} {})", it.name, it.body.as_ref().map_or(String::new(), command))
        }
        CompoundKind::Test(it) => format!("(test {})", words(&it.words)),
        CompoundKind::Arithmetic(it) => format!("(math {})", parts(&it.parts)),
        CompoundKind::Coprocess(it) => format!(
            "(coproc {} {})",
            it.name.as_deref().unwrap_or("-"),
            it.body.as_ref().map_or(String::new(), command)
        ),
        CompoundKind::Timed(it) => format!("(time {})", command(it)),
    }
}

fn assignment(it: &Assignment) -> String {
    let subscript = it.subscript.as_ref().map_or(String::new(), |it| format!("[{it}]"));
    let sign = if it.is_append { "+=" } else { "=" };
    format!("{}{subscript}{sign}{}", it.name, word(&it.value))
}

fn redirect(it: &Redirect) -> String {
    let descriptor = it.descriptor.as_deref().unwrap_or_default();
    let body = it.here_document().map_or(String::new(), |it| {
        let mark = if it.is_literal { "raw" } else { "doc" };
        format!(":{mark}{{{}}}", parts(&it.parts).replace('\n', "¶"))
    });
    format!("<{descriptor}{:?} {}{body}>", it.operator, word(&it.target))
}

fn words(words: &[Word]) -> String {
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

pub(crate) fn word(word: &Word) -> String {
    parts(&word.parts)
}

fn parts(parts: &[WordPart]) -> String {
    parts.iter().map(part).collect()
}

fn part(part: &WordPart) -> String {
    match &part.kind {
        WordPartKind::Literal(it) => it.to_string(),
        WordPartKind::Escaped(it) => format!("\\{it}"),
        WordPartKind::SingleQuoted(it) => format!("'{it}'"),
        WordPartKind::DoubleQuoted(it) => format!("\"{}\"", parts(it)),
        WordPartKind::AnsiQuoted(it) => format!("$'{it}'").replace('\n', "¶"),
        WordPartKind::LocaleQuoted(it) => format!("$\"{}\"", parts(it)),
        WordPartKind::Parameter(it) => {
            let prefix = it.prefix.map_or(String::new(), |it| it.to_string());
            let subscript =
                it.subscript.as_ref().map_or(String::new(), |it| format!("[{}]", word(it)));
            let operator = it
                .operator
                .as_ref()
                .map_or(String::new(), |it| format!(" {} {}", it.text, word(&it.argument)));
            format!("<${prefix}{}{subscript}{operator}>", it.name)
        }
        WordPartKind::Command(it) => format!("<{:?} {}>", it.style, list(&it.list)),
        WordPartKind::Arithmetic(it) => format!("<math {}>", parts(&it.parts)),
        WordPartKind::Process(it) => {
            format!("<{} {}>", if it.is_output { "to" } else { "from" }, list(&it.list))
        }
        WordPartKind::Tilde(it) => format!("<{it}>"),
        WordPartKind::Glob(it) | WordPartKind::ExtendedGlob(it) => format!("<glob {it}>"),
        WordPartKind::Brace(it) => format!("<brace {it}>"),
        WordPartKind::Array(it) => format!("<array {}>", words(it)),
    }
}
