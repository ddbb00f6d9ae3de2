//! Which variables are in effect at an instruction, and what they hold.

use std::{collections::HashMap, fmt};

use plimsoll_text::Span;

use crate::{
    expansion::{Expansion, expand},
    stage::{Base, Stage},
};

/// The variables in effect at one instruction. A view: making one costs nothing.
#[derive(Clone, Copy, Debug)]
pub struct Environment<'a> {
    definitions: &'a Definitions,
    stages: &'a [Stage],
    /// `None` before the first `FROM`, and in `FROM` itself.
    stage: Option<usize>,
    /// Definitions of this instruction and of later ones do not count.
    before: usize,
    escape: char,
}

/// A variable in effect.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Variable<'a> {
    /// What set it.
    pub origin: Origin,
    /// Its value, itself expanded; for an `ARG` its default. `None` where that is not known: an
    /// `ARG` without default, a value built from such, a predefined one.
    pub value: Option<&'a str>,
    /// Where it was set: the pair of `ENV`, the word of `ARG`. `None` if predefined.
    pub span: Option<Span>,
    /// The instruction that set it.
    pub instruction: Option<usize>,
}

impl fmt::Debug for Variable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret.
        f.debug_struct("Variable")
            .field("origin", &self.origin)
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

/// What set a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// `ENV` in this stage or one it starts from.
    Env,
    /// `ARG` in this stage or one it starts from.
    Arg,
    /// `ARG` before the first `FROM`. In a stage it takes an `ARG` of the same name to see it; then
    /// that one is the origin, and the value is that of the global one.
    GlobalArg,
    /// A build argument that exists without being declared, such as `TARGETARCH` in `FROM`.
    Predefined,
}

impl<'a> Environment<'a> {
    pub(crate) fn new(
        definitions: &'a Definitions,
        stages: &'a [Stage],
        stage: Option<usize>,
        before: usize,
        escape: char,
    ) -> Self {
        Self { definitions, stages, stage, before, escape }
    }

    /// The variable called `name`, if one is in effect. The environment of the base image is not
    /// known here.
    pub fn get(&self, name: &str) -> Option<Variable<'a>> {
        let of_name = self.definitions.by_name.get(name);
        let found = of_name.and_then(|it| {
            self.find(&it.env, Origin::Env).or_else(|| self.find(&it.arg, Origin::Arg))
        });
        found.or_else(|| self.predefined(name))
    }

    /// Expands the variables of `text`; spans of the result count from its start.
    pub fn expand(&self, text: &str) -> Expansion {
        expand(text, self)
    }

    /// The escape character of the file.
    pub fn escape(&self) -> char {
        self.escape
    }

    /// The last of `definitions` in this stage before here, else in the stage below, and so on.
    fn find(&self, definitions: &'a [Definition], origin: Origin) -> Option<Variable<'a>> {
        let mut stage = self.stage;
        let mut before = self.before;
        loop {
            let n_before = definitions.partition_point(|it| it.instruction < before);
            let last = n_before.checked_sub(1).and_then(|it| definitions.get(it));
            // In FROM only the global ones count, which stand before all others.
            let last = if stage.is_none() { global(definitions, before) } else { last };
            if let Some(it) = last.filter(|it| it.stage == stage) {
                let global_arg = stage.is_none() && origin == Origin::Arg;
                return Some(Variable {
                    origin: if global_arg { Origin::GlobalArg } else { origin },
                    value: it.value.as_deref(),
                    span: Some(it.span),
                    instruction: Some(it.instruction),
                });
            }
            let Base::Stage(below) = self.stages.get(stage?)?.base else { return None };
            before = self.stages.get(below)?.instructions.end.min(before);
            stage = Some(below);
        }
    }

    fn predefined(&self, name: &str) -> Option<Variable<'a>> {
        let known = if self.stage.is_none() { PLATFORM_ARGUMENTS.as_slice() } else { &[] };
        let proxy = PROXY_ARGUMENTS.iter().any(|it| it.eq_ignore_ascii_case(name));
        (proxy || known.contains(&name)).then_some(Variable {
            origin: Origin::Predefined,
            value: None,
            span: None,
            instruction: None,
        })
    }
}

fn global(definitions: &[Definition], before: usize) -> Option<&Definition> {
    let n_global = definitions.partition_point(|it| it.stage.is_none() && it.instruction < before);
    n_global.checked_sub(1).and_then(|it| definitions.get(it))
}

/// Every `ENV` and `ARG` of a file, by name, in source order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Definitions {
    by_name: HashMap<String, OfName>,
    /// How many bytes the values come to.
    size: usize,
}

#[derive(Clone, Debug, Default)]
struct OfName {
    env: Vec<Definition>,
    arg: Vec<Definition>,
}

/// One `ENV` pair or `ARG` name.
#[derive(Clone)]
pub(crate) struct Definition {
    pub(crate) instruction: usize,
    pub(crate) stage: Option<usize>,
    pub(crate) value: Option<String>,
    pub(crate) span: Span,
}

impl fmt::Debug for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret.
        f.debug_struct("Definition").field("span", &self.span).finish_non_exhaustive()
    }
}

impl Definitions {
    pub(crate) fn add_env(&mut self, name: &str, definition: Definition) {
        let definition = self.within_limit(definition);
        self.by_name.entry(name.to_owned()).or_default().env.push(definition);
    }

    /// An `ARG` of a stage without a default takes that of the global one.
    pub(crate) fn add_arg(&mut self, name: &str, has_default: bool, mut definition: Definition) {
        if !has_default && definition.stage.is_some() {
            let of_name = self.by_name.get(name);
            let global = of_name.and_then(|it| global(&it.arg, usize::MAX));
            definition.value = global.and_then(|it| it.value.clone());
        }
        let definition = self.within_limit(definition);
        self.by_name.entry(name.to_owned()).or_default().arg.push(definition);
    }

    /// Whether some values were left out because all of them together grew too large.
    pub(crate) fn is_full(&self) -> bool {
        self.size > MAX_VALUES_SIZE
    }

    fn within_limit(&mut self, mut definition: Definition) -> Definition {
        let len = definition.value.as_ref().map_or(0, String::len);
        if !self.is_full() {
            self.size += len;
        }
        if self.is_full() {
            definition.value = None;
        }
        definition
    }
}

/// The most bytes that all values of a file may come to; further values count as not known.
const MAX_VALUES_SIZE: usize = 8 << 20;

/// Arguments of the global scope that the builder sets.
const PLATFORM_ARGUMENTS: [&str; 9] = [
    "TARGETPLATFORM",
    "TARGETOS",
    "TARGETARCH",
    "TARGETVARIANT",
    "BUILDPLATFORM",
    "BUILDOS",
    "BUILDARCH",
    "BUILDVARIANT",
    "TARGETSTAGE",
];

/// Arguments that may be handed in anywhere without being declared, in either case.
const PROXY_ARGUMENTS: [&str; 5] =
    ["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY"];
