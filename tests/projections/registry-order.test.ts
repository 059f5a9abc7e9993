import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger, RegistryName } from '../../src/index.ts';
import { LedgerError, openLedger, registryNames, sortNamesOf } from '../../src/index.ts';
import { sendTown, town } from '../support/town.ts';

/** What tells the items of a registry apart, in the order the rules list them by. */
const KEYS: Readonly<Record<RegistryName, readonly string[]>> = {
  payers: ['payerId'],
  periods: ['payerId', 'periodId'],
  groups: ['payerId', 'groupId'],
  providers: ['providerId'],
  agreements: ['agreementId'],
  programmes: ['programmeId'],
  certificates: ['certificateId'],
  contracts: ['contractId'],
  advances: ['payerId', 'providerId', 'month'],
  invoices: ['number'],
  refusals: ['contractId', 'lessonId'],
};

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger({ store: 'memory:' });
  await sendTown(ledger, 0, town.length);
});
afterAll(() => ledger.close());

/** The town requests no advances. */
const filled = registryNames.filter((name) => name !== 'advances');

describe('a registry sorted by a field', () => {
  test.each(filled)('%s: pages are the whole list in that order, in both directions', async (name) => {
    const all: object[] = [];
    for await (const item of ledger.registry(name)) all.push(item);
    expect(all.length).toBeGreaterThan(0);
    for (const field of sortNamesOf(name)) {
      const columns = [field, ...KEYS[name]];
      const ascending = all.toSorted((a, b) => compare(a, b, columns));
      const limit = Math.ceil(all.length / 2);
      expect(await paged(name, field, limit), `${name} by ${field}`).toEqual(ascending);
      expect(await paged(name, `-${field}`, limit), `${name} by -${field}`).toEqual(ascending.toReversed());
    }
  });

  test('a cursor of another order, registry or form is refused', async () => {
    const { next = '' } = await ledger.registryPage('contracts', { sort: '-share', limit: 1 });
    const refused = { code: 'query.invalid' };
    await expect(ledger.registryPage('contracts', { sort: 'share', after: next })).rejects.toMatchObject(refused);
    await expect(ledger.registryPage('contracts', { after: next })).rejects.toMatchObject(refused);
    await expect(ledger.registryPage('certificates', { after: next })).rejects.toMatchObject(refused);
    await expect(ledger.registryPage('contracts', { after: 'x' })).rejects.toBeInstanceOf(LedgerError);
    await expect(ledger.registryPage('contracts', { sort: 'holderId' as 'share' })).rejects.toMatchObject({
      message: expect.stringContaining('cannot be sorted by holderId, but by contractId'),
    });
  });

  test('a scope holds beside the filter of the same name', async () => {
    const [contract] = (await ledger.registryPage('contracts', { limit: 1 })).items;
    const payer = String(contract?.payerId);
    const asked = { filter: { payer }, scope: { payer: 'somebody else' } };
    expect((await ledger.registryPage('contracts', { filter: { payer } })).items.length).toBeGreaterThan(0);
    expect(await ledger.registryPage('contracts', asked)).toEqual({ items: [] });
  });
});

async function paged(name: RegistryName, sort: string, limit: number): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let after: string | undefined; ; ) {
    const page = await ledger.registryPage(name, {
      sort: sort as never,
      limit,
      ...(after === undefined ? {} : { after }),
    });
    items.push(...page.items);
    if (page.next === undefined) return items;
    after = page.next;
  }
}

/** Amounts and counts as numbers, everything else as text by code point; what is not there comes first. */
function compare(a: object, b: object, fields: readonly string[]): number {
  for (const field of fields) {
    const [x, y] = [a, b].map((item) => comparable((item as Readonly<Record<string, unknown>>)[field]));
    if (x === undefined || y === undefined || x === y) continue;
    return x < y ? -1 : 1;
  }
  return 0;
}

function comparable(value: unknown): string | number {
  if (typeof value === 'string' && /^-?\d+\.\d\d$/.test(value)) return Number(value.replace('.', ''));
  return typeof value === 'number' ? value : String(value ?? '');
}
