import { beforeEach, describe, expect, test } from 'vitest';
import { payers } from '../../src/application/categories.ts';
import type { LoadedStream } from '../../src/application/stream-cache.ts';
import { StreamCache } from '../../src/application/stream-cache.ts';
import { payerStream } from '../../src/domain/payer/events.ts';
import type { PayerState } from '../../src/domain/payer/state.ts';
import { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';

/** So heavy that no two of them stay in memory. */
const heavy = { ...payers, weight: () => 2_000_000 };

let store: MemoryEventStore;
let cache: StreamCache;
/** Any stream that names payers. */
let leading: LoadedStream<PayerState>;

beforeEach(async () => {
  store = new MemoryEventStore();
  cache = new StreamCache(store);
  for (const payerId of ['leading', 'one', 'two']) await register(payerId);
  leading = await cache.load(payers, payerStream('leading'));
});

describe('a stream that another one leads to', () => {
  test('is at hand from there as it is by its name', async () => {
    const one = await cache.load(payers, payerStream('one'));
    expect(fromLeading('one')).toBe(one);
    expect(fromLeading('one')).toBe(one);
  });

  test('is another one where the leading stream names another', async () => {
    await cache.load(payers, payerStream('one'));
    const two = await cache.load(payers, payerStream('two'));
    expect(fromLeading('one')?.stream).toBe('payer-one');
    expect(fromLeading('two')).toBe(two);
  });

  test('is not at hand while it is behind what the store has', async () => {
    await cache.load(payers, payerStream('one'));
    expect(fromLeading('one')).toBeDefined();
    await register('one', 'one more');
    expect(fromLeading('one')).toBeUndefined();
    await cache.load(payers, payerStream('one'));
    expect(fromLeading('one')?.revision).toBe(1);
  });

  test('is not at hand when it had to go, and is when it has come back', async () => {
    await cache.load(heavy, payerStream('one'));
    const before = fromLeading('one');
    await cache.load(heavy, payerStream('two'));
    expect(fromLeading('one')).toBeUndefined();
    const again = await cache.load(payers, payerStream('one'));
    expect(again).not.toBe(before);
    expect(fromLeading('one')).toBe(again);
  });
});

function fromLeading(payerId: string): LoadedStream<PayerState> | undefined {
  return cache.atHandFrom(leading, payers, payerStream, payerId);
}

/** Appended behind the cache's back. */
async function register(payerId: string, name = payerId): Promise<void> {
  const other = new StreamCache(store);
  const loaded = await other.load(payers, payerStream(payerId));
  const registered = {
    type: 'PayerRegistered' as const,
    effectiveOn: '2020-09-01',
    payerId,
    name,
    zone: 'UTC',
    chargedStatuses: [],
  };
  const stamped = () => ({ recordedAt: '2020-09-20T09:00:00Z', commandId: 'of this test' });
  await other.append(payers, loaded, [registered], stamped);
}
