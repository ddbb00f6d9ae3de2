//! The right to open sockets.

/// Proof that the user lets this run use the network. Everything that opens a socket asks for one,
/// so a run that makes none opens none.
#[derive(Clone, Copy, Debug)]
pub struct NetworkPermission(());

impl NetworkPermission {
    /// Gives the permission, unless the user asked to stay offline.
    pub fn unless_offline(is_offline: bool) -> Option<Self> {
        (!is_offline).then_some(Self(()))
    }
}
