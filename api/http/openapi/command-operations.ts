import { z } from 'zod';
import { identifier } from '../../../src/kernel/fields.ts';
import { commandAnswers } from '../answers/commands.ts';
import type { CommandRoute } from '../commands/command-route.ts';
import type { Operation } from '../operation.ts';
import { POSITION } from '../position.ts';
import { bodyOf } from './command-bodies.ts';

/** A key as a sender may choose it. */
export const idempotencyExample = '7f9c2ba4-e88f-4a5e-9a7b-1f6d1c0a2b3c';

/** The header that makes a command safe to send again. */
export const idempotencyKey = identifier.meta({
  description: 'Chosen by the sender, once for every command: sent again with the same body it is answered again',
  examples: [idempotencyExample],
});

/** Somebody else's events in between refuse the command. */
export const ifMatch = z
  .string()
  .optional()
  .meta({ description: 'The `ETag` the sender has seen; refused where somebody was faster since', examples: ['"7"'] });

/** What can be wrong with every command. */
export const COMMAND_PROBLEMS = [400, 404, 408, 409, 413, 415, 422] as const;

/** A command's route as the reference tells it, all of it derived from the command's own schema. */
export function commandOperation({ command, path, summary, resource, example }: CommandRoute): Operation {
  const named = new Set([...path.matchAll(/:(\w+)/g)].map(([, field]) => field));
  const body = Object.fromEntries(Object.entries(example).filter(([field]) => !named.has(field)));
  const { schema, example: answer } = commandAnswers[command];
  return {
    operationId: command,
    summary,
    tag: tagOf(path),
    headers: z.object({
      'Idempotency-Key': idempotencyKey,
      ...(resource === undefined ? {} : { 'If-Match': ifMatch }),
    }),
    body: { schema: bodyOf(command, path), example: body },
    answer: {
      description: 'The command was accepted',
      contents: [{ schema, example: { id: idempotencyExample, replayed: false, ...answer } }],
      headers: ['Idempotency-Replayed', POSITION, ...(resource === undefined ? [] : ['ETag'])],
    },
    problems: [...COMMAND_PROBLEMS, ...(resource === undefined ? [] : [412])],
  };
}

/** The chapter a path belongs to. */
function tagOf(path: string): Operation['tag'] {
  if (/^\/(certificates|contracts|lessons)\b/.test(path)) return 'certificates';
  return /^\/(invoices|advances|months)\b/.test(path) ? 'invoices' : 'registers';
}
