# syntax=docker/dockerfile:1
# docker build -t laurel .
# Runs as user 1000 on a read-only root; writes to /data (without MONGODB_URI or LAUREL_SECRET_KEY) and /tmp only.

ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Nothing that is installed needs its scripts: native parts come built.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm run --silent sbom > sbom.cdx.json \
  && npm prune --omit=dev --ignore-scripts && chmod +x dist/server/main.js && rm dist/.tsbuildinfo

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Laurel" org.opencontainers.image.licenses="AGPL-3.0-only" \
  laurel.sbom="/app/sbom.cdx.json"
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps LAUREL_HOST=0.0.0.0 LAUREL_DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE /app/README.md /app/sbom.cdx.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/views ./views
COPY --from=build /app/fonts ./fonts
COPY --from=build /app/examples ./examples
RUN ln -s /app/dist/server/main.js /usr/local/bin/laurel && install -d -o 1000 -g 1000 /data
USER 1000:1000
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so that SIGTERM reaches it: no shell, no npm in between.
ENTRYPOINT ["node", "/app/dist/server/main.js"]
CMD ["serve"]
