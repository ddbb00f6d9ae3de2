//! A value, and what decided it.

use plimsoll_text::Location;

/// A value, and what decided it.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// What decided it.
    pub decided_by: DecidedBy,
}

/// What decided a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecidedBy {
    /// A piece of a file: the value itself, or for a value that is there by being absent the key it
    /// would belong to.
    Place(Location),
    /// The default of the engine or of the image; the words say whose.
    Default(&'static str),
}

impl<T> Setting<T> {
    /// A value that stands at `location`.
    pub fn at(location: Location, value: T) -> Self {
        Self { value, decided_by: DecidedBy::Place(location) }
    }

    /// A value that nobody wrote; `whose` says whose default it is.
    pub fn default_of(whose: &'static str, value: T) -> Self {
        Self { value, decided_by: DecidedBy::Default(whose) }
    }

    /// Where it stands; `None` for a default.
    pub fn location(&self) -> Option<&Location> {
        match &self.decided_by {
            DecidedBy::Place(location) => Some(location),
            DecidedBy::Default(_) => None,
        }
    }

    /// The same place with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: change(self.value), decided_by: self.decided_by }
    }
}
