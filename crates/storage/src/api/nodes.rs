//! How the nodes of one database hear of each other.

use shiming_verification::ids::CaseId;
use tokio::sync::broadcast;

/// What another node has told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It has committed a change of this case.
    Changed(CaseId),
    /// A passing remark, as it was given to [`NodeLink::tell`].
    Note(String),
    /// The line was down for a while: anything may have changed.
    Missed,
}

/// The line between nodes. What it carries is quick and may be lost; whoever relies on it reads again now and then.
pub trait NodeLink: Send + Sync {
    /// What other nodes tell from now on. An embedded database has no other nodes and stays silent.
    fn hear(&self) -> broadcast::Receiver<Heard>;

    /// Tells the other nodes something that is worth nothing tomorrow; at most 200 bytes, no line break.
    fn tell(&self, note: &str);
}
