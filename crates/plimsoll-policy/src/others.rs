//! Waivers that other tools' users have in their files, so that a team can switch in one commit.
//!
//! What another tool would not honour is not honoured here; a name for which there is no rule
//! waives nothing. A waiver of everything covers only what that tool judges.

use std::sync::Arc;

use plimsoll_finding::{Origin, RuleInfo};
use plimsoll_text::{Location, Source, Span};

use crate::{
    comments::{Comment, CommentFormat, Comments, MAX_NAMES},
    date::Date,
    names::{Tool, find_tool_rules, tool_rules},
    rules::{MALFORMED_WAIVER, UNEXPLAINED_SUPPRESSION},
    waiver::{Scope, WaivedName, Waiver, Waivers, rule_ids},
};

/// An annotation of a Kubernetes object, as the YAML reader found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Where key and value stand.
    pub place: Span,
    /// The object that carries it.
    pub governs: Span,
}

/// Reads the waivers among the annotations of one file: `checkov.io/skip1: ID=reason` and
/// `ignore-check.kube-linter.io/CHECK: reason`.
pub fn read_annotations(
    source: &Arc<Source>,
    annotations: &[Annotation],
    rules: &[&'static RuleInfo],
) -> Waivers {
    let mut res = Waivers::default();
    for annotation in annotations {
        let Annotation { key, value, place, governs } = annotation;
        let (tool, name, reason) = if let Some(number) = key.strip_prefix("checkov.io/skip") {
            if !number.bytes().all(|it| it.is_ascii_digit()) {
                continue;
            }
            let (name, reason) = value.split_once('=').unwrap_or((value, ""));
            (Tool::Checkov, Some(name.trim()), reason)
        } else if let Some(check) = key.strip_prefix("ignore-check.kube-linter.io/") {
            (Tool::KubeLinter, Some(check), value.as_str())
        } else if key == "kube-linter.io/ignore-all" {
            (Tool::KubeLinter, None, value.as_str())
        } else {
            continue;
        };
        let location = Location::new(source, *place);
        let found = match name {
            Some(name) => find_tool_rules(tool, name, rules),
            None => tool_rules(tool, rules),
        };
        if found.is_empty() {
            res.unmapped.push(location);
            continue;
        }
        if !is_explanation(reason) {
            res.report(&UNEXPLAINED_SUPPRESSION, source, *place, unexplained(tool));
        }
        res.waivers.push(Waiver {
            names: vec![WaivedName { place: location.clone(), rules: rule_ids(&found) }],
            scope: Scope::Text(Location::new(source, *governs)),
            reason: reason_or_default(reason, tool),
            until: None,
            owner: None,
            origin: Origin::Comment(location),
            tool: Some(tool),
        });
    }
    res
}

/// Reads `# check=skip=RuleA,RuleB` among the directives at the top of a Dockerfile.
pub(crate) fn read_check_directive(
    source: &Arc<Source>,
    rules: &[&'static RuleInfo],
    out: &mut Waivers,
) {
    let text = source.text();
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        // A directive that BuildKit does not know is a comment, and after a comment come no
        // directives.
        let Some((key, value)) = line.trim().strip_prefix('#').and_then(|it| it.split_once('='))
        else {
            return;
        };
        let span = Span::new(start, start + line.trim_end().len());
        match key.trim().to_ascii_lowercase().as_str() {
            "check" => read_skips(source, span, value, rules, out),
            "syntax" | "escape" => {}
            _ => return,
        }
        start += line.len();
    }
}

/// Reads `skip=RuleA,RuleB;error=true` or `skip=all`.
fn read_skips(
    source: &Arc<Source>,
    span: Span,
    value: &str,
    rules: &[&'static RuleInfo],
    out: &mut Waivers,
) {
    let place = Location::new(source, span);
    let options = value.split(';').filter_map(|it| it.split_once('='));
    let skips = options.filter(|it| it.0.trim().eq_ignore_ascii_case("skip"));
    let mut names = Vec::new();
    for name in skips.flat_map(|it| it.1.split(',')).map(str::trim).take(MAX_NAMES) {
        let found = match name {
            "all" => tool_rules(Tool::BuildKit, rules),
            _ => find_tool_rules(Tool::BuildKit, name, rules),
        };
        if found.is_empty() {
            out.unmapped.push(place.clone());
        } else {
            names.push(WaivedName { place: place.clone(), rules: rule_ids(&found) });
        }
    }
    if !names.is_empty() {
        out.waivers.push(Waiver {
            names,
            scope: Scope::File(Arc::clone(source)),
            reason: reason_or_default("", Tool::BuildKit),
            until: None,
            owner: None,
            origin: Origin::Comment(place),
            tool: Some(Tool::BuildKit),
        });
    }
}

/// Reads the comment line at `idx`, if it is written for another tool.
pub(crate) fn read_their_comment(ctx: &Comments<'_>, idx: usize, out: &mut Waivers) {
    let Some(comment) = ctx.lines.get(idx) else { return };
    for theirs in parse_theirs(comment.text) {
        let Some(scope) = scope_of(ctx, comment, &theirs) else { continue };
        let until = match theirs.expires.map(last_day) {
            None => None,
            Some(Some(day)) => Some(day),
            Some(None) => {
                let message = "waiver whose day of expiry is not a day waives nothing";
                out.report(&MALFORMED_WAIVER, ctx.source, comment.span, message);
                continue;
            }
        };
        let above = explanation_above(ctx, idx);
        let reason = if is_explanation(theirs.explanation) { theirs.explanation } else { above };
        if !is_explanation(reason) {
            let message = unexplained(theirs.tool);
            out.report(&UNEXPLAINED_SUPPRESSION, ctx.source, comment.span, message);
        }
        let names = waived_names(ctx, comment, &theirs, out);
        if names.is_empty() {
            continue;
        }
        out.waivers.push(Waiver {
            names,
            scope,
            reason: reason_or_default(reason, theirs.tool),
            until,
            owner: None,
            origin: Origin::Comment(Location::new(ctx.source, comment.span)),
            tool: Some(theirs.tool),
        });
    }
}

/// What a comment for another tool says.
struct Theirs<'a> {
    tool: Tool,
    what: What<'a>,
    reach: Reach,
    /// The words that may explain it.
    explanation: &'a str,
    /// The day from which it holds no longer.
    expires: Option<&'a str>,
}

enum What<'a> {
    Everything,
    Names(Vec<&'a str>),
}

#[derive(Clone, Copy)]
enum Reach {
    /// What the comment governs.
    Governed,
    /// The stage, where the comment stands above its FROM; else what the comment governs.
    Stage,
    /// The line of the comment.
    Line,
    /// The line after the comment.
    NextLine,
    /// The whole file.
    File,
    /// The whole file, if nothing but comments stands before.
    FileFromHead,
    /// The whole Dockerfile, or what the comment governs elsewhere.
    Dockerfile,
}

fn parse_theirs(text: &str) -> Vec<Theirs<'_>> {
    // Several Trivy waivers may share a line.
    if text.starts_with("trivy:ignore:") {
        return parse_trivy(text);
    }
    let parsers = [parse_hadolint, parse_checkov, parse_kics, parse_semgrep, parse_dclint];
    parsers.into_iter().find_map(|parse| parse(text)).into_iter().collect()
}

/// `hadolint ignore=DL3006,SC2086 why` and `hadolint global ignore=DL3006`.
fn parse_hadolint(text: &str) -> Option<Theirs<'_>> {
    let rest = after_word(text, "hadolint")?;
    let global = after_word(rest, "global");
    let list = global.unwrap_or(rest).strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
    let (names, explanation) = split_list(list);
    let reach = if global.is_some() { Reach::File } else { Reach::Governed };
    let what = What::Names(names);
    Some(Theirs { tool: Tool::Hadolint, what, reach, explanation, expires: None })
}

/// `trivy:ignore:DS002 trivy:ignore:AVD-DS-0001:exp:2027-03-01 why`.
fn parse_trivy(text: &str) -> Vec<Theirs<'_>> {
    let mut res = Vec::new();
    let mut rest = text;
    while let Some(term) = rest.trim_start().strip_prefix("trivy:ignore:") {
        if res.len() >= MAX_NAMES {
            break;
        }
        let (term, after) = term.split_at(term.find(char::is_whitespace).unwrap_or(term.len()));
        let mut parts = term.split(':');
        let name = parts.next().unwrap_or_default();
        let expires = parts.next().filter(|it| *it == "exp").and_then(|_| parts.next());
        let what = What::Names(vec![name]);
        let (tool, reach) = (Tool::Trivy, Reach::Stage);
        res.push(Theirs { tool, what, reach, explanation: "", expires });
        rest = after;
    }
    for theirs in &mut res {
        theirs.explanation = rest;
    }
    res
}

/// `checkov:skip=CKV_DOCKER_2:why`.
fn parse_checkov(text: &str) -> Option<Theirs<'_>> {
    let (names, explanation) = split_list(text.strip_prefix("checkov:skip=")?);
    let (tool, reach) = (Tool::Checkov, Reach::Dockerfile);
    Some(Theirs { tool, what: What::Names(names), reach, explanation, expires: None })
}

/// `kics-scan ignore`, `ignore-line`, `ignore-block` and `disable=ID,ID`.
fn parse_kics(text: &str) -> Option<Theirs<'_>> {
    let rest = after_word(text, "kics-scan")?;
    let (what, reach, explanation) = if let Some(list) = rest.strip_prefix("disable=") {
        let (names, explanation) = split_list(list);
        (What::Names(names), Reach::FileFromHead, explanation)
    } else {
        let (verb, explanation) = first_word(rest);
        let reach = match verb {
            "ignore" => Reach::FileFromHead,
            "ignore-line" => Reach::NextLine,
            "ignore-block" => Reach::Governed,
            _ => return None,
        };
        (What::Everything, reach, explanation)
    };
    Some(Theirs { tool: Tool::Kics, what, reach, explanation, expires: None })
}

/// `nosemgrep` and `nosemgrep: rule, rule`.
fn parse_semgrep(text: &str) -> Option<Theirs<'_>> {
    let rest = text.strip_prefix("nosemgrep").or_else(|| text.strip_prefix("nosem"))?;
    let (what, explanation) = match rest.strip_prefix(':') {
        Some(list) => {
            let (names, explanation) = split_list(list);
            (What::Names(names), explanation)
        }
        None if rest.is_empty() || rest.starts_with(char::is_whitespace) => {
            (What::Everything, rest)
        }
        None => return None,
    };
    let (tool, reach) = (Tool::Semgrep, Reach::Governed);
    Some(Theirs { tool, what, reach, explanation, expires: None })
}

/// `dclint disable`, `disable-line` and `disable-next-line`, each with rules or for all.
fn parse_dclint(text: &str) -> Option<Theirs<'_>> {
    let (verb, list) = first_word(after_word(text, "dclint")?);
    let reach = match verb {
        "disable" | "disable-file" => Reach::FileFromHead,
        "disable-line" => Reach::Line,
        "disable-next-line" => Reach::NextLine,
        _ => return None,
    };
    let (list, explanation) = list.split_once("--").unwrap_or((list, ""));
    let is_break = |it: char| it.is_whitespace() || it == ',';
    let names: Vec<&str> = list.split(is_break).filter(|it| !it.is_empty()).collect();
    let what = if names.is_empty() { What::Everything } else { What::Names(names) };
    Some(Theirs { tool: Tool::Dclint, what, reach, explanation, expires: None })
}

/// Where a comment holds; `None` where its tool would not honour it.
fn scope_of(ctx: &Comments<'_>, comment: &Comment<'_>, theirs: &Theirs<'_>) -> Option<Scope> {
    let source = ctx.source;
    let text = |span| Scope::Text(Location::new(source, span));
    let line = source.line(comment.span.start);
    let file = || Scope::File(Arc::clone(source));
    let is_dockerfile = ctx.format == CommentFormat::Dockerfile;
    Some(match theirs.reach {
        Reach::File => file(),
        Reach::Dockerfile if is_dockerfile => file(),
        Reach::FileFromHead if comment.span.start < ctx.head => file(),
        Reach::FileFromHead => return None,
        Reach::Line => text(source.line_span(line)?),
        Reach::NextLine => text(source.line_span(line + 1)?),
        Reach::Stage if is_dockerfile => text(stage_of(source, comment.governs)),
        Reach::Governed | Reach::Stage | Reach::Dockerfile => text(comment.governs),
    })
}

/// Where `instruction` is a FROM, all up to the next FROM: what a stage lacks is said of its FROM.
fn stage_of(source: &Source, instruction: Span) -> Span {
    let is_from = |line: &str| {
        let word = line.trim_start().get(..5).unwrap_or_default();
        word.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("from"))
            && word.ends_with(char::is_whitespace)
    };
    if !is_from(source.slice(instruction)) {
        return instruction;
    }
    let rest = source.slice(Span::new(instruction.end, source.text().len()));
    let mut end = instruction.end;
    for line in rest.split_inclusive('\n') {
        if is_from(line) {
            break;
        }
        end += line.len();
    }
    Span::new(instruction.start, end)
}

fn waived_names(
    ctx: &Comments<'_>,
    comment: &Comment<'_>,
    theirs: &Theirs<'_>,
    out: &mut Waivers,
) -> Vec<WaivedName> {
    let names = match &theirs.what {
        What::Names(names) => names,
        What::Everything => {
            let rules = rule_ids(&tool_rules(theirs.tool, ctx.rules));
            let place = Location::new(ctx.source, comment.span);
            return if rules.is_empty() { Vec::new() } else { vec![WaivedName { place, rules }] };
        }
    };
    if names.len() > MAX_NAMES {
        let message = format!("waiver of more than {MAX_NAMES} rules; the rest is not read");
        out.report(&MALFORMED_WAIVER, ctx.source, comment.span, message);
    }
    let mut res = Vec::new();
    for name in names.iter().take(MAX_NAMES) {
        let rules = find_tool_rules(theirs.tool, name, ctx.rules);
        let place = comment.place(ctx.source, name);
        if rules.is_empty() {
            out.unmapped.push(place);
        } else {
            res.push(WaivedName { place, rules: rule_ids(&rules) });
        }
    }
    res
}

/// The comment on the line above the waivers that the one at `idx` belongs to.
fn explanation_above<'a>(ctx: &Comments<'a>, idx: usize) -> &'a str {
    let line_of = |comment: &Comment<'_>| ctx.source.line(comment.span.start);
    let Some(mut line) = ctx.lines.get(idx).map(line_of) else { return "" };
    for above in ctx.lines.get(..idx).unwrap_or_default().iter().rev().take(MAX_STACK) {
        if line_of(above) + 1 != line || above.is_ours() {
            return "";
        }
        line -= 1;
        let is_directive = line <= 3 && above.text.contains('=') && !above.text.contains(' ');
        if !is_directive && parse_theirs(above.text).is_empty() {
            return above.text;
        }
    }
    ""
}

/// `text` behind `word` and at least one blank.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    if rest.starts_with(char::is_whitespace) { Some(rest.trim_start()) } else { None }
}

fn first_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// The names of a comma list and what follows it. One name more than the limit tells that it is
/// passed.
fn split_list(text: &str) -> (Vec<&str>, &str) {
    let is_name = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | '*' | '/');
    let mut names = Vec::new();
    let mut rest = text;
    while names.len() <= MAX_NAMES {
        let list = rest.trim_start();
        let (name, after) = list.split_at(list.find(|it| !is_name(it)).unwrap_or(list.len()));
        if name.is_empty() {
            break;
        }
        names.push(name);
        rest = after;
        let Some(next) = after.trim_start().strip_prefix(',') else { break };
        rest = next;
    }
    (names, rest)
}

/// The last day of a waiver that other tools no longer honour on the day `expires`.
pub(crate) fn last_day(expires: &str) -> Option<Date> {
    // A time of day may follow; the whole day is then past.
    let day = expires.get(..10)?;
    let rest = expires.get(10..)?;
    let is_time = rest.is_empty() || rest.starts_with(['T', 't', ' ']);
    if is_time { Date::parse(day)?.previous() } else { None }
}

/// Whether `text` says anything in words.
pub(crate) fn is_explanation(text: &str) -> bool {
    text.chars().filter(|it| it.is_alphabetic()).nth(1).is_some()
}

fn reason_or_default(text: &str, tool: Tool) -> String {
    let words = text.trim_matches(|it: char| it.is_whitespace() || "#:=-–—".contains(it));
    if is_explanation(words) {
        words.to_owned()
    } else {
        format!("silenced for {}, no reason given", tool.name())
    }
}

fn unexplained(tool: Tool) -> String {
    format!("this silences {} and does not say why", tool.name())
}

/// How many comment lines above a waiver are looked at for its explanation.
const MAX_STACK: usize = 8;

#[cfg(test)]
mod tests {
    use plimsoll_text::{Source, Span};

    use super::{Annotation, read_annotations};
    use crate::{
        comments::{CommentFormat, comment_scopes, read_comments},
        sample_rules::RULES,
        waiver::{Scope, Waiver, Waivers},
    };

    fn read(text: &str) -> Waivers {
        let source = Source::new("Dockerfile", text);
        let lines: Vec<Span> =
            (1..=source.line_count()).filter_map(|it| source.line_span(it)).collect();
        let (comments, entries): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|it| source.slice(*it).starts_with('#'));
        let scopes = comment_scopes(&source, &comments, &entries);
        read_comments(&source, CommentFormat::Dockerfile, &scopes, RULES)
    }

    /// A waiver as `rules @ scope: reason`.
    fn tell(waiver: &Waiver) -> String {
        let rules: Vec<&str> = waiver.names.iter().flat_map(|it| it.rules.clone()).collect();
        let scope = match &waiver.scope {
            Scope::Text(location) => location.text().replace('\n', "|"),
            Scope::File(_) => "FILE".to_owned(),
            Scope::Files { .. } => "FILES".to_owned(),
        };
        let until = waiver.until.map(|it| format!(" until {it}")).unwrap_or_default();
        format!("{} @ {scope}: {}{until}", rules.join(" "), waiver.reason)
    }

    #[test]
    fn comments_of_other_tools_waive_what_those_tools_would() {
        let given = "no reason given";
        for (comment, expected) in [
            ("# hadolint ignore=DL3002,SC2086", "root-user unquoted-variable @ FROM a: "),
            (
                "#hadolint ignore = DL3002 , DL3007 # vendor",
                "root-user latest-tag @ FROM a: vendor",
            ),
            ("# hadolint global ignore=DL3002", "root-user @ FILE: "),
            ("# hadolint ignore=DL9999", ""),
            ("# hadolint shell=bash", ""),
            ("# check=skip=LatestTag,Other;error=true", "latest-tag @ FILE: "),
            ("# check=skip=all", "latest-tag @ FILE: "),
            ("#trivy:ignore:DS002", "root-user @ FROM a|USER root|: "),
            (
                "# trivy:ignore:AVD-DS-0002:exp:2027-03-02 vendor",
                "root-user @ FROM a|USER root|: vendor until 2027-03-01",
            ),
            ("#checkov:skip=CKV_DOCKER_8:in a sandbox", "root-user @ FILE: in a sandbox"),
            ("# kics-scan ignore", "root-user @ FILE: "),
            ("# kics-scan ignore-line", "root-user @ FROM a: "),
            ("# kics-scan ignore-block", "root-user @ FROM a: "),
            ("# kics-scan disable=fd54f200-402c-4333-a5a4-36ef6709af2f", "root-user @ FILE: "),
            ("# nosemgrep", "root-user @ FROM a: "),
            ("# nosemgrep: dockerfile.security.missing-user", "root-user @ FROM a: "),
            ("# nosemgreps", ""),
            (
                "# dclint disable no-unbound-port-interfaces -- behind a proxy",
                "host-port @ FILE: behind a proxy",
            ),
            ("# dclint disable-next-line", "host-port @ FROM a: "),
        ] {
            let read = read(&format!("{comment}\nFROM a\nUSER root\n"));
            let found: Vec<String> = read.waivers.iter().map(tell).collect();
            let found = found.join("; ");
            // Where no reason is expected, ours says that there was none.
            let expected_words = if expected.ends_with(": ") { given } else { "" };
            let is_right = found.starts_with(expected) && found.ends_with(expected_words);
            assert!(is_right && found.is_empty() == expected.is_empty(), "{comment} {found}");
        }
    }

    #[test]
    fn what_the_other_tool_would_not_honour_is_not_honoured() {
        for text in [
            "FROM a\n# check=skip=all\nUSER root\n",
            "# unknown=x\n# check=skip=all\nFROM a\n",
            "FROM a\n# kics-scan ignore\nUSER root\n",
            "FROM a\n# kics-scan disable=missing_user_instruction\nUSER root\n",
            "FROM a\n# dclint disable\n",
            "# trivy:ignore:DS002:exp:soon\nFROM a\n",
            "# trivy:ignore:DS002[x=1]\nFROM a\n",
        ] {
            assert_eq!(read(text).waivers, [], "{text}");
        }
    }

    #[test]
    fn a_trivy_comment_above_a_stage_ends_with_the_stage() {
        let read = read("# trivy:ignore:DS002 trivy:ignore:DS001\nFROM a\nRUN b\nFROM c\nRUN d\n");
        let found: Vec<String> = read.waivers.iter().map(tell).collect();
        assert_eq!(found.len(), 2);
        assert!(found[1].starts_with("latest-tag @ FROM a|RUN b|: "), "{found:?}");
    }

    #[test]
    fn a_suppression_is_explained_on_its_line_or_above() {
        for (text, n_unexplained) in [
            ("# hadolint ignore=DL3002\nFROM a\n", 1),
            ("# hadolint ignore=DL3002 the vendor needs it\nFROM a\n", 0),
            ("# Vendor needs it.\n# hadolint ignore=DL3002\n# hadolint ignore=DL3007\nFROM a\n", 0),
            ("# The vendor needs it.\n\n# hadolint ignore=DL3002\nFROM a\n", 1),
            ("# syntax=docker/dockerfile:1\n# hadolint ignore=DL3002\nFROM a\n", 1),
            ("# check=skip=LatestTag\nFROM a\n", 0),
        ] {
            assert_eq!(read(text).findings.len(), n_unexplained, "{text}");
        }
    }

    #[test]
    fn an_ignore_of_an_unknown_code_still_lacks_its_reason() {
        // The code may be one for which there is no rule here; the comment is unexplained all the
        // same.
        assert_eq!(read("# hadolint ignore=DL3003\nRUN foo\n").findings.len(), 1);
    }

    #[test]
    fn annotations_waive_for_their_object() {
        let source = Source::new("pod.yaml", "a: {}\nb: {}\n");
        let annotation = |key: &str, value: &str| Annotation {
            key: key.to_owned(),
            value: value.to_owned(),
            place: Span::new(0, 1),
            governs: Span::new(0, 5),
        };
        let annotations = [
            annotation("checkov.io/skip1", "CKV_DOCKER_8=needs root"),
            annotation("ignore-check.kube-linter.io/run-as-non-root", "needs root"),
            annotation("ignore-check.kube-linter.io/other", "x"),
            annotation("checkov.io/skipped", "CKV_DOCKER_8=x"),
            annotation("app", "checkov"),
        ];
        let read = read_annotations(&source, &annotations, RULES);
        let found: Vec<String> = read.waivers.iter().map(tell).collect();
        assert_eq!(found, ["root-user @ a: {}: needs root", "root-user @ a: {}: needs root"]);
        assert_eq!((read.unmapped.len(), read.findings.len()), (1, 0));
    }
}
