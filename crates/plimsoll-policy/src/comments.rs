//! Waivers in comments: ours here, other tools' by `others`.
//!
//! Knows no file format: the caller says where comments are and what each of them governs.

use std::{cmp::Reverse, sync::Arc};

use plimsoll_finding::{Origin, RuleInfo};
use plimsoll_text::{Location, Source, Span};

use crate::{
    date::Date,
    names::{find_rules, nearest},
    others::{read_check_directive, read_their_comment},
    rules::{MALFORMED_WAIVER, WAIVER_WITHOUT_REASON},
    waiver::{Scope, WaivedName, Waiver, Waivers, rule_ids},
};

/// A comment, and the piece of text that it speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommentScope {
    /// The comment, with or without the signs that open it; one line or several.
    pub comment: Span,
    /// The instruction or entry that it governs; empty where there is none.
    pub governs: Span,
}

/// What kind of text the comments stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentFormat {
    /// A Dockerfile, where some comments at the top are directives.
    Dockerfile,
    /// Anything else.
    Other,
}

/// Finds out what each of `comments` governs, in a format where a comment stands above an entry or
/// at the end of its line. `entries` are the instructions, or the mapping entries and list items at
/// every depth; they nest or are apart.
pub fn comment_scopes(source: &Source, comments: &[Span], entries: &[Span]) -> Vec<CommentScope> {
    let mut entries = entries.to_vec();
    // Of entries that start together the outer comes first.
    entries.sort_unstable_by_key(|it| (it.start, Reverse(it.end)));
    let mut comments = comments.to_vec();
    comments.sort_unstable();
    let mut enclosing: Vec<Span> = Vec::new();
    let mut n_passed = 0;
    let mut res = Vec::with_capacity(comments.len());
    for comment in comments {
        while let Some(entry) = entries.get(n_passed).filter(|it| it.start <= comment.start) {
            close(&mut enclosing, entry.start);
            enclosing.push(*entry);
            n_passed += 1;
        }
        close(&mut enclosing, comment.start);
        let inner = enclosing.last().copied();
        let next = entries.get(n_passed).copied();
        let governs = match governed_on_line(source, comment, entries.get(..n_passed)) {
            LineEntries::Own => {
                let next = next.filter(|it| inner.is_none_or(|inner| it.start < inner.end));
                next.or(inner)
            }
            LineEntries::Some(span) => Some(span),
            LineEntries::None => inner,
        };
        res.push(CommentScope { comment, governs: governs.unwrap_or(Span::empty(comment.end)) });
    }
    res
}

/// Reads the waivers in the comments of `source`, ours and other tools'. `rules` are all rules
/// there are, for their names.
pub fn read_comments(
    source: &Arc<Source>,
    format: CommentFormat,
    scopes: &[CommentScope],
    rules: &[&'static RuleInfo],
) -> Waivers {
    let mut res = Waivers::default();
    if format == CommentFormat::Dockerfile {
        read_check_directive(source, rules, &mut res);
    }
    let comments = comment_lines(source, scopes);
    let ctx = Comments { source, format, rules, head: head_end(source), lines: &comments };
    for (idx, comment) in comments.iter().enumerate() {
        if res.waivers.len() >= MAX_WAIVERS {
            let message =
                format!("more than {MAX_WAIVERS} waivers in one file; the rest is not read");
            res.report(&MALFORMED_WAIVER, source, comment.span, message);
            break;
        }
        match comment.text.strip_prefix(OUR_MARK) {
            Some(text) => read_our_comment(&ctx, comment, text, &mut res),
            None => read_their_comment(&ctx, idx, &mut res),
        }
    }
    res
}

/// What reading comments needs at every step.
pub(crate) struct Comments<'a> {
    pub(crate) source: &'a Arc<Source>,
    pub(crate) format: CommentFormat,
    pub(crate) rules: &'a [&'static RuleInfo],
    /// Where the comments at the top of the file end.
    pub(crate) head: usize,
    pub(crate) lines: &'a [Comment<'a>],
}

/// One line of a comment, without the signs that open it.
pub(crate) struct Comment<'a> {
    pub(crate) text: &'a str,
    /// Where `text` stands.
    pub(crate) span: Span,
    pub(crate) governs: Span,
}

impl Comment<'_> {
    /// The place of a part of its text.
    pub(crate) fn place(&self, source: &Arc<Source>, part: &str) -> Location {
        // Parts are slices of the text, so their distance in memory is their distance in the file.
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let start = self.span.start + offset.min(self.span.len());
        Location::new(source, Span::new(start, start + part.len()))
    }

    /// Whether this is a waiver of ours, which explains itself.
    pub(crate) fn is_ours(&self) -> bool {
        self.text.starts_with(OUR_MARK)
    }
}

/// `allow RULE, RULE until=DAY owner=NAME reason="WHY"`, or the same with `allow-file`.
fn read_our_comment(ctx: &Comments<'_>, comment: &Comment<'_>, text: &str, out: &mut Waivers) {
    let source = ctx.source;
    let (verb, rest) = split_word(text.trim_start());
    if !matches!(verb, "allow" | "allow-file") {
        let message = "comment to Plimsoll that is neither `allow` nor `allow-file`";
        return out.report(&MALFORMED_WAIVER, source, comment.span, message);
    }
    let terms = match read_terms(rest) {
        Ok(terms) => terms,
        Err(why) => return out.report(&MALFORMED_WAIVER, source, comment.span, why),
    };
    let mut names = Vec::new();
    for name in &terms.names {
        let place = comment.place(source, name);
        let rules = find_rules(name, ctx.rules);
        if rules.is_empty() {
            let message = match nearest(name, ctx.rules.iter().map(|it| it.id)) {
                Some(nearest) => format!("there is no rule `{name}`; `{nearest}` is the nearest"),
                None => format!("there is no rule `{name}`"),
            };
            out.report(&MALFORMED_WAIVER, source, place.span, message);
        } else {
            names.push(WaivedName { place, rules: rule_ids(&rules) });
        }
    }
    if terms.names.is_empty() {
        return out.report(&MALFORMED_WAIVER, source, comment.span, "waiver that names no rule");
    }
    let Some(reason) = terms.reason.filter(|it| !it.trim().is_empty()) else {
        let message = "waiver without a reason waives nothing; add `reason=\"...\"`";
        return out.report(&WAIVER_WITHOUT_REASON, source, comment.span, message);
    };
    let scope = match verb {
        "allow-file" => Scope::File(Arc::clone(source)),
        _ => Scope::Text(Location::new(source, comment.governs)),
    };
    if !names.is_empty() {
        out.waivers.push(Waiver {
            names,
            scope,
            reason,
            until: terms.until,
            owner: terms.owner,
            origin: Origin::Comment(Location::new(source, comment.span)),
            tool: None,
        });
    }
}

/// What stands behind `allow`.
#[derive(Default)]
struct Terms<'a> {
    names: Vec<&'a str>,
    reason: Option<String>,
    until: Option<Date>,
    owner: Option<String>,
}

fn read_terms(text: &str) -> Result<Terms<'_>, String> {
    let mut res = Terms::default();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|it: char| it.is_whitespace() || it == ',');
        if rest.is_empty() {
            return Ok(res);
        }
        let (word, after) = split_word(rest);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            if word.is_empty() {
                return Err("waiver with a stray sign; quote the reason: `reason=\"...\"`".into());
            }
            if res.names.len() >= MAX_NAMES {
                return Err(format!("waiver of more than {MAX_NAMES} rules"));
            }
            res.names.push(word);
            rest = after;
            continue;
        };
        let (value, after) = split_value(value.trim_start())?;
        match word {
            "reason" => res.reason = Some(value),
            "owner" => res.owner = Some(value),
            "until" => {
                let Some(date) = Date::parse(&value) else {
                    return Err("`until` of a waiver is not a day such as `2027-03-01`".into());
                };
                res.until = Some(date);
            }
            _ => return Err("waiver with an unknown key; it has `until`, `owner`, `reason`".into()),
        }
        rest = after;
    }
}

/// The first word, up to white space, a comma, `=` or a quote; and what follows.
fn split_word(text: &str) -> (&str, &str) {
    let is_end = |it: char| it.is_whitespace() || matches!(it, ',' | '=' | '"' | '\'');
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

/// A quoted value, in which a backslash keeps a quote, or one bare word; and what follows.
fn split_value(text: &str) -> Result<(String, &str), String> {
    let Some(quote) = text.chars().next().filter(|it| matches!(it, '"' | '\'')) else {
        let end = text.find(|it: char| it.is_whitespace() || it == ',').unwrap_or(text.len());
        let (value, rest) = text.split_at(end);
        return Ok((value.to_owned(), rest));
    };
    let mut res = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, it)) = chars.next() {
        match it {
            '\\' => res.extend(chars.next().map(|it| it.1)),
            _ if it == quote => {
                return Ok((res, text.get(at + 1..).unwrap_or_default()));
            }
            _ => res.push(it),
        }
    }
    Err("waiver with a quote that is not closed".into())
}

/// The lines of all comments, without the signs that open and close them.
fn comment_lines<'a>(source: &'a Source, scopes: &[CommentScope]) -> Vec<Comment<'a>> {
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable_by_key(|it| it.comment);
    let mut res = Vec::with_capacity(scopes.len());
    for scope in scopes {
        let mut start = scope.comment.start;
        for line in source.slice(scope.comment).split_inclusive('\n') {
            let is_sign = |it: char| it.is_whitespace() || matches!(it, '#' | '/' | ';');
            let text = line.trim_start_matches(is_sign);
            let text = text.strip_prefix("<!--").map_or(text, str::trim_start);
            let at = start + (line.len() - text.len());
            let text = text.trim_end();
            let text = text.strip_suffix("-->").map_or(text, str::trim_end);
            let span = Span::new(at, at + text.len());
            res.push(Comment { text, span, governs: scope.governs });
            start += line.len();
        }
    }
    res
}

/// Where the blank lines and comments at the top of a file end.
fn head_end(source: &Source) -> usize {
    let is_head = |line: &&str| {
        let text = line.trim_start_matches('\u{feff}').trim_start();
        text.is_empty() || text.starts_with('#')
    };
    source.text().split_inclusive('\n').take_while(is_head).map(str::len).sum()
}

/// Takes the entries off that end before `offset`.
fn close(enclosing: &mut Vec<Span>, offset: usize) {
    while enclosing.last().is_some_and(|it| it.end <= offset) {
        enclosing.pop();
    }
}

/// What stands before a comment on its line.
enum LineEntries {
    /// Nothing: the comment has the line for itself.
    Own,
    /// These entries.
    Some(Span),
    /// A piece of an entry that is longer than the line.
    None,
}

/// The entries that stand whole on the line before `comment`; `passed` are those that start before
/// it.
fn governed_on_line(source: &Source, comment: Span, passed: Option<&[Span]>) -> LineEntries {
    let line = source.line_span(source.line(comment.start)).unwrap_or_default();
    if source.slice(Span::new(line.start, comment.start)).trim().is_empty() {
        return LineEntries::Own;
    }
    let on_line = passed.unwrap_or_default().iter().rev().take_while(|it| it.start >= line.start);
    let whole = on_line.filter(|it| it.end <= comment.start);
    match whole.take(MAX_ON_LINE).copied().reduce(Span::cover) {
        Some(span) => LineEntries::Some(span),
        None => LineEntries::None,
    }
}

/// What opens a comment that is meant for us.
const OUR_MARK: &str = "plimsoll:";

/// The most waivers read from one file: each is held against each finding of the file.
const MAX_WAIVERS: usize = 1000;

/// The most names read from one waiver: each is looked up among all rules.
pub(crate) const MAX_NAMES: usize = 100;

/// The most entries looked at on the line of a comment; a comment on a longer line governs the
/// last.
const MAX_ON_LINE: usize = 1000;

#[cfg(test)]
mod tests {
    use plimsoll_text::{Source, Span};

    use super::{CommentFormat, CommentScope, comment_scopes, read_comments};
    use crate::{sample_rules::RULES, waiver::Waivers};

    /// A Dockerfile in which every line without `#` is an instruction.
    fn read(text: &str) -> Waivers {
        let source = Source::new("Dockerfile", text);
        let lines: Vec<Span> =
            (1..=source.line_count()).filter_map(|it| source.line_span(it)).collect();
        let (comments, entries): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|it| source.slice(*it).starts_with('#'));
        let scopes = comment_scopes(&source, &comments, &entries);
        read_comments(&source, CommentFormat::Dockerfile, &scopes, RULES)
    }

    fn messages(waivers: &Waivers) -> Vec<String> {
        let tell = |it: &plimsoll_finding::Finding| {
            format!("{} {:?}: {}", it.rule.id, it.place.text().unwrap(), it.message)
        };
        waivers.findings.iter().map(tell).collect()
    }

    #[test]
    fn a_waiver_names_rules_reason_day_and_owner() {
        let read = read(
            "FROM a\n# plimsoll: allow root-user, DL3007 until=2027-03-01 owner=ops \
             reason=\"say \\\"why\\\"\"\nUSER root\n",
        );
        let [waiver] = &read.waivers[..] else { panic!("{read:?}") };
        assert_eq!(messages(&read), Vec::<String>::new());
        assert_eq!(waiver.reason, "say \"why\"");
        assert_eq!(waiver.until.unwrap().to_string(), "2027-03-01");
        assert_eq!(waiver.owner.as_deref(), Some("ops"));
        assert_eq!(waiver.names[0].rules, ["root-user"]);
        assert_eq!(waiver.names[1].rules, ["latest-tag"]);
        assert_eq!(waiver.names[1].place.text(), "DL3007");
        let crate::Scope::Text(scope) = &waiver.scope else { panic!("{waiver:?}") };
        assert_eq!(scope.text(), "USER root");
    }

    #[test]
    fn a_waiver_that_cannot_be_honoured_waives_nothing_and_says_so() {
        for (comment, expected) in [
            ("allow root-user", "waiver-without-reason Dockerfile:1:3: "),
            ("allow root-user reason=\"  \"", "waiver-without-reason Dockerfile:1:3: "),
            (
                "allow root-usr reason='x'",
                "malformed-waiver Dockerfile:1:19: there is no rule `root-usr`; `root-user`",
            ),
            ("allow reason='x'", "malformed-waiver Dockerfile:1:3: waiver that names no rule"),
            ("alow root-user reason='x'", "malformed-waiver Dockerfile:1:3: comment to Plimsoll"),
            ("allow root-user reason=\"x", "a quote that is not closed"),
            ("allow root-user reason='x' until=tomorrow", "`until` of a waiver is not a day"),
            ("allow root-user reason='x' untill=2027-03-01", "unknown key"),
            ("allow root-user \"because\"", "stray sign"),
            ("allow * reason='x'", "there is no rule `*`"),
            ("allow all reason='x'", "there is no rule `all`"),
        ] {
            let read = read(&format!("# plimsoll: {comment}\nUSER root\n"));
            assert!(read.waivers.is_empty(), "{comment}");
            let messages = messages(&read);
            assert!(
                messages.len() == 1 && messages[0].contains(expected),
                "{comment} {messages:?}"
            );
        }
    }

    #[test]
    fn a_known_name_beside_an_unknown_one_is_honoured() {
        let read = read("#plimsoll:allow root-user nonsense reason=x\nUSER root\n");
        assert_eq!(read.waivers[0].names.len(), 1);
        assert_eq!(messages(&read).len(), 1);
    }

    #[test]
    fn prose_about_plimsoll_is_no_waiver() {
        let read = read("# plimsoll is run in CI\n# see plimsoll: allow\nFROM a\n");
        assert!(read.waivers.is_empty() && read.findings.is_empty());
    }

    #[test]
    fn waivers_have_a_limit_that_is_told() {
        let line = "# plimsoll: allow root-user reason=x\n";
        let read_many = read(&line.repeat(super::MAX_WAIVERS + 10));
        assert_eq!(read_many.waivers.len(), super::MAX_WAIVERS);
        assert!(messages(&read_many)[0].contains("more than 1000 waivers"));
        let names = "root-user ".repeat(super::MAX_NAMES + 1);
        let read = read(&format!("# plimsoll: allow {names} reason=x\n"));
        assert!(messages(&read)[0].contains("more than 100 rules"));
    }

    /// What the comment `#c` governs, where entries are given by their texts.
    fn governs(text: &str, entries: &[&str]) -> String {
        let source = Source::new("x", text);
        let span = |part: &str| {
            let start = text.find(part).unwrap();
            Span::new(start, start + part.len())
        };
        let entries: Vec<Span> = entries.iter().map(|it| span(it)).collect();
        let [CommentScope { governs, .. }] = comment_scopes(&source, &[span("#c")], &entries)[..]
        else {
            panic!()
        };
        source.slice(governs).to_owned()
    }

    #[test]
    fn a_comment_governs_what_it_stands_above_or_behind() {
        let web = "web:\n  image: x #c\n  user: y";
        assert_eq!(governs(web, &[web, "image: x", "user: y"]), "image: x");
        let web = "web: #c\n  image: x";
        assert_eq!(governs(web, &[web, "image: x"]), web);
        let text = "a: 1\n#c\n\n# d\nweb:\n  image: x\nb: 2";
        let web = "web:\n  image: x";
        assert_eq!(governs(text, &["a: 1", web, "image: x", "b: 2"]), web);
        let web = "web:\n  image: x\n  #c\n  user: y";
        assert_eq!(governs(web, &[web, "image: x", "user: y"]), "user: y");
        let run = "RUN a \\\n#c\n  b";
        assert_eq!(governs(&format!("{run}\nUSER x"), &[run, "USER x"]), run);
        assert_eq!(governs("ports: [1, 2] #c", &["ports: [1, 2]", "1", "2"]), "ports: [1, 2]");
        assert_eq!(
            governs("- image: x #c\n  user: y", &["- image: x #c\n  user: y", "image: x"]),
            "image: x"
        );
        assert_eq!(governs("a: 1\n#c\n", &["a: 1"]), "");
        assert_eq!(governs("#c", &[]), "");
    }
}
