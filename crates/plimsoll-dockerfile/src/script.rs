//! Shell forms: what the shell is handed, which program reads it, and scripts inside heredocs.

use std::ops::Range;

use plimsoll_shell::{PositionMap, Script};

use crate::{
    heredoc::Opener,
    lines::line_at,
    logical::LogicalText,
    model::Heredoc,
    payload::{EmbeddedScript, ShellForm},
    shell_in_force::{ShellInForce, ShellKind, is_cluster_with},
    words::{split_quoted, unquote},
};

/// What a shell form is made of.
pub(crate) struct ShellText<'a> {
    /// The text of the file.
    pub(crate) source: &'a str,
    /// The instruction.
    pub(crate) text: &'a LogicalText,
    /// Where the command stands in it.
    pub(crate) range: Range<usize>,
    pub(crate) openers: &'a [Opener],
    pub(crate) heredocs: &'a [Heredoc],
    pub(crate) shell: &'a ShellInForce,
    /// What `sh` is in this image.
    pub(crate) base_shell: &'a ShellKind,
    pub(crate) exec_fallback: bool,
}

/// Reads a shell form.
pub(crate) fn read_shell_form(it: &ShellText<'_>) -> ShellForm {
    let span = it.text.locate(it.range.clone());
    let single = match (it.openers, it.heredocs) {
        ([opener], [heredoc]) if opener.range == it.range => Some(heredoc),
        _ => None,
    };
    let mut shell = it.shell.kind.clone();
    let mut shebang_options = Vec::new();
    let mut shebang = false;
    let (text, embedded) = match single {
        Some(heredoc) => {
            let text = body_text(it.source, heredoc);
            if let Some((kind, options)) = read_shebang(text.text(), it.base_shell) {
                (shell, shebang_options, shebang) = (kind, options, true);
            }
            (text, Vec::new())
        }
        None if it.heredocs.is_empty() => (it.text.part(it.range.clone()), Vec::new()),
        None => (with_heredocs(it), embedded_scripts(it)),
    };
    let script = read_script(&text, &shell);
    let body_of = single.map(|_| 0);
    let exec_fallback = it.exec_fallback;
    ShellForm {
        text,
        span,
        body_of,
        shell,
        shebang_options,
        shebang,
        script,
        embedded,
        exec_fallback,
    }
}

fn read_script(text: &LogicalText, shell: &ShellKind) -> Option<Script> {
    let dialect = shell.dialect().filter(|it| it.is_posix_family())?;
    let mut map = PositionMap::empty();
    for (logical, file) in text.pieces() {
        map.push(*logical, *file);
    }
    Some(plimsoll_shell::parse(text.text(), &map, dialect))
}

/// The body of a heredoc, with plain line feeds, and without leading tabs for `<<-`.
fn body_text(source: &str, heredoc: &Heredoc) -> LogicalText {
    let mut res = LogicalText::default();
    push_body(source, heredoc, heredoc.strip_tabs, &mut res);
    if res.pieces().is_empty() {
        return LogicalText::empty_at(heredoc.body.start);
    }
    res
}

fn push_body(source: &str, heredoc: &Heredoc, strip_tabs: bool, out: &mut LogicalText) {
    let body = source.get(heredoc.body.range()).unwrap_or_default();
    if !strip_tabs && !body.contains('\r') {
        out.push(body, heredoc.body.start);
        return;
    }
    let mut at = heredoc.body.start;
    while let Some(line) = line_at(source, at).filter(|_| at < heredoc.body.end) {
        let tabs = if strip_tabs { '\t' } else { '\0' };
        let content = line.content.trim_start_matches(tabs);
        out.push(content, line.end() - content.len());
        if line.next > line.end() {
            out.push("\n", line.next - 1);
        }
        at = line.next;
    }
}

/// The command with its heredocs below it, as the builder hands it to the shell.
fn with_heredocs(it: &ShellText<'_>) -> LogicalText {
    let mut res = it.text.part(it.range.clone());
    for heredoc in it.heredocs {
        // The line feed that ends the line above; there is none at the end of the text.
        let before = heredoc.body.start.saturating_sub(1);
        if it.source.get(before..heredoc.body.start) == Some("\n") {
            res.push("\n", before);
        }
        push_body(it.source, heredoc, false, &mut res);
        let terminator = it.source.get(heredoc.terminator.range()).unwrap_or_default();
        res.push(terminator, heredoc.terminator.start);
    }
    res
}

/// The program of a `#!` line and the words after it.
fn read_shebang(body: &str, base_shell: &ShellKind) -> Option<(ShellKind, Vec<String>)> {
    let line = body.strip_prefix("#!")?.lines().next()?;
    let mut words = line.split_whitespace().peekable();
    let mut program = words.next()?;
    if program.ends_with("/env") {
        while words.next_if(|it| it.starts_with('-') || it.contains('=')).is_some() {}
        program = words.next()?;
    }
    let kind = ShellKind::of_program(program, base_shell);
    Some((kind, words.map(str::to_owned).collect()))
}

/// The heredocs that are the standard input of a shell or interpreter.
fn embedded_scripts(it: &ShellText<'_>) -> Vec<EmbeddedScript> {
    if matches!(it.shell.kind, ShellKind::PowerShell | ShellKind::Cmd) {
        return Vec::new();
    }
    let line = it.text.slice(0..it.range.end);
    let words = split_quoted(line, it.range.start, '\\');
    let mut res = Vec::new();
    for (idx, opener) in it.openers.iter().enumerate() {
        let Some(heredoc) = it.heredocs.get(idx) else { continue };
        let Some(at) = words.iter().position(|word| *word == opener.range) else { continue };
        let Some(shell) = reader_of(line, &words, at, it.base_shell) else { continue };
        let text = body_text(it.source, heredoc);
        let script = read_script(&text, &shell);
        res.push(EmbeddedScript { heredoc: idx, shell, text, script });
    }
    res
}

/// What reads the heredoc that the word at `at` opens, if it takes it for a script.
fn reader_of(
    line: &str,
    words: &[Range<usize>],
    at: usize,
    base_shell: &ShellKind,
) -> Option<ShellKind> {
    let text = |it: &Range<usize>| line.get(it.clone()).unwrap_or_default();
    let ends_command = |it: &str| is_operator(it) || it.ends_with(';');
    let before = words.get(..at)?;
    let start = before.iter().rposition(|it| ends_command(text(it))).map_or(0, |it| it + 1);
    let mut command = Vec::new();
    let mut skip_next = false;
    for word in words.get(start..)?.iter().take(MAX_COMMAND_WORDS).map(text) {
        if is_operator(word) {
            break;
        }
        let is_redirect = word.trim_start_matches(|it: char| it.is_ascii_digit() || it == '&');
        if is_redirect.starts_with(['<', '>']) {
            skip_next = is_redirect.trim_start_matches(['<', '>', '|']).is_empty();
        } else if !std::mem::take(&mut skip_next) {
            command.push(unquote(word.trim_end_matches(';'), '\\'));
        }
        if word.ends_with(';') {
            break;
        }
    }
    program_reading_input(&command, base_shell)
}

fn is_operator(word: &str) -> bool {
    matches!(word, "|" | "||" | "&&" | "&" | ";" | "(" | ")" | "{" | "}" | "|&" | "!")
        || matches!(word, "if" | "then" | "else" | "elif" | "do" | "while" | "until")
}

/// The shell or interpreter of `command`, if it reads its script from standard input.
fn program_reading_input(command: &[String], base_shell: &ShellKind) -> Option<ShellKind> {
    let mut words = command.iter().map(String::as_str).peekable();
    let program = loop {
        let word = words.next()?;
        let base = word.rsplit('/').next().unwrap_or(word);
        if WRAPPERS.contains(&base) {
            while words.next_if(|it| it.starts_with('-')).is_some() {}
        } else if !word.contains('=') {
            break word;
        }
    };
    let kind = ShellKind::of_program(program, base_shell);
    if let ShellKind::Other(name) = &kind {
        let is_interpreter = INTERPRETERS.iter().any(|it| name.starts_with(it));
        // A word without dash is a file to run; the heredoc then is data.
        let fine = is_interpreter && words.all(|it| it == "-" || it.starts_with('-'));
        return fine.then_some(kind);
    }
    let mut reads_input = false;
    while let Some(word) = words.next() {
        if is_cluster_with(word, 'c') {
            return None;
        }
        reads_input |= word == "-" || is_cluster_with(word, 's');
        if is_cluster_with(word, 'o') {
            words.next();
        } else if !word.starts_with(['-', '+']) && !reads_input && word != "/dev/stdin" {
            // A busybox is told which of its programs to be.
            let is_applet = kind == ShellKind::Busybox && matches!(word, "sh" | "ash");
            if !is_applet {
                return None;
            }
        }
    }
    Some(kind)
}

/// The program stands among the first words; what comes later only names more input.
const MAX_COMMAND_WORDS: usize = 256;
/// Commands that run the command after them.
const WRAPPERS: [&str; 9] =
    ["exec", "env", "sudo", "command", "time", "nice", "nohup", "doas", "builtin"];
/// Beginnings of the names of programs that run a script from standard input.
const INTERPRETERS: [&str; 8] = ["python", "perl", "ruby", "node", "php", "lua", "rscript", "fish"];
