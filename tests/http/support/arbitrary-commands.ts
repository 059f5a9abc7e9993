import fc from 'fast-check';
import { z } from 'zod';
import { commandRoutes } from '../../../api/http/commands/routes.ts';
import { commandSchemas } from '../../../src/application/commands.ts';
import type { CommandName } from '../../../src/index.ts';
import { townCommands } from './town-commands.ts';

type Fields = Record<string, unknown>;

/** The values each field has somewhere in the town or in an example: what a command has to name to come far. */
const known = new Map<string, unknown[]>();
for (const command of townCommands()) remember(command);
for (const { example } of commandRoutes) remember(example);
const allKnown = [...known.values()].flat().filter((value) => typeof value !== 'object');

/** What is no value of any field, or an odd one. */
const odd = fc.oneof(
  fc.constantFrom<unknown>('', null, 0, -1, 1e21, 1.5, true, [], {}, '2026-02-30', '9999-12-31', '0000-01-01'),
  fc.constantFrom<unknown>('\u0000', '\ud800', '../..', '%00', "'; DROP TABLE event; --", '__proto__', 'x'.repeat(201)),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Fields for a command, most of them such that it is accepted or comes to a rule. Its name and id are left out. */
export function commandFields(name: CommandName): fc.Arbitrary<Fields> {
  return fieldsOf(commandSchemas[name] as z.ZodObject);
}

/** The name of a command. */
export const commandName = fc.constantFrom(...(Object.keys(commandSchemas) as CommandName[]));

function remember(fields: object): void {
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'command') continue;
    if (Array.isArray(value)) for (const item of value) if (typeof item === 'object') remember(item);
    known.set(name, [...(known.get(name) ?? []), value]);
  }
}

function fieldsOf(schema: z.ZodObject): fc.Arbitrary<Fields> {
  const fields = Object.entries(schema.shape).filter(([name]) => !['command', 'id', 'by'].includes(name));
  const arbitraries = fields.map(([name, field]) => fieldOf(name, field as z.ZodType));
  const extra = fc.oneof(
    { weight: 30, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.tuple(fc.string({ maxLength: 12 }), odd) },
  );
  return fc.tuple(extra, ...arbitraries).map(([more, ...values]) => {
    const entries = values.flatMap((value, index) =>
      value === undefined ? [] : [[fields[index]?.[0] ?? '', value] as const],
    );
    return Object.fromEntries(more === null ? entries : [...entries, more]);
  });
}

function fieldOf(name: string, field: z.ZodType): fc.Arbitrary<unknown> {
  const isOptional = field instanceof z.ZodOptional;
  const inner = isOptional ? (field.unwrap() as z.ZodType) : field;
  return fc.oneof(
    { weight: 120, arbitrary: rightValue(name, inner) },
    { weight: isOptional ? 120 : 1, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom(...allKnown) },
    { weight: 1, arbitrary: odd },
  );
}

function rightValue(name: string, field: z.ZodType): fc.Arbitrary<unknown> {
  if (field instanceof z.ZodEnum) return fc.constantFrom(...field.options);
  if (field instanceof z.ZodBoolean) return fc.boolean();
  if (field instanceof z.ZodObject) return fieldsOf(field);
  if (field instanceof z.ZodArray && field.element instanceof z.ZodObject) {
    return fc.array(fieldsOf(field.element), { minLength: 1, maxLength: 3 });
  }
  const values = known.get(name) ?? ['2026-03-05'];
  // A fresh id is what a new thing needs; an old one leads to what is there.
  const fresh = fc.nat(10_000).map((number) => `fresh-${number}`);
  const isId = /Id$|^number$/.test(name);
  return isId
    ? fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: fresh })
    : fc.constantFrom(...values);
}
