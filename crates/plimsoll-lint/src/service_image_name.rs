//! What a service's image is called, for rules that know some images. Knows no rule.

use plimsoll_dockerfile::ImageReference;
use plimsoll_posture::Service;

/// The familiar name of the image that the service runs, or, where it is built here, of the image
/// that it is built on: `postgres`, `grafana/grafana`. `None` where it is not known.
pub(crate) fn image_name(service: &Service) -> Option<String> {
    if service.build.is_some() {
        let image = service.built_image.as_ref()?;
        return image.base.as_ref().map(|it| it.value.familiar_name());
    }
    let reference = ImageReference::parse(&service.image.as_ref()?.value)?;
    (!reference.has_variable()).then(|| reference.familiar_name())
}

/// Whether the service runs one of the well-known databases.
pub(crate) fn is_database(service: &Service) -> bool {
    image_name(service).is_some_and(|it| DATABASES.contains(&it.as_str()))
}

static DATABASES: &[&str] = &[
    "arangodb",
    "bitnami/mariadb",
    "bitnami/mongodb",
    "bitnami/mysql",
    "bitnami/postgresql",
    "bitnami/redis",
    "cassandra",
    "clickhouse/clickhouse-server",
    "cockroachdb/cockroach",
    "couchbase",
    "couchdb",
    "elasticsearch",
    "influxdb",
    "mariadb",
    "memcached",
    "mongo",
    "mysql",
    "neo4j",
    "percona",
    "pgvector/pgvector",
    "postgis/postgis",
    "postgres",
    "redis",
    "timescale/timescaledb",
    "valkey/valkey",
];
