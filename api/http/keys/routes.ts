import type { FastifyInstance } from 'fastify';
import type { Ledger } from '../../../src/index.ts';
import { senderOf } from '../access/authenticate.ts';
import { bodyOf } from '../commands/routes.ts';

const OPERATOR_ALONE = { config: { access: ['operator'] } } as const;

/**
 * Access keys while the server runs. They are no commands: a secret is kept nowhere, so it cannot be told again, and
 * whoever has lost an answer revokes the key and makes another.
 */
export function registerKeys(app: FastifyInstance, { ledger }: { readonly ledger: Ledger }): void {
  app.post('/keys', OPERATOR_ALONE, async (request, reply) => {
    const created = await ledger.accessKeys.createUnknown(bodyOf(request.body), senderOf(request).by);
    return reply.code(201).header('Cache-Control', 'no-store').send(created);
  });
  app.get('/keys', OPERATOR_ALONE, async () => ({ items: await ledger.accessKeys.all(), next: null }));
  app.delete<{ Params: { keyId: string } }>('/keys/:keyId', OPERATOR_ALONE, async (request, reply) => {
    await ledger.accessKeys.revoke(request.params.keyId, senderOf(request).by);
    return reply.code(204).send();
  });
}
