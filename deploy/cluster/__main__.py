"""VoltSafe as docker-compose.yml runs it, without Docker: `make cluster`; with --check one whole round of use.

Each service runs by its command line and environment in docker-compose.yml, behind Caddy with the repository's
Caddyfile, on PostgreSQL and Redis servers that are there (DATABASE_URL, REDIS_URL), on loopback.
"""

import os
import signal
import sys
import tempfile
import threading
from pathlib import Path

from deploy.cluster import whole_round
from deploy.cluster.running import LOOPBACK, Cluster, Ended, a_free_port


def main() -> int:
    is_check = "--check" in sys.argv[1:]
    asked_to_stop = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    port = int(os.environ.get("PORT") or a_free_port(LOOPBACK))
    more = whole_round.FIRST_START if is_check else {}
    with tempfile.TemporaryDirectory(prefix="voltsafe-cluster-") as folder:
        try:
            with Cluster(Path(folder), scheme="https" if is_check else "http", port=port, **more) as cluster:
                cluster.wait_until_ready()
                print(f"VoltSafe is ready: {cluster.address}/", flush=True)
                if is_check:
                    whole_round.run(cluster)
                else:
                    _tell(cluster)
                    asked_to_stop.wait()
        except KeyboardInterrupt:
            print("Stopped.")
            return 130 if is_check else 0
        except (Ended, AssertionError) as why:
            print(f"The cluster does not work. {why}", file=sys.stderr)
            return 1
    print("Everything is torn down.")
    return 0


def _tell(cluster: Cluster) -> None:
    print("\n".join(line for line in cluster.said("web-1") if "setup code" in line))
    print(
        f"Two web processes, a controller and Caddy; they write into {cluster.folder}. Ctrl-C stops them.", flush=True
    )


if __name__ == "__main__":
    sys.exit(main())
