//! The command behind prefixes such as `sudo`, `env` and `timeout`.

use crate::{text::Text, word::Word};

/// A command seen without what stands before it.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'a> {
    /// What is run, without its path.
    pub name: &'a str,
    /// The word that names it.
    pub name_word: &'a Word,
    /// Its arguments.
    pub args: &'a [Word],
    /// What was looked through, outermost first.
    pub prefixes: &'a [Prefix],
}

impl Invocation<'_> {
    /// Whether it runs behind the prefix `name`.
    pub fn is_behind(&self, name: &str) -> bool {
        self.prefixes.iter().any(|it| it.name == *name)
    }
}

/// A command that runs another: `sudo -E`, `env X=1`, `timeout 5`.
#[derive(Clone, Debug)]
pub struct Prefix {
    /// Its name, without a path.
    pub name: Text,
    /// The index of its own word among the words of the command.
    pub word_idx: usize,
    /// The index of the first word after its options and operands.
    pub end_idx: usize,
}

/// What a row of words runs, worked out once.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    own: Option<Text>,
    /// What stands behind the prefixes, if there are any.
    behind: Option<Behind>,
}

#[derive(Clone, Debug)]
struct Behind {
    name: Option<Text>,
    word_idx: usize,
    prefixes: Vec<Prefix>,
}

impl Names {
    pub(crate) fn of(words: &[Word]) -> Self {
        let own = words.first().and_then(command_name);
        let behind = own.as_ref().and_then(|it| Behind::of(words, it));
        Self { own, behind }
    }

    pub(crate) fn own(&self) -> Option<&str> {
        self.own.as_deref()
    }

    pub(crate) fn prefixes(&self) -> &[Prefix] {
        self.behind.as_ref().map_or(&[], |it| &it.prefixes)
    }

    pub(crate) fn invocation<'a>(&'a self, words: &'a [Word]) -> Option<Invocation<'a>> {
        let (name, word_idx) = match &self.behind {
            Some(behind) => (behind.name.as_deref()?, behind.word_idx),
            None => (self.own.as_deref()?, 0),
        };
        Some(Invocation {
            name,
            name_word: words.get(word_idx)?,
            args: words.get(word_idx + 1..).unwrap_or_default(),
            prefixes: self.prefixes(),
        })
    }
}

impl Behind {
    fn of(words: &[Word], own: &Text) -> Option<Self> {
        let end_idx = PrefixRule::of(own)?.end(words, 0)?;
        let first = Prefix { name: own.clone(), word_idx: 0, end_idx };
        let name = words.get(end_idx).and_then(command_name);
        let mut res = Self { name, word_idx: end_idx, prefixes: vec![first] };
        while let Some(name) = &res.name
            && let Some(end_idx) = PrefixRule::of(name).and_then(|it| it.end(words, res.word_idx))
            && res.prefixes.len() < MAX_PREFIXES
        {
            res.prefixes.push(Prefix { name: name.clone(), word_idx: res.word_idx, end_idx });
            res.name = words.get(end_idx).and_then(command_name);
            res.word_idx = end_idx;
        }
        Some(res)
    }
}

/// How a prefix takes its own options, so that the command behind it is found.
struct PrefixRule {
    name: &'static str,
    /// Short options whose value may be the next word.
    short_values: &'static str,
    /// Long options whose value may be the next word.
    long_values: &'static [&'static str],
    /// Options after which no command follows or none is run.
    no_command: &'static [&'static str],
    /// How many operands stand before the command.
    n_operands: usize,
    /// Whether `NAME=value` words stand before the command.
    assignments: bool,
}

impl PrefixRule {
    const fn new(name: &'static str) -> Self {
        Self {
            name,
            short_values: "",
            long_values: &[],
            no_command: &[],
            n_operands: 0,
            assignments: false,
        }
    }

    const fn values(
        self,
        short_values: &'static str,
        long_values: &'static [&'static str],
    ) -> Self {
        Self { short_values, long_values, ..self }
    }

    const fn operands(self, n_operands: usize) -> Self {
        Self { n_operands, ..self }
    }

    const fn assigning(self) -> Self {
        Self { assignments: true, ..self }
    }

    const fn unless(self, no_command: &'static [&'static str]) -> Self {
        Self { no_command, ..self }
    }

    /// The rule of the prefix `name`. Most commands are none, which their first letter and length
    /// tell: this is asked of each command of each text.
    fn of(name: &str) -> Option<&'static Self> {
        let lengths = PREFIX_LENGTHS[usize::from(*name.as_bytes().first()?)];
        let may_be = name.len() < 32 && lengths & (1 << name.len()) != 0;
        may_be.then(|| PREFIXES.iter().find(|it| it.name == name))?
    }

    /// The index of the command behind the prefix at `word_idx`; `None` if none follows.
    fn end(&self, words: &[Word], word_idx: usize) -> Option<usize> {
        let mut idx = word_idx + 1;
        let mut n_operands = self.n_operands;
        let mut options_end = false;
        loop {
            let word = words.get(idx)?;
            let text = word.text();
            if !options_end && text == "--" {
                options_end = true;
            } else if !options_end && text.len() > 1 && text.starts_with('-') {
                if self.no_command.contains(&&*text) {
                    return None;
                }
                idx += usize::from(self.takes_next(&text));
            } else if !(self.assignments && word.assignment_name().is_some()) {
                if n_operands == 0 {
                    return Some(idx);
                }
                n_operands -= 1;
                // After an operand the options are over: `timeout 5 ls -l`.
                options_end = true;
            }
            idx += 1;
        }
    }

    fn takes_next(&self, option: &str) -> bool {
        if let Some(long) = option.strip_prefix("--") {
            return self.long_values.contains(&long);
        }
        let cluster = option.trim_start_matches('-');
        let first_valued = cluster.find(|it| self.short_values.contains(it));
        first_valued.is_some_and(|at| at + 1 == cluster.len())
    }
}

/// The name of a command without its path, if it is known.
fn command_name(word: &Word) -> Option<Text> {
    let literal = word.literal()?;
    let path_len = literal.rfind('/').map_or(0, |it| it + 1);
    let is_raw = literal.len() == word.raw.len();
    Some(if is_raw { word.raw.skip(path_len) } else { Text::from(literal.get(path_len..)?) })
}

/// How many prefixes are looked through; more only a hostile text has.
const MAX_PREFIXES: usize = 16;

static PREFIXES: &[PrefixRule] = &[
    PrefixRule::new("sudo").assigning().unless(&["-l", "--list", "-V", "-v", "-k", "-K"]).values(
        "CDghpRrTtUu",
        &[
            "close-from",
            "chdir",
            "group",
            "host",
            "prompt",
            "chroot",
            "role",
            "command-timeout",
            "type",
            "other-user",
            "user",
        ],
    ),
    PrefixRule::new("doas").values("Cu", &[]),
    PrefixRule::new("env")
        .assigning()
        .values("uC", &["unset", "chdir"])
        .unless(&["-S", "--split-string"]),
    PrefixRule::new("exec").values("a", &[]),
    PrefixRule::new("command").unless(&["-v", "-V", "-pv", "-pV"]),
    PrefixRule::new("builtin"),
    PrefixRule::new("time").values("fo", &["format", "output"]),
    PrefixRule::new("nohup"),
    PrefixRule::new("nice").values("n", &["adjustment"]),
    PrefixRule::new("ionice").values("cnpPu", &["class", "classdata", "pid"]).unless(&["-p"]),
    PrefixRule::new("chrt").operands(1).unless(&["-p", "-m"]),
    PrefixRule::new("taskset").operands(1).unless(&["-p"]),
    PrefixRule::new("timeout").values("ks", &["kill-after", "signal"]).operands(1),
    PrefixRule::new("xargs").values(
        "adEILnPs",
        &["arg-file", "delimiter", "max-args", "max-procs", "max-chars", "process-slot-var"],
    ),
    PrefixRule::new("eatmydata"),
    PrefixRule::new("catchsegv"),
    PrefixRule::new("busybox").unless(&["--install", "--list", "--list-full", "--help"]),
    PrefixRule::new("toybox"),
    PrefixRule::new("gosu").operands(1),
    PrefixRule::new("su-exec").operands(1),
    PrefixRule::new("setuidgid").operands(1),
    PrefixRule::new("chpst").values("bceEfgmnopruU/", &[]),
    PrefixRule::new("setsid"),
    PrefixRule::new("setpriv")
        .values("", &["reuid", "regid", "groups", "inh-caps", "bounding-set"]),
    PrefixRule::new("runuser").values("ugG", &["user", "group", "supp-group"]).unless(&[
        "-c",
        "--command",
        "-l",
        "-",
    ]),
    PrefixRule::new("chroot").values("", &["groups", "userspec"]).operands(1),
    PrefixRule::new("stdbuf").values("ioe", &["input", "output", "error"]),
    PrefixRule::new("unbuffer"),
    PrefixRule::new("fakeroot").values("lsifb", &["lib", "faked"]),
    PrefixRule::new("linux32"),
    PrefixRule::new("linux64"),
    PrefixRule::new("setarch").operands(1),
    PrefixRule::new("tini").values("pe", &[]),
    PrefixRule::new("dumb-init").values("r", &["rewrite"]),
    PrefixRule::new("xvfb-run").values("enfpsw", &["server-num", "server-args", "error-file"]),
    PrefixRule::new("dbus-run-session"),
    PrefixRule::new("nsenter").values("tSG", &["target", "setuid", "setgid"]),
    PrefixRule::new("unshare").values("RwSG", &["root", "wd", "setuid", "setgid"]),
];

/// By the first byte of a name, the set of the lengths that prefixes have.
static PREFIX_LENGTHS: [u32; 256] = {
    let mut table = [0; 256];
    let mut idx = 0;
    while idx < PREFIXES.len() {
        let name = PREFIXES[idx].name.as_bytes();
        assert!(name.len() < 32, "the set holds lengths below 32");
        table[name[0] as usize] |= 1 << name.len();
        idx += 1;
    }
    table
};
