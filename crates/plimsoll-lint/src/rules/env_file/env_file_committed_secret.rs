use plimsoll_config::env_file::EnvEntry;
use plimsoll_finding::{Check, Masked, Sink};
use plimsoll_text::Span;

use crate::{
    rule::rule,
    secret_name::{is_placeholder, is_secret_name, literal_secret},
    secret_value::find_secrets,
    subject::env_file::EnvFileSubject,
};

rule! {
    /// A `.env` file with a secret is not ignored by git.
    ///
    /// ## Why
    /// What git knows is in every clone, every fork and every backup, for ever: deleting the file
    /// later does not take it out of the history. A `.env` file is where real values live, so it
    /// belongs in `.gitignore`, with an example file beside it. A secret that was committed must be
    /// replaced.
    ///
    /// ## Bad
    /// ```ini
    /// PUBLIC_URL=https://shop.example.com
    /// DATABASE_PASSWORD=hunter2-but-longer
    /// # ^ env-file-committed-secret
    /// export API_KEY="k-41f0a2"
    /// # ^ env-file-committed-secret
    /// DATABASE_URL=postgres://app:hunter2@db/shop
    /// # ^ env-file-committed-secret
    /// ```
    ///
    /// ## Good
    /// ```ini
    /// PUBLIC_URL=https://shop.example.com
    /// DATABASE_PASSWORD=
    /// API_KEY=${API_KEY}
    /// TOKEN_FILE=/run/secrets/token
    /// PASSWORD=changeme
    /// SECRET_KEY
    /// ```
    /// ```ini
    /// # file: .env
    /// DATABASE_PASSWORD=hunter2-but-longer
    /// # file: .gitignore
    /// .env
    /// ```
    /// ```ini
    /// # file: .env
    /// DATABASE_PASSWORD=hunter2-but-longer
    /// # file: .no-repository
    /// ```
    ///
    /// ## Limits
    /// Silent where there is no repository. A secret is told by its name or by its shape, so one
    /// that has neither is not seen. Values that only stand in for a secret (`changeme`) are left
    /// alone here.
    ///
    /// ## References
    /// - Docker documentation: environment variables in compose, best practices
    "env-file-committed-secret" for EnvFileSubject {
        aliases: [],
        severity: High,
        confidence: Medium,
        audience: Default,
        controls: ["secrets.env"],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &EnvFileSubject, sink: &mut Sink<'_>) {
    if subject.is_ignored_by_git != Some(false) {
        return;
    }
    for entry in &subject.file.entries {
        let Some((span, what)) = secret_of(entry) else { continue };
        let key = &entry.key;
        let masked = Masked::new(subject.source.slice(span));
        let message = format!(
            "`{key}` holds {what} and git does not ignore this file; add it to `.gitignore` and \
             replace the secret"
        );
        sink.report(entry.key_span, message).secret(span).evidence(format!("{key}={masked}"));
    }
}

/// Where the secret of an entry stands, and what it is.
fn secret_of(entry: &EnvEntry) -> Option<(Span, &'static str)> {
    let value = entry.value.as_ref()?;
    if is_secret_name(&entry.key) {
        let is_secret = literal_secret(&value.text).is_some() && !is_placeholder(&value.text);
        return is_secret.then_some((value.span, "a secret"));
    }
    let found = find_secrets(&value.text).into_iter().next()?;
    Some((value.span, found.kind))
}
