import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandIdOf } from '../../api/http/access/principal.ts';
import type { ExportedEvent } from '../../src/index.ts';
import type { FuzzedRequest } from './support/arbitrary-requests.ts';
import { fuzzedRequests, rawBytes } from './support/arbitrary-requests.ts';
import type { RawAnswer } from './support/raw-request.ts';
import { exchange } from './support/raw-request.ts';
import type { ServedTown } from './support/served-town.ts';
import { serveTown } from './support/served-town.ts';

/** How many requests are sent; a longer run is `npm run -s test:fuzz`. */
const { FUZZ_REQUESTS, FUZZ_SEED } = process.env;
const REQUESTS = Number(FUZZ_REQUESTS ?? 2_000);
/** The suite sends the same requests every time, a longer run others; each names its seed, with which it is repeated. */
const SEED = Number(FUZZ_SEED ?? (FUZZ_REQUESTS === undefined ? 20_260_310 : randomInt(2 ** 31)));
const AT_ONCE = 16;
const RAW = 0.2;

let town: ServedTown;
let before = 0;
/** What the answers of 2xx say was done: for each command id the types of its events. */
const told = new Map<string, string[]>();
const keysMade = new Set<string>();
/** Command files that were taken, with how their lines were answered only as far as somebody was there to be told. */
const filesTaken: string[] = [];
const statuses = new Map<number, number>();

beforeAll(async () => {
  town = await serveTown();
  before = (await town.ledger.status()).events;
});
afterAll(() => town.close());

describe(`${REQUESTS} requests nobody has thought of, seed ${SEED}`, () => {
  it(
    'are all answered, none with a failure of the server',
    async () => {
      const raw = Math.round(REQUESTS * RAW);
      const thought = fc.sample(fuzzedRequests(town.routes, town.keys), { numRuns: REQUESTS - raw, seed: SEED });
      const requests = [...thought, ...fc.sample(rawBytes, { numRuns: raw, seed: SEED })];
      await inTurns(requests, async (request) => {
        const { answers, hung } = await exchange(town.port, request.bytes);
        expect(hung, `no end to ${shown(request)}`).toBe(false);
        for (const answer of answers) note(request, answer);
      });
      expect(town.errors).toEqual([]);
      // Requests that are all refused would show nothing.
      expect(statuses.get(200) ?? 0, shownStatuses()).toBeGreaterThan(REQUESTS / 20);
      expect(told.size, shownStatuses()).toBeGreaterThan(REQUESTS / 50);
    },
    Math.max(60_000, REQUESTS * 60),
  );

  it('have changed the ledger only as their answers say, event by event', async () => {
    const found = new Map<string, string[]>();
    for (const { commandId, type } of await eventsAfter(before)) {
      found.set(commandId, [...(found.get(commandId) ?? []), type]);
    }
    for (const [commandId, types] of found) {
      const own = types.filter((type) => !BOOKKEEPING.test(type));
      if (commandId.startsWith('accessKeys:')) {
        expect(keysMade, `${types} of ${commandId}`).toContain(commandId.slice('accessKeys:'.length));
      } else if (told.has(commandId) || !isOfFileCutOff(commandId)) {
        expect(own.toSorted(), `the events of ${commandId}`).toEqual((told.get(commandId) ?? []).toSorted());
      }
    }
    const missing = [...told].filter(([commandId, types]) => types.length > 0 && !found.has(commandId));
    expect(missing).toEqual([]);
    expect((await town.ledger.verify()).findings).toEqual([]);
  });
});

/** A file that ends in the middle keeps what was accepted of it, and nobody is told. */
function isOfFileCutOff(commandId: string): boolean {
  return filesTaken.some((text) => text.includes(`"${commandId.split(':').at(-1)}"`));
}

/** Events that guard and remember; no answer names them. */
const BOOKKEEPING =
  /^(ContractReserved|ContractNumberReserved|Place.*|Share.*|Shares.*|InvoiceNumberReserved|InvoiceCut.*|InvoiceLinesAdded|Command.*)$/;

function note(request: FuzzedRequest, { status, headers, body }: RawAnswer): void {
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  expect(status, `${shown(request)} → ${body}`).toBeLessThan(500);
  if (status >= 400 && !request.bytes.subarray(0, 4).equals(HEAD)) {
    expect(headers['content-type'], shown(request)).toContain('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status });
  }
  if (status >= 300 || request.sender === undefined) return;
  const principal = town.principals[request.sender];
  if (principal === undefined) return;
  if (headers['content-type']?.startsWith('application/x-ndjson')) {
    if (request.bytes.includes('POST /imports')) filesTaken.push(request.bytes.toString('utf8'));
    for (const line of body.split('\n')) if (line !== '') noteAnswer(JSON.parse(line), principal);
  } else if (body !== '' && headers['content-type']?.startsWith('application/json')) {
    noteAnswer(JSON.parse(body), principal);
  }
}

const HEAD = Buffer.from('HEAD');

function noteAnswer(answer: unknown, principal: Parameters<typeof commandIdOf>[1]): void {
  if (typeof answer !== 'object' || answer === null) return;
  if ('key' in answer && 'keyId' in answer) keysMade.add(String(answer.keyId));
  if (!('replayed' in answer) || answer.replayed !== false || !('events' in answer) || !('id' in answer)) return;
  const { events } = answer as { readonly events: readonly string[] };
  const counts = 'eventCounts' in answer ? (answer.eventCounts as Record<string, number>) : undefined;
  const types = counts === undefined ? events : events.flatMap((type) => Array<string>(counts[type] ?? 1).fill(type));
  told.set(commandIdOf(String(answer.id), principal), [...types]);
}

async function eventsAfter(count: number): Promise<ExportedEvent[]> {
  const events: ExportedEvent[] = [];
  for await (const event of town.ledger.events()) events.push(event);
  return events.slice(count);
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}

function shown({ bytes }: FuzzedRequest): string {
  return JSON.stringify(bytes.toString('latin1').slice(0, 1_000));
}

function shownStatuses(): string {
  return JSON.stringify(Object.fromEntries([...statuses].toSorted(([one], [other]) => one - other)));
}
