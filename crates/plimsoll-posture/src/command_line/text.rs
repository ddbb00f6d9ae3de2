//! The shell scripts inside of other texts, each with the way back to the file.
//!
//! What the shell never sees (variables of make, expressions of CI files, placeholders of a guide)
//! is masked byte by byte, so that it neither splits words nor breaks the grammar; [`unmask`] puts
//! it back.

use std::sync::Arc;

use plimsoll_config::{
    tree::ScalarStyle,
    workflow::{CiSystem, Scalar, Workflow},
    yaml::parse_yaml,
};
use plimsoll_shell::{Dialect, PositionMap};
use plimsoll_text::Source;

use crate::command_line::{CommandText, DEFAULT_DIALECT};

/// Scripts after this many in one file are not read.
pub(super) const MAX_SCRIPTS: usize = 10_000;

/// Stands for each byte that the shell never sees.
pub(super) const MASK: char = '\u{1}';

/// A script and where it stands.
pub(super) struct ScriptText {
    pub(super) text: String,
    pub(super) map: PositionMap,
    pub(super) dialect: Dialect,
}

/// Every script of `source`, and whether there are more than are given.
pub(super) fn scripts(source: &Arc<Source>, kind: CommandText) -> (Vec<ScriptText>, bool) {
    let mut res = Scripts { source, list: Vec::new(), is_truncated: false };
    match kind {
        CommandText::ShellScript => res.push_shell(),
        CommandText::Makefile => res.push_makefile(),
        CommandText::SystemdUnit => res.push_unit(),
        CommandText::Markdown => res.push_markdown(),
        CommandText::YamlScript => res.push_yaml(),
    }
    (res.list, res.is_truncated)
}

/// `text` with what was masked in it put back from the file.
pub(super) fn unmask(source: &Source, text: String, map: &PositionMap) -> String {
    if !text.contains(MASK) {
        return text;
    }
    let mut res = String::with_capacity(text.len());
    let bytes = text.as_bytes();
    let is_masked = |idx: usize| bytes.get(idx).is_some_and(|it| char::from(*it) == MASK);
    let mut start = 0;
    while start < text.len() {
        let masked = is_masked(start);
        let end = (start..text.len()).find(|idx| is_masked(*idx) != masked).unwrap_or(text.len());
        let kept = text.get(start..end).unwrap_or_default();
        let written = source.slice(map.span(start, end));
        // Pieces that are not of one length would move every place behind them.
        res.push_str(if masked && written.len() == kept.len() { written } else { kept });
        start = end;
    }
    res
}

struct Scripts<'a> {
    source: &'a Arc<Source>,
    list: Vec<ScriptText>,
    is_truncated: bool,
}

impl Scripts<'_> {
    fn push(&mut self, draft: Draft, dialect: Dialect) {
        if draft.text.trim().is_empty() {
            return;
        }
        if self.list.len() >= MAX_SCRIPTS {
            self.is_truncated = true;
            return;
        }
        self.list.push(ScriptText { text: draft.text, map: draft.map, dialect });
    }

    fn push_shell(&mut self) {
        let text = self.source.text();
        let first = text.lines().next().unwrap_or_default();
        let named = first.strip_prefix("#!").and_then(|it| {
            let mut words = it.split_whitespace().map(|it| it.rsplit('/').next().unwrap_or(it));
            let name = words.find(|it| *it != "env" && !it.starts_with('-') && !it.contains('='));
            name.and_then(Dialect::of_interpreter)
        });
        let mut draft = Draft::default();
        draft.push(text, 0);
        self.push(draft, named.unwrap_or(DEFAULT_DIALECT));
    }

    /// Each recipe line with its continuations is a script of its own, as make runs it.
    fn push_makefile(&mut self) {
        let mut draft = Draft::default();
        for (start, line) in lines(self.source.text()) {
            let is_continued = !draft.text.is_empty();
            let Some(recipe) = line.strip_prefix('\t') else {
                if is_continued {
                    draft.push_make(line, start);
                }
                if !line.trim_end().ends_with('\\') && is_continued {
                    self.push(std::mem::take(&mut draft), DEFAULT_DIALECT);
                }
                continue;
            };
            let body = if is_continued {
                recipe
            } else {
                recipe.trim_start_matches(['\t', ' ', '@', '-', '+'])
            };
            draft.push_make(body, start + line.len() - body.len());
            if !body.trim_end_matches(['\n', '\r']).ends_with('\\') {
                self.push(std::mem::take(&mut draft), DEFAULT_DIALECT);
            }
        }
        self.push(draft, DEFAULT_DIALECT);
    }

    /// The lines of `Exec...=`; a backslash at the end of a line is a blank.
    fn push_unit(&mut self) {
        let mut draft: Option<Draft> = None;
        for (start, line) in lines(self.source.text()) {
            let is_comment = line.trim_start().starts_with(['#', ';']);
            let (body, at) = match &draft {
                _ if is_comment => continue,
                Some(_) => (line, start),
                None => {
                    let Some((key, value)) = line.split_once('=') else { continue };
                    if !key.trim().starts_with("Exec") {
                        continue;
                    }
                    let value = value.trim_start_matches([' ', '\t', '-', '@', ':', '+', '!', '|']);
                    (value, start + line.len() - value.len())
                }
            };
            let content = body.trim_end_matches(['\n', '\r']);
            let open = draft.get_or_insert_default();
            if let Some(kept) = content.strip_suffix('\\') {
                open.push_dollars(kept, at);
                open.push(" ", at + kept.len());
            } else {
                open.push_dollars(content, at);
                self.push(draft.take().unwrap_or_default(), Dialect::Posix);
            }
        }
        self.push(draft.unwrap_or_default(), Dialect::Posix);
    }

    fn push_markdown(&mut self) {
        let mut open: Option<Fence> = None;
        for (start, line) in lines(self.source.text()) {
            // A block may stand in a list or in a quotation.
            let body = line.trim_start_matches([' ', '\t', '>']);
            let at = start + line.len() - body.len();
            match &mut open {
                None => open = Fence::of(body, line.len() - body.len()),
                Some(fence) if fence.is_closed_by(body) => {
                    if let Some(fence) = open.take() {
                        self.push_fence(&fence);
                    }
                }
                Some(fence) => {
                    let n_outer = fence.indent.min(line.len() - body.len());
                    let kept = line.get(n_outer..).unwrap_or(body);
                    fence.lines.push((at.min(start + n_outer), kept.len()));
                }
            }
        }
        if let Some(fence) = open {
            self.push_fence(&fence);
        }
    }

    fn push_fence(&mut self, fence: &Fence) {
        if !fence.is_shell {
            return;
        }
        let text = self.source.text();
        let lines: Vec<(usize, &str)> = fence
            .lines
            .iter()
            .filter_map(|(at, len)| Some((*at, text.get(*at..*at + *len)?)))
            .collect();
        let has_dollar = lines.iter().any(|it| it.1.trim_start().starts_with("$ "));
        let has_number = fence.is_console
            || lines.iter().any(|(_, line)| {
                let command = line.trim_start().strip_prefix("# ").unwrap_or_default();
                let mut words = command.split_whitespace();
                fence.is_plain && matches!(words.next(), Some("docker" | "podman" | "sudo"))
            });
        let mut draft = Draft::default();
        let mut is_continued = false;
        for (at, line) in lines {
            let trimmed = line.trim_start();
            let command = match trimmed.strip_prefix("$ ") {
                _ if is_continued => line,
                Some(command) => command,
                // What the command printed.
                None if has_dollar => continue,
                None => match trimmed.strip_prefix("# ") {
                    Some(command) if has_number => command,
                    None if has_number && fence.is_console => continue,
                    _ => line,
                },
            };
            draft.push_placeholders(command, at + line.len() - command.len());
            is_continued = command.trim_end().ends_with('\\');
        }
        self.push(draft, DEFAULT_DIALECT);
    }

    fn push_yaml(&mut self) {
        let workflow = Workflow::read(&Arc::new(parse_yaml(self.source)));
        self.is_truncated |= workflow.is_truncated || workflow.tree.is_broken();
        let has_expressions = workflow.system == CiSystem::GitHub;
        for step in workflow.steps() {
            let shell = step.shell.as_ref().and_then(|it| it.text.split_whitespace().next());
            let dialect = match shell {
                None => DEFAULT_DIALECT,
                Some(name) => match Dialect::of_interpreter(name) {
                    Some(dialect) if dialect.is_posix_family() => dialect,
                    _ => continue,
                },
            };
            if let Some(run) = &step.run {
                self.push(yaml_draft(self.source, run, has_expressions), dialect);
            }
        }
    }
}

/// A script while it is put together.
struct Draft {
    text: String,
    map: PositionMap,
}

impl Default for Draft {
    fn default() -> Self {
        Self { text: String::new(), map: PositionMap::empty() }
    }
}

impl Draft {
    /// Appends `text`, which stands at `offset` of the file.
    fn push(&mut self, text: &str, offset: usize) {
        if !text.is_empty() {
            self.map.push(self.text.len(), offset);
            self.text.push_str(text);
        }
    }

    /// Appends a mask for each byte of `text`.
    fn push_masked(&mut self, text: &str, offset: usize) {
        if !text.is_empty() {
            self.map.push(self.text.len(), offset);
            self.text.extend(std::iter::repeat_n(MASK, text.len()));
        }
    }

    /// Appends text of a recipe: `$$` is a dollar, `$(x)`, `${x}` and `$x` are make's own.
    fn push_make(&mut self, text: &str, offset: usize) {
        let mut done = 0;
        while let Some(at) = find_from(text, done, "$") {
            let rest = text.get(at + 1..).unwrap_or_default();
            self.push(text.get(done..at).unwrap_or_default(), offset + done);
            let len = match rest.as_bytes().first() {
                Some(b'$') => {
                    self.push("$", offset + at + 1);
                    done = at + 2;
                    continue;
                }
                Some(b'(') => bracketed(rest, b'(', b')'),
                Some(b'{') => bracketed(rest, b'{', b'}'),
                Some(it) if it.is_ascii_whitespace() => 0,
                Some(_) => rest.chars().next().map_or(0, char::len_utf8),
                None => 0,
            };
            let end = at + 1 + len;
            self.push_masked(text.get(at..end).unwrap_or_default(), offset + at);
            done = end;
        }
        self.push(text.get(done..).unwrap_or_default(), offset + done);
    }

    /// Appends text in which `$$` is a dollar.
    fn push_dollars(&mut self, text: &str, offset: usize) {
        let mut done = 0;
        while let Some(at) = find_from(text, done, "$$") {
            self.push(text.get(done..at).unwrap_or_default(), offset + done);
            self.push("$", offset + at + 1);
            done = at + 2;
        }
        self.push(text.get(done..).unwrap_or_default(), offset + done);
    }

    /// Appends text with `<your value>` masked, which a shell would take for redirections.
    fn push_placeholders(&mut self, text: &str, offset: usize) {
        let mut done = 0;
        while let Some(at) = find_from(text, done, "<") {
            let rest = text.get(at + 1..).unwrap_or_default();
            let is_inner = |it: char| it.is_alphanumeric() || " _-./:|".contains(it);
            let len = rest.find(|it| !is_inner(it)).unwrap_or(rest.len());
            let starts = rest.starts_with(|it: char| it.is_alphabetic());
            let is_placeholder = starts && rest.get(len..).is_some_and(|it| it.starts_with('>'));
            self.push(text.get(done..at).unwrap_or_default(), offset + done);
            let end = if is_placeholder { at + len + 2 } else { at + 1 };
            let piece = text.get(at..end).unwrap_or_default();
            if is_placeholder {
                self.push_masked(piece, offset + at);
            } else {
                self.push(piece, offset + at);
            }
            done = end;
        }
        self.push(text.get(done..).unwrap_or_default(), offset + done);
    }
}

/// The length of what stands in brackets at the start of `text`; 1 where they do not close.
fn bracketed(text: &str, open: u8, close: u8) -> usize {
    let mut depth = 0_usize;
    for (idx, byte) in text.bytes().enumerate().take(MAX_VARIABLE) {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return idx + 1;
            }
        }
    }
    1
}

/// A text of a YAML file with its way back. A block loses its indentation, a quoted text its
/// escapes: the value is laid beside what is written, and both are walked at once.
fn yaml_draft(source: &Source, scalar: &Scalar, has_expressions: bool) -> Draft {
    let written = source.slice(scalar.span);
    let mut at = match scalar.style {
        ScalarStyle::Literal | ScalarStyle::Folded => written.find('\n').map_or(0, |it| it + 1),
        _ => 0,
    };
    let bytes = written.as_bytes();
    let mut map = PositionMap::empty();
    for (idx, character) in scalar.text.char_indices() {
        let is_blank = character.is_whitespace();
        while !is_blank && bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        let here = written.get(at..).and_then(|it| it.chars().next());
        map.push(idx, scalar.span.start + at.min(written.len()));
        match here {
            Some('\\') if scalar.style == ScalarStyle::DoubleQuoted => at += escape_len(bytes, at),
            Some('\'') if scalar.style == ScalarStyle::SingleQuoted => at += 2,
            Some(found) if found == character || found == '\n' => at += found.len_utf8(),
            // The value has a blank where nothing is written.
            _ => {}
        }
    }
    let text = if has_expressions { masked_expressions(&scalar.text) } else { scalar.text.clone() };
    Draft { text, map }
}

fn escape_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1) {
        Some(b'x') => 4,
        Some(b'u') => 6,
        Some(b'U') => 10,
        _ => 2,
    }
}

/// `text` with every `${{ ... }}` masked, which the shell gets as the text that it comes to.
fn masked_expressions(text: &str) -> String {
    let mut res = String::with_capacity(text.len());
    let mut done = 0;
    while let Some(at) = find_from(text, done, "${{") {
        let Some(end) = find_from(text, at, "}}").map(|it| it + 2) else { break };
        res.push_str(text.get(done..at).unwrap_or_default());
        res.extend(std::iter::repeat_n(MASK, end - at));
        done = end;
    }
    res.push_str(text.get(done..).unwrap_or_default());
    res
}

/// A fenced block of Markdown.
struct Fence {
    mark: u8,
    length: usize,
    indent: usize,
    is_shell: bool,
    is_console: bool,
    is_plain: bool,
    /// Where each line starts, and how long it is.
    lines: Vec<(usize, usize)>,
}

impl Fence {
    fn of(line: &str, indent: usize) -> Option<Self> {
        let mark = *line.as_bytes().first().filter(|it| matches!(it, b'`' | b'~'))?;
        let length = line.bytes().take_while(|it| *it == mark).count();
        let info = line.get(length..)?.trim();
        if length < 3 || (mark == b'`' && info.contains('`')) {
            return None;
        }
        let word = info.split([' ', ',', '\t', '}']).next().unwrap_or_default();
        let language = word.trim_start_matches(['{', '.']).to_ascii_lowercase();
        let is_console = CONSOLE_LANGUAGES.contains(&language.as_str());
        let is_plain = language.is_empty();
        let is_shell = is_plain || is_console || SHELL_LANGUAGES.contains(&language.as_str());
        Some(Self { mark, length, indent, is_shell, is_console, is_plain, lines: Vec::new() })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let length = line.bytes().take_while(|it| *it == self.mark).count();
        length >= self.length && line.get(length..).is_some_and(|it| it.trim().is_empty())
    }
}

static SHELL_LANGUAGES: &[&str] = &["sh", "bash", "shell", "zsh", "ksh", "dash", "shellscript"];
static CONSOLE_LANGUAGES: &[&str] =
    &["console", "shell-session", "shellsession", "sh-session", "terminal", "bash-session"];

/// The lines of `text` with their line ends, and where each starts.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start;
        start += line.len();
        (at, line)
    })
}

fn find_from(text: &str, from: usize, wanted: &str) -> Option<usize> {
    text.get(from..)?.find(wanted).map(|it| it + from)
}

/// Variables of make that are longer than this are taken for text.
const MAX_VARIABLE: usize = 512;
