//! The accounts of an image: who runs it, and what its user databases say.
//!
//! Knows no rule. What could not be read is `None`, which is never an empty database.

use crate::subject::image::{FileFact, ImageSubject};

/// Whom the image runs as, as its configuration says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RunUser<'a> {
    /// Nobody is named, so root.
    Unset,
    /// Root, by name or number.
    Root,
    /// Another number.
    Number(u64),
    /// Another name.
    Name(&'a str),
}

/// A line of `/etc/passwd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Passwd<'a> {
    /// Its number, from 1.
    pub(crate) line: usize,
    /// The name.
    pub(crate) name: &'a str,
    /// `x` where the shadow file has it.
    pub(crate) password: &'a str,
    /// The number of the user.
    pub(crate) user: Option<u64>,
    /// The number of the group.
    pub(crate) group: Option<u64>,
    /// The login shell; empty is `/bin/sh`.
    pub(crate) shell: &'a str,
}

/// A line of `/etc/shadow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shadow<'a> {
    /// Its number, from 1.
    pub(crate) line: usize,
    /// The name.
    pub(crate) name: &'a str,
    /// The hash of the password, or what stands in its place.
    pub(crate) password: &'a str,
}

/// Whom the image runs as; `None` for a bare root file system and for Windows, where users are
/// others.
pub(crate) fn run_user(subject: &ImageSubject) -> Option<RunUser<'_>> {
    let config = subject.config.as_ref().filter(|it| it.platform.os != "windows")?;
    let text = config.runtime.user.trim();
    let name = text.split(':').next().unwrap_or_default().trim();
    Some(match name.parse::<u64>() {
        Ok(0) => RunUser::Root,
        Ok(number) => RunUser::Number(number),
        Err(_) if text.is_empty() => RunUser::Unset,
        // A group alone leaves the user at root.
        Err(_) if name.is_empty() || name == "root" => RunUser::Root,
        Err(_) => RunUser::Name(name),
    })
}

/// The group that the configuration names beside the user.
pub(crate) fn run_group(subject: &ImageSubject) -> Option<&str> {
    let user = subject.config.as_ref()?.runtime.user.as_str();
    user.split_once(':').map(|it| it.1.trim()).filter(|it| !it.is_empty())
}

/// The account that the image runs as, if its user database has it.
pub(crate) fn run_account(subject: &ImageSubject) -> Option<(&FileFact, Passwd<'_>)> {
    let user = run_user(subject)?;
    let (file, accounts) = passwd(subject)?;
    let account = accounts.into_iter().find(|it| match user {
        RunUser::Name(name) => it.name == name,
        RunUser::Number(number) => it.user == Some(number),
        RunUser::Root | RunUser::Unset => it.user == Some(0),
    })?;
    Some((file, account))
}

/// The user database, if it was read.
pub(crate) fn passwd(subject: &ImageSubject) -> Option<(&FileFact, Vec<Passwd<'_>>)> {
    let (file, text) = database(subject, "etc/passwd")?;
    let res = records(text).filter_map(|(line, fields)| {
        let field = |idx: usize| fields.get(idx).copied().unwrap_or_default();
        (fields.len() > 3).then(|| Passwd {
            line,
            name: field(0),
            password: field(1),
            user: field(2).parse().ok(),
            group: field(3).parse().ok(),
            shell: field(6),
        })
    });
    Some((file, res.collect()))
}

/// The database of passwords, if it was read.
pub(crate) fn shadow(subject: &ImageSubject) -> Option<(&FileFact, Vec<Shadow<'_>>)> {
    let (file, text) = database(subject, "etc/shadow")?;
    let res = records(text).filter_map(|(line, fields)| {
        let name = fields.first().copied()?;
        Some(Shadow { line, name, password: fields.get(1).copied()? })
    });
    Some((file, res.collect()))
}

/// The names of the groups, if their database was read.
pub(crate) fn groups(subject: &ImageSubject) -> Option<Vec<&str>> {
    let (_, text) = database(subject, "etc/group")?;
    Some(records(text).filter_map(|it| it.1.first().copied()).collect())
}

/// The file at `path`, if it is to be seen and matters.
pub(crate) fn file_at<'a>(subject: &'a ImageSubject, path: &str) -> Option<&'a FileFact> {
    subject.files.iter().find(|it| it.entry.path == path)
}

/// The content of a file as text; `None` if it was not read or is no text.
pub(crate) fn text_of(file: &FileFact) -> Option<&str> {
    std::str::from_utf8(file.content.as_deref()?).ok()
}

fn database<'a>(subject: &'a ImageSubject, path: &str) -> Option<(&'a FileFact, &'a str)> {
    let file = file_at(subject, path)?;
    Some((file, text_of(file)?))
}

/// The lines with their fields. Comments and the entries of network databases are no accounts.
fn records(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    let lines = text.lines().enumerate().take(MAX_LINES).map(|(idx, line)| (idx + 1, line.trim()));
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with(['#', '+', '-']))
        .map(|(number, line)| (number, line.splitn(MAX_FIELDS, ':').collect()))
}

/// More accounts than any image has; contents are limited besides.
const MAX_LINES: usize = 20_000;

const MAX_FIELDS: usize = 10;
