//! The walk over a Dockerfile: lines to instructions, and the state that they leave to the next
//! ones.

use std::sync::Arc;

use plimsoll_text::{Source, Span};

use crate::{
    base_shell,
    directive::{Head, read_head},
    environment::{Definition, Definitions, Environment},
    flags::check_flags,
    heredoc::{LineIndex, Opener, find_openers, read_bodies},
    instruction::{Opening, Reader, read_opening},
    json::{JsonArray, read_array},
    keyword::Keyword,
    lines::{Item, LogicalLine, next_item},
    logical::LogicalText,
    model::{Comment, Dockerfile, ExecWord, Heredoc, Instruction, SyntaxError, SyntaxErrorKind},
    payload::{From, InstructionKind},
    shell_in_force::{ShellInForce, ShellKind, is_cluster_with},
    stage::{Base, Stage, StageNames},
    words::skip_white_space,
};

/// Reads a Dockerfile.
pub(crate) fn parse(source: &Arc<Source>) -> Dockerfile {
    let mut errors = Vec::new();
    let too_large = source.text().len() > MAX_TEXT;
    if too_large {
        let span = Span::new(0, source.text().len());
        let message = format!("the file is larger than {} MiB", MAX_TEXT >> 20);
        errors.push(SyntaxError { span, kind: SyntaxErrorKind::LimitExceeded, message });
    }
    let Head { directives, escape, end } = read_head(source, &mut errors);
    let shell = Arc::new(ShellInForce {
        kind: base_shell::guess(escape),
        dialect_known: false,
        shell_options: Vec::new(),
        set_by: None,
        span: None,
    });
    let dockerfile = Dockerfile {
        source: Arc::clone(source),
        directives,
        escape,
        comments: Vec::new(),
        blank_continuations: Vec::new(),
        instructions: Vec::new(),
        stages: Vec::new(),
        errors,
        definitions: Definitions::default(),
        stage_names: StageNames::default(),
    };
    let base_shell = shell.kind.clone();
    let mut parser = Parser {
        text: source.text(),
        at: end,
        dockerfile,
        line_index: LineIndex::default(),
        shell,
        base_shell,
        stage_shells: Vec::new(),
    };
    if !too_large {
        parser.read_items();
    }
    parser.finish()
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    dockerfile: Dockerfile,
    line_index: LineIndex<'a>,
    /// In force at the current instruction.
    shell: Arc<ShellInForce>,
    /// What `sh` is in the image of the current stage.
    base_shell: ShellKind,
    /// The two above at the end of each closed stage.
    stage_shells: Vec<(Arc<ShellInForce>, ShellKind)>,
}

impl Parser<'_> {
    fn read_items(&mut self) {
        let escape = self.dockerfile.escape;
        while let Some(item) = next_item(self.text, &mut self.at, escape) {
            let instruction = self.dockerfile.instructions.len();
            match item {
                Item::Comment(span) => {
                    let comment = Comment { span, in_continuation: false, instruction };
                    self.dockerfile.comments.push(comment);
                }
                Item::Instruction(line) if instruction < MAX_INSTRUCTIONS => {
                    let comments = line.comments.iter().map(|span| Comment {
                        span: *span,
                        in_continuation: true,
                        instruction,
                    });
                    self.dockerfile.comments.extend(comments);
                    self.dockerfile.blank_continuations.extend(&line.blanks);
                    self.read_instruction(line);
                }
                Item::Instruction(line) => {
                    let span = Span::new(line.text.locate(0..1).start, self.text.len());
                    let message = format!("the file has more than {MAX_INSTRUCTIONS} instructions");
                    self.error(span, SyntaxErrorKind::LimitExceeded, message);
                    return;
                }
            }
        }
    }

    fn read_instruction(&mut self, line: LogicalLine) {
        let escape = self.dockerfile.escape;
        let LogicalLine { text, end, .. } = line;
        let start = skip_white_space(text.text(), 0);
        if start == text.text().len() {
            // Continuation characters with nothing to go on.
            return;
        }
        let outer = read_opening(&text, start, escape);
        let inner = (outer.keyword == Keyword::Onbuild && outer.args < text.text().len())
            .then(|| read_opening(&text, outer.args, escape));
        let mut openers = openers_of(&text, inner.as_ref().unwrap_or(&outer));
        let heredocs = read_bodies(
            self.text,
            &mut self.at,
            &text,
            &mut openers,
            &mut self.line_index,
            &mut self.dockerfile.errors,
        );
        let end = heredocs.iter().fold(end, |it, doc| it.max(doc.body.end.max(doc.terminator.end)));
        if outer.keyword == Keyword::From {
            self.close_stage();
        }
        let instruction = match inner {
            Some(opening) => {
                let draft =
                    Draft { text: &text, opening, openers: &openers, heredocs, end, onbuild: true };
                let inner = self.instruction(draft);
                let heredocs = Vec::new();
                let draft = Draft {
                    text: &text,
                    opening: outer,
                    openers: &[],
                    heredocs,
                    end,
                    onbuild: false,
                };
                self.onbuild(draft, inner)
            }
            None => self.instruction(Draft {
                text: &text,
                opening: outer,
                openers: &openers,
                heredocs,
                end,
                onbuild: false,
            }),
        };
        self.take_effect(&instruction);
        self.dockerfile.instructions.push(instruction);
    }

    /// The instruction with its payload.
    fn instruction(&mut self, draft: Draft<'_>) -> Instruction {
        let index = self.dockerfile.instructions.len();
        let Dockerfile { definitions, stages, errors, escape, stage_names, .. } =
            &mut self.dockerfile;
        let keyword = draft.opening.keyword;
        let is_from = keyword == Keyword::From && !draft.onbuild;
        // A `FROM` opens the next stage, and may name those before it.
        let current = stages.len().checked_sub(1);
        let stage = if is_from { Some(stages.len()) } else { current };
        let kind = Reader {
            source: self.text,
            text: draft.text,
            escape: *escape,
            opening: &draft.opening,
            openers: draft.openers,
            heredocs: &draft.heredocs,
            shell: &self.shell,
            base_shell: &self.base_shell,
            globals: Environment::new(definitions, stages, None, index, *escape),
            names: stage_names,
            stage: stage.unwrap_or(0),
            in_stage: stage.is_some() && !draft.onbuild,
            errors,
        }
        .read();
        check_flags(keyword, &draft.opening.flags, errors);
        self.assemble(draft, kind, stage)
    }

    fn onbuild(&mut self, draft: Draft<'_>, inner: Instruction) -> Instruction {
        if matches!(inner.keyword, Keyword::Onbuild | Keyword::From | Keyword::Maintainer) {
            let message = format!("`{}` cannot stand inside `ONBUILD`", inner.keyword.name());
            self.error(inner.name, SyntaxErrorKind::BadOnbuild, message);
        }
        let stage = inner.stage;
        self.assemble(draft, InstructionKind::Onbuild(Box::new(inner)), stage)
    }

    fn assemble(
        &self,
        draft: Draft<'_>,
        kind: InstructionKind,
        stage: Option<usize>,
    ) -> Instruction {
        let Draft { text, opening, heredocs, end, onbuild, .. } = draft;
        let name = text.locate(opening.name.clone());
        // Without arguments their place is right behind the keyword.
        let len = text.text().len();
        let has_args = opening.args < len;
        let args = if has_args { text.locate(opening.args..len) } else { Span::empty(name.end) };
        Instruction {
            index: self.dockerfile.instructions.len(),
            keyword: opening.keyword,
            name,
            span: Span::new(name.start, end),
            args,
            stage,
            onbuild,
            flags: opening.flags.into_iter().map(|it| it.flag).collect(),
            heredocs,
            shell: Arc::clone(&self.shell),
            text: text.clone(),
            kind,
        }
    }

    /// What the instruction changes for those after it.
    fn take_effect(&mut self, instruction: &Instruction) {
        match &instruction.kind {
            InstructionKind::From(from) => self.open_stage(instruction, Some(from)),
            InstructionKind::Invalid if instruction.keyword == Keyword::From => {
                self.open_stage(instruction, None);
            }
            InstructionKind::Shell(words) => {
                self.shell = Arc::new(shell_of_words(words, instruction, &self.base_shell));
            }
            InstructionKind::Env(_) | InstructionKind::Arg(_) => self.define(instruction),
            _ => {}
        }
    }

    fn define(&mut self, instruction: &Instruction) {
        let Dockerfile { definitions, stages, escape, .. } = &mut self.dockerfile;
        let (index, stage) = (instruction.index, instruction.stage);
        // All values of one instruction see what was in effect before it.
        let value_of = |text: &str, definitions: &Definitions| {
            if definitions.is_full() {
                return None;
            }
            Environment::new(definitions, stages, stage, index, *escape).expand(text).value
        };
        match &instruction.kind {
            InstructionKind::Env(pairs) => {
                for pair in &pairs.pairs {
                    let value = value_of(&pair.value.text, definitions);
                    let it = Definition { instruction: index, stage, value, span: pair.span };
                    definitions.add_env(&pair.name, it);
                }
            }
            InstructionKind::Arg(arguments) => {
                for argument in arguments {
                    let default = argument.default.as_ref();
                    let value = default.and_then(|it| value_of(&it.text, definitions));
                    let span = argument.span;
                    let it = Definition { instruction: index, stage, value, span };
                    definitions.add_arg(&argument.name.text, default.is_some(), it);
                }
            }
            _ => {}
        }
    }

    fn close_stage(&mut self) {
        let end = self.dockerfile.instructions.len();
        if let Some(stage) = self.dockerfile.stages.last_mut() {
            stage.instructions.end = end;
            self.stage_shells.push((Arc::clone(&self.shell), self.base_shell.clone()));
        }
    }

    fn open_stage(&mut self, instruction: &Instruction, from: Option<&From>) {
        let index = self.dockerfile.stages.len();
        let mut base = from.map_or(Base::Unresolved, |it| self.base(it, index));
        let mut depth = 0;
        if let Base::Stage(below) = base {
            depth = self.dockerfile.stages.get(below).map_or(0, |it| it.depth + 1);
        }
        if depth > MAX_STAGE_DEPTH {
            let message = format!("more than {MAX_STAGE_DEPTH} stages build on each other");
            self.error(instruction.span, SyntaxErrorKind::BadStageGraph, message);
            (base, depth) = (Base::Unresolved, 0);
        }
        self.enter_shell(&base, from);
        let alias = from.and_then(|it| it.alias.as_ref());
        let name = alias.map(|it| (it.name.text.clone(), it.name.span));
        if let Some((name, _)) = &name {
            self.dockerfile.stage_names.insert(name, index);
        }
        self.dockerfile.stages.push(Stage {
            index,
            name,
            from: instruction.index,
            base,
            instructions: instruction.index..instruction.index + 1,
            platform: from.and_then(|it| it.platform.clone()),
            depth,
        });
    }

    fn base(&self, from: &From, stage: usize) -> Base {
        let Some(image) = &from.image.expanded else { return Base::Unresolved };
        if let Some(below) = self.dockerfile.stage_names.find(&image.text, stage) {
            return Base::Stage(below);
        }
        if image.text == "scratch" {
            return Base::Scratch;
        }
        Base::Image(image.clone())
    }

    /// The shell at the start of a stage.
    fn enter_shell(&mut self, base: &Base, from: Option<&From>) {
        let below = match base {
            Base::Stage(below) => self.stage_shells.get(*below),
            _ => None,
        };
        if let Some((shell, base_shell)) = below {
            (self.shell, self.base_shell) = (Arc::clone(shell), base_shell.clone());
            return;
        }
        let escape = self.dockerfile.escape;
        let image = from.map(|it| &it.image);
        let image = image.and_then(|it| it.expanded.as_ref().or(it.reference.as_ref()));
        let (kind, dialect_known) = match image {
            Some(image) => base_shell::shell_of_image(image, escape),
            None => (base_shell::guess(escape), false),
        };
        self.base_shell = kind.clone();
        self.shell = Arc::new(ShellInForce {
            kind,
            dialect_known,
            shell_options: Vec::new(),
            set_by: None,
            span: None,
        });
    }

    fn finish(mut self) -> Dockerfile {
        self.close_stage();
        if !self.dockerfile.stages.is_empty() {
            self.check_before_first_stage();
        }
        if self.dockerfile.definitions.is_full() {
            let span = Span::new(0, self.text.len());
            let message = "the values of `ENV` and `ARG` are too large to follow".to_owned();
            self.error(span, SyntaxErrorKind::LimitExceeded, message);
        }
        self.dockerfile.errors.sort_by_key(|it| it.span.start);
        self.dockerfile
    }

    /// Only `ARG` may stand before the first `FROM`. A fragment has none, and may hold anything.
    fn check_before_first_stage(&mut self) {
        let Dockerfile { instructions, errors, .. } = &mut self.dockerfile;
        for instruction in instructions.iter().take_while(|it| it.stage.is_none()) {
            if !matches!(instruction.keyword, Keyword::Arg | Keyword::Unknown) {
                let name = instruction.keyword.name();
                let message = format!("`{name}` stands before the first `FROM`");
                let kind = SyntaxErrorKind::BeforeFirstStage;
                errors.push(SyntaxError { span: instruction.name, kind, message });
            }
        }
    }

    fn error(&mut self, span: Span, kind: SyntaxErrorKind, message: String) {
        self.dockerfile.errors.push(SyntaxError { span, kind, message });
    }
}

/// What an instruction is put together from.
struct Draft<'a> {
    text: &'a LogicalText,
    opening: Opening,
    openers: &'a [Opener],
    heredocs: Vec<Heredoc>,
    end: usize,
    onbuild: bool,
}

/// The heredocs that an instruction opens; a JSON form opens none.
fn openers_of(text: &LogicalText, opening: &Opening) -> Vec<Opener> {
    let is_json = || matches!(read_array(text.text(), opening.rest), JsonArray::Strings(..));
    if opening.keyword.takes_heredocs() && !is_json() {
        return find_openers(text.text(), opening.rest);
    }
    Vec::new()
}

/// The shell that a `SHELL` instruction sets.
fn shell_of_words(
    words: &[ExecWord],
    instruction: &Instruction,
    base_shell: &ShellKind,
) -> ShellInForce {
    let mut values = words.iter().map(|it| it.value.as_str()).peekable();
    let mut kind =
        values.next().map_or(ShellKind::Posix, |it| ShellKind::of_program(it, base_shell));
    // `env bash -c` and `busybox sh -c` name the shell in the second word.
    if kind == ShellKind::Other("env".to_owned()) {
        while values.next_if(|it| it.starts_with('-') || it.contains('=')).is_some() {}
        kind = values.next().map_or(kind, |it| ShellKind::of_program(it, base_shell));
    } else if kind == ShellKind::Busybox {
        values.next_if(|it| matches!(*it, "sh" | "ash"));
    }
    let mut shell_options: Vec<String> = values.map(str::to_owned).collect();
    if let Some(last) = shell_options.pop_if(|it| is_cluster_with(it, 'c')) {
        let others: String = last.chars().filter(|it| *it != 'c').collect();
        if others.len() > 1 {
            shell_options.push(others);
        }
    }
    let (first, last) = (words.first(), words.last());
    let span = first.zip(last).map(|(first, last)| first.span.cover(last.span));
    let set_by = Some(instruction.index);
    ShellInForce { kind, dialect_known: true, shell_options, set_by, span }
}

/// The largest text that is read.
const MAX_TEXT: usize = 8 << 20;
/// The most instructions of one file.
const MAX_INSTRUCTIONS: usize = 10_000;
/// How many stages may build on each other.
const MAX_STAGE_DEPTH: usize = 128;
