//! What a `curl` command line asks for.
//!
//! Knows no rule.

use crate::run_step::Step;

/// Whether the command is `curl` and fetches from another host, as far as can be told.
pub(crate) fn is_curl_fetch(step: &Step) -> bool {
    let is_remote = |text: &str| {
        let address = text.split_once("://").map(|it| it.1).unwrap_or_default();
        !address.is_empty() && !LOCAL.iter().any(|it| address.starts_with(it))
    };
    step.name == "curl"
        && step
            .plain_arguments()
            .any(|it| is_remote(&it.text) || (it.is_dynamic && it.text.starts_with(['$', '`'])))
}

/// Whether one of the short or long options is given; long ones with or without a value.
pub(crate) fn has_curl_option(step: &Step, short: &str, long: &[&str]) -> bool {
    let is_long = |text: &str| long.contains(&text.split('=').next().unwrap_or_default());
    short.chars().any(|it| step.has_short(it, SHORT_VALUES))
        || step.arguments.iter().any(|it| is_long(&it.text))
}

/// The short options that take a value.
const SHORT_VALUES: &str = "AbcCdDeEFhHKmoPQrtTuUwxXyYz";

static LOCAL: &[&str] = &["localhost", "127.0.0.1", "[::1]", "0.0.0.0"];
