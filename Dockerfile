# sonde as a service: `docker build -t sonde .`, then `docker run -p 6343:6343/udp -p 127.0.0.1:8008:8008 sonde`.
# What it runs can be changed behind the image's name; see stacks/ and docs/exporters.md.

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci && npm pack --pack-destination /package

FROM node:24-bookworm-slim
COPY --from=build /package /package
# koffi, which recvmmsg needs, comes as a prebuilt optional dependency.
RUN npm install --global --omit=dev --no-audit --no-fund /package/sonde-*.tgz \
  && rm -rf /package \
  && npm cache clean --force \
  && sonde --version
ENV NODE_ENV=production NO_COLOR=1
USER node
WORKDIR /home/node
EXPOSE 6343/udp 8008/tcp
# Where --serve is not wanted: docker run --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8008/healthz',{signal:AbortSignal.timeout(4000)}).then(a=>process.exit(a.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["sonde"]
CMD ["ai-metrics", "--input", "udp://:6343", "--serve", "0.0.0.0:8008", "--quiet", "--output", "/dev/null"]
