# The worker and the command line. Build: docker build -t durable-runbooks .
# `npm run pin-images` adds the digest of today, and nothing is released without one.
ARG NODE_IMAGE=node:24-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm run sbom && npm prune --omit=dev

FROM ${NODE_IMAGE}
WORKDIR /app
ENV NODE_ENV=production RUNBOOK_CACHE=/tmp/durable-runbooks
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY src/dev/temporal src/dev/temporal
COPY targets targets
# Nobody special: what is served decides who has to look after it. `docker run --user`, or RUNBOOK_USER for Compose.
USER 1000:1000
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["worker"]
