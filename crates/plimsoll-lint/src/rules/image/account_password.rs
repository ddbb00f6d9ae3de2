use plimsoll_finding::{Check, Sink};

use crate::{
    image_accounts::{passwd, shadow},
    rule::also,
    subject::image::ImageSubject,
};

also! { "account-password", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let mut report = |name: &str, place| {
        let message = format!("everybody who has the image has the hash of `{name}`'s password");
        let _ = sink.report_place(place, message).name(name);
    };
    if let Some((file, accounts)) = shadow(subject) {
        for it in accounts.iter().filter(|it| is_hash(it.password)) {
            report(it.name, subject.line_place(file, it.line));
        }
    }
    if let Some((file, accounts)) = passwd(subject) {
        for it in accounts.iter().filter(|it| is_hash(it.password)) {
            report(it.name, subject.line_place(file, it.line));
        }
    }
}

/// `$6$salt$hash`, or the thirteen characters of the oldest kind; locked ones too, since the hash
/// is there to be broken all the same.
fn is_hash(text: &str) -> bool {
    let text = text.trim_start_matches('!');
    let is_old = text.len() == 13
        && text.bytes().all(|it| it.is_ascii_alphanumeric() || b"./".contains(&it));
    is_old || (text.starts_with('$') && text.matches('$').count() >= 3)
}
