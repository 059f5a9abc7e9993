import type { FastifyInstance } from 'fastify';
import { LedgerError } from '../../../src/index.ts';
import { jsonObject } from '../../json-object.ts';
import { rolesFor } from '../access/command-permissions.ts';
import { agreementCommands } from './agreements.ts';
import { certificateCommands } from './certificates.ts';
import type { CommandRoute } from './command-route.ts';
import { pathFields } from './command-route.ts';
import { contractCommands } from './contracts.ts';
import type { CommandContext } from './give-command.ts';
import { giveCommand } from './give-command.ts';
import { invoiceCommands } from './invoices.ts';
import { lessonCommands } from './lessons.ts';
import { payerCommands } from './payers.ts';
import { programmeCommands } from './programmes.ts';
import { providerCommands } from './providers.ts';

/** Every command of the rules as a POST on its resource (SPEC section 11). */
export const commandRoutes: readonly CommandRoute[] = [
  ...payerCommands,
  ...providerCommands,
  ...agreementCommands,
  ...programmeCommands,
  ...certificateCommands,
  ...lessonCommands,
  ...contractCommands,
  ...invoiceCommands,
];

/** Registers the routes of all commands, and `POST /commands` for a single one in its file form. */
export function registerCommands(app: FastifyInstance, context: CommandContext): void {
  for (const route of commandRoutes) registerCommand(app, route, context);
  registerFileForm(app, context);
}

/** Registers one command; what its path names is left out of the body. */
function registerCommand(
  app: FastifyInstance,
  { command, path, resource }: CommandRoute,
  context: CommandContext,
): void {
  const inPath = pathFields(path);
  const known = ['command', 'id', ...inPath];
  const given = { ...context, ...(resource && { resource }) };
  app.post(path, { config: { access: rolesFor(command) } }, (request, reply) => {
    const fields = bodyOf(request.body);
    for (const name of known) {
      if (Object.hasOwn(fields, name)) {
        throw new LedgerError('command.invalid', `${name}: is known from the path or the Idempotency-Key`);
      }
    }
    const named = inPath.length === 0 ? fields : { ...fields, ...(request.params as Readonly<Record<string, string>>) };
    const body = { ...named, command };
    return giveCommand(body, request, reply, given);
  });
}

/** `POST /commands`: a command as a line of a command file has it (SPEC section 10). */
function registerFileForm(app: FastifyInstance, context: CommandContext): void {
  const routes = new Map<unknown, CommandRoute>(commandRoutes.map((route) => [route.command, route]));
  app.post('/commands', { config: { access: ['operator', 'payer', 'provider'] } }, (request, reply) => {
    const body = bodyOf(request.body);
    const resource = routes.get(body.command)?.resource;
    return giveCommand(body, request, reply, { ...context, ...(resource && { resource }) });
  });
}

/** The object in a request's body, refused like a line of a command file where it is none. */
export function bodyOf(body: unknown): Record<string, unknown> {
  return jsonObject(typeof body === 'string' ? body : '', 'the body');
}
