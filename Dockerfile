# The worker and the command line. Build: docker build -t durable-runbooks .
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-slim
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY targets targets
ENTRYPOINT ["node", "dist/cli/main.js"]
CMD ["worker"]
