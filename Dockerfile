# The service as an image: Docs/Operating.md says how it is used. PackagingTests compares it with Scripts/setup.sh and the program.
#
#   docker build -t waxwing .
#   docker run --init -p 127.0.0.1:8080:8080 -v waxwing:/var/lib/waxwing --stop-timeout 60 waxwing

FROM swift:6.3-bookworm AS build
# As Scripts/setup.sh installs them.
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        libfftw3-dev libsndfile1-dev libsoxr-dev libpng-dev libargon2-dev libsqlite3-dev libpq-dev zlib1g-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /waxwing
# What packages there are first: they are fetched again only when it changes.
COPY Package.swift ./
RUN swift package resolve
COPY Sources Sources
# Named in Package.swift, without which it is not read.
COPY Tests Tests
RUN swift build -c release --static-swift-stdlib --product waxwing \
    && install -D -m 0755 .build/release/waxwing /out/waxwing \
    && strip /out/waxwing

FROM debian:bookworm-slim
# FFMPEG=ffmpeg adds it, for M4A and AAC (WAXWING_FFMPEG=on).
ARG FFMPEG=""
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        libfftw3-single3 libsndfile1 libsoxr0 libpng16-16 libargon2-1 libsqlite3-0 libpq5 zlib1g libstdc++6 \
        ca-certificates tzdata $FFMPEG \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/waxwing --shell /usr/sbin/nologin waxwing \
    && install -d -m 0700 -o waxwing -g waxwing /var/lib/waxwing
COPY --from=build /out/waxwing /usr/local/bin/waxwing
COPY LICENSE /usr/share/doc/waxwing/LICENSE
USER 10001:10001
ENV WAXWING_DATA=/var/lib/waxwing WAXWING_HOST=0.0.0.0 PORT=8080
VOLUME /var/lib/waxwing
EXPOSE 8080
STOPSIGNAL SIGTERM
# A worker listens nowhere: start it with --no-healthcheck.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["waxwing", "doctor", "--live"]
ENTRYPOINT ["waxwing"]
CMD ["serve"]
