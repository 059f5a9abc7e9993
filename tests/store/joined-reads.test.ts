import { describe, expect, test } from 'vitest';
import { JoinedReads } from '../../src/store/kurrentdb/joined-reads.ts';

/** Reads that end when they are told to; the answer to each is how many had begun by then. */
function controlled() {
  const begun: { readonly place: string; readonly answer: PromiseWithResolvers<number> }[] = [];
  const reads = new JoinedReads((place) => {
    const answer = Promise.withResolvers<number>();
    begun.push({ place, answer });
    return answer.promise;
  });
  const end = (index: number) => begun[index]?.answer.resolve(index + 1);
  const fail = (index: number) => begun[index]?.answer.reject(new Error(`read ${index + 1} failed`));
  return { reads, begun, end, fail };
}

async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

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
