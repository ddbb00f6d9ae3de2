//! Variables in values: `$X`, `${X}`, `${X:-default}`, `${X:?error}`, `${X:+other}`, `$$`.
//!
//! The environment is handed in; what is missing in it is told with its place.

use std::{collections::BTreeMap, fmt, sync::Arc};

use plimsoll_text::{Location, Source, Span};

use crate::{
    compose::issue::{Issue, IssueKind},
    env_file::{EnvFile, Quote},
};

/// Variables nested deeper in each other's defaults than this are not filled in.
const MAX_NESTING: usize = 32;
/// All filled-in texts of one project together may have this many bytes.
const MAX_FILLED_BYTES: usize = 32 << 20;

/// The variables that compose can see.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, Variable>,
}

/// A variable with the place that sets it, if that is a file.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its value.
    pub value: String,
    /// Where a file sets it.
    pub location: Option<Location>,
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Values may be secrets.
        f.debug_list().entries(self.variables.keys()).finish()
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variable").field("location", &self.location).finish_non_exhaustive()
    }
}

impl Environment {
    /// The variables of a process.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let variable = |(name, value)| (name, Variable { value, location: None });
        Self { variables: variables.into_iter().map(variable).collect() }
    }

    /// Adds what a `.env` file sets; what is set already wins.
    pub fn add_dotenv(&mut self, source: &Arc<Source>) {
        for entry in read_env_file(source, self) {
            if let Some(value) = entry.value {
                self.variables
                    .entry(entry.name)
                    .or_insert(Variable { value, location: Some(entry.location) });
            }
        }
    }

    /// The variable called `name`.
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }

    /// The value of the variable called `name`.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|it| it.value.as_str())
    }
}

/// An entry of an environment file, its variables filled in.
pub(crate) struct EnvFileEntry {
    pub(crate) name: String,
    /// `None` for a name alone that the environment does not know.
    pub(crate) value: Option<String>,
    pub(crate) location: Location,
    pub(crate) interpolated: bool,
}

/// The entries of an environment file in order, each name once, the last one counting.
pub(crate) fn read_env_file(source: &Arc<Source>, outer: &Environment) -> Vec<EnvFileEntry> {
    let (file, _) = EnvFile::parse(source);
    let mut own: BTreeMap<String, String> = BTreeMap::new();
    let mut res: BTreeMap<String, EnvFileEntry> = BTreeMap::new();
    let mut budget = MAX_FILLED_BYTES;
    for entry in file.entries {
        let location =
            Location::new(source, entry.value.as_ref().map_or(entry.key_span, |it| it.span));
        let mut interpolated = false;
        let value = match &entry.value {
            Some(value) if value.interpolates && value.quote != Quote::Single => {
                let lookup = |name: &str| {
                    outer.value(name).map(str::to_owned).or_else(|| own.get(name).cloned())
                };
                interpolated = true;
                let mut problems = Vec::new();
                let mut template =
                    Template { lookup: &lookup, problems: &mut problems, budget: &mut budget };
                // What an environment file leaves open is empty, as in a shell.
                Some(template.fill(&value.text, 0).unwrap_or_else(|| value.text.clone()))
            }
            Some(value) => Some(value.text.clone()),
            None => outer.value(&entry.key).map(str::to_owned),
        };
        if let Some(value) = &value {
            own.insert(entry.key.clone(), value.clone());
        }
        let name = entry.key.clone();
        res.insert(entry.key, EnvFileEntry { name, value, location, interpolated });
    }
    res.into_values().collect()
}

/// Fills variables into the values of one project and keeps what went wrong.
pub(crate) struct Interpolator<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) issues: Vec<Issue>,
    pub(crate) budget: usize,
}

impl<'a> Interpolator<'a> {
    pub(crate) fn new(environment: &'a Environment) -> Self {
        Self { environment, issues: Vec::new(), budget: MAX_FILLED_BYTES }
    }

    /// The text with its variables filled in, and whether there were any.
    pub(crate) fn fill(&mut self, text: &str, location: &Location) -> (String, bool) {
        if !text.contains('$') {
            return (text.to_owned(), false);
        }
        let environment = self.environment;
        let lookup = |name: &str| environment.value(name).map(str::to_owned);
        let mut problems = Vec::new();
        let mut template =
            Template { lookup: &lookup, problems: &mut problems, budget: &mut self.budget };
        let filled = template.fill(text, 0);
        for problem in problems {
            let place = Location::new(&location.source, problem.span_in(location));
            self.issues.push(problem.issue(place));
        }
        let has_variable = text.replace("$$", "").contains('$');
        (filled.unwrap_or_else(|| text.to_owned()), has_variable)
    }
}

/// Something wrong with a variable.
enum Problem {
    Unset(String),
    Required { name: String, message: String },
    Invalid(String),
    TooMuch,
}

impl Problem {
    /// The part of the value that names the variable, where it can be found.
    fn span_in(&self, location: &Location) -> Span {
        let name = match self {
            Problem::Unset(name) | Problem::Required { name, .. } => name,
            Problem::Invalid(text) => text,
            Problem::TooMuch => return location.span,
        };
        let raw = location.text();
        let found = [format!("${{{name}"), format!("${name}")]
            .iter()
            .find_map(|it| Some((raw.find(it.as_str())?, it.len())));
        match found {
            Some((offset, len)) => {
                let start = location.span.start + offset;
                Span::new(start, start + len)
            }
            None => location.span,
        }
    }

    fn issue(self, location: Location) -> Issue {
        let (kind, message) = match self {
            Problem::Unset(name) => (
                IssueKind::UnsetVariable,
                format!("the variable `{name}` is not set and counts as empty"),
            ),
            Problem::Required { name, message } if message.is_empty() => (
                IssueKind::RequiredVariable,
                format!("the variable `{name}` is required and not set"),
            ),
            Problem::Required { name, message } => (
                IssueKind::RequiredVariable,
                format!("the variable `{name}` is required and not set: {message}"),
            ),
            Problem::Invalid(_) => (
                IssueKind::Interpolation,
                "this `$` starts no variable; write `$$` for the sign itself".to_owned(),
            ),
            Problem::TooMuch => (
                IssueKind::Limit,
                "variables are nested too deep or come to too much text".to_owned(),
            ),
        };
        Issue { location, message, kind }
    }
}

/// Fills one text.
struct Template<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    problems: &'a mut Vec<Problem>,
    budget: &'a mut usize,
}

impl Template<'_> {
    /// `None` where the text is no valid template.
    fn fill(&mut self, text: &str, depth: usize) -> Option<String> {
        if depth > MAX_NESTING {
            self.problems.push(Problem::TooMuch);
            return None;
        }
        let mut res = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            self.push(&mut res, rest.get(..at)?)?;
            let after = rest.get(at + 1..)?;
            if let Some(tail) = after.strip_prefix('$') {
                self.push(&mut res, "$")?;
                rest = tail;
            } else if let Some(inner) = after.strip_prefix('{') {
                let Some(close) = closing_brace(inner) else {
                    self.problems.push(Problem::Invalid(String::new()));
                    return None;
                };
                let value = self.expression(inner.get(..close)?, depth)?;
                self.push(&mut res, &value)?;
                rest = inner.get(close + 1..)?;
            } else {
                let len = name_len(after);
                if len == 0 {
                    self.problems.push(Problem::Invalid(String::new()));
                    return None;
                }
                let value = self.plain(after.get(..len)?);
                self.push(&mut res, &value)?;
                rest = after.get(len..)?;
            }
        }
        self.push(&mut res, rest)?;
        Some(res)
    }

    fn push(&mut self, res: &mut String, text: &str) -> Option<()> {
        let Some(left) = self.budget.checked_sub(text.len()) else {
            self.problems.push(Problem::TooMuch);
            return None;
        };
        *self.budget = left;
        res.push_str(text);
        Some(())
    }

    fn plain(&mut self, name: &str) -> String {
        (self.lookup)(name).unwrap_or_else(|| {
            self.problems.push(Problem::Unset(name.to_owned()));
            String::new()
        })
    }

    /// What stands between braces.
    fn expression(&mut self, inner: &str, depth: usize) -> Option<String> {
        let len = name_len(inner);
        let (name, rest) = (inner.get(..len)?, inner.get(len..)?);
        if name.is_empty() {
            self.problems.push(Problem::Invalid(format!("{{{inner}")));
            return None;
        }
        if rest.is_empty() {
            return Some(self.plain(name));
        }
        let (empty_counts, rest) = match rest.strip_prefix(':') {
            Some(rest) => (false, rest),
            None => (true, rest),
        };
        let sign = rest.chars().next();
        let word = rest.get(1..).unwrap_or_default();
        let value = (self.lookup)(name).filter(|it| empty_counts || !it.is_empty());
        match (sign, value) {
            (Some('-' | '?'), Some(value)) => Some(value),
            (Some('-'), None) | (Some('+'), Some(_)) => self.fill(word, depth + 1),
            (Some('+'), None) => Some(String::new()),
            (Some('?'), None) => {
                let message = self.fill(word, depth + 1).unwrap_or_else(|| word.to_owned());
                self.problems.push(Problem::Required { name: name.to_owned(), message });
                None
            }
            _ => {
                self.problems.push(Problem::Invalid(name.to_owned()));
                None
            }
        }
    }
}

fn name_len(text: &str) -> usize {
    let mut chars = text.bytes();
    match chars.next() {
        Some(first) if first == b'_' || first.is_ascii_alphabetic() => {
            1 + chars.take_while(|it| *it == b'_' || it.is_ascii_alphanumeric()).count()
        }
        _ => 0,
    }
}

/// The `}` that closes the expression whose inside `text` starts with.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use plimsoll_text::{Location, Source, Span};

    use super::{Environment, Interpolator};

    #[test]
    fn variables_are_filled_in_as_compose_does() {
        let pairs = [("A", "a"), ("E", ""), ("D", "$A")];
        let environment = Environment::new(pairs.map(|it| (it.0.to_owned(), it.1.to_owned())));
        let table = [
            ("x", "x", ""),
            ("$A-${A}", "a-a", ""),
            ("$$A $${A}", "$A ${A}", ""),
            ("${D}", "$A", ""),
            ("[$U]", "[]", "$U"),
            ("[${U}]", "[]", "${U"),
            ("${U-d}${U:-e}${E-f}${E:-g}", "deg", ""),
            ("${A+r}${E+s}${E:+t}${U+u}", "rs", ""),
            ("${U:-${V:-$A}}", "a", ""),
            ("${U-{}}", "{}", ""),
            ("${A?no}", "a", ""),
            ("${E:?no}", "${E:?no}", "${E"),
            ("${U?it is ${A}}", "${U?it is ${A}}", "${U"),
            ("$(pwd)", "$(pwd)", "$"),
            ("a$", "a$", "$"),
            ("${A b}", "${A b}", "${A"),
            ("${", "${", "${"),
        ];
        for (text, expected, place) in table {
            let source = Source::new("x", text);
            let location = Location::new(&source, Span::new(0, text.len()));
            let mut interpolator = Interpolator::new(&environment);
            let (filled, _) = interpolator.fill(text, &location);
            assert_eq!(filled, expected, "{text}");
            let issue = interpolator.issues.first().map(|it| it.location.text());
            assert_eq!(issue.unwrap_or_default(), place, "{text}");
        }
    }

    #[test]
    fn a_dotenv_file_adds_what_is_not_set() {
        let mut environment = Environment::new([("A".to_owned(), "process".to_owned())]);
        let source = Source::new(".env", "A=file\nB=${A}-b\nC=$B\nD='$A'\nE\n");
        environment.add_dotenv(&source);
        assert_eq!(environment.value("A"), Some("process"));
        assert_eq!(environment.value("B"), Some("process-b"));
        assert_eq!(environment.value("C"), Some("process-b"));
        assert_eq!(environment.value("D"), Some("$A"));
        assert_eq!(environment.get("B").unwrap().location.as_ref().unwrap().text(), "${A}-b");
        assert!(!format!("{environment:?}").contains("process"));
    }

    #[test]
    fn nesting_and_growth_have_limits() {
        let environment = Environment::new([("X".to_owned(), "y".repeat(1 << 20))]);
        let texts = ["${A:-".repeat(10_000) + &"}".repeat(10_000), "$X".repeat(100_000)];
        for text in texts {
            let source = Source::new("x", text.as_str());
            let location = Location::new(&source, Span::new(0, text.len()));
            let mut interpolator = Interpolator::new(&environment);
            let _ = interpolator.fill(&text, &location);
            assert_eq!(interpolator.issues.len(), 1);
        }
    }
}
