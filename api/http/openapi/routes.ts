import type { FastifyInstance, HTTPMethods, RouteOptions } from 'fastify';
import { z } from 'zod';
import { identifier } from '../../../src/kernel/fields.ts';
import { commandRoutes } from '../commands/routes.ts';
import type { Operation } from '../operation.ts';
import { idParameters } from '../queries/parameters.ts';
import { commandOperation } from './command-operations.ts';
import { openApiDocument } from './document.ts';
import type { DescribedRoute, OpenApiDocument } from './document-types.ts';
import { documentOperation, otherOperations, pageOperation, serviceOperations } from './other-operations.ts';
import { referencePage } from './reference-page.ts';

/** The path of the contract as a document. */
export const OPENAPI_PATH = '/openapi.json';

/**
 * Registers the contract and its reference, both open to everybody. To be called before the routes it is to tell of: what
 * is registered after it is described, by its own `config.operation` or by the lists of commands and other operations.
 */
export function registerReference(app: FastifyInstance): void {
  const routes: DescribedRoute[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(...described(route));
  });
  let document: OpenApiDocument | undefined;
  const current = () => {
    document ??= openApiDocument([...routes, ...serviceRoutes(app)]);
    return document;
  };
  app.get(OPENAPI_PATH, { config: { access: 'everybody', operation: documentOperation } }, (_request, reply) =>
    reply.header('Cache-Control', 'no-cache').type('application/json').send(JSON.stringify(current())),
  );
  let page: ReturnType<typeof referencePage> | undefined;
  app.get('/docs', { config: { access: 'everybody', operation: pageOperation } }, (_request, reply) => {
    page ??= referencePage(current());
    return reply
      .header('Content-Security-Policy', page.contentSecurityPolicy)
      .header('Cache-Control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(page.html);
  });
}

function described({ method, url, config, schema }: RouteOptions): DescribedRoute[] {
  const methods = [method].flat().filter((name) => name !== 'HEAD' && name !== 'OPTIONS');
  return methods.flatMap((name) => {
    const operation = config?.operation ?? operationOf(name, url);
    if (operation === undefined) return [];
    const { params = paramsOf(url), querystring } = schema ?? {};
    return [{ method: name, path: url, access: config?.access ?? [], operation, params, querystring }];
  });
}

/** Commands and what else is not described beside its route. */
function operationOf(method: string, url: string): Operation | undefined {
  const command = method === 'POST' ? commandRoutes.find(({ path }) => path === url) : undefined;
  return command === undefined ? otherOperations[`${method} ${url}`] : commandOperation(command);
}

/** The parameters of a path whose route checks none: they are fields of a command, which the ledger checks. */
function paramsOf(url: string): z.ZodObject | undefined {
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  if (names.length === 0) return undefined;
  const known: Readonly<Record<string, z.ZodType>> = idParameters;
  return z.object(Object.fromEntries(names.map((name) => [name, known[name] ?? identifier])));
}

/** Those of the service around the app are there only where it runs as one. */
function serviceRoutes(app: FastifyInstance): readonly DescribedRoute[] {
  return serviceOperations.filter(({ method, path }) => app.hasRoute({ method: method as HTTPMethods, url: path }));
}
