import { describe, expect, test } from 'vitest';
import { StreamNames } from '../../src/store/kurrentdb/stream-names.ts';

const LEDGERS = ['a', 'a-b', 'a_b', 'b', 'A'];

describe('the streams of ledgers on one server', () => {
  test.each(LEDGERS)('belong to one of them alone: %s', (ledger) => {
    const names = new StreamNames(`${ledger}.`);
    const isSent = new RegExp(names.pattern);
    const isMetadata = new RegExp(names.metadataPattern);
    for (const other of LEDGERS) {
      const theirs = new StreamNames(`${other}.`);
      const [stream, claim, copied] = [theirs.ofStream('payer-a.b'), theirs.ofClaim('a.b'), theirs.ofCopied];
      const isOwn = other === ledger;
      expect(names.streamOf(stream)).toBe(isOwn ? 'payer-a.b' : undefined);
      expect(isSent.test(stream)).toBe(isOwn);
      for (const bookkeeping of [claim, copied]) {
        expect(names.streamOf(bookkeeping)).toBeUndefined();
        expect(isSent.test(bookkeeping)).toBe(false);
      }
      for (const about of [stream, claim, copied]) {
        expect(names.ofMetadata(`$$${about}`) !== undefined).toBe(isOwn);
        expect(isMetadata.test(`$$${about}`)).toBe(isOwn);
      }
    }
  });

  test.each(['', 'a', 'a.b.', '.', '$a.', 'a.b'])(
    'no ledger is kept under %j, which others could begin with',
    (prefix) => {
      expect(() => new StreamNames(prefix)).toThrow(TypeError);
    },
  );
});
