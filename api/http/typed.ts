import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { RequestError } from './request-error.ts';

/** The app, with params, query and answers typed by the zod schemas of each route. */
export function typed(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>();
}

/**
 * Checks params, query and headers by their schema. A body is left to whoever takes it: a command is parsed once, by the
 * ledger, and its schema in the route is there for the reference.
 */
export const checkBySchema: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  if (httpPart === 'body') return (value: unknown) => ({ value });
  return (value: unknown) => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    return { error: new RequestError('request.invalid', parsed.error.issues.map(sentenceOf).join('; ')) };
  };
};

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: is not known here`;
  return `${issue.path.join('.')}: ${issue.message}`;
}
