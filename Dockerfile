# One image for every process of ours: `nhip worker`, `nhip audit`, `nhip migrate`, … Packages come as wheels from the
# hashed lock, so no compiler is in it, and pip is not either. It needs nothing writable but /var/lib/nhip.
ARG PYTHON=python:3.11.15-slim-bookworm@sha256:d29f48a31a8b408ed19272ca1e7b10ebae13b240a27e862d3d4217c528e2e0c3

FROM ${PYTHON} AS packages
# An index of your own, where there is one: --build-arg PIP_INDEX_URL=…
ARG PIP_INDEX_URL
COPY requirements-run.lock /requirements-run.lock
RUN python -m venv --without-pip /opt/venv \
    && python -m pip --python /opt/venv/bin/python install --disable-pip-version-check --no-cache-dir --no-deps \
        --require-hashes --only-binary :all: --requirement /requirements-run.lock \
    && find /opt/venv -type d -name tests -prune -exec rm -rf {} +

FROM ${PYTHON}
LABEL org.opencontainers.image.title="Nhịp" \
      org.opencontainers.image.description="Real-time monitor for national reporting in Viet Nam" \
      org.opencontainers.image.documentation="docs/operations.md"
RUN groupadd --gid 10001 nhip \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/nhip --shell /usr/sbin/nologin nhip \
    && install --directory --owner=nhip --group=nhip --mode=0750 /var/lib/nhip
COPY --from=packages /opt/venv /opt/venv
WORKDIR /opt/nhip
COPY alerts alerts
COPY catalogue catalogue
COPY clickhouse clickhouse
COPY contract contract
COPY grafana grafana
COPY nhip nhip
COPY producers producers
COPY streams streams
# Compiled here, since the root is read-only where it runs; a worker that compiles all this anew starts 3 s later.
RUN /opt/venv/bin/python -m compileall -q -j 0 /opt/venv/lib /opt/nhip
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/opt/nhip \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LANG=C.UTF-8 \
    NHIP_VAR=/var/lib/nhip \
    NHIP_CACHE=/var/lib/nhip/cache \
    NHIP_SECRETS=/run/secrets
USER 10001:10001
ENTRYPOINT ["python", "-m", "nhip"]
CMD ["--help"]
