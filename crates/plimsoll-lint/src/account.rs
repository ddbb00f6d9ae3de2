//! Accounts that an image's commands create: `useradd`, `adduser`, of both Debian and Alpine.
//!
//! Knows no rule. What options mean differs between the programs; where that leaves a doubt, the
//! fields are empty.

use std::borrow::Cow;

use plimsoll_dockerfile::Keyword;
use plimsoll_finding::Wanted;
use plimsoll_shell::{Invocation, flag_value, has_flag, positional};
use plimsoll_text::Span;

use crate::{
    every_command::every_invocation, final_image::FinalImage,
    subject::dockerfile::DockerfileSubject,
};

/// An account that a command creates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    /// Its name as written.
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// Where the command's name stands.
    pub(crate) command_span: Span,
    /// The user id as written, if one is given.
    pub(crate) uid: Option<String>,
    /// The login shell that it gets, if that is known.
    pub(crate) shell: Option<String>,
    /// Where the shell is written.
    pub(crate) shell_span: Option<Span>,
    /// Whether supplementary groups are given.
    pub(crate) has_groups: bool,
}

impl Account {
    /// Whether its number makes the login logs huge files full of holes.
    pub(crate) fn has_large_uid(&self) -> bool {
        let uid = self.uid.as_ref().and_then(|it| it.parse::<u64>().ok());
        uid.is_some_and(|it| it > LARGEST_HARMLESS_UID)
    }

    /// How `USER` should name it: by its number where that is known.
    pub(crate) fn user(&self) -> &str {
        let uid = self.uid.as_deref();
        uid.filter(|it| it.bytes().all(|byte| byte.is_ascii_digit())).unwrap_or(&self.name)
    }
}

/// The account that `invocation` creates, if it does.
pub(crate) fn created_account(invocation: &Invocation<'_>) -> Option<Account> {
    let args = invocation.args;
    let is_useradd = invocation.name == "useradd";
    if !is_useradd && invocation.name != "adduser" {
        return None;
    }
    // `useradd -D` sets defaults, while the `adduser` of Alpine takes `-D` for "no password".
    let sets_defaults = is_useradd && has_flag(args, 'D', &["defaults"]);
    let with_values = if is_useradd { USERADD_VALUES } else { ADDUSER_VALUES };
    let names = positional(args, with_values);
    // `adduser NAME GROUP` puts an account that is there into a group.
    let [name] = names.as_slice() else { return None };
    if sets_defaults {
        return None;
    }
    let uid = flag_value(args, 'u', &["uid"]).map(|it| it.text.into_owned());
    let shell = flag_value(args, 's', &["shell"]);
    let groups = is_useradd && flag_value(args, 'G', &["groups"]).is_some();
    Some(Account {
        name: name.text().into_owned(),
        name_span: name.span,
        command_span: invocation.name_word.span,
        uid,
        shell_span: shell.as_ref().map(|it| it.word.span),
        shell: shell.map(|it| Cow::into_owned(it.text)),
        has_groups: groups,
    })
}

/// The account that the image creates last, if its name is known.
pub(crate) fn last_created(subject: &DockerfileSubject, image: &FinalImage<'_>) -> Option<Account> {
    let mut last: Option<Account> = None;
    let runs = image.instructions().filter(|it| it.keyword == Keyword::Run);
    for instruction in runs.filter(|it| subject.may_hold(it, &CREATES_ACCOUNT)) {
        every_invocation(subject, instruction, &mut |it| {
            last = created_account(&it).or(last.take());
        });
    }
    last.filter(|it| !it.name.contains('$'))
}

/// Programs that create accounts.
pub(crate) const CREATES_ACCOUNT: Wanted = Wanted::word(&["useradd", "adduser"]);

/// Whether a program refuses to be a shell: `/usr/sbin/nologin`, `/bin/false`.
pub(crate) fn refuses_login(shell: &str) -> bool {
    matches!(shell.rsplit('/').next(), Some("nologin" | "false" | "true" | "sync" | "null"))
}

/// The largest number whose login logs are still small.
const LARGEST_HARMLESS_UID: u64 = 99_999;

static USERADD_VALUES: &[&str] = &[
    "-b",
    "--base-dir",
    "-c",
    "--comment",
    "-d",
    "--home-dir",
    "--home",
    "-e",
    "--expiredate",
    "-f",
    "--inactive",
    "-F",
    "-g",
    "--gid",
    "-G",
    "--groups",
    "-k",
    "--skel",
    "-K",
    "--key",
    "-p",
    "--password",
    "-R",
    "--root",
    "-P",
    "--prefix",
    "-s",
    "--shell",
    "-u",
    "--uid",
    "-Z",
    "--selinux-user",
];

static ADDUSER_VALUES: &[&str] = &[
    "-h",
    "--home",
    "-g",
    "--gecos",
    "--comment",
    "-s",
    "--shell",
    "-G",
    "--ingroup",
    "--gid",
    "--firstuid",
    "--lastuid",
    "--firstgid",
    "--lastgid",
    "-u",
    "--uid",
    "-k",
    "--conf",
];

#[cfg(test)]
mod tests {
    use plimsoll_text::Source;

    use super::{Account, created_account};
    use crate::{every_command::every_invocation, subject::dockerfile::DockerfileSubject};

    fn account(command: &str) -> Option<Account> {
        let source = Source::new("Dockerfile", format!("RUN {command}"));
        let subject = DockerfileSubject::alone(&source);
        let mut res = None;
        for instruction in subject.dockerfile.all_instructions() {
            every_invocation(&subject, instruction, &mut |it| res = created_account(&it));
        }
        res
    }

    #[test]
    fn accounts_are_read_from_commands() {
        for (command, name, uid, shell) in [
            ("useradd app", "app", None, None),
            ("useradd -ms /bin/bash -u 10001 app", "app", Some("10001"), Some("/bin/bash")),
            ("useradd --uid=7 --shell /bin/false app", "app", Some("7"), Some("/bin/false")),
            ("adduser -D -u 1000 -s /bin/sh app", "app", Some("1000"), Some("/bin/sh")),
            ("adduser --disabled-password --gecos '' app", "app", None, None),
        ] {
            let found = account(command).unwrap();
            assert_eq!(found.name, name, "{command}");
            assert_eq!(found.uid.as_deref(), uid, "{command}");
            assert_eq!(found.shell.as_deref(), shell, "{command}");
        }
        for command in ["adduser app wheel", "useradd -D -s /bin/sh", "usermod -aG x app"] {
            assert_eq!(account(command), None, "{command}");
        }
    }
}
