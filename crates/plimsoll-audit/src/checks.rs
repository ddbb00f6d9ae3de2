//! Every check, one family a file.

mod host_base;
mod versions;
mod unread_settings;
mod files;
mod audit_rules;
mod docker_group;
mod engine;
mod ops;
mod sources;
mod processes;
mod swarm;
mod network;

use crate::check::Check;

/// The checks by family, in the order of a report.
pub(crate) static CHECKS: &[&[Check]] = &[
    host_base::CHECKS,
    versions::CHECKS,
    unread_settings::CHECKS,
    docker_group::CHECKS,
    audit_rules::CHECKS,
    files::CHECKS,
    engine::CHECKS,
    processes::CHECKS,
    network::CHECKS,
    ops::CHECKS,
    sources::CHECKS,
    swarm::CHECKS,
];
