use plimsoll_finding::{Check, Sink};

use crate::{
    account::refuses_login, image_accounts::run_account, rule::also, subject::image::ImageSubject,
};

also! { "login-shell", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let account = run_account(subject).filter(|it| it.1.user != Some(0));
    let Some((file, account)) = account else { return };
    let shell = if account.shell.is_empty() { "/bin/sh" } else { account.shell };
    if !refuses_login(shell) {
        let message =
            format!("`{}` runs the container and can log in with `{shell}`", account.name);
        let _ = sink.report_place(subject.line_place(file, account.line), message);
    }
}
