//! Tests of the checks over hosts.

mod examples;
mod notation;
mod whole;
