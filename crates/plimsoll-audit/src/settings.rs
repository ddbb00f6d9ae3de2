//! What a team says of its hosts, and no host can tell.

/// What is meant to be as it is. The default says nothing: then a check asks where it cannot tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostSettings {
    /// The accounts that may command the engine, by their exact names.
    pub trusted_users: Option<Vec<String>>,
    /// Registries, or repositories in them, that images may come from; empty allows all.
    pub allowed_registries: Vec<String>,
    /// Whether the host is meant to be part of a swarm.
    pub swarm: Option<bool>,
    /// How many days a container may stand still, or an image lie unused, before it is forgotten.
    pub keep_days: Option<u64>,
    /// How many days a secret of a swarm may grow old.
    pub secret_days: Option<u64>,
}

impl HostSettings {
    /// The days after which something is forgotten: what the team says, or 30.
    pub(crate) fn keep_seconds(&self) -> u64 {
        self.keep_days.unwrap_or(30).saturating_mul(86_400)
    }
}
