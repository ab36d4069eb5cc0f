# docs/deploying.md says how to run it.
FROM python:3.11-slim

RUN useradd --uid 10001 --create-home nearfield
WORKDIR /app

# First what changes seldom, so that a change of the code installs nothing. EXTRAS=requirements-scale.txt brings psycopg.
ARG EXTRAS=""
COPY requirements.txt requirements.lock requirements-scale.txt requirements-scale.lock ./
COPY scripts/environment.sh scripts/
RUN PIP_NO_CACHE_DIR=1 sh scripts/environment.sh requirements.txt $EXTRAS

COPY . .
RUN mkdir /data && cp -r data/nearfield-demo /data/ && chown -R nearfield /data

USER nearfield
ENV NEARFIELD_DATA=/data OMP_NUM_THREADS=1 PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 8501
HEALTHCHECK --start-period=60s --interval=30s --timeout=10s CMD ["/app/.venv/bin/python", "scripts/healthy.py"]
CMD ["/app/.venv/bin/python", "-m", "streamlit", "run", "app.py", "--server.address=0.0.0.0", "--server.headless=true"]
