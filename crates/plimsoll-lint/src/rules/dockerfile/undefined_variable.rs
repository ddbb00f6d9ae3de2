use std::collections::{BTreeMap, HashSet};

use plimsoll_dockerfile::{
    Base, Dockerfile, Expansion, Instruction, InstructionKind, Keyword, VariableUse, Word,
};
use plimsoll_finding::{Check, Confidence, Sink, Wanted};
use plimsoll_text::Span;

use crate::{rule::rule, subject::dockerfile::DockerfileSubject};

rule! {
    /// Variable that nothing sets.
    ///
    /// ## Why
    /// A variable without a value is replaced by nothing: `COPY $DIR/ /` then copies everything,
    /// and `ENV PATH=$PAHT:/x` loses the path. Builders only warn.
    ///
    /// ## Bad
    /// ```dockerfile
    /// ARG VERSION=1
    /// FROM alpine:3.22
    /// ARG DIR_ASSETS=assets/
    /// COPY $DIR_ASSET .
    /// # ^ undefined-variable
    /// ENV PATH=$PAHT:/tmp/bin
    /// # ^ undefined-variable
    /// LABEL version="${VERSION}"
    /// # ^ undefined-variable
    /// COPY $later --chown=$OWNER /srv/
    /// # ^ undefined-variable
    /// ARG later=x
    /// ENV DATA=$HOME/data
    /// # ^ undefined-variable
    /// ```
    ///
    /// ```dockerfile
    /// FROM example.com/team/base:1
    /// ARG DIR_ASSETS=assets/
    /// COPY $DIR_ASSET .
    /// # ^ undefined-variable
    /// COPY app-$TARGETARCH /app
    /// # ^ undefined-variable
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// ARG GLOBAL=1
    /// FROM alpine:3.22 AS base
    /// ARG foo GLOBAL
    /// ENV BAR=$foo$GLOBAL PATH=/x:$PATH
    /// COPY $foo ${unset:-x} '$literal' \$escaped /srv/
    /// RUN echo $of_the_shell
    /// ONBUILD ARG LATER
    /// ONBUILD COPY $LATER /srv/
    /// CMD serve $PORT
    /// FROM base
    /// WORKDIR $BAR
    /// FROM python:3.13
    /// LABEL python=$PYTHON_VERSION
    /// ```
    ///
    /// ```dockerfile
    /// FROM example.com/team/base:1
    /// COPY app $APP_HOME/
    /// ```
    ///
    /// ```dockerfile
    /// COPY app $APP_HOME/
    /// ```
    ///
    /// ## Limits
    /// The base image may set variables that the file does not show. On official images those that
    /// they are known for are let pass; on any other image a variable is reported only if the file
    /// sets it elsewhere, or sets one whose name differs by one letter. Scripts of `RUN`, `CMD` and
    /// `ENTRYPOINT` are the shell's.
    ///
    /// ## References
    /// - Docker build checks: undefined variable
    "undefined-variable" for DockerfileSubject {
        aliases: ["buildkit:UndefinedVar", "droast:DF087"],
        severity: Medium,
        confidence: Medium,
        audience: Default,
        controls: [],
        fix: None,
        check: Check::WholeWith(Wanted::every("$"), check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    let names = Names::of(dockerfile);
    let mut guesses = Guesses::default();
    // What ONBUILD keeps for later finds other variables then.
    for instruction in dockerfile.all_instructions().filter(|it| !it.onbuild) {
        let undefined = undefined(dockerfile, instruction);
        if undefined.is_empty() {
            continue;
        }
        let open_base = has_open_base(dockerfile, instruction);
        let mut seen: HashSet<String> = HashSet::new();
        for (name, span) in undefined {
            if !seen.insert(name.clone()) {
                continue;
            }
            let why = names.why(&name, instruction);
            let like = if why.is_none() { guesses.like(&name, &names) } else { None };
            let message = match (why, like) {
                (Some(why), _) => format!("`{name}` has no value here: {why}"),
                (None, Some(like)) => format!("nothing sets `{name}`; `{like}` may be meant"),
                (None, None) if open_base || is_inherited(&name) => continue,
                (None, None) => format!("nothing sets `{name}`, so it is replaced by nothing"),
            };
            let draft = sink.report(span, message);
            if open_base {
                draft.confidence(Confidence::Low);
            }
        }
    }
}

/// Whether the environment that the stage starts with is anyone's guess.
fn has_open_base(dockerfile: &Dockerfile, instruction: &Instruction) -> bool {
    let Some(stage) = instruction.stage else {
        return dockerfile.is_fragment();
    };
    match dockerfile.base_chain(stage).last().map(|it| &it.base) {
        Some(Base::Scratch) => false,
        Some(Base::Image(image)) => {
            image.has_variable() || !image.full_name().starts_with("docker.io/library/")
        }
        _ => true,
    }
}

/// Variables without a value in the words that the builder expands.
fn undefined(dockerfile: &Dockerfile, instruction: &Instruction) -> Vec<(String, Span)> {
    if !instruction.text.text().contains('$') || instruction.keyword == Keyword::From {
        return Vec::new();
    }
    let mut res: Vec<(String, Span)> = Vec::new();
    let mut add = |expansion: Expansion, own: &dyn Fn(&VariableUse) -> Span| {
        res.extend(expansion.undefined.iter().map(|it| (it.name.clone(), own(it))));
    };
    for word in expanded_words(instruction) {
        add(dockerfile.expand_word(instruction, word), &|it| it.span);
    }
    if matches!(instruction.keyword, Keyword::Copy | Keyword::Add) {
        for flag in &instruction.flags {
            let environment = dockerfile.environment_at(instruction.index);
            add(environment.expand(flag.text()), &|_| flag.span);
        }
    }
    // What this same ENV sets is for the rules about that.
    if let InstructionKind::Env(pairs) = &instruction.kind {
        let own: HashSet<&str> = pairs.pairs.iter().map(|it| it.name.as_str()).collect();
        res.retain(|it| !own.contains(it.0.as_str()));
    }
    res
}

fn expanded_words(instruction: &Instruction) -> Vec<&Word> {
    match &instruction.kind {
        InstructionKind::Copy(copy) | InstructionKind::Add(copy) => {
            copy.paths().chain([&copy.destination]).collect()
        }
        InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
            pairs.pairs.iter().map(|it| &it.value).collect()
        }
        InstructionKind::Arg(arguments) => {
            arguments.iter().filter_map(|it| it.default.as_ref()).collect()
        }
        InstructionKind::Expose(ports) => ports.iter().map(|it| &it.word).collect(),
        InstructionKind::Volume(volume) => volume.paths.iter().collect(),
        InstructionKind::User(user) => vec![&user.word],
        InstructionKind::Workdir(word) | InstructionKind::Stopsignal(word) => vec![word],
        _ => Vec::new(),
    }
}

/// Every name that the file sets, and where.
struct Names<'a> {
    by_name: BTreeMap<&'a str, Vec<(Option<usize>, usize)>>,
}

impl<'a> Names<'a> {
    fn of(dockerfile: &'a Dockerfile) -> Self {
        let mut by_name: BTreeMap<&str, Vec<(Option<usize>, usize)>> = BTreeMap::new();
        for instruction in &dockerfile.instructions {
            let names: Vec<&str> = match &instruction.kind {
                InstructionKind::Arg(arguments) => {
                    arguments.iter().map(|it| it.name.text.as_str()).collect()
                }
                InstructionKind::Env(pairs) => {
                    pairs.pairs.iter().map(|it| it.name.as_str()).collect()
                }
                _ => continue,
            };
            for name in names {
                let place = (instruction.stage, instruction.index);
                by_name.entry(name).or_default().push(place);
            }
        }
        Self { by_name }
    }

    /// Why a name that the file sets somewhere has no value at `instruction`.
    fn why(&self, name: &str, instruction: &Instruction) -> Option<&'static str> {
        let Some(places) = self.by_name.get(name) else {
            let is_in_stage = instruction.stage.is_some() && PLATFORM.contains(&name);
            return is_in_stage.then_some("the builder knows it, but only after an `ARG` names it");
        };
        // They are in the order of the file: the first is the global one if any is.
        let (first_stage, first) = places.first()?;
        if first_stage.is_none() && instruction.stage.is_some() && *first < instruction.index {
            return Some("its `ARG` stands before `FROM`; repeat it in this stage");
        }
        let after = places.partition_point(|it| it.1 <= instruction.index);
        if places.get(after).is_some_and(|it| it.0 == instruction.stage) {
            return Some("it is set further down only");
        }
        Some("only another stage sets it")
    }
}

/// Names that are like each other, with a limit on how much is compared.
struct Guesses {
    budget: usize,
}

impl Default for Guesses {
    fn default() -> Self {
        Self { budget: MAX_COMPARISONS }
    }
}

impl Guesses {
    /// A name that the file sets, or `PATH`, and that differs from `name` by one letter.
    fn like<'a>(&mut self, name: &str, names: &Names<'a>) -> Option<&'a str> {
        let own = names.by_name.keys().copied();
        for other in std::iter::once("PATH").chain(own) {
            self.budget = self.budget.checked_sub(1)?;
            if differs_by_one_letter(name, other) {
                return Some(other);
            }
        }
        None
    }
}

/// Whether one letter more, less, other or swapped with its neighbour makes one name the other.
fn differs_by_one_letter(one: &str, two: &str) -> bool {
    let (one, two) = (one.as_bytes(), two.as_bytes());
    if one.len().min(two.len()) < MIN_NAME || one.len().abs_diff(two.len()) > 1 || one == two {
        return false;
    }
    let n_start = one.iter().zip(two).take_while(|it| it.0 == it.1).count();
    let n_end = one.iter().rev().zip(two.iter().rev()).take_while(|it| it.0 == it.1).count();
    let left = |it: &[u8]| it.len() - n_start.min(it.len()) - n_end.min(it.len() - n_start);
    let middle = |it: &'_ [u8]| -> Vec<u8> {
        it.get(n_start..it.len() - n_end.min(it.len() - n_start)).unwrap_or_default().to_vec()
    };
    match (left(one), left(two)) {
        (0 | 1, 0 | 1) => true,
        (2, 2) => middle(one).into_iter().rev().eq(middle(two)),
        _ => false,
    }
}

/// Whether official images are known to set such a variable.
fn is_inherited(name: &str) -> bool {
    INHERITED.iter().any(|it| name.starts_with(it))
}

/// How many pairs of names are compared in one file; then no name is guessed any more.
const MAX_COMPARISONS: usize = 1 << 18;
/// Shorter names are like each other by chance.
const MIN_NAME: usize = 4;

/// Arguments that the builder sets for those who declare them.
static PLATFORM: &[&str] = &[
    "BUILDARCH",
    "BUILDOS",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "TARGETARCH",
    "TARGETOS",
    "TARGETPLATFORM",
    "TARGETSTAGE",
    "TARGETVARIANT",
];

/// Beginnings of the variables that official images set.
static INHERITED: &[&str] = &[
    "APACHE_",
    "ASPNET",
    "BUNDLE_",
    "CADDY_",
    "CARGO_HOME",
    "CASSANDRA_",
    "CATALINA_",
    "COMPOSER_",
    "COUCHBASE",
    "COUCHDB_",
    "DOCKER_",
    "DOTNET_",
    "ELASTIC",
    "ERLANG",
    "FLINK_",
    "GEM_HOME",
    "GHC_",
    "GHOST_",
    "GOLANG_VERSION",
    "GOPATH",
    "GOROOT",
    "GOSU_",
    "GOTOOLCHAIN",
    "GPG_KEY",
    "GRADLE_",
    "HAPROXY_",
    "HTTPD_",
    "JAVA_",
    "JETTY_",
    "JRE_",
    "JULIA_",
    "KONG_",
    "LANG",
    "LC_",
    "LD_LIBRARY_PATH",
    "MARIADB_",
    "MAVEN_",
    "MONGO",
    "MYSQL_",
    "NATS_",
    "NEO4J_",
    "NGINX_",
    "NJS_",
    "NODE_VERSION",
    "ODOO_",
    "OTP_",
    "PATH",
    "PERL_",
    "PGDATA",
    "PG_",
    "PHP",
    "PIP_",
    "PKG_RELEASE",
    "PYPY_",
    "PYTHON",
    "RABBITMQ_",
    "REBAR",
    "REDIS_",
    "RUBY",
    "RUSTUP_HOME",
    "RUST_",
    "R_",
    "SBT_",
    "SOLR_",
    "SPARK_",
    "STACK_",
    "SWIFT_",
    "TOMCAT_",
    "TOMEE_",
    "VARNISH_",
    "WORDPRESS_",
    "YARN_VERSION",
    "ZOO",
];

#[cfg(test)]
mod tests {
    use super::differs_by_one_letter;

    #[test]
    fn one_letter_may_differ() {
        for (one, two, expected) in [
            ("DIR_ASSET", "DIR_ASSETS", true),
            ("PAHT", "PATH", true),
            ("VERSION", "VERSOIN", true),
            ("VERSION", "VERSIOM", true),
            ("VERSION", "VERSION", false),
            ("FOO", "FOX", false),
            ("AAAA", "AAAAA", true),
            ("ABCD", "BADC", false),
            ("PORT", "PATHS", false),
        ] {
            assert_eq!(differs_by_one_letter(one, two), expected, "{one} {two}");
            assert_eq!(differs_by_one_letter(two, one), expected, "{two} {one}");
        }
    }
}
