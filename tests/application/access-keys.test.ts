import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from '../../src/index.ts';
import { fixedClock, openLedger } from '../../src/index.ts';

let folder = '';
let store = '';
let ledger: Ledger;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-keys-'));
  store = `sqlite:${join(folder, 'ledger.db')}`;
  ledger = await opened();
});
afterAll(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

function opened(readOnly = false): Promise<Ledger> {
  // 22 h UTC is the next day in Moscow, in whose zone a day is told where no payer is involved.
  return openLedger({ store, readOnly, clock: fixedClock('2026-03-10T22:00:00Z') });
}

describe('access keys', () => {
  test('are known by their secret until they are revoked, and after the ledger was opened again', async () => {
    const kept = await ledger.accessKeys.create({ keyId: 'kept', role: 'payer', payerId: 'uo' });
    const gone = await ledger.accessKeys.create({ keyId: 'gone', role: 'operator' }, 'key:console');
    expect(kept).toEqual({ keyId: 'kept', role: 'payer', payerId: 'uo', key: expect.stringMatching(/^ledger_.{43}$/) });
    expect(await ledger.accessKeys.find(gone.key)).toMatchObject({ keyId: 'gone' });
    expect(ledger.accessKeys.findAtOnce(gone.key)).toMatchObject({ keyId: 'gone' });
    await ledger.accessKeys.revoke('gone');
    expect(await ledger.accessKeys.find(gone.key)).toBeUndefined();
    expect(ledger.accessKeys.findAtOnce(gone.key)).toBeUndefined();
    expect(ledger.accessKeys.findAtOnce(kept.key)).toMatchObject({ keyId: 'kept' });
    await ledger.close();
    ledger = await opened();
    expect(await ledger.accessKeys.find(gone.key)).toBeUndefined();
    expect(await ledger.accessKeys.find(kept.key)).toMatchObject({ keyId: 'kept', role: 'payer', payerId: 'uo' });
    expect(await ledger.accessKeys.find(`${kept.key}x`)).toBeUndefined();
  });

  test('are listed without their secrets, also beside a process that writes', async () => {
    const listed = [
      { keyId: 'kept', role: 'payer', payerId: 'uo', createdOn: '2026-03-11' },
      { keyId: 'gone', role: 'operator', createdOn: '2026-03-11', revokedOn: '2026-03-11' },
    ];
    const beside = await opened(true);
    for (const keys of [await ledger.accessKeys.all(), await beside.listAccessKeys()]) {
      expect(JSON.parse(JSON.stringify(keys))).toEqual(listed);
    }
    await beside.close();
  });

  test('do not move the clock: history can be moved in by whoever has one', async () => {
    const fresh = await openLedger({ store: 'memory:', clock: fixedClock('2026-03-10T22:00:00Z') });
    const register = (payerId: string, at: string) =>
      fresh.execute({ command: 'registerPayer', id: payerId, payerId, name: payerId }, { at });
    await fresh.accessKeys.create({ keyId: 'mover', role: 'operator' });
    await register('uo', '2020-01-01T08:00:00Z');
    await fresh.accessKeys.revoke('mover');
    await register('uo-2', '2020-01-01T08:00:00Z');
    await expect(register('uo-3', '2020-01-01T07:59:59Z')).rejects.toMatchObject({ code: 'clock.goes_back' });
    expect(await fresh.listAccessKeys()).toMatchObject([{ createdOn: '2026-03-11', revokedOn: '2026-03-11' }]);
    expect(await fresh.verify()).toMatchObject({ ok: true, events: 4 });
    await fresh.close();
  });

  test('get a fresh id where they are given none', async () => {
    const [first, second] = [
      await ledger.accessKeys.create({ role: 'operator' }),
      await ledger.accessKeys.create({ role: 'operator' }),
    ];
    expect(first.keyId).not.toBe(second.keyId);
    expect(first.key).not.toBe(second.key);
  });

  test('of one id made at once are made once', async () => {
    const create = () => ledger.accessKeys.create({ keyId: 'twice', role: 'operator' });
    const made = await Promise.allSettled([create(), create()]);
    expect(made.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('lie in the log like everything else: it is verified, and read models are built from it', async () => {
    expect(await ledger.verify()).toMatchObject({ ok: true, findings: [] });
    for (const { projection, unchanged } of await ledger.rebuild()) expect(unchanged, projection).toBe(true);
  });

  test('leave out the digest of their secret in an export, and nothing holds the secret itself', async () => {
    const { key } = await ledger.accessKeys.create({ keyId: 'exported', role: 'operator' }, 'key:console');
    const events: Record<string, unknown>[] = [];
    for await (const { type, commandId, by, data } of ledger.events()) events.push({ type, commandId, by, data });
    expect(events.at(-1)).toEqual({
      type: 'AccessKeyCreated',
      commandId: 'accessKeys:exported',
      by: undefined,
      data: { keyId: 'exported', role: 'operator' },
    });
    const personal: unknown[] = [];
    for await (const event of ledger.events({ personal: true })) personal.push(event);
    expect(personal.at(-1)).toMatchObject({ by: 'key:console', data: { digest: expect.stringMatching(/^.{43}$/) } });
    expect(JSON.stringify(personal)).not.toContain(key.slice('ledger_'.length));
  });

  test('of the wrong shape are refused with the field', async () => {
    const order = { role: 'payer', providerId: 'cdt' } as const;
    await expect(ledger.accessKeys.create(order)).rejects.toMatchObject({
      code: 'command.invalid',
      message: expect.stringContaining('payerId'),
    });
    await expect(ledger.accessKeys.revoke('nobody')).rejects.toMatchObject({ code: 'key.not_found' });
  });
});
