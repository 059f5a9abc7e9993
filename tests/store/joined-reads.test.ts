import { afterEach, describe, expect, test, vi } from 'vitest';
import { JoinedReads } from '../../src/store/kurrentdb/joined-reads.ts';

/** In milliseconds; a read that is not answered ends after it as well. */
const PATIENCE = 20_000;

/** Reads that end when they are told to; the answer to each is how many had begun by then. */
function controlled() {
  const begun: { readonly place: string; readonly answer: PromiseWithResolvers<number> }[] = [];
  const reads = new JoinedReads<number>(
    (place) => {
      const answer = Promise.withResolvers<number>();
      begun.push({ place, answer });
      return answer.promise;
    },
    { time: PATIENCE, late: () => new Error('too late') },
  );
  const end = (index: number) => begun[index]?.answer.resolve(index + 1);
  const fail = (index: number) => begun[index]?.answer.reject(new Error(`read ${index + 1} failed`));
  return { reads, begun, end, fail };
}

async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

afterEach(() => {
  vi.useRealTimers();
});

describe('when a read is not answered', () => {
  test('whoever shares the next one waits no longer than if he were alone', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { reads, end, fail } = controlled();
    const told: string[] = [];
    const tell = (name: string) => (error: Error) => void told.push(`${name}: ${error.message}`);
    reads.of('a').catch(tell('first'));
    reads.of('a').catch(tell('second'));
    await vi.advanceTimersByTimeAsync(12_000);
    const third = reads.of('a');
    await vi.advanceTimersByTimeAsync(7_999);
    expect(told).toEqual([]);
    fail(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual(['first: read 1 failed', 'second: too late']);
    // The one that begins now is for those who still wait.
    end(1);
    expect(await third).toBe(2);
  });
});

describe('when a place is read by many at once', () => {
  test('whoever asks while a read is on its way is answered by one that begins later', async () => {
    const { reads, begun, end } = controlled();
    const first = reads.of('a');
    const [second, third] = [reads.of('a'), reads.of('a')];
    expect(begun).toHaveLength(1);
    end(0);
    await turns();
    expect(begun).toHaveLength(2);
    const fourth = reads.of('a');
    end(1);
    await turns();
    end(2);
    expect(await Promise.all([first, second, third, fourth])).toEqual([1, 2, 2, 3]);
    expect(begun).toHaveLength(3);
  });

  test('one at a time, each has a read of his own', async () => {
    const { reads, begun, end } = controlled();
    for (const number of [1, 2, 3]) {
      const answer = reads.of('a');
      end(number - 1);
      expect(await answer).toBe(number);
    }
    expect(begun).toHaveLength(3);
  });

  test('another place is not waited for', async () => {
    const { reads, begun, end } = controlled();
    const answers = [reads.of('a'), reads.of('b')];
    expect(begun.map(({ place }) => place)).toEqual(['a', 'b']);
    end(1);
    end(0);
    expect(await Promise.all(answers)).toEqual([1, 2]);
  });

  test('a failure is told to those who shared the read, and the next begins all the same', async () => {
    const { reads, end, fail } = controlled();
    const first = reads.of('a');
    const second = reads.of('a');
    fail(0);
    await expect(first).rejects.toThrow('read 1 failed');
    await turns();
    end(1);
    expect(await second).toBe(2);
    const third = reads.of('a');
    await turns();
    end(2);
    expect(await third).toBe(3);
  });
});
