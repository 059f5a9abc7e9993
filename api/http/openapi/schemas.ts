import { z } from 'zod';
import { components } from '../answers/component.ts';
import { bodies } from './command-bodies.ts';
import type { JsonSchema } from './document-types.ts';

const options = {
  target: 'draft-2020-12',
  uri: (id: string) => `#/components/schemas/${id}`,
} as const;

/** Every schema that has a name: bodies as they are sent, answers as they come. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const sent = z.toJSONSchema(bodies, { ...options, io: 'input', override: plain });
  const answered = z.toJSONSchema(components, { ...options, io: 'output', override: open });
  const all = Object.entries({ ...sent.schemas, ...answered.schemas });
  return Object.fromEntries(all.map(([name, schema]) => [name, withoutAddress(schema)]));
}

/** A reference to a schema that has a name, or the schema itself. */
export function schemaOf(schema: z.ZodType): JsonSchema {
  const id = components.get(schema)?.id ?? bodies.get(schema)?.id;
  return id === undefined ? inlineSchema(schema) : { $ref: options.uri(id) };
}

/** The schema of a parameter, as it is sent. */
export function inlineSchema(schema: z.ZodType): JsonSchema {
  return withoutAddress(z.toJSONSchema(schema, { target: options.target, io: 'input', override: plain }));
}

/** The parameters of a group, in their order. */
export function propertiesOf(
  declared: unknown,
): readonly { readonly name: string; readonly schema: z.ZodType; readonly required: boolean }[] {
  if (!(declared instanceof z.ZodObject)) return [];
  return Object.entries(declared.shape as Readonly<Record<string, z.ZodType>>).map(([name, schema]) => ({
    name,
    schema,
    required: !schema.safeParse(undefined).success,
  }));
}

/** The examples and the default of a parameter: what zod leaves out where a value is read into another one. */
export function saidOf(schema: z.ZodType): { readonly examples?: readonly unknown[]; readonly default?: unknown } {
  const inner = schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
  return { ...(inner.meta() as Said | undefined), ...(schema.meta() as Said | undefined) };
}

interface Said {
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
}

function withoutAddress(schema: object): JsonSchema {
  const { $schema: _, $id: __, ...rest } = schema as Record<string, unknown>;
  return rest;
}

interface Overridden {
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** Leaves out what says nothing: the bounds of all whole numbers, and that a list is not written to. */
function plain({ jsonSchema }: Overridden): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  delete jsonSchema.readOnly;
}

/** Members may be added to answers, so no client is told that there are no others. */
function open(overridden: Overridden): void {
  plain(overridden);
  if (overridden.jsonSchema.additionalProperties === false) delete overridden.jsonSchema.additionalProperties;
}
