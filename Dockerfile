# The service in an image: built in one stage, run in another without development tools, by a user without rights.
FROM node:24-slim AS build
WORKDIR /ledger
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY projections projections
COPY api api
# The client of a store on a server is left to whoever embeds the package; the image has it, in the version that is tested.
RUN npm run build \
  && npm pkg set "dependencies.@eventstore/db-client=$(node -p 'require("./package.json").devDependencies["@eventstore/db-client"]')" \
  && npm pkg delete 'devDependencies.@eventstore/db-client' peerDependencies peerDependenciesMeta \
  && npm prune --omit=dev

FROM node:24-slim
ENV NODE_ENV=production LEDGER_DB=/var/lib/ledger/ledger.db
WORKDIR /ledger
COPY --from=build /ledger/package.json ./
COPY --from=build /ledger/node_modules node_modules
COPY --from=build /ledger/dist dist
RUN install --directory --owner=node --group=node /var/lib/ledger
USER node
VOLUME /var/lib/ledger
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Every call of the command line: `docker run … keys create --role operator`, and without one the server.
ENTRYPOINT ["node", "dist/api/cli/main.js"]
CMD ["serve"]
