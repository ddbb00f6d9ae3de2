use plimsoll_config::tree::{Format, Layout, NodeKind, ScalarStyle};
use plimsoll_finding::{Check, Safety, Sink};
use plimsoll_text::Edit;

use crate::{rule::rule, subject::compose::ComposeSubject};

rule! {
    /// Quotes around a volume that needs none.
    ///
    /// ## Why
    /// One way of writing makes lists of volumes easy to read and to search.
    ///
    /// ## Bad
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     volumes:
    ///       - "./data:/data:ro"
    ///       # ^ quoted-volume
    ///       - 'cache:/cache'
    ///       # ^ quoted-volume
    /// ```
    ///
    /// ## Fixed
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     volumes:
    ///       - ./data:/data:ro
    ///       - cache:/cache
    /// ```
    ///
    /// ## Good
    /// ```yaml
    /// services:
    ///   web:
    ///     image: example.com/web:1
    ///     volumes:
    ///       - ./data:/data
    ///       - "./a # b:/data"
    ///       - type: bind
    ///         source: ./x
    ///         target: /x
    /// ```
    ///
    /// ## Limits
    /// Values with signs that may mean something to YAML keep their quotes.
    ///
    /// ## References
    /// - Compose Specification: `volumes`, short syntax
    "quoted-volume" for ComposeSubject {
        aliases: ["dclint:no-quotes-in-volumes"],
        severity: Info,
        confidence: High,
        audience: Style,
        controls: [],
        fix: Safe,
        check: Check::Whole(check),
    }
}

fn check(subject: &ComposeSubject, sink: &mut Sink<'_>) {
    if subject.tree.format == Format::Json {
        return;
    }
    for (_, service) in subject.services() {
        let Some(volumes) = service.get("volumes") else { continue };
        if volumes.resolved().layout == Layout::Flow {
            continue;
        }
        for item in volumes.items() {
            let NodeKind::Scalar { value, style } = &item.kind else { continue };
            let is_quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
            if is_quoted && item.tag.is_none() && is_plain(value) {
                sink.report(item.span, "the volume needs no quotes").fix(
                    "Take the quotes away",
                    Safety::Safe,
                    vec![Edit::replace(item.span, value.clone())],
                );
            }
        }
    }
}

/// Whether YAML reads the text without quotes as the same text.
fn is_plain(text: &str) -> bool {
    let starts = text.starts_with(|it: char| it.is_ascii_alphabetic() || "./$".contains(it))
        || text.starts_with("~/");
    let inside = |it: u8| it.is_ascii_alphanumeric() || b"./_-:$@+~".contains(&it);
    starts && text.contains('/') && text.bytes().all(inside) && !text.ends_with(':')
}
