//! One blob of a registry, read as it comes.

use std::{
    io::{self, Read},
    thread,
};

use plimsoll_oci::{Digest, Verifier};

use crate::{
    error::Error,
    http::{Method, header, refused},
    registry::Registry,
};

/// The bytes of a blob. Reading gives an error in place of the end if they are not what the digest
/// says.
pub struct Blob {
    registry: Registry,
    digest: Digest,
    url: String,
    size: Option<u64>,
    n_read: u64,
    body: Option<Box<dyn Read + Send>>,
    verifier: Option<Verifier>,
    n_resumed: u32,
    /// Why it is not what it should be; said again to whoever reads on.
    problem: Option<String>,
}

impl std::fmt::Debug for Blob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blob")
            .field("url", &self.url)
            .field("n_read", &self.n_read)
            .finish_non_exhaustive()
    }
}

impl Blob {
    pub(crate) fn open(
        registry: Registry,
        digest: Digest,
        size: Option<u64>,
    ) -> Result<Self, Error> {
        let url = registry.blob_url(&digest);
        let verifier = Some(Verifier::new(digest.algorithm()));
        let mut res = Self {
            registry,
            digest,
            url,
            size,
            n_read: 0,
            body: None,
            verifier,
            n_resumed: 0,
            problem: None,
        };
        res.body = Some(res.connect()?);
        Ok(res)
    }

    /// The rest of the blob from where reading stands.
    fn connect(&mut self) -> Result<Box<dyn Read + Send>, Error> {
        let headers = match self.n_read {
            0 => Vec::new(),
            from => vec![("Range", format!("bytes={from}-"))],
        };
        let answer = self.registry.ask(Method::Get, &self.url, &headers)?;
        let status = answer.status().as_u16();
        if !answer.status().is_success() {
            return Err(refused(&self.url, answer));
        }
        let from = match status {
            206 => range_start(header(&answer, "content-range")).unwrap_or(self.n_read),
            _ => 0,
        };
        if from > self.n_read {
            let why = "it goes on behind the place that was asked for".to_owned();
            return Err(Error::Protocol { url: self.url.clone(), why });
        }
        let mut body: Box<dyn Read + Send> =
            Box::new(answer.into_body().into_with_config().limit(u64::MAX).reader());
        // A server that knows no ranges begins again; what is known already is read past.
        io::copy(&mut body.by_ref().take(self.n_read - from), &mut io::sink())
            .map_err(|it| Error::Unreachable { url: self.url.clone(), why: it.to_string() })?;
        Ok(body)
    }

    /// Takes the connection up again after `why` ended it too early.
    fn resume(&mut self, why: &io::Error) -> io::Result<()> {
        let options = self.registry.http().options();
        if self.n_resumed >= options.retries {
            let problem = format!("{} broke off at byte {}: {why}", self.url, self.n_read);
            return Err(io::Error::new(why.kind(), problem));
        }
        thread::sleep((options.pause * 2_u32.pow(self.n_resumed.min(8))).min(options.max_pause));
        self.n_resumed += 1;
        let body = self.connect().map_err(io::Error::other)?;
        self.body = Some(body);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<usize> {
        self.body = None;
        if let Some(problem) = &self.problem {
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem.clone()));
        }
        let Some(verifier) = self.verifier.take() else { return Ok(0) };
        let found = verifier.finish();
        if found == self.digest {
            return Ok(0);
        }
        let (url, expected) = (self.url.clone(), self.digest.to_string());
        let error = Error::Digest { url, expected, found: found.to_string() };
        self.problem = Some(error.to_string());
        Err(io::Error::new(io::ErrorKind::InvalidData, error))
    }
}

impl Read for Blob {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(body) = &mut self.body else {
                // Whoever reads on after the end, or after an error, gets the same again.
                return self.finish();
            };
            let result = body.read(buffer);
            let cut = |n_read: u64, size: Option<u64>| size.is_some_and(|it| n_read < it);
            match result {
                Ok(0) if cut(self.n_read, self.size) => {
                    self.resume(&io::ErrorKind::UnexpectedEof.into())?;
                }
                Ok(0) => return self.finish(),
                Ok(n) => {
                    self.n_read += n as u64;
                    if self.size.is_some_and(|it| self.n_read > it) {
                        self.body = None;
                        let why = format!("{} sends more than it said", self.url);
                        self.problem = Some(why.clone());
                        return Err(io::Error::new(io::ErrorKind::InvalidData, why));
                    }
                    if let Some(verifier) = &mut self.verifier {
                        verifier.update(buffer.get(..n).unwrap_or_default());
                    }
                    return Ok(n);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.resume(&error)?,
            }
        }
    }
}

/// `bytes 100-199/200` starts at 100.
fn range_start(header: Option<&str>) -> Option<u64> {
    header?.trim().strip_prefix("bytes")?.trim().split('-').next()?.parse().ok()
}
