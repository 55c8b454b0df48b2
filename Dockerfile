# Packages are built and checked in a stage of their own; what serves has neither pip's cache nor a compiler.
FROM python:3.13-slim-bookworm AS packages

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt .
RUN python -m venv --without-pip /venv \
 && python -m pip --python /venv/bin/python install --no-compile --only-binary :all: --require-hashes -r requirements.txt \
 && find /venv/lib -depth -type d \( -name tests -o -path '*/twisted/*/test' -o -path '*/autobahn/*/test' \) -exec rm -r {} + \
 && python -m compileall -q --invalidation-mode unchecked-hash /venv/lib

FROM python:3.13-slim-bookworm

RUN groupadd --system --gid 10001 voltsafe \
 && useradd --system --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin voltsafe \
 && install --directory --owner voltsafe --group voltsafe --mode 700 /data

COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
RUN python -m compileall -q --invalidation-mode unchecked-hash .

ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 VOLTSAFE_DATA_DIR=/data VOLTSAFE_LOG=json
USER 10001:10001
VOLUME /data
EXPOSE 8000

# By the loopback address, which is always among the hosts that VoltSafe answers to.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT') or 8000}/healthz\", timeout=4)"]

CMD ["python", "manage.py", "serve"]
