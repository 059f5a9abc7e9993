import type { AllStreamRecordedEvent } from '@eventstore/db-client';
import { describe, expect, test, vi } from 'vitest';
import { LedgerError } from '../../src/index.ts';
import { Backlog } from '../../src/store/kurrentdb/backlog.ts';

type End = () => Promise<AllStreamRecordedEvent | undefined>;

const placeOf = (number: number) => ({ commit: BigInt(number), prepare: BigInt(number) });
const endAt = (number: number) => ({ position: placeOf(number) }) as AllStreamRecordedEvent;

/** A subscription that begins and ends when it is told to. */
function subscribed(end: End, takenBefore?: number) {
  let confirm: () => void = () => undefined;
  let lose: () => void = () => undefined;
  const arrivals = {
    onceConfirmed: (tell: () => void) => {
      confirm = tell;
    },
    onceOver: (tell: () => void) => {
      lose = tell;
    },
    fail: vi.fn(),
  };
  const told: boolean[] = [];
  const taken = takenBefore === undefined ? undefined : placeOf(takenBefore);
  const backlog = new Backlog(arrivals, { end, taken, told: (isThere) => told.push(isThere) });
  const take = (number: number) => backlog.take(placeOf(number));
  return { told, take, confirm: () => confirm(), lose: () => lose(), fail: arrivals.fail };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a subscription', () => {
  test('is there when the last event of the time it began at has been taken', async () => {
    const { told, take, confirm, lose } = subscribed(async () => endAt(5));
    confirm();
    take(3);
    await turn();
    expect(told).toEqual([]);
    take(5);
    take(7);
    expect(told).toEqual([true]);
    lose();
    take(8);
    expect(told).toEqual([true, false]);
  });

  test.each<[string, End, number | undefined]>([
    ['of an empty log', async () => undefined, undefined],
    ['that goes on where nothing has come since', async () => endAt(5), 5],
  ])('%s is there at once', async (_, end, takenBefore) => {
    const { told, confirm } = subscribed(end, takenBefore);
    confirm();
    await turn();
    expect(told).toEqual([true]);
  });

  test('that is lost before is never there', async () => {
    const { told, take, confirm, lose } = subscribed(async () => endAt(5));
    confirm();
    lose();
    await turn();
    take(5);
    expect(told).toEqual([]);
  });

  test('is there later where the leader cannot be asked at first, and fails with what it refuses', async () => {
    const end = vi.fn<End>(async () => endAt(5));
    end.mockRejectedValueOnce(new LedgerError('store.unavailable', 'no leader'));
    const { told, confirm } = subscribed(end, 5);
    confirm();
    await vi.waitFor(() => expect(told).toEqual([true]));
    const refusal = new LedgerError('store.unreadable', 'not let in');
    const refused = subscribed(() => Promise.reject(refusal));
    refused.confirm();
    await turn();
    expect(refused.fail).toHaveBeenCalledWith(refusal);
  });
});
