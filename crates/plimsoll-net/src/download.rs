//! One file of a feed: fetched only when it has changed, taken up again when it broke off.

use std::io::{self, Read, Write};

use crate::{
    error::Error,
    http::{Http, Method, Request, header, refused},
};

/// What tells one state of a file from another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validator {
    /// Its `ETag`.
    pub entity_tag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

/// What a download came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Download {
    /// It is what it was.
    NotModified,
    /// It was fetched.
    Fetched {
        /// The state that was fetched.
        validator: Validator,
        /// Its length.
        n_bytes: u64,
    },
}

impl Http {
    /// Writes the file at `url` to `out`, unless it is still as `known` says. A connection that
    /// drops is taken up where it broke off, as long as the file is the same. Fails past `limit`
    /// bytes. `progress` is told how many bytes have come, and of how many if that is known.
    pub fn download(
        &self,
        url: &str,
        known: &Validator,
        limit: u64,
        out: &mut dyn Write,
        progress: &mut dyn FnMut(u64, Option<u64>),
    ) -> Result<Download, Error> {
        let mut headers = Vec::new();
        if let Some(tag) = &known.entity_tag {
            headers.push(("If-None-Match", tag.clone()));
        }
        if let Some(time) = &known.last_modified {
            headers.push(("If-Modified-Since", time.clone()));
        }
        let answer =
            self.send(Request { method: Method::Get, url, headers: &headers, form: &[] })?;
        if answer.status().as_u16() == 304 {
            return Ok(Download::NotModified);
        }
        if !answer.status().is_success() {
            return Err(refused(url, answer));
        }
        let text = |name: &str| header(&answer, name).map(str::to_owned);
        let validator =
            Validator { entity_tag: text("etag"), last_modified: text("last-modified") };
        let size: Option<u64> = text("content-length").and_then(|it| it.parse().ok());
        let too_large = || Error::TooLarge { url: url.to_owned(), limit };
        if size.is_some_and(|it| it > limit) {
            return Err(too_large());
        }
        let mut body: Box<dyn Read> =
            Box::new(answer.into_body().into_with_config().limit(u64::MAX).reader());
        let mut n_bytes = 0;
        let mut n_resumed = 0;
        let mut buffer = vec![0; 64 << 10];
        loop {
            let problem = match body.read(&mut buffer) {
                Ok(0) if size.is_none_or(|it| n_bytes >= it) => break,
                Ok(0) => io::ErrorKind::UnexpectedEof.into(),
                Ok(n) => {
                    n_bytes += n as u64;
                    if n_bytes > limit {
                        return Err(too_large());
                    }
                    let bytes = buffer.get(..n).unwrap_or_default();
                    out.write_all(bytes).map_err(|it| Error::Unreachable {
                        url: url.to_owned(),
                        why: format!("it cannot be kept: {it}"),
                    })?;
                    progress(n_bytes, size);
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            n_resumed += 1;
            let broken = |why: String| Error::Unreachable { url: url.to_owned(), why };
            if n_resumed > self.options().retries {
                return Err(broken(format!("it broke off at byte {n_bytes}: {problem}")));
            }
            body = self.rest(url, n_bytes, &validator)?.ok_or_else(|| {
                broken("it broke off, and was changed before it could be taken up again".to_owned())
            })?;
        }
        Ok(Download::Fetched { validator, n_bytes })
    }

    /// The file from byte `from` on, if it is still the same; `None` if it is not.
    fn rest(
        &self,
        url: &str,
        from: u64,
        validator: &Validator,
    ) -> Result<Option<Box<dyn Read>>, Error> {
        let Some(state) = validator.entity_tag.as_ref().or(validator.last_modified.as_ref()) else {
            return Ok(None);
        };
        let headers = [("Range", format!("bytes={from}-")), ("If-Range", state.clone())];
        let answer =
            self.send(Request { method: Method::Get, url, headers: &headers, form: &[] })?;
        if answer.status().as_u16() != 206 {
            return Ok(None);
        }
        Ok(Some(Box::new(answer.into_body().into_with_config().limit(u64::MAX).reader())))
    }
}
