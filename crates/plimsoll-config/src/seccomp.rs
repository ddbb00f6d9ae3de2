//! A seccomp profile as Docker reads it: which kernel calls are let through, and when.
//!
//! Knows the format and how a profile comes to an answer; nothing of what is good or bad.

use std::{collections::HashSet, sync::Arc};

use plimsoll_text::{Source, Span};

use crate::{
    json::parse_json,
    tree::{Entry, ErrorKind, Node, Tree},
};

/// No more than this many problems are kept for one profile.
pub const MAX_PROBLEMS: usize = 1_000;

/// A profile.
#[derive(Clone, Debug)]
pub struct SeccompProfile {
    /// The text as a tree.
    pub tree: Tree,
    /// What happens to a call that no rule names.
    pub default_action: Option<ActionWord>,
    /// The machines it is for, by `architectures` or `archMap`, with sub-machines.
    pub architectures: Vec<Named>,
    /// The rules, in their order.
    pub rules: Vec<SyscallRule>,
    /// What Docker would refuse or pass over.
    pub problems: Vec<SeccompProblem>,
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// An action with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionWord {
    /// What it is; `None` for one that is not known.
    pub action: Option<Action>,
    /// Where it stands.
    pub span: Span,
}

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The thread or the process is killed.
    Kill,
    /// The process gets a signal.
    Trap,
    /// The call fails.
    Errno,
    /// A tracer decides; without one the call fails.
    Trace,
    /// Another process decides.
    Notify,
    /// The call is let through and logged.
    Log,
    /// The call is let through.
    Allow,
}

impl Action {
    /// The action that a profile calls `word`.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "SCMP_ACT_KILL" | "SCMP_ACT_KILL_THREAD" | "SCMP_ACT_KILL_PROCESS" => Self::Kill,
            "SCMP_ACT_TRAP" => Self::Trap,
            "SCMP_ACT_ERRNO" => Self::Errno,
            "SCMP_ACT_TRACE" => Self::Trace,
            "SCMP_ACT_NOTIFY" => Self::Notify,
            "SCMP_ACT_LOG" => Self::Log,
            "SCMP_ACT_ALLOW" => Self::Allow,
            _ => return None,
        })
    }

    /// Whether the kernel carries the call out without asking anyone.
    pub fn lets_through(self) -> bool {
        matches!(self, Self::Allow | Self::Log)
    }

    /// Whether the call may be carried out.
    pub fn may_let_through(self) -> bool {
        matches!(self, Self::Allow | Self::Log | Self::Trace | Self::Notify)
    }
}

/// One rule of a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyscallRule {
    /// The calls it is about.
    pub names: Vec<Named>,
    /// What happens to them.
    pub action: Option<ActionWord>,
    /// Whether it asks for certain arguments of the call.
    pub has_args: bool,
    /// The capabilities that the container must have for the rule to count; any one does.
    pub needed_capabilities: Vec<String>,
    /// The capabilities that the container must not have for the rule to count.
    pub excluded_capabilities: Vec<String>,
    /// Whether it counts on some machines only.
    pub is_machine_bound: bool,
    /// The whole rule.
    pub span: Span,
}

impl SyscallRule {
    /// Whether it counts in a container that was given no capability.
    pub fn counts_without_capabilities(&self) -> bool {
        self.needed_capabilities.is_empty()
    }

    /// The action, if it is known.
    pub fn known_action(&self) -> Option<Action> {
        self.action.and_then(|it| it.action)
    }
}

/// Something that Docker would refuse or pass over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeccompProblem {
    /// Where.
    pub span: Span,
    /// What, in a phrase.
    pub message: String,
    /// Of which kind.
    pub kind: SeccompProblemKind,
}

/// Of which kind a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeccompProblemKind {
    /// The text is no JSON, or a part of it was not read.
    Text,
    /// The profile has not the form it must have.
    Form,
    /// An action that is not known.
    Action,
    /// A machine that is not known.
    Machine,
}

impl SeccompProfile {
    /// Reads a profile.
    pub fn parse(source: &Arc<Source>) -> Self {
        let tree = parse_json(source);
        let mut reader = Reader { problems: Vec::new() };
        for error in &tree.errors {
            let is_text = error.kind != ErrorKind::DuplicateKey;
            let kind = if is_text { SeccompProblemKind::Text } else { SeccompProblemKind::Form };
            reader.add(error.span, error.message.clone(), kind);
        }
        let root = tree.root().filter(|it| it.is_mapping()).cloned();
        if root.is_none() && !tree.is_broken() {
            let span = tree.root().map_or(Span::default(), |it| it.span);
            reader.form(span, "a profile is a mapping");
        }
        let root = root.unwrap_or_else(|| Node::null(0));
        let default_action = reader.default_action(&root);
        let architectures = reader.architectures(&root);
        let rules = reader.rules(&root);
        Self { tree, default_action, architectures, rules, problems: reader.problems }
    }

    /// The mapping of the file.
    pub fn root(&self) -> Option<&Node> {
        self.tree.root().filter(|it| it.is_mapping())
    }

    /// The default action, if it is known.
    pub fn default(&self) -> Option<Action> {
        self.default_action.and_then(|it| it.action)
    }

    /// The calls that a rule may let through in some container, whatever the rule asks for.
    pub fn may_allow_names(&self) -> HashSet<&str> {
        let allows = |it: &&SyscallRule| it.known_action().is_none_or(Action::may_let_through);
        let rules = self.rules.iter().filter(allows);
        rules.flat_map(|it| &it.names).map(|it| it.text.as_str()).collect()
    }
}

struct Reader {
    problems: Vec<SeccompProblem>,
}

impl Reader {
    fn default_action(&mut self, root: &Node) -> Option<ActionWord> {
        match root.own_entry("defaultAction") {
            Some(entry) => self.action(&entry.value),
            None if root.is_mapping() => {
                let brace = Span::new(root.span.start, root.span.start + 1);
                self.form(brace, "a profile needs a `defaultAction`");
                None
            }
            None => None,
        }
    }

    fn action(&mut self, node: &Node) -> Option<ActionWord> {
        let Some(word) = node.as_string() else {
            self.form(node.span, "an action is a text in quotes");
            return None;
        };
        let action = Action::named(word);
        if action.is_none() {
            let message = "this is no action that seccomp knows".to_owned();
            self.add(node.span, message, SeccompProblemKind::Action);
        }
        Some(ActionWord { action, span: node.span })
    }

    fn architectures(&mut self, root: &Node) -> Vec<Named> {
        let plain = root.own_entry("architectures");
        let mapped = root.own_entry("archMap");
        if let (Some(plain), Some(mapped)) = (plain, mapped)
            && !plain.value.items().is_empty()
            && !mapped.value.items().is_empty()
        {
            let second = plain.key.span.max(mapped.key.span);
            self.form(second, "`architectures` and `archMap` exclude each other: keep one");
        }
        let mut res = self.texts(plain, "`architectures` is a list of texts");
        for pair in mapped.map(|it| it.value.items()).unwrap_or_default() {
            match pair.own_entry("architecture").map(|it| &it.value) {
                Some(node) => res.extend(named(node)),
                None => self.form(pair.span, "an item of `archMap` needs an `architecture`"),
            }
            let inner = pair.own_entry("subArchitectures");
            res.extend(self.texts(inner, "`subArchitectures` is a list of texts"));
        }
        for machine in &res {
            if !MACHINES.contains(&machine.text.as_str()) {
                let message = "this is no machine that seccomp knows".to_owned();
                self.add(machine.span, message, SeccompProblemKind::Machine);
            }
        }
        res
    }

    fn rules(&mut self, root: &Node) -> Vec<SyscallRule> {
        let Some(entry) = root.own_entry("syscalls") else { return Vec::new() };
        if !entry.value.is_sequence() && !entry.value.is_null() {
            self.form(entry.value.span, "`syscalls` is a list of rules");
        }
        entry.value.items().iter().filter_map(|it| self.rule(it)).collect()
    }

    fn rule(&mut self, node: &Node) -> Option<SyscallRule> {
        if !node.is_mapping() {
            self.form(node.span, "a rule is a mapping");
            return None;
        }
        let single = node.own_entry("name").filter(|it| it.value.as_str() != Some(""));
        let mut names = self.texts(node.own_entry("names"), "`names` is a list of texts");
        if let Some(single) = single {
            if !names.is_empty() {
                self.form(single.key.span, "`name` and `names` exclude each other: use `names`");
            }
            names.extend(named(&single.value));
        }
        if names.is_empty() {
            self.form(node.span, "a rule needs the `names` of calls");
        }
        let action = node.own_entry("action");
        if action.is_none() {
            self.form(node.span, "a rule needs an `action`");
        }
        let action = action.and_then(|it| self.action(&it.value));
        let filter = |side: &str, what: &str| texts_at(node, side, what);
        Some(SyscallRule {
            names,
            action,
            has_args: node.own_entry("args").is_some_and(|it| !it.value.items().is_empty()),
            needed_capabilities: filter("includes", "caps"),
            excluded_capabilities: filter("excludes", "caps"),
            is_machine_bound: ["includes", "excludes"]
                .iter()
                .any(|it| !filter(it, "arches").is_empty()),
            span: node.span,
        })
    }

    fn texts(&mut self, entry: Option<&Entry>, message: &str) -> Vec<Named> {
        let Some(entry) = entry else { return Vec::new() };
        if !entry.value.is_sequence() && !entry.value.is_null() {
            self.form(entry.value.span, message);
        }
        let mut res = Vec::new();
        for item in entry.value.items() {
            match named(item) {
                Some(name) => res.push(name),
                None => self.form(item.span, message),
            }
        }
        res
    }

    fn form(&mut self, span: Span, message: &str) {
        self.add(span, message.to_owned(), SeccompProblemKind::Form);
    }

    fn add(&mut self, span: Span, message: String, kind: SeccompProblemKind) {
        if self.problems.len() + 1 < MAX_PROBLEMS {
            self.problems.push(SeccompProblem { span, message, kind });
        } else if self.problems.len() < MAX_PROBLEMS {
            let message = "there are too many problems: the rest is not told".to_owned();
            self.problems.push(SeccompProblem { span, message, kind: SeccompProblemKind::Text });
        }
    }
}

fn named(node: &Node) -> Option<Named> {
    Some(Named { text: node.as_string()?.to_owned(), span: node.span })
}

fn texts_at(node: &Node, outer: &str, inner: &str) -> Vec<String> {
    let list = node.find(&[outer, inner]);
    let items = list.map(Node::items).unwrap_or_default();
    items.iter().filter_map(|it| it.as_string()).map(str::to_owned).collect()
}

/// The machines that libseccomp knows.
static MACHINES: &[&str] = &[
    "SCMP_ARCH_NATIVE",
    "SCMP_ARCH_X86",
    "SCMP_ARCH_X86_64",
    "SCMP_ARCH_X32",
    "SCMP_ARCH_ARM",
    "SCMP_ARCH_AARCH64",
    "SCMP_ARCH_LOONGARCH64",
    "SCMP_ARCH_M68K",
    "SCMP_ARCH_MIPS",
    "SCMP_ARCH_MIPS64",
    "SCMP_ARCH_MIPS64N32",
    "SCMP_ARCH_MIPSEL",
    "SCMP_ARCH_MIPSEL64",
    "SCMP_ARCH_MIPSEL64N32",
    "SCMP_ARCH_PPC",
    "SCMP_ARCH_PPC64",
    "SCMP_ARCH_PPC64LE",
    "SCMP_ARCH_S390",
    "SCMP_ARCH_S390X",
    "SCMP_ARCH_PARISC",
    "SCMP_ARCH_PARISC64",
    "SCMP_ARCH_RISCV64",
    "SCMP_ARCH_SH",
    "SCMP_ARCH_SHEB",
];

#[cfg(test)]
mod tests {
    use plimsoll_text::Source;

    use super::{Action, SeccompProblemKind, SeccompProfile};

    fn read(text: &str) -> SeccompProfile {
        SeccompProfile::parse(&Source::new("seccomp.json", text))
    }

    #[test]
    fn a_profile_is_read_with_its_conditions() {
        let profile = read(
            r#"{
              "defaultAction": "SCMP_ACT_ERRNO",
              "archMap": [
                {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}
              ],
              "syscalls": [
                {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"},
                {"name": "mount", "action": "SCMP_ACT_ALLOW", "includes": {"caps": ["CAP_X"]}},
                {"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [{"index": 0}]}
              ]
            }"#,
        );
        assert_eq!(profile.problems, []);
        assert_eq!(profile.default(), Some(Action::Errno));
        assert_eq!(profile.architectures.len(), 2);
        let plain: Vec<bool> = profile
            .rules
            .iter()
            .map(|it| it.counts_without_capabilities() && !it.has_args)
            .collect();
        assert_eq!(plain, [true, false, false]);
        let allowed = profile.may_allow_names();
        assert!(allowed.contains("mount") && !allowed.contains("bpf"));
    }

    #[test]
    fn what_docker_refuses_is_told() {
        use SeccompProblemKind::{Action, Form, Machine, Text};
        for (text, want) in [
            ("{}", vec![Form]),
            ("[]", vec![Form]),
            (r#"{"defaultAction": "ALLOW"}"#, vec![Action]),
            (r#"{"defaultAction": "SCMP_ACT_LOG", "architectures": ["amd64"]}"#, vec![Machine]),
            (r#"{"defaultAction": "SCMP_ACT_LOG", "syscalls": [{"names": ["read"]}]}"#, vec![Form]),
            (r#"{"defaultAction": "SCMP_ACT_LOG", "syscalls": {}}"#, vec![Form]),
            (r#"{"defaultAction": "SCMP_ACT_LOG",}"#, vec![Text]),
        ] {
            let kinds: Vec<SeccompProblemKind> =
                read(text).problems.iter().map(|it| it.kind).collect();
            assert_eq!(kinds, want, "{text}");
        }
    }
}
