//! What is known of a database, as data to be shown.

use plimsoll_report::database::{DatabaseStatus, PartitionStatus, SourceStatus};
use plimsoll_vuln::{Day, FORMAT_VERSION};

use crate::database::{Database, DatabaseError, DatabaseOrigin};

/// What is known of a database on the day `today`.
pub fn database_status(
    database: &Database,
    today: Day,
    max_age_days: u32,
) -> Result<DatabaseStatus, DatabaseError> {
    let store = database.store()?;
    let freshness = database.freshness();
    let age_of = |day: Day| u32::try_from(i64::from(today.0) - i64::from(day.0)).unwrap_or(0);
    let sources =
        database.sources().iter().zip(&freshness.sources).map(|(source, age)| SourceStatus {
            name: source.name.clone(),
            as_of: age.as_of.map(|it| it.to_string()),
            age_days: age.as_of.map(age_of),
            records: source.records,
            licence: source.licence.clone(),
            attribution: source.attribution.clone(),
            url: source.url.clone(),
            is_main: age.is_main,
        });
    let partitions = store.partitions().map(|it| PartitionStatus {
        ecosystem: it.ecosystem.name().to_owned(),
        release: it.release.to_owned(),
        rows: it.rows,
    });
    let wrong = |why| DatabaseError::Store { name: database.origin().to_string(), why };
    Ok(DatabaseStatus {
        path: match database.origin() {
            DatabaseOrigin::File(path) => Some(path.display().to_string()),
            DatabaseOrigin::Embedded { .. } => None,
        },
        older: match database.origin() {
            DatabaseOrigin::Embedded { older: Some(path) } => Some(path.display().to_string()),
            _ => None,
        },
        format: FORMAT_VERSION,
        size: database.size(),
        built: (database.built_at() > 0)
            .then(|| Day::from_seconds(database.built_at()).to_string()),
        as_of: freshness.as_of.map(|it| it.to_string()),
        age_days: freshness.age_days(today),
        max_age_days,
        is_stale: freshness.staleness(today, max_age_days).is_some(),
        vulnerabilities: store.n_vulnerabilities().map_err(wrong)?,
        epss: store.epss_as_of().map_err(wrong)?.map(|it| it.to_string()),
        known_exploited: store.known_exploited_as_of().map_err(wrong)?.map(|it| it.to_string()),
        sources: sources.collect(),
        partitions: partitions.collect(),
    })
}
