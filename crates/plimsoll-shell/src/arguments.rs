//! Reading options out of argument words, the way getopt does.

use std::borrow::Cow;

use crate::word::Word;

/// Whether an option is given: as `-y`, in a cluster as in `-qy`, as `--yes` or `--yes=…`. Words
/// after `--` are not options. `short` may be `None`.
pub fn has_flag(args: &[Word], short: impl Into<Option<char>>, long: &[&str]) -> bool {
    find_flag(args, short, long).is_some()
}

/// The word that gives an option, as [`has_flag`] finds it.
pub fn find_flag<'a>(
    args: &'a [Word],
    short: impl Into<Option<char>>,
    long: &[&str],
) -> Option<&'a Word> {
    let short = short.into();
    options(args).find_map(|(word, text)| {
        let found = match text.strip_prefix("--") {
            Some(name) => long.contains(&name.split('=').next().unwrap_or_default()),
            None => short.is_some_and(|it| cluster(&text).contains(it)),
        };
        found.then_some(word)
    })
}

/// The value of an option.
#[derive(Clone, Debug)]
pub struct FlagValue<'a> {
    /// The value after quote removal, expansions kept as they are written.
    pub text: Cow<'a, str>,
    /// The word that holds it: the one after the option, or the option itself.
    pub word: &'a Word,
}

/// The value of the first such option: `-o v`, `-ov`, `-qo v`, `--out v`, `--out=v`.
pub fn flag_value<'a>(
    args: &'a [Word],
    short: impl Into<Option<char>>,
    long: &[&str],
) -> Option<FlagValue<'a>> {
    flag_values(args, short, long).into_iter().next()
}

/// The values of every such option, in order.
pub fn flag_values<'a>(
    args: &'a [Word],
    short: impl Into<Option<char>>,
    long: &[&str],
) -> Vec<FlagValue<'a>> {
    let short = short.into();
    let mut res = Vec::new();
    let mut idx = 0;
    while let Some(word) = args.get(idx) {
        idx += 1;
        let text = word.text();
        if text == "--" {
            break;
        }
        match given(&text, short, long) {
            Given::No => {}
            Given::Attached(at) => {
                res.push(FlagValue { text: text_from(text, at), word });
            }
            Given::Next => {
                let Some(word) = args.get(idx) else { break };
                idx += 1;
                res.push(FlagValue { text: word.text(), word });
            }
        }
    }
    res
}

/// The words that are neither options nor values of the options in `flags_with_value` (written with
/// their dashes: `"-t"`, `"--target-release"`).
pub fn positional<'a>(args: &'a [Word], flags_with_value: &[&str]) -> Vec<&'a Word> {
    let mut res = Vec::new();
    let mut idx = 0;
    while let Some(word) = args.get(idx) {
        idx += 1;
        let text = word.text();
        if text == "--" {
            res.extend(args.get(idx..).unwrap_or_default());
            break;
        }
        if !is_option(&text) {
            res.push(word);
        } else if value_is_next(&text, flags_with_value) {
            idx += 1;
        }
    }
    res
}

fn options(args: &[Word]) -> impl Iterator<Item = (&Word, Cow<'_, str>)> {
    args.iter()
        .map(|it| (it, it.text()))
        .take_while(|it| it.1 != "--")
        .filter(|it| is_option(&it.1))
}

fn is_option(text: &str) -> bool {
    text.len() > 1 && text.starts_with('-')
}

/// The letters of a cluster of short options; what follows a sign (`-o=x`, `-I/usr`) is a value.
fn cluster(text: &str) -> &str {
    let letters = text.strip_prefix('-').unwrap_or(text);
    let end = letters.find(|it: char| !it.is_alphanumeric()).unwrap_or(letters.len());
    // A sign may itself be an option (`-@`), but then it is the first.
    letters.get(..end.max(letters.chars().next().map_or(0, char::len_utf8))).unwrap_or_default()
}

enum Given {
    No,
    Next,
    Attached(usize),
}

fn given(text: &str, short: Option<char>, long: &[&str]) -> Given {
    if let Some(body) = text.strip_prefix("--") {
        return match body.split_once('=') {
            Some((name, _)) if long.contains(&name) => Given::Attached(name.len() + 3),
            None if long.contains(&body) => Given::Next,
            _ => Given::No,
        };
    }
    let (Some(short), true) = (short, is_option(text)) else { return Given::No };
    let Some(rest) = text.get(1..).and_then(|it| it.strip_prefix(short)) else {
        let last = cluster(text).ends_with(short) && cluster(text).len() + 1 == text.len();
        return if last { Given::Next } else { Given::No };
    };
    match rest.strip_prefix('=') {
        _ if rest.is_empty() => Given::Next,
        Some(value) => Given::Attached(text.len() - value.len()),
        None => Given::Attached(text.len() - rest.len()),
    }
}

fn text_from(text: Cow<'_, str>, at: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(it) => Cow::Borrowed(it.get(at..).unwrap_or_default()),
        Cow::Owned(it) => Cow::Owned(it.get(at..).unwrap_or_default().to_owned()),
    }
}

fn value_is_next(option: &str, flags_with_value: &[&str]) -> bool {
    if flags_with_value.contains(&option) {
        return true;
    }
    if option.starts_with("--") {
        return false;
    }
    let valued = |it: char| {
        let mut letter = [b'-'; 5];
        let len = it.encode_utf8(letter.get_mut(1..).unwrap_or_default()).len();
        let flag = letter.get(..=len).and_then(|it| std::str::from_utf8(it).ok());
        flag.is_some_and(|flag| flags_with_value.contains(&flag))
    };
    // In a cluster the first letter that takes a value takes the rest of the word.
    let letters = option.get(1..).unwrap_or_default();
    letters
        .find(valued)
        .is_some_and(|at| letters.get(at..).is_some_and(|it| it.chars().nth(1).is_none()))
}
