use plimsoll_finding::{Check, Sink};

use crate::{
    rule::also,
    secret_name::{SecretName, literal_secret, secret_name},
    subject::image::ImageSubject,
};

also! { "secret-like-name", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    let Some(config) = &subject.config else { return };
    for variable in &config.runtime.environment {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        let is_suspect = match secret_name(name) {
            SecretName::Possible => value.is_empty() || literal_secret(value).is_some(),
            SecretName::Secret => value.is_empty(),
            SecretName::Plain => false,
        };
        if is_suspect && !value.starts_with('/') {
            let message = format!("`{name}` may mean a secret, and its value stays in the image");
            let _ = sink.report_place(subject.setting_place("Env", name), message);
        }
    }
}
