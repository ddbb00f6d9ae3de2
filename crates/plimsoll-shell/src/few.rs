//! A row that usually holds one thing, and then needs no memory of its own.

use std::{
    fmt, mem,
    ops::{Deref, DerefMut},
    slice,
};

/// A growing row of `T`; reads as a slice.
#[derive(Clone)]
pub struct Few<T>(Row<T>);

#[derive(Clone)]
enum Row<T> {
    One([T; 1]),
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// An empty row.
    pub const fn new() -> Self {
        Self(Row::Many(Vec::new()))
    }

    /// A row of one.
    pub const fn one(it: T) -> Self {
        Self(Row::One([it]))
    }

    /// All of it.
    pub fn as_slice(&self) -> &[T] {
        match &self.0 {
            Row::One(one) => one,
            Row::Many(many) => many,
        }
    }

    pub(crate) fn push(&mut self, it: T) {
        match &mut self.0 {
            Row::Many(many) if many.capacity() > 0 => many.push(it),
            Row::Many(_) => self.0 = Row::One([it]),
            Row::One(_) => {
                let row = mem::replace(&mut self.0, Row::Many(Vec::with_capacity(4)));
                if let (Row::One([first]), Row::Many(many)) = (row, &mut self.0) {
                    many.extend([first, it]);
                }
            }
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(many: Vec<T>) -> Self {
        Self(Row::Many(many))
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T> DerefMut for Few<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Row::One(one) => one,
            Row::Many(many) => many,
        }
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> slice::Iter<'a, T> {
        self.as_slice().iter()
    }
}

impl<T: fmt::Debug> fmt::Debug for Few<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self).finish()
    }
}
