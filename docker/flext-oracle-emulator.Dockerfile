# The emulator: development and tests only: docker build -f docker/flext-oracle-emulator.Dockerfile -t flext-oracle-emulator .
FROM python:3.13-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /usr/local/bin/uv
WORKDIR /src
COPY . .
RUN uv venv /app && for package in flext-oracle-emulator; do \
        uv build --quiet --no-sources --wheel --package "$package" --out-dir /dist; done \
    && uv pip install --python /app/bin/python --find-links /dist /dist/flext_oracle_emulator-*.whl

FROM python:3.13-slim
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH PYTHONUNBUFFERED=1
RUN useradd --create-home --uid 10001 flext && install -d -o flext /data
USER flext
VOLUME /data
EXPOSE 1521
ENTRYPOINT ["flext-oracle-emulator"]
CMD ["serve", "--host", "0.0.0.0", "--port", "1521", "--data-dir", "/data"]
