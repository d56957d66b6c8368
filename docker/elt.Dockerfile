# The repository with everything that `make elt` and `make test` need: see compose.yml.
FROM python:3.13-slim
RUN apt-get update && apt-get install --yes --no-install-recommends git make && rm -rf /var/lib/apt/lists/*
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /usr/local/bin/uv
RUN useradd --create-home --uid 10001 flext
USER flext
WORKDIR /home/flext/flext-oracle
COPY --chown=flext . .
RUN uv sync --locked --quiet
CMD ["make", "elt"]
