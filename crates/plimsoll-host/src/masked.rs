//! A snapshot without the secrets that were in it, for its file.
//!
//! What a secret is says a function that is handed in; here is only where values stand and what
//! their names are. What stands in the place of a secret is judged as the secret was.

use serde_json::value::RawValue;

use crate::{collected::Collected, known::Known};

/// Hides the secrets of a value, given its name (empty if it has none) and itself. What it gives is
/// left alone if it is handed in again.
pub type Hide = fn(&str, &str) -> String;

impl Collected {
    /// The same snapshot without secrets: in variables, arguments, labels and options of
    /// containers, images and services, in swarm tokens, and in the texts of settings.
    pub fn masked(&self, hide: Hide) -> Self {
        let mut res = self.clone();
        for (path, answer) in &mut res.answers {
            let Known::Had(raw) = answer else { continue };
            let text = masked_json(raw.get(), hide);
            if text != raw.get() {
                *answer = match RawValue::from_string(text) {
                    Ok(it) => Known::Had(it),
                    Err(_) => Known::unknown(
                        format!("the answer to {path} could not be kept without its secrets"),
                        "judge the host itself instead of its snapshot",
                    ),
                };
            }
        }
        for (path, facts) in &mut res.files {
            if NEVER_MASKED.iter().any(|it| path.starts_with(it)) {
                continue;
            }
            if let Known::Had(facts) = facts
                && let Known::Had(text) = &mut facts.text
            {
                *text = masked_text(text, hide);
            }
        }
        if let Known::Had(processes) = &mut res.processes {
            for process in processes {
                process.arguments = mask_arguments(&process.arguments, hide);
            }
        }
        res
    }
}

/// The arguments of a program without secrets: `--name=value`, `--name value` and `NAME=value`.
pub fn mask_arguments(arguments: &[String], hide: Hide) -> Vec<String> {
    let mut before = "";
    let mut res = Vec::with_capacity(arguments.len());
    for argument in arguments {
        res.push(masked_argument(before, argument, hide));
        before = argument;
    }
    res
}

fn masked_argument(before: &str, argument: &str, hide: Hide) -> String {
    let is_flag = before.starts_with('-') && !before.contains('=') && !argument.starts_with('-');
    if is_flag && !argument.contains('=') {
        return hide(before.trim_start_matches('-'), argument);
    }
    masked_text(argument, hide)
}

fn masked_text(text: &str, hide: Hide) -> String {
    masked_part(text, hide, MAX_NESTED)
}

/// A text without secrets, where values stand as `NAME=value` or `"name": "value"`, or show what
/// they are by themselves. Values may hold assignments again, `nested` times.
fn masked_part(text: &str, hide: Hide, nested: usize) -> String {
    let mut res = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = next_assignment(text, at) {
        res.push_str(text.get(at..found.value_start).unwrap_or_default());
        let value = text.get(found.value_start..found.value_end).unwrap_or_default();
        let name = text.get(found.name_start..found.name_end).unwrap_or_default();
        let masked = hide(name, value);
        let may_hold_more = masked == value && nested > 0 && value.contains('=');
        res.push_str(&if may_hold_more { masked_part(value, hide, nested - 1) } else { masked });
        at = found.value_end;
    }
    res.push_str(text.get(at..).unwrap_or_default());
    hide("", &res)
}

/// A name and its value, by their places.
struct Assignment {
    name_start: usize,
    name_end: usize,
    value_start: usize,
    value_end: usize,
}

/// The first assignment whose name ends at or after `from`.
fn next_assignment(text: &str, from: usize) -> Option<Assignment> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        let sign = at + bytes.get(at..)?.iter().position(|it| matches!(it, b'=' | b':'))?;
        at = sign + 1;
        let head = text.get(from..sign)?.trim_end_matches([' ', '\t']);
        let name_end = from + head.trim_end_matches(['"', '\'']).len();
        let name = text.get(from..name_end)?;
        let name_len = name.bytes().rev().take_while(|it| is_name(*it)).count();
        if name_len == 0 {
            continue;
        }
        let after = text.get(sign + 1..)?;
        let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
        let is_pair = bytes.get(sign) == Some(&b'=') || head.ends_with('"') || blanks > 0;
        if !is_pair {
            continue;
        }
        let start = sign + 1 + blanks;
        let (value_start, value_end) = value_at(text, start)?;
        return Some(Assignment {
            name_start: name_end - name_len,
            name_end,
            value_start,
            value_end,
        });
    }
}

/// Where the value stands that starts at `start`; quotes are no part of it.
fn value_at(text: &str, start: usize) -> Option<(usize, usize)> {
    let rest = text.get(start..)?;
    if let Some(quote) = rest.chars().next().filter(|it| matches!(it, '"' | '\'')) {
        let inner = rest.get(1..)?;
        let len = inner.find([quote, '\n']).unwrap_or(inner.len());
        return Some((start + 1, start + 1 + len));
    }
    let ends = |it: char| it.is_whitespace() || matches!(it, '"' | '\'' | ',' | '}' | ']');
    Some((start, start + rest.find(ends).unwrap_or(rest.len())))
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// A JSON text without secrets. Everything else in it stays as it came, to the last blank.
fn masked_json(text: &str, hide: Hide) -> String {
    let mut res = String::with_capacity(text.len());
    let mut place = Vec::new();
    let mut at = 0;
    while let Some(sign) = text.get(at..).and_then(|it| it.find(['{', '[', '}', ']', ',', '"'])) {
        res.push_str(text.get(at..at + sign).unwrap_or_default());
        at += sign;
        let rest = text.get(at..).unwrap_or_default();
        let token = match rest.as_bytes().first() {
            Some(b'"') => rest.get(..string_len(rest)).unwrap_or(rest),
            _ => rest.get(..1).unwrap_or(rest),
        };
        at += token.len();
        match token {
            "{" => place.push(Frame::Object { key: String::new(), is_key_next: true }),
            "[" => place.push(Frame::Array { before: String::new() }),
            "}" | "]" => {
                place.pop();
            }
            "," => {
                if let Some(Frame::Object { is_key_next, .. }) = place.last_mut() {
                    *is_key_next = true;
                }
            }
            string => {
                res.push_str(&masked_string(string, &mut place, hide));
                continue;
            }
        }
        res.push_str(token);
    }
    res.push_str(text.get(at..).unwrap_or_default());
    res
}

/// Where in a JSON document one stands.
enum Frame {
    Object { key: String, is_key_next: bool },
    Array { before: String },
}

/// The length of the string that `text` starts with, quotes included.
fn string_len(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The string `token` as it may be kept at `place`.
fn masked_string(token: &str, place: &mut [Frame], hide: Hide) -> String {
    let Ok(value) = serde_json::from_str::<String>(token) else { return token.to_owned() };
    if let Some(Frame::Object { key, is_key_next: is_next @ true }) = place.last_mut() {
        *key = value;
        *is_next = false;
        return token.to_owned();
    }
    let mut keys = place.iter().rev().filter_map(|it| match it {
        Frame::Object { key, .. } => Some(key.as_str()),
        Frame::Array { .. } => None,
    });
    let (key, above) = (keys.next().unwrap_or_default(), keys.next().unwrap_or_default());
    let masked = match place.last() {
        Some(Frame::Array { .. }) if key == "Env" => masked_variable(&value, hide),
        Some(Frame::Array { before }) if ARGUMENTS.contains(&key) => {
            masked_argument(before, &value, hide)
        }
        Some(Frame::Object { .. }) if NAMED_VALUES.contains(&above) => hide(key, &value),
        Some(Frame::Object { .. }) if above == "JoinTokens" => hide("TOKEN", &value),
        _ => hide("", &value),
    };
    let res = if masked == value {
        token.to_owned()
    } else {
        serde_json::Value::String(masked).to_string()
    };
    if let Some(Frame::Array { before }) = place.last_mut() {
        *before = value;
    }
    res
}

fn masked_variable(variable: &str, hide: Hide) -> String {
    match variable.split_once('=') {
        Some((name, value)) => format!("{name}={}", hide(name, value)),
        None => variable.to_owned(),
    }
}

/// `Environment="A=b"` is nested once, and nobody nests deeper than this.
const MAX_NESTED: usize = 4;

/// Members that hold arguments of programs.
const ARGUMENTS: &[&str] = &["Args", "Cmd", "Entrypoint", "Test", "Command", "arguments"];

/// Members that hold values by the names that users gave them.
const NAMED_VALUES: &[&str] = &["Labels", "Config", "Options", "DriverOpts", "Annotations"];

/// Texts of the system, whose names sound like secrets and whose values are none.
const NEVER_MASKED: &[&str] = &[
    "/proc/",
    "/sys/",
    "/etc/passwd",
    "/etc/group",
    "/etc/sub",
    "/etc/sudoers",
    "/etc/audit",
    "/etc/ufw",
    "/etc/os-release",
    "/etc/apparmor.d",
];

#[cfg(test)]
mod tests {
    use super::mask_arguments;
    use crate::{Collected, FileFacts, FileKind, Known, Reach};

    /// Takes for a secret what is called `KEY`, and every `hunter2`.
    fn hide(name: &str, value: &str) -> String {
        if name.ends_with("KEY") || name == "TOKEN" {
            return "masked".to_owned();
        }
        value.replace("hunter2", "masked")
    }

    fn answer(text: &str) -> String {
        let mut collected = Collected::new("box", 0, Reach::Host);
        let raw = serde_json::value::RawValue::from_string(text.to_owned()).unwrap();
        collected.answers.insert("/x".to_owned(), Known::Had(raw));
        collected.masked(hide).answer("/x").had().unwrap().to_string()
    }

    #[test]
    fn answers_lose_their_secrets_and_nothing_else() {
        for (before, after) in [
            (r#"{"Env":["A=1","X_KEY=a=b"]}"#, r#"{"Env":["A=1","X_KEY=masked"]}"#),
            (
                r#"{"Labels": {"KEY": "v"}, "KEY": "v"}"#,
                r#"{"Labels": {"KEY": "masked"}, "KEY": "v"}"#,
            ),
            (r#"{"Cmd":["s","--KEY","v"]}"#, r#"{"Cmd":["s","--KEY","masked"]}"#),
            (r#"{"Cmd":["s","--KEY=v w"]}"#, r#"{"Cmd":["s","--KEY=masked w"]}"#),
            (r#"{"JoinTokens":{"Worker":"S"}}"#, r#"{"JoinTokens":{"Worker":"masked"}}"#),
            (r#"{"a\"":"\\hunter2\u0041" , "n": 1.50}"#, r#"{"a\"":"\\maskedA" , "n": 1.50}"#),
            (
                r#"[{"Env":null,"x":{"y":["z"]},"Z":"w"}]"#,
                r#"[{"Env":null,"x":{"y":["z"]},"Z":"w"}]"#,
            ),
        ] {
            assert_eq!(answer(before), after);
        }
    }

    #[test]
    fn arguments_are_hidden_by_the_name_before_them() {
        let before = ["run", "--API-KEY", "v", "-H", "tcp://x", "A_KEY=v", "sh -c 'KEY=v x'"];
        let after =
            ["run", "--API-KEY", "masked", "-H", "tcp://x", "A_KEY=masked", "sh -c 'KEY=masked x'"];
        assert_eq!(mask_arguments(&before.map(str::to_owned), hide), after);
    }

    #[test]
    fn texts_of_settings_are_masked_and_those_of_the_system_are_not() {
        let mut collected = Collected::new("box", 0, Reach::Host);
        let settings = "{\n  \"A-KEY\": \"v\",\n  \"proxies\": {\"x\": \"http://u:hunter2@h\"}\n}";
        let unit = "Environment=\"A_KEY=v\" B=c\nExecStart=/d -H fd://\n";
        for (path, text) in
            [("/etc/docker/daemon.json", settings), ("/u", unit), ("/proc/x", "KEY=v")]
        {
            let facts = FileFacts {
                kind: FileKind::File,
                owner: 0,
                group: 0,
                mode: 0o644,
                size: 1,
                modified: 0,
                link: None,
                text: Known::Had(text.to_owned()),
                entries: Known::Absent,
            };
            collected.files.insert(path.to_owned(), Known::Had(facts));
        }
        let masked = collected.masked(hide);
        let text = |path| masked.text(path).had().unwrap().to_string();
        let expected =
            "{\n  \"A-KEY\": \"masked\",\n  \"proxies\": {\"x\": \"http://u:masked@h\"}\n}";
        assert_eq!(text("/etc/docker/daemon.json"), expected);
        assert_eq!(text("/u"), "Environment=\"A_KEY=masked\" B=c\nExecStart=/d -H fd://\n");
        assert_eq!(text("/proc/x"), "KEY=v");
    }
}
