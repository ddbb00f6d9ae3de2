//! What a registry asks for before it lets someone in (RFC 9110 section 11, and the token
//! authentication of the distribution specification).

use std::collections::BTreeMap;

/// A demand for credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// User and password with each request.
    Basic,
    /// A token from another place.
    Bearer {
        /// Where tokens are given out.
        realm: String,
        /// For whom it is.
        service: String,
        /// For what it is; empty where it is not said.
        scope: String,
    },
}

impl Challenge {
    /// Reads a `WWW-Authenticate` header; of several demands the bearer's is taken.
    pub(crate) fn parse(header: &str) -> Option<Self> {
        let lower = header.to_ascii_lowercase();
        if let Some(at) = lower.find("bearer ") {
            let mut fields = parameters(header.get(at + "bearer ".len()..)?);
            return Some(Self::Bearer {
                realm: fields.remove("realm")?,
                service: fields.remove("service").unwrap_or_default(),
                scope: fields.remove("scope").unwrap_or_default(),
            });
        }
        lower.contains("basic").then_some(Self::Basic)
    }
}

/// `name="value"` pairs; a value may hold commas.
fn parameters(text: &str) -> BTreeMap<String, String> {
    let mut res = BTreeMap::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',']).to_ascii_lowercase();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        res.entry(name).or_insert_with(|| value.trim().to_owned());
        rest = left;
        if res.len() > 16 {
            break;
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use super::Challenge;

    #[test]
    fn demands_are_read() {
        let text = r#"Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull,push""#;
        let bearer = Challenge::Bearer {
            realm: "https://auth.example/token".to_owned(),
            service: "r.example".to_owned(),
            scope: "repository:a/b:pull,push".to_owned(),
        };
        assert_eq!(Challenge::parse(text), Some(bearer));
        assert_eq!(Challenge::parse("Basic realm=\"x\""), Some(Challenge::Basic));
        assert_eq!(Challenge::parse("Bearer service=x"), None);
        assert_eq!(Challenge::parse("Negotiate"), None);
    }
}
