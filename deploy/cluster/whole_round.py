"""One round: in through the proxy, switched at one process, seen at the other, and served when one is gone."""

import json
import os
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

from websockets.sync.client import ClientConnection, connect

from deploy.cluster.composed import ROOT
from deploy.cluster.person import Person, toggle
from deploy.cluster.running import LOOPBACK, WEB, Cluster

OWNER, PASSWORD = "ada", "a phrase for this round"
FIRST_START = {"VOLTSAFE_OWNER": OWNER, "VOLTSAFE_OWNER_PASSWORD": PASSWORD, "VOLTSAFE_SAMPLE_HOME": "1"}
ASKED = 20


def run(cluster: Cluster) -> None:
    token = _a_token(cluster)
    person = Person(cluster)
    page = person.sign_in(OWNER, PASSWORD)
    assert "Kettle" in page, "the dashboard does not show the sample flat"
    print("signed in through the proxy")

    one, other = (lambda host=host: cluster.beside(host) for host in WEB.values())
    appliance = _an_appliance(person)
    beside = f"ws://localhost:{cluster.web_port}/ws/api/v1/homes/home/"
    line = cluster.socket_beside(WEB["web-2"])
    with (
        connect(beside, sock=line, additional_headers={"Authorization": f"Bearer {token}"}) as automation,
        person.watch("/ws/homes/home/", cluster.trust()) as browser,
    ):
        _next(automation, "state")
        browser.recv(timeout=30)
        changed = toggle(one(), token, appliance["id"], on=not appliance["is_on"])
        seen = _next(automation, "change")
        assert seen["revision"] == changed["revision"], f"switched as {changed['revision']}, seen {seen['revision']}"
        while f"appliance-{appliance['id']}" not in str(browser.recv(timeout=30)):
            pass
    print("switched at web-1, seen at web-2 and through the proxy")

    code = cluster.stop("web-1")
    assert code == 0, f"web-1 ended with {code}"
    statuses = [person.ask("GET", "/homes/home/")[0] for _ in range(ASKED)]
    assert statuses == [200] * ASKED, f"with web-1 gone the proxy answered {statuses}"
    toggle(cluster.line(), token, appliance["id"], on=appliance["is_on"])
    toggle(other(), token, appliance["id"], on=appliance["is_on"])
    print(f"web-1 gone: {ASKED} pages of 200 through the proxy, switched through it")

    cluster.start_web("web-1", WEB["web-1"])
    cluster.until("web-1 is back", lambda: toggle(one(), token, appliance["id"], on=appliance["is_on"]))
    assert cluster.is_healthy("controller"), "the controller's health check says that it is not well"
    assert "voltsafe_controller_tick_duration_seconds_count" in _figures_of_the_controller(cluster, token)
    cluster.check_all_run()
    print("web-1 came back; the controller is well by its own health check, and tells its figures")


def _figures_of_the_controller(cluster: Cluster, token: str) -> str:
    with closing(HTTPConnection(LOOPBACK, cluster.metrics_port, timeout=30)) as line:
        line.request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
        answer = line.getresponse()
        assert answer.status == 200, f"asked for its figures the controller says {answer.status}"
        return answer.read().decode()


def _next(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        said = dict(json.loads(socket.recv(timeout=30)))
        if said["type"] == kind:
            return said


def _an_appliance(person: Person) -> dict[str, Any]:
    """One that is on and need not rest: switching it off is always granted, and so is having it back."""
    _status, _location, text = person.ask("GET", "/api/v1/homes/home/appliances")
    rests = ("min_on_seconds", "min_off_seconds")
    return next(one for one in json.loads(text)["items"] if one["is_on"] and not any(one[name] for name in rests))


def _a_token(cluster: Cluster) -> str:
    command = [sys.executable, "manage.py", "token", OWNER]
    environment = {"PATH": os.environ["PATH"], **cluster.environment("web")}
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return made.stdout.strip()
