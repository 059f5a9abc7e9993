import { hash } from 'node:crypto';
import { CHAIN_START, chainHash } from '../events/chain.ts';
import { decodeMetadata, entryOf } from '../events/codec.ts';
import type { Position, StoredEvent } from '../events/envelope.ts';
import { LedgerError } from '../kernel/errors.ts';
import type { Instant } from '../kernel/instant.ts';
import { compareInstants, parseInstant } from '../kernel/instant.ts';
import { compareCodePoints } from '../kernel/order.ts';
import type { EventStore } from '../store/event-store.ts';

/** What `verify` found, and the digest over the heads of all streams at the point it was taken. */
export interface Verification {
  readonly ok: boolean;
  readonly findings: readonly string[];
  readonly events: number;
  readonly position: Position | null;
  readonly digest: string;
}

/** A digest taken earlier; what stood in the log then has to stand there now. */
export interface ExpectedDigest {
  readonly position: Position | null;
  readonly digest: string;
}

const PAGE = 2_000;

/** Checks every event's schema and place in its stream's hash chain, the kept heads, the clock and the file. */
export async function verify(store: EventStore, expected?: ExpectedDigest): Promise<Verification> {
  const findings: string[] = [...(await store.integrity())];
  const heads = new Map<string, { revision: number; hash: string }>();
  let position: Position | undefined;
  let recordedAt: Instant | undefined;
  let events = 0;
  let digestThen = expected?.position === null ? digestOf(heads) : undefined;
  for (;;) {
    const page = await pageAfter(position, store, findings);
    if (page === undefined) break;
    for (const event of page.events) {
      checkEvent(event, heads, findings);
      recordedAt = checkTime(event, recordedAt, findings);
      events += 1;
      if (event.position === expected?.position) digestThen = digestOf(heads);
    }
    position = page.last ?? position;
    if (page.events.length < PAGE) break;
  }
  for await (const kept of store.heads()) {
    const found = heads.get(kept.stream);
    if (found?.revision === kept.revision && found.hash === kept.hash) continue;
    findings.push(
      `stream ${kept.stream} ends at revision ${found?.revision ?? 'none'}, its kept head is at ${kept.revision} or has another hash`,
    );
  }
  if (expected !== undefined && digestThen !== expected.digest) {
    findings.push(
      `what stood at position ${expected.position ?? 'none'} has changed: its digest is not ${expected.digest}`,
    );
  }
  return { ok: findings.length === 0, findings, events, position: position ?? null, digest: digestOf(heads) };
}

/** A page of the log; none when it cannot be read, which is a finding like any other. */
async function pageAfter(after: Position | undefined, store: EventStore, findings: string[]) {
  try {
    return await store.readAll({ after, limit: PAGE });
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'store.corrupt') throw error;
    findings.push(`${error.message}; what follows after position ${after ?? 'none'} was not checked`);
    return undefined;
  }
}

function checkEvent(
  event: StoredEvent,
  heads: Map<string, { revision: number; hash: string }>,
  findings: string[],
): void {
  const { stream, revision } = event;
  const before = heads.get(stream) ?? { revision: -1, hash: CHAIN_START };
  const place = `stream ${stream}, revision ${revision}, position ${event.position}`;
  if (revision !== before.revision + 1) findings.push(`${place}: revision ${before.revision + 1} is missing`);
  const link = chainHash(before.hash, stream, revision, event);
  if (link !== event.hash) findings.push(`${place}: the event or one before it was changed, its hash differs`);
  heads.set(stream, { revision, hash: link });
  try {
    const checked = entryOf(event.type).schema.safeParse(JSON.parse(event.data));
    if (!checked.success) findings.push(`${place}: ${event.type} has not the form of the catalogue`);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof LedgerError)) throw error;
    findings.push(`${place}: ${error.message}`);
  }
}

function checkTime(event: StoredEvent, last: Instant | undefined, findings: string[]): Instant | undefined {
  try {
    const { recordedAt } = decodeMetadata(event);
    if (typeof recordedAt !== 'string' || parseInstant(recordedAt) === undefined) {
      findings.push(`position ${event.position}: its metadata does not say when it was recorded`);
      return last;
    }
    if (last !== undefined && compareInstants(recordedAt, last) < 0) {
      findings.push(`position ${event.position}: recorded at ${recordedAt}, before ${last}`);
    }
    return recordedAt;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    findings.push(`position ${event.position}: ${error.message}`);
    return last;
  }
}

function digestOf(heads: ReadonlyMap<string, { readonly revision: number; readonly hash: string }>): string {
  const lines = [...heads]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([stream, head]) => `${JSON.stringify(stream)} ${head.revision} ${head.hash}\n`);
  return hash('sha256', lines.join(''), 'base64url');
}
