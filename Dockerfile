# The HTTP service, as a user without rights.
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
# A compiler for the kernels; the image that runs has none.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/domainfit \
    && /opt/domainfit/bin/pip install --no-cache-dir -c constraints.txt '.[service]'

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home domainfit
COPY --from=build /opt/domainfit /opt/domainfit
ENV PATH=/opt/domainfit/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DOMAINFIT_HOST=0.0.0.0 \
    DOMAINFIT_PORT=8000
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["domainfit", "serve"]
