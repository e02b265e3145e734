//! A rotation of all keys: the next key of every algorithm, or why there is none.

use super::keeper::{Keeper, KeeperError, Plan};
use super::rotation::RotationError;
use crate::protocol::algorithm::KeyAlgorithm;
use crate::store::StoredKey;

/// What a rotation came to.
#[derive(Debug, Default)]
pub struct Rotated {
    /// The keys that were made.
    pub made: Vec<StoredKey>,
    /// The algorithms that stay with the keys they have, each with the reason.
    pub refused: Vec<(KeyAlgorithm, RotationError)>,
}

/// Makes the next key of each of these algorithms; where one is waiting already, none is made.
pub async fn rotate_all(
    keeper: &Keeper,
    algorithms: impl IntoIterator<Item = KeyAlgorithm>,
    plan: &Plan,
) -> Result<Rotated, KeeperError> {
    let mut rotated = Rotated::default();
    for algorithm in algorithms {
        match keeper.rotate(algorithm, plan.clone()).await {
            Ok(key) => rotated.made.push(key),
            Err(KeeperError::Refused(error)) => rotated.refused.push((algorithm, error)),
            Err(error) => return Err(error),
        }
    }
    Ok(rotated)
}
