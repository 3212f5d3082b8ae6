//! Transparency logs in the formats of the C2SP community (c2sp.org): signed notes, checkpoints, cosignatures,
//! tiles and proofs over the Merkle tree of RFC 6962.
//!
//! Pure functions over bytes: nothing here reads a file, a database or a clock.

mod bundle;
mod checkpoint;
mod contradiction;
mod frontier;
mod merkle;
mod note;
mod proof;
mod tile;

pub use bundle::{bundle, unbundle};
pub use checkpoint::{Checkpoint, cosign, verify_cosignature};
pub use contradiction::Contradiction;
pub use frontier::Frontier;
pub use merkle::{
    Hash, Leaves, Nodes, consistency_proof, inclusion_proof, leaf_hash, node_hash, root, verify_consistency,
    verify_inclusion,
};
pub use note::{Note, Signature, Signer, Verifier};
pub use proof::LogProof;
pub use tile::{TILE_WIDTH, Tile, tile_root};

/// Why bytes are not what they claim to be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The text does not have the form its format demands.
    #[error("malformed {0}: {1}")]
    Malformed(&'static str, &'static str),
    /// No signature by the wanted key is there.
    #[error("not signed by {0}")]
    Unsigned(String),
    /// A signature by the wanted key is there and does not fit the text.
    #[error("the signature of {0} does not fit the text")]
    BadSignature(String),
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    BadProof,
}
