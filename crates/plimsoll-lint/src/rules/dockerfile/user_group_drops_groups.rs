use std::collections::BTreeMap;

use plimsoll_dockerfile::Keyword;
use plimsoll_finding::{Check, Safety, Sink, Wanted};
use plimsoll_shell::{Invocation, flag_value, has_flag, positional};
use plimsoll_text::{Edit, Span};

use crate::{
    account::created_account,
    every_command::every_invocation,
    final_image::{FinalImage, Identity, RuntimeUser},
    rule::rule,
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// `USER name:group` drops the groups that the user was put into.
    ///
    /// ## Why
    /// With a group named, the engine gives the process that group alone and no longer asks the
    /// group database. The groups that an earlier step took care to add have no effect.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd app && usermod -aG video app
    /// USER app:app
    /// # ^ user-group-drops-groups
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN adduser -D app && addgroup app video
    /// USER app:app
    /// # ^ user-group-drops-groups
    /// ```
    ///
    /// ## Fixed
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd app && usermod -aG video app
    /// USER app
    /// # ^ user-group-drops-groups
    /// ```
    ///
    /// ```dockerfile
    /// FROM alpine:3.24
    /// RUN adduser -D app && addgroup app video
    /// USER app
    /// # ^ user-group-drops-groups
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM debian:13
    /// RUN useradd app && usermod -aG video app
    /// USER app
    /// ```
    ///
    /// ```dockerfile
    /// FROM debian:13
    /// RUN groupadd app && useradd -g app app
    /// USER app:app
    /// ```
    ///
    /// ## References
    /// - Dockerfile reference: `USER`
    "user-group-drops-groups" for DockerfileSubject {
        aliases: ["tally:user-explicit-group-drops-supplementary-groups"],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: Unsafe,
        check: Check::WholeWith(WANTED, check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let Some(image) = FinalImage::of(&subject.dockerfile) else { return };
    let RuntimeUser::Set(user) = image.user() else { return };
    let (Identity::Name(name), Some(group)) = (&user.identity, &user.user.group) else { return };
    let mut joined: BTreeMap<String, Span> = BTreeMap::new();
    let runs = image.instructions().filter(|it| it.keyword == Keyword::Run);
    for instruction in runs.filter(|it| subject.may_hold(it, &WANTED)) {
        every_invocation(subject, instruction, &mut |invocation| {
            if let Some((member, span)) = joins_group(&invocation) {
                joined.insert(member, span);
            }
        });
    }
    let Some(span) = joined.get(name) else { return };
    let message = format!("with a group named, `{name}` loses the groups it was put into");
    let removal = Edit::delete(Span::new(user.user.user.span.end, group.span.end));
    let _ = sink.report(user.user.word.span, message).related(*span, "put into a group here").fix(
        "Leave the group out",
        Safety::Unsafe,
        vec![removal],
    );
}

/// The account that the command puts into a further group.
fn joins_group(invocation: &Invocation<'_>) -> Option<(String, Span)> {
    let args = invocation.args;
    let span = invocation.name_word.span;
    match invocation.name {
        "useradd" => {
            let account = created_account(invocation).filter(|it| it.has_groups)?;
            Some((account.name, span))
        }
        "usermod" if has_flag(args, 'G', &["groups"]) => {
            let names =
                positional(args, &["-G", "--groups", "-g", "--gid", "-s", "-d", "-u", "-c"]);
            Some((names.last()?.text().into_owned(), span))
        }
        "gpasswd" => Some((flag_value(args, 'a', &["add"])?.text.into_owned(), span)),
        "adduser" | "addgroup" => match positional(args, &[]).as_slice() {
            [member, _] => Some((member.text().into_owned(), span)),
            _ => None,
        },
        _ => None,
    }
}

const WANTED: Wanted = Wanted::word(&["useradd", "usermod", "gpasswd", "adduser", "addgroup"]);
