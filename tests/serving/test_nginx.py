"""Behind a real nginx, set up as docs/configuration.md says."""

import http.client
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.serving.process import ROOT, Answer, Serving, a_free_port, serving
from tests.serving.served_once import ServedOnce

NGINX, OPENSSL = shutil.which("nginx") or "/usr/sbin/nginx", shutil.which("openssl") or ""
pytestmark = [
    pytest.mark.processes,
    pytest.mark.tools,
    pytest.mark.skipif(not (Path(NGINX).exists() and OPENSSL), reason="nginx or openssl is not here"),
]

CLIENT = "127.0.0.2"
"""Another address of this machine, which is no proxy."""

AROUND = """
daemon off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{documented}
}}
"""


class Front:
    """nginx, and what a browser beyond it sees."""

    def __init__(self, server: Serving, folder: Path) -> None:
        self.server = server
        self.https, self.http = a_free_port(), a_free_port()
        self.trusting = ssl.create_default_context(cafile=str(_a_certificate(folder)))
        documented = re.findall(r"```\n(map .*?)```", (ROOT / "docs/configuration.md").read_text(), re.DOTALL)[0]
        for ours, here in (
            ("listen 443 ssl", f"listen 127.0.0.1:{self.https} ssl"),
            ("listen 80", f"listen 127.0.0.1:{self.http}"),
            ("/etc/ssl/home.example", f"{folder}/home.example"),
            ("127.0.0.1:8000", f"127.0.0.1:{server.port}"),
        ):
            assert ours in documented
            documented = documented.replace(ours, here)
        (folder / "nginx.conf").write_text(AROUND.format(folder=folder, documented=documented))
        command = [NGINX, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
        subprocess.run([*command, "-t", "-q"], check=True)
        self.process = subprocess.Popen(command)

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        named = {"Host": "home.example", **{name.replace("_", "-"): text for name, text in headers.items()}}
        with closing(
            http.client.HTTPSConnection(
                "127.0.0.1", self.https, context=self.trusting, source_address=(CLIENT, 0), timeout=30
            )
        ) as connection:
            connection.request(method, path, body or None, headers=named)
            with connection.getresponse() as answer:
                return Answer(answer.status, dict(answer.getheaders()), answer.read())


def _a_certificate(folder: Path) -> Path:
    certificate, key = folder / "home.example.pem", folder / "home.example.key"
    asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=home.example", "-addext", "subjectAltName=DNS:home.example,IP:127.0.0.1"]
    subprocess.run([OPENSSL, *asked, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate


@pytest.fixture(scope="module")
def front(prepared_folder: ServedOnce, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    given = {"VOLTSAFE_URL": "https://home.example", "VOLTSAFE_TRUSTED_PROXIES": "127.0.0.1"}
    owner = {"VOLTSAFE_OWNER": "ada", "VOLTSAFE_OWNER_PASSWORD": "a long enough phrase", "VOLTSAFE_SAMPLE_HOME": "1"}
    with serving(prepared_folder.as_it_was(), VOLTSAFE_HANDSHAKES="5", **given, **owner) as server:
        found = Front(server, folder)
        try:
            while True:
                try:
                    found.ask("/healthz")
                    break
                except ConnectionRefusedError:
                    assert found.process.poll() is None
            yield found
        finally:
            found.process.terminate()
            found.process.wait(30)


def test_pages_are_secure_ones(front: Front) -> None:
    answer = front.ask("/sign-in/")

    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.headers["Set-Cookie"].startswith("__Host-voltsafe_csrf=")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_a_form_of_ours_is_taken_and_one_of_another_page_is_not(front: Front) -> None:
    page = front.ask("/sign-in/")
    cookie = page.headers["Set-Cookie"].split(";")[0]
    token = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.body.decode())[0]

    def posted(**headers: str) -> int:
        form = {"Cookie": cookie, "Content_Type": "application/x-www-form-urlencoded"}
        return front.ask("/sign-in/", "POST", f"csrfmiddlewaretoken={token}", **form, **headers).status

    # Taken, and found to name nobody.
    assert posted(Origin="https://home.example") in {200, 422}
    assert posted(Referer="https://home.example/sign-in/") in {200, 422}
    assert posted(Origin="https://evil.example") == 403
    assert posted(Origin="http://home.example") == 403
    assert posted(Referer="https://evil.example/") == 403
    assert posted() == 403


def test_a_client_cannot_make_up_how_it_came(front: Front) -> None:
    made_up = {"X_Forwarded_Proto": "http", "X_Forwarded_Host": "evil.example", "Forwarded": "proto=http"}

    assert front.ask("/sign-in/", **made_up).status == 200


def test_what_comes_in_the_clear_is_sent_to_https(front: Front) -> None:
    def asked(path: str) -> tuple[int, str | None]:
        with closing(http.client.HTTPConnection("127.0.0.1", front.http, timeout=30)) as connection:
            connection.request("GET", path, headers={"Host": "home.example"})
            with connection.getresponse() as answer:
                return answer.status, answer.headers["Location"]

    assert asked("/sign-in/") == (301, "https://home.example/sign-in/")
    assert asked("/api/v1/homes") == (403, None)


def test_another_name_is_refused(front: Front) -> None:
    assert front.ask("/sign-in/", Host="evil.example").status == 400


def test_sockets_come_through_and_are_counted_by_the_client_whatever_it_makes_up(front: Front) -> None:
    def opened(made_up: str) -> int:
        wanted = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13"}
        named = {"Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": "https://home.example"}
        return front.ask("/ws/homes/home/", X_Forwarded_For=made_up, **wanted, **named).status

    assert [opened(f"203.0.113.{number}") for number in range(6)] == [101] * 5 + [429]
    front.server.wait_for(f"Sockets from {CLIENT} are refused for now")
