# Portfolio Sync as an image: runs as a user of its own, with a read-only root file system.
#
#   docker build --tag portfolio-sync .
#   docker run --rm --read-only --tmpfs /tmp --volume state:/data \
#     --volume ./portfolio.yaml:/portfolio/portfolio.yaml:ro portfolio-sync plan

FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /build
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/portfolio-sync \
    && /opt/portfolio-sync/bin/pip install --require-hashes --only-binary :all: --requirement requirements.lock \
    && pip install --require-hashes --only-binary :all: --requirement requirements-build.lock

COPY pyproject.toml README.md LICENSE ./
COPY sync sync
COPY connectors connectors
COPY config config
RUN pip wheel --no-deps --no-build-isolation --no-index --wheel-dir wheels . \
    && /opt/portfolio-sync/bin/pip install --no-deps --no-index wheels/*.whl \
    && /opt/portfolio-sync/bin/pip check


FROM python:3.13-slim

# PYTHONSAFEPATH: nothing in the working directory can stand in for a package of ours.
ENV PATH=/opt/portfolio-sync/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PORTFOLIO_SYNC_STATE_DIR=/data

RUN groupadd --gid 10001 portfolio-sync \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin portfolio-sync \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data

COPY --from=build /opt/portfolio-sync /opt/portfolio-sync

USER 10001:10001
VOLUME /data
WORKDIR /portfolio
ENTRYPOINT ["portfolio-sync"]
CMD ["--help"]
