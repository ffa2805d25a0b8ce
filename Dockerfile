# The server's image. The final stage holds the binary, the libraries it links
# and nothing that could fetch or build: no compiler, no shell tools of ours.
FROM debian:12-slim AS build
WORKDIR /src
# ./dev knows the packages; copied alone first, so that this layer is cached
# until the list changes.
COPY dev ./
RUN ./dev deps build
COPY . .
RUN ./dev build gcc \
    && install -D -s "$(find build/gcc -name azentiko -type f -perm -u+x)" /out/azentiko

FROM debian:12-slim
LABEL org.opencontainers.image.title="aZentiKo" \
      org.opencontainers.image.description="Self-hosted multi-tenant chatbot platform" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libcurl4 libpq5 libgif7 libjpeg62-turbo libpng16-16 libseccomp2 libsqlite3-0 libssl3 libuv1 libwebp7 libwebpdemux2 tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 10001 -g 10001 -m 700 /data
COPY --from=build /out/azentiko /usr/local/bin/azentiko
# Numeric, so that an orchestrator can see that it is not root.
USER 10001:10001
# Everything that is written goes to /data; the root file system may be read-only.
ENV AZENTIKO_DATA=/data AZENTIKO_LISTEN=0.0.0.0:8080
VOLUME ["/data"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
    CMD ["/usr/local/bin/azentiko", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/azentiko"]
CMD ["serve"]
