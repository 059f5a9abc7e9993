import type { FastifyInstance, FastifySchemaCompiler, FastifySerializerCompiler, FastifyTypeProvider } from 'fastify';
import { z } from 'zod';
import { identifier } from '../../src/kernel/fields.ts';
import { RequestError } from './request-error.ts';

/** Tells Fastify's types what a zod schema lets through, and what may be answered by it. */
interface ZodTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: this['schema'] extends z.ZodType ? z.input<this['schema']> : unknown;
}

/** The app, with params, query and answers typed by the zod schemas of each route. */
export function typed(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypes>();
}

/**
 * Checks params, query and headers by their schema. A body is left to whoever takes it: a command is parsed once, by the
 * ledger, and its schema in the route is there for the reference.
 */
export const checkBySchema: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  if (httpPart === 'body') return (value: unknown) => ({ value });
  const isQuery = httpPart === 'querystring';
  // Most questions are asked without parameters, and then all that can be known of them is known.
  const withoutAny = isQuery ? schema.safeParse({}) : undefined;
  const nothing = withoutAny?.success ? Object.freeze(withoutAny.data) : undefined;
  const areIdentifiers = httpPart === 'params' && isOfIdentifiers(schema);
  return (value: unknown) => {
    if (nothing !== undefined && isEmpty(value)) return { value: nothing };
    if (areIdentifiers && arePlain(value)) return { value };
    const repeated = isQuery ? repeatedIn(value) : [];
    if (repeated.length > 0) {
      return { error: new RequestError('request.invalid', `${repeated.join(', ')}: is given more than once`) };
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) return { value: parsed.data };
    return { error: new RequestError('request.invalid', parsed.error.issues.map(sentenceOf).join('; ')) };
  };
};

/**
 * Answers are written as the routes give them; that they fit their schemas is shown by the tests. What is frozen is given
 * again until it changes, and is written once.
 */
export const writeAnswer: FastifySerializerCompiler<z.ZodType> = () => {
  const written = new WeakMap<object, string>();
  return (answer) => {
    if (typeof answer !== 'object' || answer === null || !Object.isFrozen(answer)) return JSON.stringify(answer);
    const known = written.get(answer);
    if (known !== undefined) return known;
    const text = JSON.stringify(answer);
    written.set(answer, text);
    return text;
  };
};

/** Whether a schema asks for identifiers alone, as that of nearly every path does. */
function isOfIdentifiers(schema: z.ZodType): boolean {
  return schema instanceof z.ZodObject && Object.values(schema.shape).every((field) => field.def === identifier.def);
}

/** What every identifier may consist of; nearly all of them do, and are read here in a fraction of the schema's time. */
const PLAIN = /^[\w.:-]{1,200}$/;

/** Whether the parameters of a path, which are texts, are all plain. */
function arePlain(parameters: unknown): boolean {
  for (const name in parameters as object) {
    if (!PLAIN.test((parameters as Readonly<Record<string, string>>)[name] ?? '')) return false;
  }
  return true;
}

function isEmpty(value: unknown): boolean {
  for (const _ in value as object) return false;
  return true;
}

/** The names of the query's parameters that are there more than once. */
function repeatedIn(query: unknown): string[] {
  return Object.entries(query as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    Array.isArray(value) ? [name] : [],
  );
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: is not known here`;
  return `${issue.path.join('.')}: ${issue.message}`;
}
