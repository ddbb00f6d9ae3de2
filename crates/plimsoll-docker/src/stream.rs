//! A connection to an engine, whatever it runs over.

use std::{
    fs,
    io::{self, Read, Write},
    net::{TcpStream, ToSocketAddrs as _},
    os::{fd::OwnedFd, unix::net::UnixStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _},
};

use crate::{
    endpoint::{Endpoint, TlsFiles},
    error::Error,
};

/// Bytes in, bytes out.
pub(crate) trait Stream: Read + Write + Send {}

impl<T: Read + Write + Send> Stream for T {}

/// Connects, with `timeout` for the connection and for each reading and writing after it.
pub(crate) fn connect(endpoint: &Endpoint, timeout: Duration) -> Result<Box<dyn Stream>, Error> {
    match endpoint {
        Endpoint::Unix(path) => unix(endpoint, path, timeout),
        Endpoint::Tcp { host, port, tls } => {
            let stream = tcp(endpoint, host, *port, timeout)?;
            match tls {
                Some(files) => secure(endpoint, host, files, stream),
                None => Ok(Box::new(stream)),
            }
        }
        Endpoint::Ssh { destination, port } => ssh(endpoint, destination, *port, timeout),
    }
}

fn unix(endpoint: &Endpoint, path: &Path, timeout: Duration) -> Result<Box<dyn Stream>, Error> {
    let stream = UnixStream::connect(path).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => Error::Permission { path: path.to_owned() },
        _ => unreachable(endpoint, &error),
    })?;
    let limits = stream
        .set_read_timeout(Some(timeout))
        .and_then(|()| stream.set_write_timeout(Some(timeout)));
    limits.map_err(|it| unreachable(endpoint, &it))?;
    Ok(Box::new(stream))
}

fn tcp(endpoint: &Endpoint, host: &str, port: u16, timeout: Duration) -> Result<TcpStream, Error> {
    let addresses = (host, port).to_socket_addrs().map_err(|it| unreachable(endpoint, &it))?;
    let mut last = io::Error::other("the name has no address");
    for address in addresses.take(MAX_ADDRESSES) {
        let stream = TcpStream::connect_timeout(&address, timeout).and_then(|stream| {
            stream.set_read_timeout(Some(timeout))?;
            stream.set_write_timeout(Some(timeout))?;
            Ok(stream)
        });
        match stream {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(unreachable(endpoint, &last))
}

fn secure(
    endpoint: &Endpoint,
    host: &str,
    files: &TlsFiles,
    stream: TcpStream,
) -> Result<Box<dyn Stream>, Error> {
    let wrong = |why: String| Error::Tls { endpoint: endpoint.to_string(), why };
    let configuration = client_configuration(files).map_err(wrong)?;
    let name = ServerName::try_from(host.to_owned()).map_err(|it| wrong(it.to_string()))?;
    let connection =
        ClientConnection::new(Arc::new(configuration), name).map_err(|it| wrong(it.to_string()))?;
    let mut res = StreamOwned::new(connection, stream);
    // The handshake is made now, so that its failure is told as what it is.
    while res.conn.is_handshaking() {
        res.conn.complete_io(&mut res.sock).map_err(|it| wrong(it.to_string()))?;
    }
    Ok(Box::new(res))
}

fn client_configuration(files: &TlsFiles) -> Result<ClientConfig, String> {
    let at = |name: &str| files.folder.join(name);
    let certificates = |name: &str| -> Result<Vec<CertificateDer<'static>>, String> {
        let path = at(name);
        let wrong = |it: &dyn std::fmt::Display| format!("{}: {it}", path.display());
        let text = read(&path).map_err(|it| wrong(&it))?;
        CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>().map_err(|it| wrong(&it))
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates("ca.pem")? {
        roots.add(certificate).map_err(|it| format!("ca.pem: {it}"))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|it| it.to_string())?
        .with_root_certificates(roots);
    if !at("cert.pem").exists() {
        return Ok(builder.with_no_client_auth());
    }
    let key = read(&at("key.pem")).map_err(|it| format!("key.pem: {it}"))?;
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|it| format!("key.pem: {it}"))?;
    builder
        .with_client_auth_cert(certificates("cert.pem")?, key)
        .map_err(|it| format!("cert.pem: {it}"))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut res = Vec::new();
    fs::File::open(path)?.take(MAX_CERTIFICATES).read_to_end(&mut res)?;
    Ok(res)
}

/// The far end's Docker CLI hands its engine through, as the Docker CLI does it itself.
fn ssh(
    endpoint: &Endpoint,
    destination: &str,
    port: Option<u16>,
    timeout: Duration,
) -> Result<Box<dyn Stream>, Error> {
    let run = || -> io::Result<SshStream> {
        // A pair of sockets instead of pipes, because reading from a pipe knows no timeout.
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_read_timeout(Some(timeout))?;
        ours.set_write_timeout(Some(timeout))?;
        let input = OwnedFd::from(theirs.try_clone()?);
        let mut command = Command::new("ssh");
        command.args(["-o", "BatchMode=yes", "-T"]);
        if let Some(port) = port {
            command.args(["-p", &port.to_string()]);
        }
        command.args(["--", destination, "docker", "system", "dial-stdio"]);
        command.stdin(Stdio::from(input)).stdout(Stdio::from(OwnedFd::from(theirs)));
        Ok(SshStream { socket: ours, child: command.stderr(Stdio::null()).spawn()? })
    };
    match run() {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(unreachable(endpoint, &error)),
    }
}

/// A connection through a process, which ends with it.
struct SshStream {
    socket: UnixStream,
    child: Child,
}

impl Read for SshStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.read(buffer)
    }
}

impl Write for SshStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

impl Drop for SshStream {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unreachable(endpoint: &Endpoint, error: &io::Error) -> Error {
    Error::Unreachable { endpoint: endpoint.to_string(), why: error.to_string() }
}

/// A name with more addresses than this is not tried further.
const MAX_ADDRESSES: usize = 8;

/// Certificate files are smaller than this.
const MAX_CERTIFICATES: u64 = 1 << 20;
