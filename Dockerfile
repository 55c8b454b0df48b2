FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin voltsafe \
 && install --directory --owner voltsafe --mode 700 /data

WORKDIR /app
COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt
COPY . .
RUN python -m compileall -q .

ENV HOST=0.0.0.0 VOLTSAFE_DATA_DIR=/data
USER voltsafe
VOLUME /data
EXPOSE 8000

# By the loopback address, which is always among the hosts that VoltSafe answers to.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --start-interval=2s \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT') or 8000}/healthz\", timeout=4)"]

CMD ["python", "manage.py", "serve"]
