//! What holds for every text: spans lie inside and slice back, nothing panics, time is linear.

use plimsoll_dockerfile::{
    CopySource, Dockerfile, ExecWord, Healthcheck, Instruction, InstructionKind, ShellOrExec, Word,
};
use plimsoll_text::Span;

use crate::dump::read;

const TEXTS: [&str; 4] = [
    "# syntax=docker/dockerfile:1\nARG V=1\nFROM --platform=$BUILDPLATFORM a:${V:-2} AS b\n\
     RUN --mount=type=cache,target=/x,from=b a \\\n  # c\n\n && \"d e\" | f\n\
     CMD [\"x\", \"y\\n\"]\n",
    "FROM b\r\nENV A=1 B=\"x $A\" \\\r\n  C=${B%x*}\r\nLABEL a b\r\n\
     COPY --from=0 [\"a b\", \"é\"]\r\n\
     COPY <<-\"E\" <<F /x\r\n\ta\r\n\tE\r\nb\r\nF\r\nEXPOSE 80-90/udp $A\r\nUSER a:b\r\n",
    "# escape=`\nFROM mcr.microsoft.com/windows/servercore AS w\nSHELL [\"cmd\", \"/S\"]\n\
     RUN dir C:\\ `\n  && x\nHEALTHCHECK --interval=1s CMD [\"y\"]\nONBUILD RUN <<E bash\nq\nE\n",
    "FROM\nRUN <<E\nFROM x AS\nBAD\nCMD [\nENV =\nARG\nHEALTHCHECK x\nVOLUME [1]\nONBUILD ONBUILD",
];

#[test]
fn spans_slice_back_to_their_text() {
    for text in TEXTS {
        check_spans(&read(text));
    }
}

#[test]
fn mutations_break_nothing() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let alphabet: Vec<char> =
        " \n\n\r\t\\`'\"$${}[]<<-=:/,;|&#@aFROMRUNé\u{feff}E01".chars().collect();
    for round in 0..6000 {
        let mut chars: Vec<char> = TEXTS[round % TEXTS.len()].chars().collect();
        for _ in 0..=random.below(12) {
            let at = random.below(chars.len());
            match random.below(4) {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, alphabet[random.below(alphabet.len())]),
                2 => chars[at] = alphabet[random.below(alphabet.len())],
                _ => {
                    let other = random.below(chars.len());
                    let piece: Vec<char> = chars[at.min(other)..at.max(other)].to_vec();
                    chars.splice(at..at, piece.into_iter().take(40));
                }
            }
        }
        check_spans(&read(&chars.into_iter().collect::<String>()));
    }
}

#[test]
fn large_and_deep_texts_end() {
    let n = 10_000;
    for (head, piece, tail) in [
        ("RUN ", "<<E ", ""),
        ("", "RUN <<E\n", ""),
        ("", "FROM a AS b\n", ""),
        ("", "ENV A=${A:-$A}\n", ""),
        (
            "FROM a\nENV A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
            "\nENV B=${A#*a*a*a*c}",
            "",
        ),
        ("ENV A=", "${A:-", ""),
        ("ENV A=", "\"", ""),
        ("CMD ", "[", ""),
        ("CMD [", "\"a\",", "\"b\"]"),
        ("", "ONBUILD ", "RUN x"),
        ("RUN a", " \\\n", ""),
        ("RUN a \\\n", "# x\n", ""),
        ("RUN ", "--mount=type=bind,from=a ", "x"),
        ("", "\\\n", ""),
        ("", "# a=b\n", ""),
        ("RUN ", "$(", ""),
        ("RUN ", "a | ( ", ""),
        ("", "COPY --from=x a b\n", ""),
        ("USER ", "{:", ""),
    ] {
        let file = read(&[head, &piece.repeat(n), tail].concat());
        check_limits(&file);
    }
}

#[test]
fn too_much_is_told() {
    let file = read(&"USER a\n".repeat(10_001));
    assert_eq!(file.instructions.len(), 10_000);
    assert_eq!(file.errors.len(), 1);
    let file = read(&" ".repeat((8 << 20) + 1));
    assert_eq!(file.errors.len(), 1);
}

#[test]
fn debug_output_keeps_values_to_itself() {
    let file = read(
        "FROM a\nARG A=hunter2\nENV B=hunter2 C=$B\nRUN --mount=type=secret,id=hunter2 \\\n\
         x hunter2 <<E\nhunter2\nE\nCMD [\"hunter2\"]",
    );
    let shown = format!("{file:?} {:?}", file.environment_at(4).get("B"));
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(!format!("{:?}", file.environment_at(4).expand("$B")).contains("hunter2"));
}

fn check_limits(file: &Dockerfile) {
    assert!(file.instructions.len() <= 10_000);
    for stage in &file.stages {
        assert!(stage.instructions.end <= file.instructions.len());
    }
}

/// Small, with a fixed seed: the same texts in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

fn check_spans(file: &Dockerfile) {
    check_limits(file);
    let text = file.source.text();
    let inside = |span: Span| assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    file.errors.iter().for_each(|it| inside(it.span));
    file.blank_continuations.iter().for_each(|it| inside(*it));
    for comment in &file.comments {
        assert!(file.source.slice(comment.span).starts_with('#'));
    }
    let mut end = 0;
    for instruction in &file.instructions {
        assert!(instruction.span.start >= end, "instructions overlap in {text:?}");
        end = instruction.span.end;
        check_instruction(file, instruction);
        check_instruction(file, instruction.effective());
    }
}

fn check_instruction(file: &Dockerfile, instruction: &Instruction) {
    let text = file.source.text();
    let within = |span: Span| {
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
        assert!(instruction.span.contains(span), "{span:?} in {text:?}");
    };
    within(instruction.name);
    within(instruction.args);
    for flag in &instruction.flags {
        within(flag.span);
        flag.value_span.into_iter().for_each(within);
    }
    for heredoc in &instruction.heredocs {
        [heredoc.opener, heredoc.body, heredoc.terminator].into_iter().for_each(within);
    }
    for offset in 0..instruction.text.text().len() {
        let span = instruction.text.locate(offset..offset + 1);
        let byte = text.as_bytes()[span.start];
        assert_eq!(byte, instruction.text.text().as_bytes()[offset], "{offset} in {text:?}");
    }
    let (words, exec) = words_of(&instruction.kind);
    for word in words {
        within(word.span);
        let slice = file.source.slice(word.span);
        // A word over a continuation is longer in the file; one of a JSON form has its quotes
        // there.
        if word.span.len() == word.text.len() && !slice.starts_with('"') {
            assert_eq!(slice, word.text, "in {text:?}");
        }
        file.expand_word(instruction, word).used.iter().for_each(|it| within(it.span));
    }
    for word in exec {
        within(word.span);
        assert!(file.source.slice(word.span).starts_with('"'));
    }
}

fn words_of<'a>(kind: &'a InstructionKind) -> (Vec<&'a Word>, Vec<&'a ExecWord>) {
    let mut exec = Vec::new();
    let mut form = |it: &'a ShellOrExec| {
        if let Some(it) = it.exec() {
            exec.extend(&it.words);
        }
    };
    let words = match kind {
        InstructionKind::From(it) => {
            let alias = it.alias.as_ref().map(|it| &it.name);
            alias.into_iter().chain([&it.image.word]).collect()
        }
        InstructionKind::Copy(it) | InstructionKind::Add(it) => {
            let paths = it.sources.iter().filter_map(|it| match it {
                CopySource::Path(word) => Some(word),
                CopySource::Heredoc(_) => None,
            });
            paths.chain([&it.destination]).collect()
        }
        InstructionKind::Env(it) | InstructionKind::Label(it) => {
            it.pairs.iter().flat_map(|it| [&it.key, &it.value]).collect()
        }
        InstructionKind::Arg(it) => {
            it.iter().flat_map(|it| it.default.iter().chain([&it.name])).collect()
        }
        InstructionKind::Expose(it) => it.iter().map(|it| &it.word).collect(),
        InstructionKind::User(it) => it.group.iter().chain([&it.word, &it.user]).collect(),
        InstructionKind::Volume(it) => it.paths.iter().collect(),
        InstructionKind::Workdir(it)
        | InstructionKind::Stopsignal(it)
        | InstructionKind::Maintainer(it) => vec![it],
        InstructionKind::Run(it) => {
            form(&it.form);
            Vec::new()
        }
        InstructionKind::Cmd(it)
        | InstructionKind::Entrypoint(it)
        | InstructionKind::Healthcheck(Healthcheck::Cmd(it)) => {
            form(it);
            Vec::new()
        }
        InstructionKind::Shell(it) => {
            exec.extend(it);
            Vec::new()
        }
        InstructionKind::Healthcheck(Healthcheck::None)
        | InstructionKind::Onbuild(_)
        | InstructionKind::Unknown { .. }
        | InstructionKind::Invalid => Vec::new(),
    };
    (words, exec)
}
