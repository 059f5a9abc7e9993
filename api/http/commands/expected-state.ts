import type { FastifyRequest } from 'fastify';
import type { ExecuteOptions } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { identifier } from '../../../src/kernel/fields.ts';
import type { Rows } from '../access/rows.ts';
import { RequestError } from '../request-error.ts';
import type { ResourceKind } from './command-route.ts';
import { streamOf } from './resource-stream.ts';

const ENTITY_TAG = /^"(\d{1,15})"$/;

/** The `ETag` of a resource whose stream stands at a revision. */
export function entityTag(revision: number): string {
  return `"${revision}"`;
}

/**
 * What `If-Match` says the sender has seen. The ledger compares it in one step with what the command appends, and after
 * it has looked whether the command was accepted before. Errors: `request.invalid`; `stream.changed` for a resource that
 * is not there.
 */
export async function expectedOf(
  { headers }: FastifyRequest,
  rows: Rows,
  resource: { readonly kind: ResourceKind; readonly id: unknown } | undefined,
): Promise<Pick<ExecuteOptions, 'expected'>> {
  const condition = headers['if-match'];
  if (condition === undefined) return {};
  const revision = condition === '*' ? 'any' : ENTITY_TAG.exec(condition)?.[1];
  if (revision === undefined) {
    throw new RequestError('request.invalid', 'If-Match: is not the ETag of an earlier answer');
  }
  if (resource === undefined) {
    throw new RequestError('request.invalid', 'If-Match: this command changes no single resource to be compared');
  }
  const id = identifier.safeParse(resource.id);
  // The ledger tells which field is wrong.
  if (!id.success) return {};
  const stream = await streamOf({ kind: resource.kind, id: id.data }, rows);
  if (stream === undefined) {
    throw new LedgerError('stream.changed', `${resource.kind} ${id.data} is not there as the sender has seen it`);
  }
  return { expected: { stream, revision: revision === 'any' ? revision : Number(revision) } };
}
