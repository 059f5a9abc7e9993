import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import type { Command } from '../../src/index.ts';
import { openLedger } from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'ledger-closed-'));
const store = `sqlite:${join(folder, 'ledger.db')}`;
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([false, true])('a ledger that was closed, read only: %s', (readOnly) => {
  test('says so to every question, and may be closed again', async () => {
    const ledger = await openLedger({ store, readOnly });
    await ledger.close();
    for (const question of [ledger.status(), ledger.registryPage('payers'), ledger.verify(), ledger.eventsBehind()]) {
      await expect(question).rejects.toMatchObject({ code: 'ledger.closed' });
    }
    await ledger.close();
  });
});

test('a ledger that is closed leaves a snapshot of a certificate with many lessons, which bears out', async () => {
  const file = join(folder, 'lessons.db');
  const ledger = await openLedger({ store: `sqlite:${file}`, clock: { now: () => '2024-03-01T09:00:00Z' } });
  for (const command of [...course, ...Array.from({ length: 40 }, lesson)]) await ledger.execute(command);
  await ledger.close();
  const database = new DatabaseSync(file, { readOnly: true });
  expect(database.prepare('SELECT stream, revision FROM snapshot').all()).toEqual([
    { stream: 'certificate-c', revision: 42 },
  ]);
  database.close();
  const again = await openLedger({ store: `sqlite:${file}` });
  expect(await again.verify()).toMatchObject({ ok: true });
  expect((await again.execute(lesson('', 40))).outcome).toMatchObject({ results: [{ result: 'charged' }] });
  await again.close();
});

const course: readonly Command[] = [
  { command: 'registerPayer', id: '1', payerId: 'p', name: 'Управление образования' },
  { command: 'openFundingPeriod', id: '2', payerId: 'p', periodId: '2024', from: '2024-01-01', until: '2024-12-31' },
  { command: 'defineCertificateGroup', id: '3', payerId: 'p', groupId: 'g', name: 'г', kind: 'funding' },
  { command: 'setGroupNominal', id: '4', payerId: 'p', groupId: 'g', periodId: '2024', nominal: '12000.00' },
  { command: 'registerProvider', id: '5', providerId: 'v', name: 'ЦДТ', legalForm: 'organisation' },
  {
    command: 'submitProgramme',
    id: '6',
    programmeId: 'm',
    providerId: 'v',
    name: 'Шахматы',
    direction: 'социально-педагогическая',
    ageFrom: 7,
    ageTo: 12,
    modules: [{ moduleId: 'm', name: 'Первый год', lessons: 72, price: '6000.00', normativePrice: '6000.00' }],
  },
  { command: 'recordExpertReview', id: '7', programmeId: 'm', expertId: 'a', verdict: 'meets' },
  { command: 'recordExpertReview', id: '8', programmeId: 'm', expertId: 'b', verdict: 'meets' },
  { command: 'decideCertification', id: '9', programmeId: 'm', outcome: 'certified', on: '2024-01-09' },
  {
    command: 'concludeAgreement',
    id: '10',
    agreementId: 'a',
    payerId: 'p',
    providerId: 'v',
    number: '1',
    date: '2024-01-09',
    from: '2024-01-09',
    until: '2024-12-31',
  },
  {
    command: 'issueCertificate',
    id: '11',
    certificateId: 'c',
    payerId: 'p',
    groupId: 'g',
    holderId: 'h',
    birthDate: '2014-05-20',
    issuedOn: '2024-01-10',
  },
  { command: 'topUpNominal', id: '12', certificateId: 'c', periodId: '2024' },
  {
    command: 'blockCourse',
    id: '13',
    contractId: 'k',
    certificateId: 'c',
    providerId: 'v',
    programmeId: 'm',
    moduleId: 'm',
    agreementId: 'a',
    number: '1',
    date: '2024-01-12',
    from: '2024-01-15',
    until: '2024-05-31',
    lessons: 72,
    price: '6000.00',
  },
];

function lesson(_: unknown, index: number): Command {
  const attendance = [{ contractId: 'k', status: 'attended' as const }];
  return { command: 'recordLesson', id: `l${index}`, lessonId: `l${index}`, date: '2024-02-05', attendance };
}
