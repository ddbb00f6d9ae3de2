use std::collections::BTreeSet;

use plimsoll_finding::{Check, Masked, Sink};

use crate::{
    rule::also,
    secret_name::{is_secret_name, literal_secret},
    secret_value::find_secrets,
    subject::image::ImageSubject,
};

also! { "secret-build-argument", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    let mut told: BTreeSet<String> = BTreeSet::new();
    for (step, origin) in config.origins(subject.layers.len()).iter().enumerate() {
        for (name, value) in arguments(&origin.created_by) {
            let is_secret = !find_secrets(value).is_empty()
                || (is_secret_name(name) && literal_secret(value).is_some());
            if !is_secret || !told.insert(name.to_owned()) {
                continue;
            }
            let message = format!(
                "the value of build argument `{name}` stays in the image's history; use a secret \
                 mount"
            );
            // Of a shell that is not known the arguments are still there.
            let shown = origin.instruction.replace(value, &Masked::new(value).to_string());
            let place = subject.step_place(step, origin.layer, &shown);
            let draft = sink.report_place(place, message).name(name);
            let _ = draft.evidence(format!("`{name}` is {}", Masked::new(value)));
        }
    }
}

/// The arguments that a builder writes before a command: `|2 A=1 B=two words /bin/sh -c make`.
fn arguments(created_by: &str) -> Vec<(&str, &str)> {
    let text = created_by.trim_start();
    let text = text.strip_prefix("RUN ").unwrap_or(text);
    let counted = text.strip_prefix('|').and_then(|it| it.split_once(' '));
    let Some((Ok(count), rest)) = counted.map(|it| (it.0.parse::<usize>(), it.1)) else {
        return Vec::new();
    };
    let mut res = Vec::new();
    // A value may hold blanks, but is followed by the next name or by the shell.
    let mut words = rest.split(' ').take(MAX_WORDS);
    while res.len() < count.min(MAX_ARGUMENTS) {
        let Some(word) = words.next() else { break };
        let pair = word.split_once('=');
        if let Some(pair) = pair.filter(|it| is_name(it.0)) {
            res.push(pair);
        } else if word.starts_with('/') && word.ends_with("sh") {
            break;
        }
    }
    res
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
}

const MAX_WORDS: usize = 10_000;

const MAX_ARGUMENTS: usize = 1_000;
