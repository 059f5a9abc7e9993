import { describe, expect, test } from 'vitest';
import { Audit } from '../../projections/audit.ts';
import type { CertificateEvent } from '../../src/domain/certificate/events.ts';
import type { InvoiceEvent } from '../../src/domain/invoice/events.ts';
import type { PayerEvent } from '../../src/domain/payer/events.ts';
import type { LedgerEvent } from '../../src/events/catalogue.ts';
import { openLedger } from '../../src/index.ts';

type Recorded = readonly [stream: string, event: LedgerEvent, commandId?: string];

const issued = {
  type: 'CertificateIssued',
  effectiveOn: '2020-01-10',
  certificateId: '01',
  payerId: 'uo',
  groupId: 'fund',
  holderId: 'h1',
  validFrom: '2020-01-10',
  validUntil: '2030-01-01',
} satisfies CertificateEvent;
const toppedUp = {
  type: 'NominalToppedUp',
  effectiveOn: '2020-01-10',
  periodId: '2020',
  from: '2020-01-01',
  until: '2020-12-31',
  amount: 100_00,
} satisfies CertificateEvent;
const blocked = {
  type: 'CourseBlocked',
  effectiveOn: '2020-02-01',
  contractId: 'k1',
  payerId: 'uo',
  periodId: '2020',
  providerId: 'cdt',
  programmeId: 'robots',
  moduleId: 'm1',
  agreementId: 'a1',
  number: '7',
  date: '2020-02-01',
  from: '2020-02-01',
  until: '2020-05-31',
  lessons: 2,
  price: 60_00,
  share: 60_00,
  parentShare: 0,
} satisfies CertificateEvent;
const group = {
  type: 'CertificateGroupDefined',
  effectiveOn: '2020-01-01',
  groupId: 'fund',
  name: 'Финансирование',
  kind: 'funding',
} satisfies PayerEvent;
const opened = {
  type: 'FundingPeriodOpened',
  effectiveOn: '2020-01-01',
  periodId: '2020',
  from: '2020-01-01',
  until: '2020-12-31',
} satisfies PayerEvent;

function charged(amount: number, lessonId = 'l1'): CertificateEvent {
  return { type: 'LessonCharged', effectiveOn: '2020-02-10', contractId: 'k1', lessonId, status: 'attended', amount };
}

/** Replays events, each its own command unless one is named, and answers what the audit finds. */
function audit(...recorded: readonly Recorded[]): { findings: string[]; remarks: string[] } {
  const audited = new Audit();
  const revisions = new Map<string, number>();
  for (const [index, [stream, event, commandId = `c${index}`]] of recorded.entries()) {
    const revision = (revisions.get(stream) ?? -1) + 1;
    revisions.set(stream, revision);
    audited.fold(event, { stream, revision }, commandId);
  }
  const found = { findings: [...audited.findings()], remarks: [...audited.remarks()] };
  audited.close();
  return found;
}

const certificate = 'certificate-01';
const sound: readonly Recorded[] = [
  [certificate, issued],
  [certificate, toppedUp],
  [certificate, blocked],
  [certificate, charged(30_00)],
];

describe('the audit of a log', () => {
  test('finds nothing in one that keeps the rules', () => {
    expect(audit(...sound)).toEqual({ findings: [], remarks: [] });
  });

  test('names the command after which a contract is charged more than its share', () => {
    const { findings } = audit(...sound, [certificate, charged(30_01, 'l2'), 'too-much']);
    expect(findings).toContain(
      'contract k1 after command too-much: share 60.00, charged 60.01, released 0.00, 2 of 2 lessons charged',
    );
    expect(findings[1]).toContain(
      'certificate 01, period 2020 after command too-much: nominal 100.00, available 40.00',
    );
  });

  test('finds more lessons charged than the contract has', () => {
    const { findings } = audit(...sound, [certificate, charged(30_00, 'l2')], [certificate, charged(0, 'l3'), 'third']);
    expect(findings).toEqual([
      'contract k1 after command third: share 60.00, charged 60.00, released 0.00, 3 of 2 lessons charged',
    ]);
  });

  test('judges a command as a whole, not each of its events', () => {
    const released: CertificateEvent = {
      type: 'BlockReleased',
      effectiveOn: '2020-06-01',
      contractId: 'k1',
      amount: 60_00,
    };
    const back: CertificateEvent = {
      type: 'LessonChargeReversed',
      effectiveOn: '2020-02-10',
      contractId: 'k1',
      lessonId: 'l1',
      amount: 30_00,
      cause: 'closing',
    };
    expect(audit(...sound, [certificate, released, 'close'], [certificate, back, 'close']).findings).toEqual([]);
    expect(audit(...sound, [certificate, released, 'one'], [certificate, back, 'other']).findings).not.toEqual([]);
  });

  test('finds available money that was blocked twice', () => {
    const second = { ...blocked, contractId: 'k2', number: '8' };
    const { findings } = audit(...sound, [certificate, second, 'twice']);
    expect(findings).toEqual([
      'certificate 01, period 2020 after command twice: nominal 100.00, available -20.00, blocked 90.00, charged 30.00, expired 0.00',
    ]);
  });

  test('finds a contract number that a provider has twice in a year', () => {
    const second = { ...blocked, contractId: 'k2', share: 10_00 };
    expect(audit(...sound, [certificate, second]).findings).toEqual([
      'provider cdt has 2 contracts with the number 7 in 2020',
    ]);
  });

  test('finds an agreement that is used beyond its limit', () => {
    const agreement: LedgerEvent = {
      type: 'AgreementConcluded',
      effectiveOn: '2020-01-01',
      agreementId: 'a1',
      payerId: 'uo',
      providerId: 'cdt',
      number: '1',
      date: '2020-01-01',
      from: '2020-01-01',
      until: '2020-12-31',
      totalLimit: 59_99,
    };
    expect(audit(['agreement-a1', agreement], ...sound).findings).toEqual([
      'agreement a1: 60.00 is in use, its limit is 59.99',
    ]);
  });

  test.each([{ limitCount: 0 }, { limitAmount: 99_99 }])('finds a group beyond its limit %j', (limit) => {
    const { findings } = audit(['payer-uo', opened], ['payer-uo', { ...group, ...limit }], ...sound);
    expect(findings).toEqual(['group fund of payer uo, period 2020: 1 certificates with 100.00 pass its limit']);
  });

  test('finds money left in a closed period', () => {
    const closed: LedgerEvent = { type: 'FundingPeriodClosed', effectiveOn: '2020-12-31', periodId: '2020' };
    const { findings } = audit(['payer-uo', opened], ['payer-uo', group], ...sound, ['payer-uo', closed]);
    expect(findings).toEqual(['certificate 01: period 2020 is closed, but 40.00 is available and 30.00 blocked']);
  });

  test('finds an event about something the log has never named', () => {
    const { findings } = audit([certificate, issued], [certificate, charged(30_00)]);
    expect(findings).toEqual([
      'stream certificate-01, revision 1: LessonCharged cannot be replayed: contract has no row k1',
    ]);
  });

  test('finds an invoice whose sums are not those of its lines, and a number that was left out', () => {
    const line = {
      kind: 'charge' as const,
      month: '2020-02',
      contractId: 'k1',
      contractNumber: '7',
      contractDate: '2020-02-01',
      certificateId: '01',
    };
    const invoice: InvoiceEvent = {
      type: 'InvoiceIssued',
      effectiveOn: '2020-03-01',
      number: 'cdt-2020-0002',
      payerId: 'uo',
      providerId: 'cdt',
      month: '2020-02',
      services: 30_00,
      corrections: 0,
      carriedIn: 0,
      advance: 0,
      total: 30_00,
      due: 30_01,
      carriedOut: 0,
      lines: [{ ...line, lessons: 1, amount: 30_00 }],
    };
    expect(audit(...sound, ['invoices-uo/cdt', invoice]).findings).toEqual([
      'provider cdt has 1 invoices in 2020, but the last number is 2',
      'invoice cdt-2020-0002: its sums are not those of its lines',
    ]);
  });

  test('remarks a day on which available is negative, and a command that was never completed', () => {
    const early = { ...blocked, effectiveOn: '2020-01-09', date: '2020-01-09' };
    const begun: LedgerEvent = { type: 'CommandBegun', effectiveOn: '2020-03-01', body: { command: 'closePeriod' } };
    expect(audit([certificate, issued], [certificate, toppedUp], [certificate, early], ['command-c9', begun])).toEqual({
      findings: [],
      remarks: [
        'certificate 01, period 2020: on 2020-01-09 available is -60.00',
        'command c9 (closePeriod) has begun and is not completed; it is finished when the ledger is next opened',
      ],
    });
  });
});

describe('verify', () => {
  test('lists available that is negative on an earlier day as a remark, not as an error', async () => {
    const ledger = await openLedger({ store: 'memory:' });
    const at = (day: string) => ({ at: `${day}T09:00:00Z` });
    const commands = [
      { command: 'registerPayer', payerId: 'uo', name: 'УО' },
      { command: 'openFundingPeriod', payerId: 'uo', periodId: '2020', from: '2020-01-01', until: '2020-12-31' },
      { command: 'defineCertificateGroup', payerId: 'uo', groupId: 'fund', name: 'Ф', kind: 'funding' },
      {
        command: 'issueCertificate',
        certificateId: '01',
        payerId: 'uo',
        groupId: 'fund',
        holderId: 'h',
        birthDate: '2010-01-01',
        issuedOn: '2020-01-10',
      },
      { command: 'topUpNominal', certificateId: '01', periodId: '2020', amount: '10.00' },
      {
        command: 'adjustNominal',
        certificateId: '01',
        periodId: '2020',
        nominal: '50.00',
        on: '2020-03-01',
        reason: 'р',
      },
      {
        command: 'adjustNominal',
        certificateId: '01',
        periodId: '2020',
        nominal: '30.00',
        on: '2020-02-01',
        reason: 'р',
      },
    ];
    for (const [index, command] of commands.entries())
      await ledger.executeUnknown({ ...command, id: `c${index}` }, at('2020-03-02'));
    const verified = await ledger.verify();
    await ledger.close();
    expect(verified).toMatchObject({
      ok: true,
      findings: [],
      remarks: ['certificate 01, period 2020: on 2020-02-01 available is -10.00'],
    });
  });
});
