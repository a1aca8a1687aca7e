# Citebot in a container: docker build --tag citebot . && docker run --env-file .env --volume citebot:/data citebot
# compose.yaml runs it as it should be run: read-only, without privileges, with your documents.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim-trixie AS build
# Where pip finds PyTorch's CPU-only builds, as in the Makefile; PyPI's bring several GB of CUDA along.
ARG TORCH_INDEX=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ONLY_BINARY=:all:
RUN python -m venv /opt/citebot
ENV PATH=/opt/citebot/bin:$PATH
WORKDIR /src
# Libraries in layers of their own, which a change of our code leaves as they are; the largest first.
COPY constraints.txt ./
RUN pip install --quiet --constraint constraints.txt ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} torch
COPY pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > requirements.txt \
    && pip install --quiet --constraint constraints.txt --requirement requirements.txt
COPY README.md LICENSE NOTICE ./
COPY index index
COPY bot bot
RUN pip install --quiet --no-deps .

FROM python:${PYTHON}-slim-trixie
LABEL org.opencontainers.image.title="Citebot" \
      org.opencontainers.image.description="Answers from your documents in Telegram, quoted from their source" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 citebot \
    && useradd --uid 10001 --gid citebot --home-dir /data --no-create-home --shell /usr/sbin/nologin citebot \
    && install --directory --owner citebot --group citebot /data
COPY --from=build /opt/citebot /opt/citebot
COPY corpus /corpus
# Nothing is written but to /data and /tmp, no model hub is asked for anything, and a missing token is an error: no browser would find
# the sandbox in here.
ENV PATH=/opt/citebot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    HF_HUB_OFFLINE=1 \
    CITEBOT_SANDBOX=off \
    CITEBOT_CORPUS=/corpus \
    CITEBOT_DATA=/data
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
# Documents, model, index, database, token and Telegram. The first check comes after the first start has built the index.
HEALTHCHECK --interval=5m --timeout=1m --retries=2 CMD ["citebot", "doctor"]
ENTRYPOINT ["citebot"]
CMD ["run"]
