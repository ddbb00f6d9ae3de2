//! Who may run what as another user, from sudoers files.
//!
//! Aliases of users and commands are resolved within one file set; patterns are not expanded.

use std::collections::BTreeMap;

/// How many aliases may stand within each other.
const MAX_ALIAS_DEPTH: usize = 8;
/// How many commands one rule may come to when its aliases are resolved.
const MAX_COMMANDS: usize = 2_000;

/// One line that gives somebody the right to run commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SudoRule {
    /// Users, `%groups` and what else the line names, aliases resolved.
    pub who: Vec<String>,
    /// The commands, aliases resolved.
    pub commands: Vec<SudoCommand>,
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// A command that a rule allows or forbids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SudoCommand {
    /// The command with its arguments, or `ALL`.
    pub text: String,
    /// Whether `!` stands before it.
    pub is_forbidden: bool,
    /// Whether no password is asked for.
    pub is_without_password: bool,
}

/// The rules of some sudoers files, given as name and text in the order they are read.
pub fn sudo_rules<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<SudoRule> {
    let lines: Vec<Line> = files.into_iter().flat_map(|(name, text)| joined(name, text)).collect();
    let mut aliases = Aliases::default();
    for line in &lines {
        aliases.read(&line.text);
    }
    lines.iter().filter_map(|it| it.rule(&aliases)).collect()
}

struct Line {
    file: String,
    number: usize,
    text: String,
}

/// The lines with their continuations, comments taken off.
fn joined(file: &str, text: &str) -> Vec<Line> {
    let mut res: Vec<Line> = Vec::new();
    let mut is_open = false;
    for (idx, line) in text.lines().enumerate() {
        let (part, goes_on) = match line.strip_suffix('\\') {
            Some(it) => (it, true),
            None => (line, false),
        };
        if let Some(last) = res.last_mut().filter(|_| is_open) {
            last.text.push_str(part);
        } else {
            let file = file.to_owned();
            res.push(Line { file, number: idx + 1, text: part.to_owned() });
        }
        is_open = goes_on;
    }
    for line in &mut res {
        // `#1000` names a user by number.
        let is_comment = |at: usize| {
            let next = line.text.as_bytes().get(at + 1);
            !next.is_some_and(u8::is_ascii_digit)
        };
        let mut signs = line.text.match_indices('#').map(|it| it.0);
        if let Some(end) = signs.find(|it| is_comment(*it)) {
            line.text.truncate(end);
        }
    }
    res
}

impl Line {
    fn rule(&self, aliases: &Aliases) -> Option<SudoRule> {
        let text = self.text.trim();
        let first = text.split_ascii_whitespace().next()?;
        if first.starts_with("Defaults") || first.starts_with('@') || first.ends_with("_Alias") {
            return None;
        }
        let (head, commands) = text.split_once('=')?;
        // The hosts are the last word before the sign.
        let who = head.trim().rsplit_once(char::is_whitespace)?.0;
        let mut names = Vec::new();
        for name in who.split(',').map(str::trim) {
            aliases.resolve("User_Alias", name, MAX_ALIAS_DEPTH, &mut names);
        }
        let commands = commands_of(commands, aliases);
        Some(SudoRule { who: names, commands, file: self.file.clone(), line: self.number })
    }
}

fn commands_of(text: &str, aliases: &Aliases) -> Vec<SudoCommand> {
    let mut res = Vec::new();
    let mut is_without_password = false;
    for entry in entries(text) {
        let mut entry = entry.trim();
        if let Some(rest) = entry.strip_prefix('(') {
            entry = rest.split_once(')').map_or("", |it| it.1).trim();
        }
        while let Some((tag, rest)) = entry.split_once(':').filter(|it| is_tag(it.0)) {
            match tag.trim() {
                "NOPASSWD" => is_without_password = true,
                "PASSWD" => is_without_password = false,
                _ => {}
            }
            entry = rest.trim();
        }
        let name = entry.trim_start_matches('!').trim();
        let is_forbidden = (entry.len() - entry.trim_start_matches('!').len()) % 2 == 1;
        let mut names = Vec::new();
        aliases.resolve("Cmnd_Alias", name, MAX_ALIAS_DEPTH, &mut names);
        for name in names {
            let (is_denied, text) = match name.strip_prefix('!') {
                Some(it) => (!is_forbidden, it.trim().to_owned()),
                None => (is_forbidden, name),
            };
            res.push(SudoCommand { text, is_forbidden: is_denied, is_without_password });
        }
        if res.len() > MAX_COMMANDS {
            break;
        }
    }
    res
}

/// The parts between commas; a comma behind a backslash and one in brackets divide nothing.
fn entries(text: &str) -> Vec<&str> {
    let mut res = Vec::new();
    let (mut start, mut is_escaped, mut is_inside) = (0, false, false);
    for (at, sign) in text.char_indices() {
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' => is_inside = true,
            ')' => is_inside = false,
            ',' if !is_inside => {
                res.extend(text.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    res.extend(text.get(start..));
    res
}

fn is_tag(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_uppercase() || it == b'_')
}

#[derive(Default)]
struct Aliases {
    by_kind: BTreeMap<(String, String), Vec<String>>,
}

impl Aliases {
    /// Takes up `Cmnd_Alias NAME = a, b : OTHER = c`.
    fn read(&mut self, line: &str) {
        let Some((kind, rest)) = line.trim().split_once(char::is_whitespace) else { return };
        if !matches!(kind, "User_Alias" | "Cmnd_Alias" | "Cmd_Alias") {
            return;
        }
        let kind = if kind == "User_Alias" { kind } else { "Cmnd_Alias" };
        for definition in rest.split(" : ") {
            if let Some((name, members)) = definition.split_once('=') {
                let members = entries(members).into_iter().map(|it| it.trim().to_owned()).collect();
                self.by_kind.insert((kind.to_owned(), name.trim().to_owned()), members);
            }
        }
    }

    fn resolve(&self, kind: &str, name: &str, depth: usize, out: &mut Vec<String>) {
        match self.by_kind.get(&(kind.to_owned(), name.to_owned())) {
            Some(members) if depth > 0 && out.len() < MAX_COMMANDS => {
                for member in members {
                    self.resolve(kind, member, depth - 1, out);
                }
            }
            _ => out.push(name.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sudo_rules;

    fn told(text: &str) -> Vec<String> {
        let rules = sudo_rules([("/etc/sudoers", text)]);
        let commands = rules.iter().flat_map(|rule| {
            rule.commands.iter().map(|it| {
                let sign = if it.is_forbidden { "!" } else { "" };
                let tag = if it.is_without_password { " free" } else { "" };
                format!("{} {}: {sign}{}{tag}", rule.line, rule.who.join("+"), it.text)
            })
        });
        commands.collect()
    }

    #[test]
    fn rules_are_read_with_their_tags_and_aliases() {
        let text = "# comment
Defaults env_reset
@includedir /etc/sudoers.d
User_Alias OPS = al, %dev
Cmnd_Alias DOCKER = /usr/bin/docker, \\
    /usr/bin/docker-compose
OPS ALL=(root : docker) NOPASSWD: DOCKER, PASSWD: /bin/ls, !/bin/sh # why
%wheel ALL=(ALL:ALL) ALL
#1000 ALL = NOPASSWD:SETENV: /usr/bin/docker ps
";
        let expected = [
            "7 al+%dev: /usr/bin/docker free",
            "7 al+%dev: /usr/bin/docker-compose free",
            "7 al+%dev: /bin/ls",
            "7 al+%dev: !/bin/sh",
            "8 %wheel: ALL",
            "9 #1000: /usr/bin/docker ps free",
        ];
        assert_eq!(told(text), expected);
    }

    #[test]
    fn aliases_that_name_each_other_come_to_an_end() {
        let text = "Cmnd_Alias A = B, B\nCmnd_Alias B = A, A\nal ALL = A\n";
        assert!(told(text).len() <= 3_000);
    }
}
