import { z } from 'zod';
import { commandSchemas } from '../../../src/application/commands.ts';
import { accessKeyOrder } from '../../../src/domain/access-key/commands.ts';
import type { CommandName } from '../../../src/index.ts';
import { identifier } from '../../../src/kernel/fields.ts';
import { descriptionOf } from './field-descriptions.ts';

/** The bodies that the reference shows under a name of their own. */
export const bodies = z.registry<{ readonly id: string }>();

const known = new Map<string, z.ZodType>();

/** The body of a command's own route: its fields without those that the path names, its id and its sender. */
export function bodyOf(command: CommandName, path: string): z.ZodType {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, field]) => field);
  return once(`${command.charAt(0).toUpperCase()}${command.slice(1)}`, () => {
    const fields = fieldsOf(command, ['command', ...named]);
    return z.strictObject(fields).meta({ description: `The body of ${command}; its path names the other fields.` });
  });
}

/** Any command in the form of the command file, its id optional, without its sender. */
export function anyCommand(): z.ZodType {
  return once('Command', () => {
    const [first, ...others] = (Object.keys(commandSchemas) as CommandName[]).map(commandOf);
    if (first === undefined) throw new RangeError('there are no commands');
    return z
      .discriminatedUnion('command', [first, ...others])
      .meta({ description: 'A command as a line of a command file has it, without `by`.' });
  });
}

/** What is asked for when an access key is made. */
export function keyOrder(): z.ZodType {
  return once('AccessKeyOrder', () =>
    accessKeyOrder.meta({ description: 'A role, and the payer or provider whose rows it is scoped to.' }),
  );
}

function commandOf(command: CommandName) {
  const name = `${command.charAt(0).toUpperCase()}${command.slice(1)}Command`;
  return once(name, () => {
    const { command: literal, ...fields } = fieldsOf(command, []);
    return z
      .strictObject({
        command: literal ?? z.literal(command),
        id: identifier.optional().meta({ description: 'The `Idempotency-Key`, where it is given' }),
        ...fields,
      })
      .meta({ description: `The command ${command}.` });
  });
}

/** The schemas of a command's fields as they are sent; what holds between fields is said by the rules. */
function fieldsOf(command: CommandName, without: readonly (string | undefined)[]): Record<string, z.ZodType> {
  const { id: _, by: __, ...fields } = commandSchemas[command].shape as Record<string, z.ZodType>;
  const kept = Object.entries(fields).filter(([name]) => !without.includes(name));
  return Object.fromEntries(
    kept.map(([name, schema]) => [name, schema.meta({ ...schema.meta(), description: descriptionOf(command, name) })]),
  );
}

function once<Schema extends z.ZodType>(name: string, make: () => Schema): Schema {
  const made = known.get(name) as Schema | undefined;
  if (made !== undefined) return made;
  const schema = make();
  known.set(name, schema);
  bodies.add(schema, { id: name });
  return schema;
}
