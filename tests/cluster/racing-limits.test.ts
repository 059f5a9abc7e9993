import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiNodes, tally } from '../support/cluster/api-nodes.ts';
import {
  CITY,
  certificate,
  course,
  funded,
  setUp,
  TIGHT_AGREEMENT,
  TIGHT_GROUPS,
  topUp,
} from '../support/cluster/city.ts';
import { contentsOfLedger } from '../support/cluster/contents.ts';
import { trialLedger } from '../support/cluster/trial.ts';

const address = process.env.KURRENTDB_URL;
const CHILDREN = 24;

describe.skipIf(address === undefined)(
  'when clients of two nodes race for what is left of a limit (KURRENTDB_URL)',
  () => {
    const store = trialLedger(address ?? '', 'limits');
    const numbers = Array.from({ length: CHILDREN }, (_, index) => index + 10);
    let nodes: ApiNodes;

    beforeAll(async () => {
      const children = numbers.flatMap((number) => [
        ...funded(`child-${number}`),
        ...TIGHT_GROUPS.groupIds.map((groupId) => certificate(`${groupId}-${number}`, { groupId })),
      ]);
      await setUp(store, [...CITY, ...children]);
      nodes = await ApiNodes.start(store);
    }, 120_000);
    afterAll(() => nodes?.stop());

    test("an agreement's limit is used up, and never passed", async () => {
      const { agreementId, courses } = TIGHT_AGREEMENT;
      const blocks = numbers.map((number) => ({
        ...course(`c-${number}`, `child-${number}`, { agreementId }),
        id: `b-${number}`,
      }));
      expect(tally(await nodes.giveAtOnce(blocks))).toEqual({
        accepted: courses,
        'agreement.limit_reached': CHILDREN - courses,
      });
    });

    test.each(TIGHT_GROUPS.groupIds)("a group's limit is used up, and never passed (%s)", async (groupId) => {
      const topUps = numbers.map((number) => ({ ...topUp(`${groupId}-${number}`), id: `t-${groupId}-${number}` }));
      expect(tally(await nodes.giveAtOnce(topUps))).toEqual({
        accepted: TIGHT_GROUPS.places,
        'group.limit_reached': CHILDREN - TIGHT_GROUPS.places,
      });
    });

    test('what is released by one node can be used by the other, and again no more than that', async () => {
      const { agreementId } = TIGHT_AGREEMENT;
      const blocked = numbers.map((number) => ({
        ...course(`c-${number}`, `child-${number}`, { agreementId }),
        id: `b-${number}`,
      }));
      const first = (await nodes.giveAtOnce(blocked)).flatMap(({ ok }, index) => (ok ? [numbers[index]] : []));
      const releases = first
        .slice(0, 3)
        .map((number) => ({ command: 'releaseBlock', contractId: `c-${number}`, on: '2020-12-25', id: `r-${number}` }));
      const others = numbers.map((number) => ({
        ...course(`d-${number}`, `child-${number}`, { agreementId, moduleId: 'm2' }),
        id: `d-${number}`,
      }));
      expect(tally(await nodes.giveAtOnce(releases))).toEqual({ accepted: 3 });
      expect(tally(await nodes.giveAtOnce(others))).toEqual({ accepted: 3, 'agreement.limit_reached': CHILDREN - 3 });
    });

    test('nothing is wrong by the end, and every figure is the sum of what was accepted', async () => {
      const { contents, findings } = await contentsOfLedger(store);
      expect(findings).toEqual([]);
      const periods = (JSON.parse(contents) as Balance[]).flatMap((balance) => balance.periods);
      const blocked = periods.map((period) => Number(period.blocked));
      const nominal = periods.map((period) => Number(period.nominal));
      // Ten courses, three of them released, and three in their place; all children but those without a place in their group.
      expect(blocked.reduce((sum, amount) => sum + amount, 0)).toBe(100 * TIGHT_AGREEMENT.courses);
      expect(nominal.reduce((sum, amount) => sum + amount, 0)).toBe(1000 * (CHILDREN + 2 * TIGHT_GROUPS.places));
      console.info('commands that had to be sent again:', nodes.sentAgain);
    });
  },
);

interface Balance {
  readonly periods: readonly { readonly nominal: string; readonly blocked: string }[];
}
