//! A value of a compose file with the place that set it.

use std::fmt;

use plimsoll_text::Location;

use crate::compose::{
    item::{Field, Item},
    short::{parse_bytes, parse_duration},
};

/// A value and the place that set it.
#[derive(Clone, PartialEq)]
pub struct Located<T> {
    /// The value, variables filled in.
    pub value: T,
    /// Where the value stands; the text there is what is written.
    pub location: Location,
    /// Where its key stands; the value itself for items of lists.
    pub key: Location,
    /// Whether a variable was filled in.
    pub interpolated: bool,
}

impl<T> Located<T> {
    /// The text as written, before variables are filled in.
    pub fn written(&self) -> &str {
        self.location.text()
    }

    /// The same place with another value.
    pub fn with<U>(&self, value: U) -> Located<U> {
        Located {
            value,
            location: self.location.clone(),
            key: self.key.clone(),
            interpolated: self.interpolated,
        }
    }

    fn of_field(field: &Field, value: T) -> Self {
        Self { key: field.key_location.clone(), ..Self::of_item(&field.value, value) }
    }

    pub(crate) fn of_item(item: &Item, value: T) -> Self {
        Self {
            value,
            location: item.location.clone(),
            key: item.location.clone(),
            interpolated: item.interpolated,
        }
    }
}

impl<T> fmt::Debug for Located<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The value may be a secret; the place says enough.
        f.debug_tuple("Located").field(&self.location).finish()
    }
}

/// A name with a value, of `environment`, `args`, `labels` and their like.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// The name, and where it stands.
    pub name: Located<String>,
    /// The value; `None` where only the name is given and the environment does not know it.
    pub value: Option<Located<String>>,
    /// Where the value comes from.
    pub origin: VariableOrigin,
}

/// Where the value of a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VariableOrigin {
    /// It is written in the compose file.
    Compose,
    /// It is written in a file that `env_file` or `label_file` names.
    File,
    /// Only its name is written; the value is the environment's.
    Environment,
}

/// Reading typed values out of a mapping in its long form.
impl Item {
    pub(crate) fn located<T>(
        &self,
        key: &str,
        read: impl Fn(&Item) -> Option<T>,
    ) -> Option<Located<T>> {
        let field = self.field(key)?;
        Some(Located::of_field(field, read(&field.value)?))
    }

    pub(crate) fn text(&self, key: &str) -> Option<Located<String>> {
        self.located(key, Item::scalar_text)
    }

    pub(crate) fn truth(&self, key: &str) -> Option<Located<bool>> {
        self.located(key, Item::as_bool)
    }

    pub(crate) fn int(&self, key: &str) -> Option<Located<i64>> {
        self.located(key, Item::as_int)
    }

    pub(crate) fn float(&self, key: &str) -> Option<Located<f64>> {
        self.located(key, Item::as_float)
    }

    pub(crate) fn bytes(&self, key: &str) -> Option<Located<i64>> {
        self.located(key, |it| it.as_int().or_else(|| parse_bytes(&it.scalar_text()?)))
    }

    pub(crate) fn duration(&self, key: &str) -> Option<Located<i64>> {
        self.located(key, |it| parse_duration(&it.scalar_text()?))
    }

    /// The texts of a list.
    pub(crate) fn texts(&self, key: &str) -> Vec<Located<String>> {
        let Some(field) = self.field(key) else { return Vec::new() };
        let text = |it: &Item| Some(Located::of_item(it, it.scalar_text()?));
        field.value.items().iter().filter_map(text).collect()
    }

    /// The entries of a mapping of names to texts.
    pub(crate) fn variables(&self, key: &str) -> Vec<Variable> {
        let Some(field) = self.field(key) else { return Vec::new() };
        field.value.fields().iter().map(variable).collect()
    }
}

fn variable(field: &Field) -> Variable {
    let key = Located {
        value: field.key.clone(),
        location: field.key_location.clone(),
        key: field.key_location.clone(),
        interpolated: false,
    };
    let value = field.value.scalar_text().map(|it| Located::of_field(field, it));
    Variable { name: key, value, origin: VariableOrigin::Compose }
}
