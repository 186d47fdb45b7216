//! What can go wrong with sealed data.

/// A seal could not be made or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The data were changed, belong to another owner or purpose, or were sealed with another key.
    #[error(
        "sealed data can't be opened: they were altered, or the key is not the one that sealed them"
    )]
    Unopenable,
    /// The envelope is cut short or of a version that this program does not know.
    #[error(
        "sealed data are in no known format (first byte {version:?}); a newer version of the server may have written them"
    )]
    Format {
        /// The envelope's first byte, if there is one.
        version: Option<u8>,
    },
    /// A data key is wrapped with a master key that is not in the ring.
    #[error(
        "data are sealed with master key {id}, which is not among the configured keys; add it as a previous key"
    )]
    UnknownMasterKey {
        /// Id of the missing key, in hex.
        id: String,
    },
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random numbers")]
    NoEntropy,
}
