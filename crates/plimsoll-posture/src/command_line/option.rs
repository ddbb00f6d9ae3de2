//! Walks the words of a command line as the engine's own option reader does, driven by a table.

use std::collections::BTreeSet;

use crate::command_line::argument::Argument;

/// One option of a command; `store` says what becomes of it.
pub(super) struct OptionRule<T: 'static> {
    pub(super) name: &'static str,
    pub(super) short: Option<u8>,
    pub(super) takes: Takes,
    pub(super) store: fn(&mut T, &Argument),
}

impl<T> OptionRule<T> {
    /// The same option with a short form.
    pub(super) const fn letter(&self, letter: u8) -> Self {
        Self { name: self.name, short: Some(letter), takes: self.takes, store: self.store }
    }
}

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing, or `=true` and `=false`.
    Switch,
    /// A value: after `=`, or the next word.
    Value,
}

/// What the walk came to.
pub(super) struct Walked<'a> {
    /// The words that are no options.
    pub(super) operands: Vec<&'a Argument>,
    /// Whether a word may hold options that are not seen here.
    pub(super) hides_options: bool,
}

/// Whether options may stand behind the first operand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The first operand ends the options, as in `docker run`.
    OptionsFirst,
    /// They may be mixed.
    Mixed,
}

/// Stores every option of `arguments` in `target`.
pub(super) fn walk<'a, T>(
    arguments: &'a [Argument],
    table: &[&[OptionRule<T>]],
    order: Order,
    target: &mut T,
) -> Walked<'a> {
    let mut res = Walked { operands: Vec::new(), hides_options: false };
    let mut idx = 0;
    while let Some(argument) = arguments.get(idx) {
        let next = arguments.get(idx + 1);
        let text = argument.text();
        idx += 1;
        if text == "--" {
            res.operands.extend(arguments.get(idx..).unwrap_or_default());
            break;
        } else if let Some(long) = text.strip_prefix("--") {
            idx += usize::from(take_long(argument, long, next, table, target));
        } else if text.len() > 1 && text.starts_with('-') {
            idx += usize::from(take_cluster(argument, next, table, target));
        } else if (argument.is_splittable || is_list(text)) && holds_options(text) {
            res.hides_options = true;
        } else if order == Order::OptionsFirst {
            res.operands.extend(arguments.get(idx - 1..).unwrap_or_default());
            break;
        } else {
            res.operands.push(argument);
        }
    }
    res
}

/// Stores one long option; `true` if it took the next word.
fn take_long<T>(
    argument: &Argument,
    long: &str,
    next: Option<&Argument>,
    table: &[&[OptionRule<T>]],
    target: &mut T,
) -> bool {
    let name = long.split('=').next().unwrap_or_default();
    let rule = table.iter().flat_map(|it| it.iter()).find(|it| it.name == name);
    let Some(rule) = rule else { return false };
    let value_start = "--".len() + name.len() + 1;
    match (long.contains('='), rule.takes) {
        (true, _) => (rule.store)(target, &argument.after(value_start)),
        (false, Takes::Switch) => (rule.store)(target, argument),
        (false, Takes::Value) => {
            let Some(next) = next else { return false };
            (rule.store)(target, next);
            return true;
        }
    }
    false
}

/// Stores the options of `-itd`, `-p80:80` or `-v=/a:/b`; `true` if the last took the next word.
fn take_cluster<T>(
    argument: &Argument,
    next: Option<&Argument>,
    table: &[&[OptionRule<T>]],
    target: &mut T,
) -> bool {
    let letters = argument.text().as_bytes();
    let mut idx = 1;
    while let Some(letter) = letters.get(idx) {
        idx += 1;
        let rule = table.iter().flat_map(|it| it.iter()).find(|it| it.short == Some(*letter));
        let Some(rule) = rule else { continue };
        let has_sign = letters.get(idx) == Some(&b'=');
        match rule.takes {
            Takes::Switch if has_sign => {
                (rule.store)(target, &argument.after(idx + 1));
                return false;
            }
            Takes::Switch => (rule.store)(target, argument),
            Takes::Value if idx < letters.len() => {
                (rule.store)(target, &argument.after(idx + usize::from(has_sign)));
                return false;
            }
            Takes::Value => {
                let Some(next) = next else { return false };
                (rule.store)(target, next);
                return true;
            }
        }
    }
    false
}

/// Whether a variable that stands alone is called like something that holds options.
fn holds_options(text: &str) -> bool {
    // `${X:+-v $X:/x}` is nothing but options, and so is what a test prints.
    if text.starts_with("${") && text.contains(":+")
        || text.contains("echo -")
        || text.contains("echo \"-")
        || text.starts_with("$(if ")
    {
        return true;
    }
    if !text.starts_with('$') || text.contains(['/', ':']) && !text.contains("[@]") {
        return false;
    }
    let inner = text.trim_matches(['$', '{', '}', '(', ')', '"']);
    let lower = inner.to_ascii_lowercase();
    let words: BTreeSet<&str> = lower.split(['_', '-', '.', ' ']).collect();
    is_list(text)
        || inner == "*"
        || words.iter().any(|it| OPTION_WORDS.contains(it))
        || OPTION_ENDINGS.iter().any(|it| lower.ends_with(it))
}

/// Whether a word becomes several even inside of quotes.
fn is_list(text: &str) -> bool {
    text == "$@" || text == "${@}" || (text.starts_with("${") && text.ends_with("[@]}"))
}

#[rustfmt::skip]
static OPTION_WORDS: &[&str] = &[
    "opt", "opts", "options", "option", "arg", "args", "arguments", "flag", "flags", "param",
    "params", "parameters", "env", "envs", "environment", "vol", "vols", "volume", "volumes",
    "mount", "mounts", "port", "ports", "tty", "it", "extra", "network", "interactive", "user",
    "limits", "devices", "gpu", "gpus", "links", "caps", "labels", "platform", "privileged",
];

static OPTION_ENDINGS: &[&str] = &["opts", "args", "flags", "options", "params", "mounts"];

/// The words after the options that stand before the engine's own command.
pub(super) fn skip_global_options(arguments: &[Argument]) -> &[Argument] {
    let mut idx = 0;
    while let Some(argument) = arguments.get(idx) {
        let text = argument.text();
        if argument.is_splittable && idx + 1 < arguments.len() && text.starts_with('$') {
            idx += 1;
        } else if !text.starts_with('-') {
            break;
        } else {
            idx += if GLOBAL_VALUES.contains(&text) { 2 } else { 1 };
        }
    }
    arguments.get(idx..).unwrap_or_default()
}

/// Options before the command whose value is the next word.
#[rustfmt::skip]
static GLOBAL_VALUES: &[&str] = &[
    "--config", "-c", "--context", "-H", "--host", "-l", "--log-level", "--tlscacert", "--tlscert",
    "--tlskey", "--root", "--runroot", "--storage-driver", "--storage-opt", "--url", "--connection",
    "--identity", "--cgroup-manager", "--events-backend", "--network-config-dir", "--module",
    "-n", "--namespace", "--address", "-a", "--snapshotter", "--data-root", "--tmpdir",
];
