"""Which host names and origins this server answers to: an explicit list, never `*`.

Where VOLTSAFE_URL is given it is the one address; without it, every name under which this machine listens.
"""

import contextlib
import socket
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DEFAULT_PORTS = {"http": 80, "https": 443}
EVERYWHERE = {"0.0.0.0", "::", "[::]"}  # noqa: S104


def _names_of_this_machine() -> list[str]:
    """Its host name, its .local name, and its addresses, for a server that listens everywhere."""
    host = socket.gethostname()
    names = [host, f"{host.split('.')[0]}.local"]
    with contextlib.suppress(OSError):
        names += [str(found[4][0]) for found in socket.getaddrinfo(host, None, family=socket.AF_INET)]
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        # Connecting a datagram socket sends nothing; it only tells which of our addresses would be used.
        probe.connect(("192.0.2.1", 9))
        names.append(str(probe.getsockname()[0]))
    except OSError:
        pass
    finally:
        probe.close()
    return names


def allowed_hosts(url: str, host: str) -> list[str]:
    """The address people were told and no other; loopback stays, for health checks and automations on this machine."""
    hosts = [*LOOPBACK]
    if url:
        hosts.append(urlsplit(url).hostname or "")
    elif host in EVERYWHERE:
        hosts += _names_of_this_machine()
    else:
        hosts.append(host)
    return list(dict.fromkeys(_in_a_header(name) for name in hosts if name))


def allowed_origins(url: str, hosts: list[str], port: int) -> list[str]:
    """Scheme, host and port of every page that may post or open a socket here."""
    if url:
        parts = urlsplit(url)
        return [origin(parts.scheme, _in_a_header(parts.hostname or ""), parts.port)]
    return [origin("http", host, port) for host in hosts]


def origin(scheme: str, host: str, port: int | None) -> str:
    """As a browser writes it: without the port that the scheme implies."""
    return f"{scheme}://{host}" if port in {None, DEFAULT_PORTS[scheme]} else f"{scheme}://{host}:{port}"


def _in_a_header(host: str) -> str:
    """As a browser writes it: in lower case, an IPv6 address in brackets."""
    host = host.lower()
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def of_this_server(url: str, host: str, port: int) -> str:
    """The address to tell a person: where the server listens everywhere, one that this machine itself can open."""
    return url or origin("http", "127.0.0.1" if host in EVERYWHERE else _in_a_header(host), port)
