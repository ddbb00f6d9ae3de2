//! Assessments that were made before, read from the documents that `comply --format json` wrote.

use std::{collections::BTreeMap, error, fmt};

use serde::Deserialize;

/// How a standard stood at an earlier time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// When it was assessed, as RFC 3339; empty where the document does not say.
    pub started: String,
    /// How each control stood, by its number, in the words of the document.
    pub statuses: BTreeMap<String, String>,
}

/// Why an earlier assessment cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EarlierError {
    /// It is no document of `comply`.
    Malformed(String),
    /// It is about another standard.
    OtherFramework(String),
}

impl fmt::Display for EarlierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(why) => write!(
                f,
                "no answer of `plimsoll comply --format json`: {why}; name a file that it wrote"
            ),
            Self::OtherFramework(found) => write!(
                f,
                "an assessment by {found}: what was assessed by one standard cannot be compared \
                 with another"
            ),
        }
    }
}

impl error::Error for EarlierError {}

/// Reads what `comply --format json` wrote for the standard called `framework`.
pub fn read_earlier(text: &str, framework: &str) -> Result<Earlier, EarlierError> {
    #[derive(Deserialize)]
    struct Document {
        framework: String,
        #[serde(default)]
        run: Run,
        controls: Vec<Control>,
    }
    #[derive(Default, Deserialize)]
    struct Run {
        started: Option<String>,
    }
    #[derive(Deserialize)]
    struct Control {
        id: String,
        status: String,
    }
    let document: Document =
        serde_json::from_str(text).map_err(|it| EarlierError::Malformed(it.to_string()))?;
    if document.framework != framework {
        return Err(EarlierError::OtherFramework(document.framework));
    }
    let statuses = document.controls.into_iter().map(|it| (it.id, it.status));
    Ok(Earlier { started: document.run.started.unwrap_or_default(), statuses: statuses.collect() })
}

#[cfg(test)]
mod tests {
    use super::{EarlierError, read_earlier};

    #[test]
    fn an_earlier_assessment_must_be_by_the_same_standard() {
        let text = r#"{"framework": "soc2", "run": {"started": "2026-01-02T00:00:00Z"},
            "controls": [{"id": "CC6.1", "status": "satisfied", "new": 1}]}"#;
        let earlier = read_earlier(text, "soc2").unwrap();
        assert_eq!(earlier.statuses["CC6.1"], "satisfied");
        let other = read_earlier(text, "iso-27001").unwrap_err();
        assert_eq!(other, EarlierError::OtherFramework("soc2".to_owned()));
        assert!(matches!(read_earlier("[]", "soc2"), Err(EarlierError::Malformed(_))));
    }
}
