import type { FastifyInstance } from 'fastify';
import { RequestError } from './request-error.ts';

interface KnownRoute {
  readonly method: string;
  readonly segments: readonly string[];
}

/** Answers what leads nowhere: 405 with `Allow` where the path is known with other methods, otherwise 404. */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const routes: KnownRoute[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, segments: segmentsOf(url) });
  });
  app.setNotFoundHandler(({ method, url }, reply) => {
    const path = segmentsOf(url);
    const allowed = new Set(routes.filter((route) => leadsTo(route, path)).map((route) => route.method));
    if (allowed.size === 0) throw new RequestError('request.not_found', `there is no ${method} ${url}`);
    const methods = [...allowed].toSorted().join(', ');
    reply.header('Allow', methods);
    throw new RequestError('request.method_not_allowed', `${method}: this path takes ${methods}`);
  });
}

function segmentsOf(url: string): readonly string[] {
  return (url.split('?')[0] ?? '').split('/');
}

function leadsTo({ segments }: KnownRoute, path: readonly string[]): boolean {
  return (
    segments.length === path.length &&
    segments.every((segment, index) => (segment.startsWith(':') ? path[index] !== '' : path[index] === segment))
  );
}
