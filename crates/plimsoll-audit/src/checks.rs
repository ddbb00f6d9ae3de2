//! Every check, one family a file.

mod files;
mod audit_rules;
mod docker_group;
mod engine;
mod ops;
mod processes;
mod swarm;
mod network;

use crate::check::Check;

/// The checks by family, in the order of a report.
pub(crate) static CHECKS: &[&[Check]] = &[
    docker_group::CHECKS,
    audit_rules::CHECKS,
    files::CHECKS,
    engine::CHECKS,
    processes::CHECKS,
    network::CHECKS,
    ops::CHECKS,
    swarm::CHECKS,
];
