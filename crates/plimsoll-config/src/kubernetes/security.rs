//! What is in force for a container: its own security context before the pod's, fields before the
//! annotations that came before them.

use plimsoll_text::Span;

use crate::{
    kubernetes::pod::{Container, Pod},
    tree::{Entry, Node},
};

/// A setting and who made it.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a> {
    /// Key and value.
    pub entry: &'a Entry,
    /// Whose security context says it.
    pub level: Level,
}

/// Whose security context it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The pod's, which its containers inherit.
    Pod,
    /// The container's own.
    Container,
}

impl Pod {
    /// The pod's security context, where something is in it.
    pub fn security_context(&self) -> Option<&Entry> {
        self.entry("securityContext")
    }

    /// The setting `key` of a security context that is in force for `container`.
    pub fn decided<'a>(&'a self, container: &'a Container, key: &str) -> Option<Decided<'a>> {
        let in_context = |context: Option<&'a Entry>, level| {
            let entry = context?.value.get_entry(key).filter(|it| !it.value.is_null())?;
            Some(Decided { entry, level })
        };
        in_context(container.security_context(), Level::Container)
            .or_else(|| in_context(self.security_context(), Level::Pod))
    }

    /// The truth of the setting `key` that is in force for `container`.
    pub fn decided_bool(&self, container: &Container, key: &str) -> Option<bool> {
        self.decided(container, key)?.entry.value.as_bool()
    }

    /// The user id that `container` starts with, where one is set.
    pub fn user_id(&self, container: &Container) -> Option<i64> {
        self.decided(container, "runAsUser")?.entry.value.as_i64()
    }

    /// The seccomp profile in force for `container`.
    pub fn seccomp<'a>(&'a self, container: &'a Container) -> DecidedProfile {
        let own = self.container_annotation(SECCOMP_CONTAINER, container);
        let whole = || self.metadata.annotation(SECCOMP_POD);
        profile_field(container.security_context(), "seccompProfile")
            .or_else(|| own.map(profile_annotation))
            .or_else(|| profile_field(self.security_context(), "seccompProfile"))
            .or_else(|| whole().map(profile_annotation))
            .unwrap_or(DecidedProfile { profile: Profile::Unset, span: None })
    }

    /// The AppArmor profile in force for `container`.
    pub fn app_armor<'a>(&'a self, container: &'a Container) -> DecidedProfile {
        let own = self.container_annotation(APP_ARMOR_CONTAINER, container);
        profile_field(container.security_context(), "appArmorProfile")
            .or_else(|| own.map(profile_annotation))
            .or_else(|| profile_field(self.security_context(), "appArmorProfile"))
            .unwrap_or(DecidedProfile { profile: Profile::Unset, span: None })
    }

    fn container_annotation(&self, prefix: &str, container: &Container) -> Option<&Entry> {
        self.metadata.annotation(&format!("{prefix}/{}", container.name))
    }
}

impl Container {
    /// The container's own security context, where something is in it.
    pub fn security_context(&self) -> Option<&Entry> {
        self.entry("securityContext")
    }

    /// The setting `key` of its own security context.
    pub fn own_security(&self, key: &str) -> Option<&Entry> {
        let context = &self.security_context()?.value;
        context.get_entry(key).filter(|it| !it.value.is_null())
    }

    /// Whether it is privileged.
    pub fn is_privileged(&self) -> bool {
        self.own_security("privileged").and_then(|it| it.value.as_bool()) == Some(true)
    }

    /// The capabilities that it adds and drops.
    pub fn capabilities(&self) -> Capabilities<'_> {
        let entry = self.own_security("capabilities");
        let list = |key: &str| {
            entry.and_then(|it| it.value.get_entry(key)).filter(|it| !it.value.is_null())
        };
        let names = |entry: Option<&Entry>| {
            let items = entry.map(|it| it.value.items()).unwrap_or_default();
            items.iter().filter_map(Capability::read).collect()
        };
        let (add_entry, drop_entry) = (list("add"), list("drop"));
        Capabilities {
            entry,
            add_entry,
            add: names(add_entry),
            drop_entry,
            drop: names(drop_entry),
        }
    }
}

/// The capabilities that a container adds and drops.
#[derive(Clone, Debug)]
pub struct Capabilities<'a> {
    /// The setting as a whole.
    pub entry: Option<&'a Entry>,
    /// The list `add`.
    pub add_entry: Option<&'a Entry>,
    /// What is added.
    pub add: Vec<Capability>,
    /// The list `drop`.
    pub drop_entry: Option<&'a Entry>,
    /// What is dropped.
    pub drop: Vec<Capability>,
}

impl Capabilities<'_> {
    /// Whether `name` is dropped by its own name or with all others.
    pub fn drops(&self, name: &str) -> bool {
        self.drop.iter().any(|it| it.name == name || it.name == "ALL")
    }

    /// Whether `name` is added by its own name or with all others.
    pub fn adds(&self, name: &str) -> bool {
        self.add.iter().any(|it| it.name == name || it.name == "ALL")
    }

    /// Whether the container holds `name`: added, or given by the runtime and not dropped. What is
    /// added stays when all others are dropped.
    pub fn holds(&self, name: &str) -> bool {
        self.adds(name) || (DEFAULT_CAPABILITIES.contains(&name) && !self.drops(name))
    }
}

/// A capability and where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capability {
    /// In capital letters, without `CAP_`.
    pub name: String,
    /// Where.
    pub span: Span,
}

impl Capability {
    fn read(node: &Node) -> Option<Self> {
        let upper = node.as_str()?.trim().to_ascii_uppercase();
        let name = upper.strip_prefix("CAP_").unwrap_or(&upper).to_owned();
        Some(Self { name, span: node.span })
    }
}

/// What container runtimes give every container that asks for nothing.
pub static DEFAULT_CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "NET_RAW",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

/// A profile of seccomp or AppArmor, and where it is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedProfile {
    /// Which.
    pub profile: Profile,
    /// The words that choose it; `None` where nothing does.
    pub span: Option<Span>,
}

/// Which profile of seccomp or AppArmor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Nothing is said, so the cluster decides.
    Unset,
    /// The runtime's own.
    RuntimeDefault,
    /// A file on the node.
    Localhost,
    /// None at all.
    Unconfined,
    /// A word that Kubernetes does not know.
    Unknown(String),
}

fn profile_field(context: Option<&Entry>, key: &str) -> Option<DecidedProfile> {
    let entry = context?.value.get_entry(key).filter(|it| !it.value.is_null())?;
    // A bare word is not what the API takes, yet it says what was meant.
    let word = if entry.value.is_scalar() { Some(entry) } else { entry.value.get_entry("type") };
    let Some(text) = word.and_then(|it| it.value.as_str()) else {
        return Some(DecidedProfile { profile: Profile::Unset, span: Some(entry.key.span) });
    };
    let profile = match text {
        "RuntimeDefault" => Profile::RuntimeDefault,
        "Localhost" => Profile::Localhost,
        it if it.eq_ignore_ascii_case("unconfined") => Profile::Unconfined,
        it => Profile::Unknown(it.to_owned()),
    };
    Some(DecidedProfile { profile, span: word.map(Entry::span) })
}

fn profile_annotation(entry: &Entry) -> DecidedProfile {
    let profile = match entry.value.as_str().unwrap_or_default() {
        "" => Profile::Unset,
        "runtime/default" | "docker/default" => Profile::RuntimeDefault,
        "unconfined" => Profile::Unconfined,
        it if it.starts_with("localhost/") => Profile::Localhost,
        it => Profile::Unknown(it.to_owned()),
    };
    DecidedProfile { profile, span: Some(entry.span()) }
}

const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io";
const APP_ARMOR_CONTAINER: &str = "container.apparmor.security.beta.kubernetes.io";
