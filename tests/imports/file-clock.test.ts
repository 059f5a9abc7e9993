import { describe, expect, test } from 'vitest';
import { ImportRun } from '../../api/imports/import-run.ts';
import type { EventStore } from '../../src/store/event-store.ts';
import { copyOf, openNode } from '../support/nodes/node.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, lesson, schoolWorld } from '../support/nodes/school-world.ts';

/** After the last line of every file here. */
const LATER = '2020-12-30T09:00:00Z';
/** Of the lines: both after everything in the world, the second before the first. */
const [FIRST, SECOND] = ['2020-09-20T11:00:00Z', '2020-09-20T10:00:00Z'];

const register = { command: 'registerProvider', providerId: 'new', name: 'Н', legalForm: 'organisation' };

const registerNewer = { ...register, providerId: 'newer' };

interface Trial {
  readonly title: string;
  readonly first: Body;
  readonly outcome: string;
  /** Given an hour before the first line. */
  readonly second: Body;
}

const trials: readonly Trial[] = [
  {
    title: 'a certificate that is there',
    first: {
      command: 'issueCertificate',
      certificateId: '01',
      payerId: 'uo',
      groupId: 'fund',
      holderId: 'h',
      birthDate: '2010-05-05',
      issuedOn: '2020-01-10',
    },
    outcome: 'certificate.already_exists',
    second: registerNewer,
  },
  {
    title: 'a contract number that is taken, and another contract under the agreement',
    first: block('k2', '02', { number: 'n-k1' }),
    outcome: 'contract.number_taken',
    second: block('k3', '03'),
  },
  {
    title: 'a contract number that is taken, and the contract under another number',
    first: block('k2', '02', { number: 'n-k1' }),
    outcome: 'contract.number_taken',
    second: block('k2', '02'),
  },
  {
    title: 'a lesson of a contract that is not there',
    first: lesson('l1', '2020-09-10', 'k9'),
    outcome: 'ok',
    second: registerNewer,
  },
  {
    title: 'a lesson of two contracts that are not there',
    first: lesson('l1', '2020-09-10', 'k8', 'k9'),
    outcome: 'ok',
    second: lesson('l1', '2020-09-10', 'k1'),
  },
  {
    title: 'a line that was taken before',
    first: { ...register, id: 'before' },
    outcome: 'replayed',
    second: registerNewer,
  },
];

async function outcomesOf(store: EventStore, files: readonly (readonly object[])[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (const file of files) {
    const run = new ImportRun(await openNode(store, LATER), {
      historic: true,
      tell: async (told) => {
        for (const line of told.split('\n').filter((text) => text !== '')) {
          const { ok, replayed, error } = JSON.parse(line);
          outcomes.push(ok ? (replayed ? 'replayed' : 'ok') : error.code);
        }
      },
    });
    const pieces = (async function* () {
      yield file.map((line) => JSON.stringify(line));
    })();
    await run.run(pieces);
  }
  return outcomes;
}

describe('a line that records nothing does not move the clock of its file', () => {
  test.each(trials)('$title', async ({ first, outcome, second }) => {
    const world = await schoolWorld({ afterwards: [block('k1', '01')] });
    await (await openNode(world)).executeUnknown({ ...register, id: 'before' });
    const lines = [
      { id: 'first', ...first, at: FIRST },
      { id: 'second', ...second, at: SECOND },
    ];
    for (const files of [[lines], lines.map((line) => [line])]) {
      // As on the embedded store, so on one that others may write to.
      for (const shared of [false, true]) {
        const store = await copyOf(world, { shared });
        const told = { shared, files: files.length, outcomes: await outcomesOf(store, files) };
        expect(told).toEqual({ shared, files: files.length, outcomes: [outcome, 'ok'] });
        expect((await (await openNode(store)).verify()).findings).toEqual([]);
      }
    }
  });
});
