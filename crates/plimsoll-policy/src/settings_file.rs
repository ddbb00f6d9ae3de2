//! Reads `plimsoll.toml` once into valid settings, or says everything that is wrong with it and
//! where.
//!
//! Knows no disk; what the keys mean stands in `fields`.

use std::sync::Arc;

use plimsoll_finding::{Audience, LabelKind, Origin, RuleInfo, Severity};
use plimsoll_text::{Location, Source, Span};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{
    date::Date,
    error::PolicyError,
    fields::Table,
    names::{find_rules, nearest},
    path_patterns::PathPatterns,
    settings::{FailOn, PathSettings, RuleOverride, RuleOverrides, Settings},
    waiver::{RuleId, Scope, WaivedName, Waiver, rule_ids},
};

type Node<'i> = Spanned<DeValue<'i>>;

/// Reads `source` on top of `base`. All errors are told at once, in the order of the file.
pub(crate) fn read_settings(
    base: Settings,
    source: &Arc<Source>,
    rules: &[&'static RuleInfo],
) -> Result<Settings, Vec<PolicyError>> {
    let (root, faults) = DeTable::parse_recoverable(source.text());
    let mut ctx = Ctx { source, rules, errors: Vec::new() };
    for fault in faults {
        let span = fault.span().map_or(Span::empty(0), Span::from);
        ctx.errors.push(PolicyError::new(source, span, format!("not TOML: {}", fault.message())));
    }
    let mut res = base;
    // What follows a syntax error was guessed by the parser, so its content is not judged.
    if ctx.errors.is_empty() {
        read_root(&mut ctx, root.get_ref(), &mut res);
    }
    if ctx.errors.is_empty() {
        return Ok(res);
    }
    ctx.errors.sort_by_key(|it| it.location.span);
    ctx.errors.truncate(MAX_ERRORS);
    Err(ctx.errors)
}

/// What reading needs at every step.
struct Ctx<'a> {
    source: &'a Arc<Source>,
    rules: &'a [&'static RuleInfo],
    errors: Vec<PolicyError>,
}

fn read_root(ctx: &mut Ctx<'_>, table: &DeTable<'_>, out: &mut Settings) {
    check_keys(ctx, Table::Root, table);
    if let Some(audiences) = read_audiences(ctx, table) {
        out.audiences = audiences;
    }
    if let Some(fail_on) = table.get("fail-on").and_then(|it| read_fail_on(ctx, it)) {
        out.fail_on = fail_on;
        out.dockerfile_fail_on = None;
    }
    set(&mut out.strict, table.get("strict").and_then(|it| read_bool(ctx, it)));
    set(&mut out.max_data_age, table.get("max-data-age").and_then(|it| read_days(ctx, it)));
    set(&mut out.vex, table.get("vex").map(|it| owned_texts(ctx, it)));
    set(&mut out.exclude, table.get("exclude").and_then(|it| read_patterns(ctx, it)));
    if let Some(value) = table.get("required-labels") {
        read_labels(ctx, value, out);
    }
    let strict_labels = table.get("strict-labels").and_then(|it| read_bool(ctx, it));
    set(&mut out.rule_settings.strict_labels, strict_labels);
    if let Some(value) = table.get("rules") {
        out.rules.extend(read_rules(ctx, value));
    }
    if let Some(table) = sub_table(ctx, table, "registries", Table::Registries) {
        let allowed = table.get("allow").map(|it| owned_texts(ctx, it));
        set(&mut out.rule_settings.allowed_registries, allowed);
    }
    if let Some(table) = sub_table(ctx, table, "limits", Table::Limits) {
        let size = table.get("max-file-size").and_then(|it| read_size(ctx, it));
        set(&mut out.limits.max_file_size, size);
    }
    if let Some(value) = sub_table(ctx, table, "database", Table::Database) {
        read_database(ctx, value, table.contains_key("max-data-age"), out);
    }
    if let Some(table) = sub_table(ctx, table, "waivers", Table::Waivers) {
        read_waiver_terms(ctx, table, out);
    }
    for (span, table) in sub_tables(ctx, table, "paths", Table::Paths) {
        out.paths.extend(read_path_settings(ctx, span, table));
    }
    for (span, table) in sub_tables(ctx, table, "waiver", Table::Waiver) {
        out.waivers.extend(read_waiver(ctx, span, table));
    }
}

/// `has_age` says that the age is set at the top of the file.
fn read_database(ctx: &mut Ctx<'_>, table: &DeTable<'_>, has_age: bool, out: &mut Settings) {
    if let Some(value) = table.get("path") {
        out.database.path = read_text(ctx, value);
    }
    if let Some(value) = table.get("max-data-age") {
        if has_age {
            ctx.error(Span::from(value.span()), "`max-data-age` is set here and at the top")
                .hint_last("keep one of the two");
        }
        set(&mut out.max_data_age, read_days(ctx, value));
    }
    let Some(value) = table.get("base-urls") else { return };
    let DeValue::Table(urls) = value.get_ref() else {
        return ctx.wrong(value, "a table from names of feeds to addresses");
    };
    for (name, value) in urls {
        match value.get_ref() {
            DeValue::String(url) if is_address(url) => {
                let (name, url) = (name.get_ref().clone(), url.clone());
                out.database.base_urls.insert(name.into_owned(), url.into_owned());
            }
            _ => ctx.wrong(value, "an address such as `https://mirror.example.com/osv`"),
        }
    }
}

fn is_address(text: &str) -> bool {
    ["https://", "http://"].iter().any(|it| text.len() > it.len() && text.starts_with(it))
}

fn read_waiver_terms(ctx: &mut Ctx<'_>, table: &DeTable<'_>, out: &mut Settings) {
    let terms = &mut out.waiver_terms;
    set(&mut terms.require_until, table.get("require-until").and_then(|it| read_bool(ctx, it)));
    if let Some(value) = table.get("forbid-inline") {
        terms.forbid_inline =
            read_rule_names(ctx, value).iter().flat_map(|it| it.rules.clone()).collect();
    }
    if let Some(value) = table.get("max-days") {
        terms.max_days = read_days(ctx, value).or(terms.max_days);
    }
}

fn read_days(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<u32> {
    let days = integer(value.get_ref()).and_then(|it| u32::try_from(it).ok());
    if let Some(1..=MAX_DAYS) = days {
        return days;
    }
    ctx.wrong(value, &format!("a number of days from 1 to {MAX_DAYS}"));
    None
}

fn read_path_settings(ctx: &mut Ctx<'_>, span: Span, table: &DeTable<'_>) -> Option<PathSettings> {
    let patterns = if let Some(value) = table.get("match") {
        read_some_patterns(ctx, value)
    } else {
        ctx.error(span, "this entry of `paths` has no `match`")
            .hint_last("add `match = \"some/folder/**\"`");
        None
    };
    let audiences = read_audiences(ctx, table);
    let fail_on = table.get("fail-on").and_then(|it| read_fail_on(ctx, it));
    let rules = table.get("rules").map(|it| read_rules(ctx, it)).unwrap_or_default();
    Some(PathSettings { patterns: patterns?, audiences, fail_on, rules })
}

fn read_waiver(ctx: &mut Ctx<'_>, span: Span, table: &DeTable<'_>) -> Option<Waiver> {
    let reason = table.get("reason").and_then(|it| read_text(ctx, it));
    if table.get("reason").is_none() {
        ctx.error(span, "this waiver has no `reason`").hint_last("say why the risk is accepted");
    }
    let fingerprint = table.get("fingerprint").and_then(|it| read_text(ctx, it));
    let names = match (table.get("rule"), table.get("fingerprint")) {
        (Some(value), _) => read_rule_names(ctx, value),
        // A fingerprint belongs to one rule, whichever that is.
        (None, Some(value)) => {
            let place = Location::new(ctx.source, Span::from(value.span()));
            vec![WaivedName { place, rules: rule_ids(ctx.rules) }]
        }
        (None, None) => {
            ctx.error(span, "this waiver names neither a `rule` nor a `fingerprint`")
                .hint_last("add `rule = \"some-rule\"`");
            Vec::new()
        }
    };
    if table
        .get("rule")
        .is_some_and(|it| matches!(it.get_ref(), DeValue::Array(it) if it.is_empty()))
    {
        ctx.error(span, "this waiver names no rule");
    }
    let paths = table.get("paths").and_then(|it| read_some_patterns(ctx, it));
    let until = table.get("until").and_then(|it| read_date(ctx, it));
    let owner = table.get("owner").and_then(|it| read_text(ctx, it));
    Some(Waiver {
        names,
        scope: Scope::Files { paths, fingerprint },
        reason: reason?,
        until,
        owner,
        origin: Origin::Settings(Location::new(ctx.source, span)),
        tool: None,
    })
}

/// `audience` takes the smaller circles in, `audiences` does not.
fn read_audiences(ctx: &mut Ctx<'_>, table: &DeTable<'_>) -> Option<Vec<Audience>> {
    let widest = table.get("audience").and_then(|it| read_audience(ctx, it));
    let Some(value) = table.get("audiences") else {
        let is_asked = |it: &Audience| widest.is_some_and(|widest| *it <= widest);
        return widest.map(|_| Audience::ALL.into_iter().filter(is_asked).collect());
    };
    if table.get("audience").is_some() {
        ctx.error(Span::from(value.span()), "`audience` and `audiences` are both set")
            .hint_last("keep one of the two");
    }
    let DeValue::Array(items) = value.get_ref() else {
        ctx.wrong(value, "a list of audiences");
        return None;
    };
    let mut res: Vec<_> = items.iter().filter_map(|it| read_audience(ctx, it)).collect();
    res.sort_unstable();
    res.dedup();
    Some(res)
}

fn read_rules(ctx: &mut Ctx<'_>, value: &Node<'_>) -> RuleOverrides {
    let mut res = RuleOverrides::new();
    let DeValue::Table(table) = value.get_ref() else {
        ctx.wrong(value, "a table from rules to settings");
        return res;
    };
    for (key, value) in table {
        let span = Span::from(key.span());
        let ids = ctx.rule(span, key.get_ref());
        let Some(said) = read_rule(ctx, span, value) else { continue };
        for id in ids {
            if res.insert(id, said.clone()).is_some() {
                ctx.error(span, format!("the rule `{id}` is set twice, under two of its names"));
            }
        }
    }
    res
}

fn read_rule(ctx: &mut Ctx<'_>, key: Span, value: &Node<'_>) -> Option<RuleOverride> {
    let place = Location::new(ctx.source, key.cover(Span::from(value.span())));
    let mut res = RuleOverride { enabled: None, severity: None, audience: None, place };
    match value.get_ref() {
        DeValue::Table(table) => {
            check_keys(ctx, Table::Rule, table);
            res.enabled = table.get("enabled").and_then(|it| read_bool(ctx, it));
            res.severity = table.get("severity").and_then(|it| read_severity(ctx, it));
            res.audience = table.get("audience").and_then(|it| read_audience(ctx, it));
        }
        DeValue::String(word) if matches!(&**word, "on" | "off") => {
            res.enabled = Some(&**word == "on");
        }
        _ => {
            let words = ["on", "off"].into_iter().chain(Severity::ALL.map(Severity::name));
            let severity = read_word(ctx, value, words, Severity::parse)?;
            res.severity = Some(severity);
            res.enabled = Some(true);
        }
    }
    Some(res)
}

fn read_labels(ctx: &mut Ctx<'_>, value: &Node<'_>, out: &mut Settings) {
    let DeValue::Table(table) = value.get_ref() else {
        return ctx.wrong(value, "a table from label names to kinds of label");
    };
    out.rule_settings.required_labels.clear();
    for (key, value) in table {
        let words = LabelKind::ALL.map(LabelKind::name);
        let Some(kind) = read_word(ctx, value, words, LabelKind::parse) else { continue };
        out.rule_settings.required_labels.insert(key.get_ref().clone().into_owned(), kind);
    }
}

fn read_rule_names(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Vec<WaivedName> {
    let mut res = Vec::new();
    for (span, name) in read_texts(ctx, value) {
        let rules = ctx.rule(span, name);
        if !rules.is_empty() {
            res.push(WaivedName { place: Location::new(ctx.source, span), rules });
        }
    }
    res
}

/// Patterns that must match something: with none the entry would hold nowhere, or be read as
/// everywhere.
fn read_some_patterns(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<PathPatterns> {
    let res = read_patterns(ctx, value)?;
    if res.patterns().is_empty() {
        ctx.error(Span::from(value.span()), "an empty list of paths holds nowhere");
        return None;
    }
    Some(res)
}

fn read_patterns(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<PathPatterns> {
    let texts = read_texts(ctx, value);
    let patterns = texts.iter().map(|it| it.1.to_owned()).collect();
    match PathPatterns::new(patterns) {
        Ok(res) => Some(res),
        Err((idx, why)) => {
            let span = texts.get(idx).map_or(Span::from(value.span()), |it| it.0);
            ctx.error(span, format!("not a path pattern: {why}"));
            None
        }
    }
}

fn owned_texts(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Vec<String> {
    read_texts(ctx, value).into_iter().map(|it| it.1.to_owned()).collect()
}

/// One text, or a list of them.
fn read_texts<'n>(ctx: &mut Ctx<'_>, value: &'n Node<'_>) -> Vec<(Span, &'n str)> {
    let items = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut res = Vec::new();
    for item in items {
        match item.get_ref() {
            DeValue::String(text) if !text.is_empty() => {
                res.push((Span::from(item.span()), &**text));
            }
            _ => ctx.wrong(item, "a text that is not empty"),
        }
    }
    res
}

fn read_text(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<String> {
    match value.get_ref() {
        DeValue::String(text) if !text.trim().is_empty() => Some(text.clone().into_owned()),
        _ => {
            ctx.wrong(value, "a text that is not empty");
            None
        }
    }
}

fn read_bool(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<bool> {
    let DeValue::Boolean(res) = value.get_ref() else {
        ctx.wrong(value, "`true` or `false`");
        return None;
    };
    Some(*res)
}

fn read_audience(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<Audience> {
    read_word(ctx, value, Audience::ALL.map(Audience::name), Audience::parse)
}

fn read_severity(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<Severity> {
    read_word(ctx, value, Severity::ALL.map(Severity::name), Severity::parse)
}

fn read_fail_on(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<FailOn> {
    let words = Severity::ALL.map(Severity::name).into_iter().chain(["never"]);
    read_word(ctx, value, words, FailOn::parse)
}

/// One of `words`, as `parse` takes it.
fn read_word<T>(
    ctx: &mut Ctx<'_>,
    value: &Node<'_>,
    words: impl IntoIterator<Item = &'static str>,
    parse: fn(&str) -> Option<T>,
) -> Option<T> {
    let words: Vec<&str> = words.into_iter().collect();
    if let DeValue::String(text) = value.get_ref() {
        if let Some(res) = parse(text) {
            return Some(res);
        }
        let span = Span::from(value.span());
        let hint = match nearest(text, words.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("one of {}", quoted(&words)),
        };
        ctx.error(span, format!("unknown value `{}`", shown(text))).hint_last(hint);
    } else {
        ctx.wrong(value, &format!("one of {}", quoted(&words)));
    }
    None
}

fn read_date(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<Date> {
    let res = match value.get_ref() {
        DeValue::String(text) => Date::parse(text),
        DeValue::Datetime(it) if it.time.is_none() => {
            it.date.and_then(|it| Date::new(it.year, it.month, it.day))
        }
        _ => None,
    };
    if res.is_none() {
        ctx.wrong(value, "a day such as `2027-03-01`");
    }
    res
}

fn read_size(ctx: &mut Ctx<'_>, value: &Node<'_>) -> Option<u64> {
    let res = match value.get_ref() {
        DeValue::String(text) => parse_size(text),
        other => integer(other),
    };
    if res.is_none_or(|it| it == 0) {
        ctx.wrong(value, "a number of bytes above 0, or a text such as `10 MiB`");
        return None;
    }
    res
}

fn parse_size(text: &str) -> Option<u64> {
    let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, unit) = text.split_at(n_digits);
    let factor: u64 = match unit.strip_prefix(' ').unwrap_or(unit) {
        "B" => 1,
        "KB" => 1000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

fn integer(value: &DeValue<'_>) -> Option<u64> {
    let DeValue::Integer(integer) = value else { return None };
    u64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn sub_table<'n, 'i>(
    ctx: &mut Ctx<'_>,
    parent: &'n DeTable<'i>,
    key: &str,
    table: Table,
) -> Option<&'n DeTable<'i>> {
    let value = parent.get(key)?;
    let DeValue::Table(res) = value.get_ref() else {
        ctx.wrong(value, "a table");
        return None;
    };
    check_keys(ctx, table, res);
    Some(res)
}

fn sub_tables<'n, 'i>(
    ctx: &mut Ctx<'_>,
    parent: &'n DeTable<'i>,
    key: &str,
    table: Table,
) -> Vec<(Span, &'n DeTable<'i>)> {
    let Some(value) = parent.get(key) else { return Vec::new() };
    let DeValue::Array(items) = value.get_ref() else {
        ctx.wrong(value, &format!("a list of tables, each opened by `[[{key}]]`"));
        return Vec::new();
    };
    let mut res = Vec::new();
    for item in items {
        if let DeValue::Table(entry) = item.get_ref() {
            check_keys(ctx, table, entry);
            res.push((Span::from(item.span()), entry));
        } else {
            ctx.wrong(item, "a table");
        }
    }
    res
}

/// Reports the keys that `table` does not have.
fn check_keys(ctx: &mut Ctx<'_>, table: Table, found: &DeTable<'_>) {
    for key in found.keys() {
        // Each unknown key is compared with all known ones, so a file of nothing else must end
        // early.
        if ctx.errors.len() >= MAX_ERRORS {
            return;
        }
        let name: &str = key.get_ref();
        if table.fields().any(|it| it.key == name) {
            continue;
        }
        let keys: Vec<&str> = table.fields().map(|it| it.key).collect();
        let hint = match nearest(name, keys.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("known keys are {}", quoted(&keys)),
        };
        let message = format!("unknown key `{}` in {}", shown(name), table.name());
        ctx.error(Span::from(key.span()), message).hint_last(hint);
    }
}

impl Ctx<'_> {
    /// Adds an error at `span`.
    fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Self {
        self.errors.push(PolicyError::new(self.source, span, message));
        self
    }

    /// Gives the last error a hint.
    fn hint_last(&mut self, hint: impl Into<String>) {
        if let Some(last) = self.errors.last_mut() {
            last.hint = hint.into();
        }
    }

    /// Says that `value` is not what is expected.
    fn wrong(&mut self, value: &Node<'_>, expected: &str) {
        let found = value.get_ref().type_str();
        let message = format!("expected {expected}, found a value of type {found}");
        let message = match value.get_ref() {
            DeValue::String(text) => format!("expected {expected}, found `{}`", shown(text)),
            DeValue::Integer(integer) => format!("expected {expected}, found `{integer}`"),
            _ => message,
        };
        self.error(Span::from(value.span()), message);
    }

    /// The rules called `name`; none is an error.
    fn rule(&mut self, span: Span, name: &str) -> Vec<RuleId> {
        let rules = find_rules(name, self.rules);
        if rules.is_empty() {
            let hint = match nearest(name, self.rules.iter().map(|it| it.id)) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => "`plimsoll rules` lists all rules and their other names".to_owned(),
            };
            self.error(span, format!("there is no rule `{}`", shown(name))).hint_last(hint);
        }
        rule_ids(&rules)
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Foreign text, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().take(60).collect()
}

/// The most errors told of one file.
const MAX_ERRORS: usize = 100;

/// The furthest last day that can be demanded: a hundred years.
const MAX_DAYS: u32 = 36_500;

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use plimsoll_finding::{Audience, LabelKind, Severity};
    use plimsoll_text::Source;

    use crate::{
        fields::settings_sample,
        rules::POLICY_RULES,
        sample_rules::RULES,
        settings::{FailOn, Settings},
    };

    fn parse(text: &str) -> Settings {
        Settings::parse(&Source::new("plimsoll.toml", text), RULES).unwrap()
    }

    /// Each error as `line:column message (hint)`.
    fn errors(text: &str) -> String {
        let errors = Settings::parse(&Source::new("plimsoll.toml", text), RULES).unwrap_err();
        let mut res = String::new();
        for error in errors {
            let start = error.location.start();
            let _ = write!(res, "{}:{} {}", start.line, start.column, error.message);
            if !error.hint.is_empty() {
                let _ = write!(res, " ({})", error.hint);
            }
            res.push('\n');
        }
        res
    }

    #[test]
    fn an_empty_file_changes_nothing() {
        assert_eq!(parse(""), Settings::default());
        assert_eq!(Settings::default().fail_on, FailOn::From(Severity::Medium));
        assert_eq!(parse("\u{feff}strict = true\r\n"), Settings { strict: true, ..parse("") });
    }

    #[test]
    fn the_sample_sets_nothing_until_it_is_uncommented_and_then_everything() {
        let rules: Vec<_> = RULES.iter().chain(POLICY_RULES).copied().collect();
        let sample = settings_sample();
        let source = Source::new("plimsoll.toml", sample.clone());
        assert_eq!(Settings::parse(&source, &rules), Ok(Settings::default()));
        // `DL3008` is a code that the rules of this test do not have.
        let keys = sample.replace("\"DL3008\"", "\"DL3002\"");
        let keys: Vec<&str> = keys.lines().filter(|it| !it.starts_with("# ")).collect();
        let keys: Vec<&str> = keys.iter().map(|it| it.trim_start_matches('#')).collect();
        let text = keys.join("\n");
        let set = Settings::parse(&Source::new("plimsoll.toml", text), &rules).unwrap();
        assert_eq!(set.audiences, [Audience::Default, Audience::Hygiene]);
        assert_eq!((set.fail_on, set.strict), (FailOn::From(Severity::High), true));
        assert_eq!((set.paths.len(), set.waivers.len()), (1, 1));
        assert_eq!(set.waiver_terms.max_days, Some(180));
    }

    #[test]
    fn values_arrive_as_they_were_meant() {
        let settings = parse(
            "fail-on = 'never'\nexclude = 'vendor'\nvex = 'vex/web.json'\n\
             required-labels = { version = 'semver' }\n\
             [registries]\nallow = ['ghcr.io/acme/*']\n\
             [limits]\nmax-file-size = '2 MiB'\n\
             [database]\npath = 'facts.db'\nmax-data-age = 7\n\
             base-urls = { osv = 'https://mirror/osv' }\n\
             [waivers]\nforbid-inline = ['DL3002']\n\
             [rules]\n'DL3007' = { severity = 'low', audience = 'style' }\n\
             [[waiver]]\nrule = ['root-user', 'latest-tag']\npaths = 'old/**'\n\
             until = 2027-03-01\nreason = 'to be dropped'\nowner = 'ops'\n",
        );
        assert_eq!(settings.fail_on, FailOn::Never);
        assert!(settings.exclude.matches("a/vendor/x"));
        let rule_settings = &settings.rule_settings;
        assert_eq!(rule_settings.required_labels["version"], LabelKind::SemVer);
        assert!(rule_settings.allows_image("ghcr.io/acme/web"));
        assert_eq!(settings.limits.max_file_size, 2 * 1024 * 1024);
        assert_eq!(settings.waiver_terms.forbid_inline, ["root-user"]);
        assert_eq!(settings.vex, ["vex/web.json"]);
        assert_eq!(settings.database.path.as_deref(), Some("facts.db"));
        assert_eq!(settings.database.base_urls["osv"], "https://mirror/osv");
        assert_eq!(settings.max_data_age, 7);
        let rule = &settings.rules["latest-tag"];
        assert_eq!((rule.enabled, rule.severity), (None, Some(Severity::Low)));
        assert_eq!(rule.place.text(), "'DL3007' = { severity = 'low', audience = 'style' }");
        let waiver = &settings.waivers[0];
        assert_eq!(waiver.until.unwrap().to_string(), "2027-03-01");
        assert_eq!(waiver.names[1].place.text(), "'latest-tag'");
        assert_eq!(waiver.place().start().line, 17);
    }

    #[test]
    fn every_fault_points_into_the_file_and_says_what_to_do() {
        for (text, expected) in [
            (
                "fail_on = 'high'",
                "1:1 unknown key `fail_on` in the settings (did you mean `fail-on`?)",
            ),
            ("fail-on = 'hihg'", "1:11 unknown value `hihg` (did you mean `high`?)"),
            ("strict = 'yes'", "1:10 expected `true` or `false`, found `yes`"),
            (
                "[rules]\nrot-user = 'off'",
                "2:1 there is no rule `rot-user` (did you mean `root-user`?)",
            ),
            (
                "[rules]\nroot-user = { level = 1 }",
                "2:15 unknown key `level` in the settings of a rule",
            ),
            ("[rules]\nroot-user = 'off'\nDL3002 = 'on'", "the rule `root-user` is set twice"),
            ("exclude = ['ok', 'a[']", "1:18 not a path pattern: "),
            ("[limits]\nmax-file-size = '10 parsecs'", "2:17 expected a number of bytes above 0"),
            ("[limits]\nmax-file-size = '99999999999999 GB'", "2:17 expected a number"),
            ("[limits]\nmax-file-size = -1", "2:17 expected a number of bytes above 0"),
            ("[[paths]]\nfail-on = 'low'", "this entry of `paths` has no `match`"),
            ("[[paths]]\nmatch = []", "2:9 an empty list of paths holds nowhere"),
            ("[[waiver]]\nrule = 'root-user'", "this waiver has no `reason`"),
            ("[[waiver]]\nreason = 'x'", "names neither a `rule` nor a `fingerprint`"),
            ("[[waiver]]\nreason = ' '\nrule = 'DL3002'", "2:10 expected a text that is not empty"),
            ("[[waiver]]\nreason = 'x'\nrule = []", "this waiver names no rule"),
            ("[[waiver]]\nreason = 'x'\nrule = 'DL3002'\nuntil = 2027-02-30", "not TOML"),
            ("[[waiver]]\nreason = 'x'\nrule = 'DL3002'\nuntil = 'soon'", "4:9 expected a day"),
            ("max-data-age = 0", "1:16 expected a number of days from 1"),
            ("[database]\nbase-urls = { osv = 'mirror' }", "2:21 expected an address such as"),
            ("[database]\nbase-urls = 3", "2:13 expected a table from names of feeds"),
            (
                "max-data-age = 3\n[database]\nmax-data-age = 4",
                "3:16 `max-data-age` is set here and at the top (keep one of the two)",
            ),
            ("[waivers]\nmax-days = 0", "2:12 expected a number of days from 1"),
            ("audience = 'style'\naudiences = []", "2:13 `audience` and `audiences` are both set"),
            ("waiver = 3", "1:10 expected a list of tables, each opened by `[[waiver]]`"),
            ("strict = ", "not TOML: "),
            (
                "required-labels = { v = 'semvar' }",
                "unknown value `semvar` (did you mean `semver`?)",
            ),
        ] {
            let found = errors(text);
            assert!(found.contains(expected), "{text}\n{found}");
        }
    }

    #[test]
    fn all_faults_are_told_at_once_in_the_order_of_the_file() {
        let found = errors("strict = 1\nunknown-thing = 2\naudience = 'defualt'\n");
        let lines: Vec<&str> = found.lines().filter_map(|it| it.split(':').next()).collect();
        assert_eq!(lines, ["1", "2", "3"]);
    }

    #[test]
    fn a_file_may_stand_on_top_of_adopted_settings() {
        let base = parse("fail-on = 'low'\n[rules]\nroot-user = 'off'\nlatest-tag = 'off'\n");
        let base = Settings { dockerfile_fail_on: Some(FailOn::Never), ..base };
        let source = Source::new("plimsoll.toml", "rules = { root-user = 'on' }");
        let settings = base.clone().parse_over(&source, RULES).unwrap();
        assert_eq!(settings.fail_on, FailOn::From(Severity::Low));
        assert_eq!(settings.rules["root-user"].enabled, Some(true));
        assert_eq!(settings.rules["latest-tag"].enabled, Some(false));
        assert_eq!(settings.dockerfile_fail_on, Some(FailOn::Never));
        let source = Source::new("plimsoll.toml", "fail-on = 'high'");
        let settings = base.parse_over(&source, RULES).unwrap();
        assert_eq!(settings.dockerfile_fail_on, None);
    }

    #[test]
    fn hostile_files_end_in_errors() {
        let unknown_keys = (0..50_000).fold(String::new(), |mut text, number| {
            let _ = writeln!(text, "key-{number} = 1");
            text
        });
        for text in [
            "a = ".to_owned() + &"[".repeat(100_000),
            "a.".repeat(100_000) + "b = 1",
            unknown_keys,
            "\0".repeat(1000),
        ] {
            let errors = Settings::parse(&Source::new("plimsoll.toml", text), RULES).unwrap_err();
            assert!(!errors.is_empty() && errors.len() <= super::MAX_ERRORS);
        }
    }
}
