import { describe, expect, test } from 'vitest';
import { ApiNodes } from '../support/cluster/api-nodes.ts';
import type { FileLine } from '../support/cluster/contents.ts';
import { comparable, contentsOfLedger, undisturbed } from '../support/cluster/contents.ts';
import { trialLedger } from '../support/cluster/trial.ts';
import { town } from '../support/town.ts';

const address = process.env.KURRENTDB_URL;
/** The part of the town that is sent, and up to where it goes to the first node. */
const [SENT, HALF] = [700, 400];

describe.skipIf(address === undefined)('an import by HTTP into a server (KURRENTDB_URL)', () => {
  test('answers as one into memory, also when another node goes on with the file and the first gets it again', async () => {
    const store = trialLedger(address ?? '', 'http-import');
    const lines = (town as readonly FileLine[]).slice(0, SENT);
    const nodes = await ApiNodes.start(store);
    try {
      const expected = await undisturbed(lines);
      const first = await nodes.importFile(0, lines.slice(0, HALF));
      const rest = await nodes.importFile(1, lines.slice(HALF));
      expect([...first, ...rest].map(comparable)).toEqual(expected.answers);
      const again = await nodes.importFile(0, lines);
      expect(again.map(comparable)).toEqual(expected.answers);
      expect(again.filter(({ ok, replayed }) => ok === true && replayed !== true)).toEqual([]);
      expect(await contentsOfLedger(store)).toEqual({ contents: expected.contents, findings: [] });
    } finally {
      await nodes.stop();
    }
  }, 300_000);
});
