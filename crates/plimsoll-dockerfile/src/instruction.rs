//! From the words of an instruction to its typed payload.

use std::ops::Range;

use plimsoll_text::Span;

use crate::{
    environment::Environment,
    flags::{RawFlag, read_flags, read_mount},
    heredoc::Opener,
    image_reference::ImageReference,
    json::{JsonArray, read_array},
    keyword::Keyword,
    logical::LogicalText,
    model::{ExecWord, Heredoc, SyntaxError, SyntaxErrorKind, Word},
    payload::{
        Alias, Argument, Copy, CopySource, ExecForm, From, Healthcheck, Image, InstructionKind,
        Pair, Pairs, Port, Run, ShellOrExec, StageReference, User, Volume,
    },
    script::{ShellText, read_shell_form},
    shell_in_force::{ShellInForce, ShellKind},
    stage::StageNames,
    words::{split_quoted, split_white_space, word},
};

/// The keyword and flags of an instruction.
pub(crate) struct Opening {
    pub(crate) keyword: Keyword,
    pub(crate) name: Range<usize>,
    /// Where the flags start, or the arguments if there are none.
    pub(crate) args: usize,
    pub(crate) flags: Vec<RawFlag>,
    /// Where the arguments after the flags start.
    pub(crate) rest: usize,
}

/// Reads the keyword at `start` and the flags after it.
pub(crate) fn read_opening(text: &LogicalText, start: usize, escape: char) -> Opening {
    let whole = text.text();
    let tail = whole.get(start..).unwrap_or_default();
    let name_end = start + tail.find(char::is_whitespace).unwrap_or(tail.len());
    let args = crate::words::skip_white_space(whole, name_end);
    let keyword = Keyword::of(text.slice(start..name_end));
    let reads_flags = !matches!(keyword, Keyword::Unknown | Keyword::Onbuild);
    let (flags, rest) =
        if reads_flags { read_flags(text, args, escape) } else { (Vec::new(), args) };
    Opening { keyword, name: start..name_end, args, flags, rest }
}

/// Everything that the payload of an instruction is read from.
pub(crate) struct Reader<'a> {
    /// The text of the file.
    pub(crate) source: &'a str,
    pub(crate) text: &'a LogicalText,
    pub(crate) escape: char,
    pub(crate) opening: &'a Opening,
    pub(crate) openers: &'a [Opener],
    pub(crate) heredocs: &'a [Heredoc],
    pub(crate) shell: &'a ShellInForce,
    pub(crate) base_shell: &'a ShellKind,
    /// Variables of the global scope, for `FROM`.
    pub(crate) globals: Environment<'a>,
    pub(crate) names: &'a StageNames,
    /// The number of this stage; stages before it can be named.
    pub(crate) stage: usize,
    /// Whether it runs as a part of this file's stages.
    pub(crate) in_stage: bool,
    pub(crate) errors: &'a mut Vec<SyntaxError>,
}

impl Reader<'_> {
    /// The payload.
    pub(crate) fn read(&mut self) -> InstructionKind {
        self.read_known().unwrap_or(InstructionKind::Invalid)
    }

    /// The payload, or nothing after an error was noted.
    fn read_known(&mut self) -> Option<InstructionKind> {
        let keyword = self.opening.keyword;
        if keyword == Keyword::Unknown {
            return Some(self.unknown());
        }
        if self.is_empty() {
            let message = format!("`{}` needs an argument", keyword.name());
            self.error(self.name_span(), SyntaxErrorKind::MissingArgument, message);
            return None;
        }
        Some(match keyword {
            Keyword::From => InstructionKind::From(Box::new(self.from()?)),
            Keyword::Run => InstructionKind::Run(self.run()),
            Keyword::Copy => InstructionKind::Copy(self.copy()?),
            Keyword::Add => InstructionKind::Add(self.copy()?),
            Keyword::Arg => InstructionKind::Arg(self.arguments()?),
            Keyword::Env => InstructionKind::Env(self.pairs()?),
            Keyword::Label => InstructionKind::Label(self.pairs()?),
            Keyword::Expose => InstructionKind::Expose(self.ports()),
            Keyword::User => InstructionKind::User(self.user()),
            Keyword::Workdir => InstructionKind::Workdir(self.whole()),
            Keyword::Volume => InstructionKind::Volume(self.volume()?),
            Keyword::Cmd => InstructionKind::Cmd(self.form(self.opening.rest)),
            Keyword::Entrypoint => InstructionKind::Entrypoint(self.form(self.opening.rest)),
            Keyword::Healthcheck => InstructionKind::Healthcheck(self.healthcheck()?),
            Keyword::Shell => InstructionKind::Shell(self.shell_words()?),
            Keyword::Stopsignal => InstructionKind::Stopsignal(self.whole()),
            Keyword::Maintainer => InstructionKind::Maintainer(self.whole()),
            // The parser reads what is inside.
            Keyword::Onbuild | Keyword::Unknown => return None,
        })
    }

    fn unknown(&mut self) -> InstructionKind {
        let name = self.text.slice(self.opening.name.clone()).to_owned();
        let shown: String = name.chars().take(MAX_SHOWN).collect();
        let message = format!("`{shown}` is no instruction");
        self.error(self.name_span(), SyntaxErrorKind::UnknownInstruction, message);
        InstructionKind::Unknown { name }
    }

    fn from(&mut self) -> Option<From> {
        let words = self.words();
        let alias = match words.as_slice() {
            [_] => None,
            [_, keyword, name] if self.text.slice(keyword.clone()).eq_ignore_ascii_case("as") => {
                let name = word(self.text, name.clone());
                Some(Alias { keyword: self.text.locate(keyword.clone()), name })
            }
            [_, rest @ ..] => {
                let span = self.cover(rest);
                let message = "after the image only `AS name` may follow".to_owned();
                self.error(span, SyntaxErrorKind::BadFrom, message);
                None
            }
            [] => return None,
        };
        if let Some(alias) = alias.as_ref().filter(|it| !is_stage_name(&it.name.text)) {
            let message = "a stage name starts with a letter and goes on with letters, digits, \
                           `-`, `_` and `.`"
                .to_owned();
            self.error(alias.name.span, SyntaxErrorKind::BadStageName, message);
        }
        let image = self.image(words.first()?.clone());
        let platform = self.flag("platform").and_then(|it| it.flag.value.clone());
        Some(From { image, platform, alias })
    }

    fn image(&mut self, range: Range<usize>) -> Image {
        let word = word(self.text, range.clone());
        let mut reference = ImageReference::parse(&word.text);
        if let Some(reference) = &mut reference {
            // Through the logical text, as a continuation may cut the name.
            let parts = [&mut reference.registry, &mut reference.tag, &mut reference.digest];
            let parts = parts.into_iter().flatten();
            for part in parts.chain([&mut reference.repository]) {
                let start = range.start + part.span.start;
                part.span = self.text.locate(start..start + part.span.len());
            }
        }
        let value = self.globals.expand(&word.text).value;
        let expanded = value.and_then(|it| ImageReference::parse(&it));
        let image = expanded.as_ref();
        let image = image.filter(|it| self.names.find(&it.text, self.stage).is_none());
        if image.is_some_and(|it| it.problem().is_some()) {
            let message = "this cannot be the name of an image".to_owned();
            self.error(word.span, SyntaxErrorKind::BadImageReference, message);
        }
        Image { word, reference, expanded }
    }

    fn run(&mut self) -> Run {
        let form = self.form(self.opening.rest);
        let flags = self.opening.flags.iter().filter(|it| it.flag.name == "mount");
        let values = flags.filter_map(|it| it.value_range.clone());
        let mounts = values.map(|it| read_mount(self.text, it, self.names, self.stage)).collect();
        Run { form, mounts }
    }

    /// A command from `start` to the end, in either form.
    fn form(&mut self, start: usize) -> ShellOrExec {
        let end = self.text.text().len();
        let array = read_array(self.text.text(), start);
        let exec_fallback = match array {
            JsonArray::Strings(strings, range) => {
                let words = self.exec_words(strings);
                return ShellOrExec::Exec(ExecForm { words, span: self.text.locate(range) });
            }
            JsonArray::OtherValues => {
                self.not_strings(start);
                true
            }
            JsonArray::Invalid => true,
            JsonArray::Absent => false,
        };
        ShellOrExec::Shell(Box::new(read_shell_form(&ShellText {
            source: self.source,
            text: self.text,
            range: start..end,
            openers: self.openers,
            heredocs: self.heredocs,
            shell: self.shell,
            base_shell: self.base_shell,
            exec_fallback,
        })))
    }

    fn copy(&mut self) -> Option<Copy> {
        let (mut words, json) = self.paths();
        let destination = words.pop()?;
        if words.is_empty() {
            let name = self.opening.keyword.name();
            let message = format!("`{name}` needs a source and a destination");
            self.error(self.name_span(), SyntaxErrorKind::MissingArgument, message);
            return None;
        }
        let sources = words.into_iter().map(|it| self.copy_source(it)).collect();
        let from = self.flag("from").and_then(|it| {
            let text = it.flag.value.clone()?;
            let stage = self.names.resolve(&text, self.stage);
            Some(StageReference { text, span: it.flag.value_span?, stage })
        });
        if let Some(from) = from.as_ref().filter(|it| it.stage.is_none()) {
            self.check_stage_number(from);
        }
        Some(Copy { sources, destination, json, from })
    }

    /// A number can only mean an earlier stage; a name may also be an image. In a fragment and
    /// inside `ONBUILD` the stages are those of another file.
    fn check_stage_number(&mut self, from: &StageReference) {
        if from.text.parse::<usize>().is_ok() && self.in_stage {
            let message = format!("there is no stage `{}` before this one", from.text);
            self.error(from.span, SyntaxErrorKind::BadStageGraph, message);
        }
    }

    fn copy_source(&self, word: Word) -> CopySource {
        let at = self.openers.iter().position(|it| it.range.start == word.offset);
        match at.filter(|it| *it < self.heredocs.len()) {
            Some(at) => CopySource::Heredoc(at),
            None => CopySource::Path(word),
        }
    }

    fn arguments(&mut self) -> Option<Vec<Argument>> {
        let ranges = split_quoted(self.text.text(), self.opening.rest, self.escape);
        let mut res = Vec::new();
        for range in ranges {
            let (name, default) = self.split_pair(range.clone());
            let argument = Argument { name, default, span: self.text.locate(range) };
            if argument.name.text.is_empty() {
                self.missing_name(argument.span);
            } else {
                res.push(argument);
            }
        }
        (!res.is_empty()).then_some(res)
    }

    fn pairs(&mut self) -> Option<Pairs> {
        let rest = self.opening.rest;
        let ranges = split_quoted(self.text.text(), rest, self.escape);
        let first = ranges.first()?.clone();
        if !self.text.slice(first).contains('=') {
            return self.legacy_pair().map(|it| Pairs { pairs: vec![it], legacy: true });
        }
        let mut pairs = Vec::new();
        for range in ranges {
            let span = self.text.locate(range.clone());
            let (key, value) = self.split_pair(range);
            match value {
                None => {
                    let message = "a pair is of the form `name=value`; quote a value that holds \
                                   white space"
                        .to_owned();
                    self.error(span, SyntaxErrorKind::MissingEquals, message);
                }
                Some(_) if key.text.is_empty() => self.missing_name(span),
                Some(value) => {
                    let name = key.unquoted(self.escape);
                    pairs.push(Pair { name, key, value, span });
                }
            }
        }
        (!pairs.is_empty()).then_some(Pairs { pairs, legacy: false })
    }

    /// `key value`, where the value is all that follows.
    fn legacy_pair(&mut self) -> Option<Pair> {
        let key_range = split_white_space(self.text.text(), self.opening.rest).first()?.clone();
        let value_start = crate::words::skip_white_space(self.text.text(), key_range.end);
        let end = self.text.text().len();
        if value_start >= end {
            let message = format!("`{}` needs a value", self.opening.keyword.name());
            let span = self.text.locate(key_range);
            self.error(span, SyntaxErrorKind::MissingArgument, message);
            return None;
        }
        let span = self.text.locate(key_range.start..end);
        let key = word(self.text, key_range);
        let value = word(self.text, value_start..end);
        Some(Pair { name: key.unquoted(self.escape), key, value, span })
    }

    fn ports(&mut self) -> Vec<Port> {
        self.words().into_iter().map(|it| self.port(it)).collect()
    }

    fn port(&mut self, range: Range<usize>) -> Port {
        let word = word(self.text, range);
        let text = word.unquoted(self.escape);
        let (address, protocol) = match text.split_once('/') {
            Some((address, protocol)) => (address, Some(protocol.to_ascii_lowercase())),
            None => (text.as_str(), None),
        };
        let host_and_port = address.rsplit_once(':').filter(|_| !address.contains('$'));
        let port = host_and_port.map_or(address, |it| it.1);
        let range = read_port_range(port);
        let known = protocol.as_deref().is_none_or(|it| {
            it.contains('$') || it.is_empty() || ["tcp", "udp", "sctp"].contains(&it)
        });
        let fine = range.is_some_and(|it| it.0 <= it.1 && u16::try_from(it.1).is_ok());
        if !(fine || text.contains('$')) || !known {
            let message = "a port is a number up to 65535 or a range, perhaps with `/tcp`, `/udp` \
                           or `/sctp`"
                .to_owned();
            self.error(word.span, SyntaxErrorKind::BadPort, message);
        }
        let has_host = host_and_port.is_some();
        Port { word, range, protocol: protocol.filter(|it| !it.is_empty()), has_host }
    }

    fn user(&mut self) -> User {
        let all = self.whole();
        let mut depth = 0_usize;
        let colon = all.text.char_indices().find(|it| {
            match it.1 {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            it.1 == ':' && depth == 0
        });
        let start = all.offset;
        let end = start + all.text.len();
        let Some((at, _)) = colon else {
            return User { user: all.clone(), word: all, group: None };
        };
        let user = word(self.text, start..start + at);
        let group = Some(word(self.text, start + at + 1..end));
        User { word: all, user, group }
    }

    fn volume(&mut self) -> Option<Volume> {
        let (paths, json) = self.paths();
        if paths.is_empty() {
            let message = "`VOLUME` needs a path".to_owned();
            self.error(self.name_span(), SyntaxErrorKind::MissingArgument, message);
            return None;
        }
        Some(Volume { paths, json })
    }

    fn healthcheck(&mut self) -> Option<Healthcheck> {
        let words = self.words();
        let first = words.first()?.clone();
        let rest = words.get(1).map(|it| it.start);
        match (self.text.slice(first.clone()).to_ascii_uppercase().as_str(), rest) {
            ("NONE", None) => Some(Healthcheck::None),
            ("NONE", Some(_)) => {
                let span = self.cover(words.get(1..).unwrap_or_default());
                let message = "nothing may follow `HEALTHCHECK NONE`".to_owned();
                self.error(span, SyntaxErrorKind::TooManyArguments, message);
                Some(Healthcheck::None)
            }
            ("CMD", Some(start)) => Some(Healthcheck::Cmd(self.form(start))),
            ("CMD", None) => {
                let message = "`HEALTHCHECK CMD` needs a command".to_owned();
                self.error(self.text.locate(first), SyntaxErrorKind::MissingArgument, message);
                None
            }
            _ => {
                let message = "`HEALTHCHECK` is followed by `NONE` or `CMD`".to_owned();
                self.error(self.text.locate(first), SyntaxErrorKind::BadHealthcheck, message);
                None
            }
        }
    }

    fn shell_words(&mut self) -> Option<Vec<ExecWord>> {
        match read_array(self.text.text(), self.opening.rest) {
            JsonArray::Strings(strings, _) if !strings.is_empty() => Some(self.exec_words(strings)),
            _ => {
                let span = self.whole().span;
                let message = "`SHELL` needs a JSON array of strings, such as \
                               `[\"/bin/bash\", \"-c\"]`"
                    .to_owned();
                self.error(span, SyntaxErrorKind::BadJson, message);
                None
            }
        }
    }

    /// The paths of `COPY`, `ADD` and `VOLUME`, and whether they are in JSON.
    fn paths(&mut self) -> (Vec<Word>, bool) {
        match read_array(self.text.text(), self.opening.rest) {
            JsonArray::Strings(strings, _) => {
                let words = strings.into_iter().map(|(text, range)| Word {
                    text,
                    offset: range.start,
                    span: self.text.locate(range),
                });
                return (words.collect(), true);
            }
            JsonArray::OtherValues => self.not_strings(self.opening.rest),
            JsonArray::Invalid | JsonArray::Absent => {}
        }
        (self.words().into_iter().map(|it| word(self.text, it)).collect(), false)
    }

    fn exec_words(&self, strings: Vec<(String, Range<usize>)>) -> Vec<ExecWord> {
        let strings = strings.into_iter();
        strings.map(|(value, range)| ExecWord { value, span: self.text.locate(range) }).collect()
    }

    /// `name=value` at the first equals sign.
    fn split_pair(&self, range: Range<usize>) -> (Word, Option<Word>) {
        match self.text.slice(range.clone()).find('=') {
            Some(at) => {
                let name = word(self.text, range.start..range.start + at);
                (name, Some(word(self.text, range.start + at + 1..range.end)))
            }
            None => (word(self.text, range), None),
        }
    }

    fn words(&self) -> Vec<Range<usize>> {
        split_white_space(self.text.text(), self.opening.rest)
    }

    /// All that follows the flags, as one word.
    fn whole(&self) -> Word {
        word(self.text, self.opening.rest..self.text.text().len())
    }

    fn flag(&self, name: &str) -> Option<&RawFlag> {
        self.opening.flags.iter().find(|it| it.flag.name == name)
    }

    fn is_empty(&self) -> bool {
        self.opening.rest >= self.text.text().len()
    }

    fn name_span(&self) -> Span {
        self.text.locate(self.opening.name.clone())
    }

    fn cover(&self, words: &[Range<usize>]) -> Span {
        let start = words.first().map_or(0, |it| it.start);
        self.text.locate(start..words.last().map_or(0, |it| it.end))
    }

    fn missing_name(&mut self, span: Span) {
        let message = "there is no name before the equals sign".to_owned();
        self.error(span, SyntaxErrorKind::MissingName, message);
    }

    fn not_strings(&mut self, start: usize) {
        let span = self.text.locate(start..self.text.text().len());
        let message = "only strings may stand in this array".to_owned();
        self.error(span, SyntaxErrorKind::BadJson, message);
    }

    fn error(&mut self, span: Span, kind: SyntaxErrorKind, message: String) {
        self.errors.push(SyntaxError { span, kind, message });
    }
}

/// `80` or `8000-8010`.
fn read_port_range(text: &str) -> Option<(u32, u32)> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let all_digits = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    if !all_digits(first) || !all_digits(last) {
        return None;
    }
    Some((first.parse().ok()?, last.parse().ok()?))
}

fn is_stage_name(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_alphabetic())
        && name.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it))
}

/// How much of an unknown word a message shows.
const MAX_SHOWN: usize = 40;
