use std::iter;

use plimsoll_finding::{Check, Confidence, Draft, Masked, Sink};
use plimsoll_oci::ImageConfig;

use crate::{
    rule::also,
    secret_name::{is_placeholder, is_secret_name, literal_secret},
    secret_value::find_secrets,
    subject::image::ImageSubject,
};

also! { "hardcoded-secret", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    let runtime = &config.runtime;
    for variable in &runtime.environment {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        if let Some((what, confidence)) = secret(name, value) {
            let message = format!("{what} stands in the image for everyone to read");
            let draft = sink.report_place(subject.setting_place("Env", name), message);
            let _ = hide(draft.confidence(confidence), subject, "Env", name);
        }
    }
    for (name, value) in &runtime.labels {
        // Labels are described by their names, not set by them.
        if let Some((what, _)) = secret("", value) {
            let message = format!("{what} stands in the label `{name}` for everyone to read");
            let draft = sink.report_place(subject.setting_place("Labels", name), message);
            let _ = hide(draft, subject, "Labels", name);
        }
    }
    let health = runtime.healthcheck.as_ref().map(|it| it.test.as_slice()).unwrap_or_default();
    let commands = [
        ("Cmd", runtime.command.as_slice()),
        ("Entrypoint", runtime.entrypoint.as_slice()),
        ("Healthcheck", health),
        ("OnBuild", runtime.on_build.as_slice()),
    ];
    for (setting, words) in commands {
        if let Some(found) = words.iter().find_map(|it| find_secrets(it).into_iter().next()) {
            let message = format!("{} stands in the image for everyone to read", found.kind);
            let draft = sink.report_place(subject.setting_place(setting, ""), message);
            let _ = hide(draft, subject, setting, "");
        }
    }
    check_history(subject, config, sink);
}

/// What an `ENV` or `ARG` of the build said. A later value hides an earlier one from the
/// configuration, but not from the history.
fn check_history(subject: &ImageSubject, config: &ImageConfig, sink: &mut Sink<'_>) {
    let origins = config.origins(subject.layers.len());
    for (step, origin) in origins.iter().enumerate() {
        let Some((keyword, rest)) = origin.instruction.split_once(' ') else { continue };
        if keyword != "ENV" && keyword != "ARG" {
            continue;
        }
        for (name, value) in pairs(rest) {
            let is_now = |it: &String| it.split_once('=') == Some((name, value));
            let is_told = config.runtime.environment.iter().any(is_now);
            let found = secret(name, value).filter(|_| !is_told);
            let Some((what, confidence)) = found else { continue };
            let message = format!("{what} stands in the image's history for everyone to read");
            let shown = format!("{keyword} {name}={}", Masked::new(value));
            let place = subject.step_place(step, origin.layer, &shown);
            let draft = sink.report_place(place, message).confidence(confidence);
            let _ = hide(draft, subject, "history", &step.to_string());
        }
    }
}

/// `A=1 B=two words`: a value may hold blanks, and ends where the next name stands.
fn pairs(text: &str) -> Vec<(&str, &str)> {
    let text = text.trim();
    let starts = iter::once(0).chain(text.match_indices(' ').map(|it| it.0 + 1));
    let starts: Vec<usize> = starts.filter(|it| begins_pair(text, *it)).take(MAX_PAIRS).collect();
    let ends = starts.iter().skip(1).copied().chain(iter::once(text.len()));
    let pieces = starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end));
    pieces.filter_map(|it| it.trim_end().split_once('=')).collect()
}

fn begins_pair(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let name_end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    name_end.is_some_and(|it| it > 0 && rest.as_bytes().get(it) == Some(&b'='))
}

const MAX_PAIRS: usize = 1_000;

/// What is secret in a value: its kind, or that it is the value of a name that says so.
fn secret(name: &str, value: &str) -> Option<(String, Confidence)> {
    if let Some(found) = find_secrets(value).into_iter().next() {
        return Some((found.kind.to_owned(), Confidence::High));
    }
    literal_secret(value).filter(|_| is_secret_name(name))?;
    let confidence = if is_placeholder(value) { Confidence::Medium } else { Confidence::High };
    Some((format!("the value of `{name}`"), confidence))
}

/// Masks the line of the Dockerfile that says it, where there is one.
fn hide<'a>(draft: Draft<'a>, subject: &ImageSubject, setting: &str, entry: &str) -> Draft<'a> {
    let of = |entry: &str| subject.setting_locations.get(&(setting.to_owned(), entry.to_owned()));
    match of(entry).or_else(|| of("")) {
        Some(location) => draft.secret_at(location.clone()),
        None => draft,
    }
}
