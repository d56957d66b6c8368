# tap-oracle alone: docker build -f docker/flext-tap-oracle.Dockerfile -t flext-tap-oracle .
FROM python:3.13-slim AS build
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /usr/local/bin/uv
WORKDIR /src
COPY . .
RUN uv venv /app && for package in flext-db-oracle flext-tap-oracle; do \
        FLEXT_COMPILED=require uv build --quiet --no-sources --wheel --package "$package" --out-dir /dist; done \
    && uv pip install --python /app/bin/python --find-links /dist /dist/flext_tap_oracle-*.whl

FROM python:3.13-slim
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --create-home --uid 10001 flext
USER flext
ENTRYPOINT ["tap-oracle"]
