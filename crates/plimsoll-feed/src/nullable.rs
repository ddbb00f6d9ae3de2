//! Fields that feeds write as `null` where they have nothing to say.

use serde::{Deserialize, Deserializer};

/// The value, or its default for `null`.
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
