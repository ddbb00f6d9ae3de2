//! The outputs, seen from outside: what a user relies on in each of them. Knows no inner function.

#[cfg(test)]
mod sample;
#[cfg(test)]
mod human;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod checklist;
#[cfg(test)]
mod import;
#[cfg(test)]
mod image_sample;
#[cfg(test)]
mod image;
#[cfg(test)]
mod bills;
