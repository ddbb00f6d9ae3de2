use plimsoll_finding::{Check, Sink};

use crate::{rule::rule, subject::nginx::NginxSubject};

rule! {
    /// nginx cannot read the file.
    ///
    /// ## Why
    /// nginx refuses to start with a configuration that it cannot read.
    ///
    /// ## Bad
    /// ```nginx
    /// server {
    ///     listen 80
    ///     # ^ nginx-invalid-syntax
    /// }
    /// ```
    /// ```nginx
    /// server {
    /// # ^ nginx-invalid-syntax
    ///     listen 80;
    /// ```
    ///
    /// ## Good
    /// ```nginx
    /// server {
    ///     listen 80;
    /// }
    /// ```
    /// ```nginx
    /// {% if tls %}
    /// server {
    ///     listen {{ port }};
    /// }
    /// {% endif %}
    /// ```
    ///
    /// ## Limits
    /// Only the form is checked, not which directives there are. Templates of other tools are
    /// left alone.
    ///
    /// ## References
    /// - nginx: beginner's guide, structure of the configuration file
    "nginx-invalid-syntax" for NginxSubject {
        aliases: [],
        severity: Medium,
        confidence: High,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &NginxSubject, sink: &mut Sink<'_>) {
    let text = subject.file.source.text();
    if ["{{", "{%", "<%", "<?"].iter().any(|it| text.contains(it)) {
        return;
    }
    for error in &subject.errors {
        sink.report(error.span, error.to_string());
    }
}
