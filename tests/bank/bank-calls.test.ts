import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bankExport, bankImport } from '../../api/cli/calls/bank.ts';
import type { Ledger } from '../../src/index.ts';
import type { MemoryEventStore } from '../../src/store/memory/memory-event-store.ts';
import { CLERK, monthWorld, opened, PAYER_DETAILS, PROVIDER_DETAILS } from '../support/month-world.ts';
import { copyOf } from '../support/nodes/node.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, lesson } from '../support/nodes/school-world.ts';
import { runCall } from '../support/run-call.ts';
import { bytesByHand } from './windows-1251-by-hand.ts';

let folder = '';
/** September is invoiced: to the club 12.50, accepted; to the school 25.00, issued. */
let invoiced: MemoryEventStore;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-bank-'));
  invoiced = await monthWorld();
  const eight = { until: '2020-09-30', lessons: 8 };
  await opened(
    invoiced,
    CLERK,
    block('k1', '01', eight),
    block('k2', '02', { ...eight, providerId: 'school' }),
    lesson('l1', '2020-09-02', 'k1', 'k2'),
    lesson('l2', '2020-09-09', 'k2'),
    { command: 'issueInvoices', month: '2020-09', on: '2020-10-01' },
    { command: 'acceptInvoice', number: 'club-2020-0001', on: '2020-10-01' },
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The invoiced world on the 5th, after some more commands. */
async function world(...bodies: readonly Body[]): Promise<Ledger> {
  return opened(await copyOf(invoiced), '2020-10-05T09:00:00Z', ...bodies);
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, bytesByHand(text));
  return path;
}

/** A payment to the club as the bank tells it; what is given replaces what is usual, or takes it away. */
function payment(given: Readonly<Record<string, string | undefined>> = {}): string {
  const fields = {
    Номер: '17',
    Дата: '02.10.2020',
    Сумма: '12.50',
    ДатаСписано: '03.10.2020',
    ПлательщикСчет: PAYER_DETAILS.bank.account,
    ПлательщикИНН: PAYER_DETAILS.inn,
    ПолучательСчет: PROVIDER_DETAILS.club.bank.account,
    ПолучательИНН: PROVIDER_DETAILS.club.inn,
    НазначениеПлатежа: 'Оплата по счету № club-2020-0001 от 01.10.2020',
    ...given,
  };
  const lines = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return ['СекцияДокумент=Платежное поручение', ...lines, 'КонецДокумента'].join('\n');
}

const HEADER = '1CClientBankExchange\nВерсияФормата=1.03\nКодировка=Windows\nРасчСчет=40204810000000000010';
const statement = (...documents: readonly string[]) => `${[HEADER, ...documents, 'КонецФайла'].join('\n')}\n`;
async function clubInvoice(ledger: Ledger): Promise<unknown> {
  for await (const invoice of ledger.invoices({ number: 'club-2020-0001' })) return invoice;
  return undefined;
}
const stateOf = async (ledger: Ledger) => {
  const { events, digest } = await ledger.verify();
  return { events, digest };
};

describe('bank import', () => {
  test('books an exact payment on the day it left the account; the same file again changes nothing', async () => {
    const ledger = await world();
    const path = file('exact.txt', statement(payment()));
    const first = await runCall(bankImport, ledger, { json: true }, path);
    const booked = {
      line: 5,
      number: '17',
      date: '2020-10-02',
      amount: '12.50',
      result: 'paid',
      invoice: 'club-2020-0001',
    };
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.json()).toEqual([{ ...booked, replayed: false }]);
    const invoice = await clubInvoice(ledger);
    expect(invoice).toMatchObject({ status: 'paid', paidOn: '2020-10-03' });
    const before = await stateOf(ledger);
    const again = await runCall(bankImport, ledger, { json: true }, path);
    expect(again.exitCode).toBe(0);
    expect(again.json()).toEqual([{ ...booked, replayed: true }]);
    expect(await stateOf(ledger)).toEqual(before);
  });

  test('knows its own payment again in a longer statement, and after the provider has another account', async () => {
    const ledger = await world();
    await runCall(bankImport, ledger, {}, file('exact.txt', statement(payment())));
    const bank = { ...PROVIDER_DETAILS.club.bank, account: '40703810000000000077' };
    await ledger.executeUnknown({
      command: 'changeProviderDetails',
      id: 'x',
      providerId: 'club',
      on: '2020-10-05',
      bank,
    });
    const unrelated = payment({ НазначениеПлатежа: 'Услуги связи, счет 2020-0001', Номер: '5' });
    const { exitCode, text } = await runCall(
      bankImport,
      ledger,
      {},
      file('longer.txt', statement(unrelated, payment())),
    );
    expect(exitCode).toBe(0);
    expect(text).toContain('paid before');
    expect(text).toContain('1 of 2 documents are booked');
  });

  const others: readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp])[] = [
    ['unknown', { НазначениеПлатежа: 'Зарплата' }, /no invoice/],
    ['unknown', { НазначениеПлатежа: 'Счет club-2020-0002' }, /no invoice/],
    ['unknown', { НазначениеПлатежа: 'Счет new-club-2020-0001' }, /no invoice/],
    ['unknown', { НазначениеПлатежа: 'Счет club-2020-00011' }, /no invoice/],
    ['unknown', { НазначениеПлатежа: 'Счет club-2020-0001-2' }, /no invoice/],
    ['unknown', { НазначениеПлатежа: 'Счет club-2020-0001а' }, /no invoice/],
    ['severalInvoices', { НазначениеПлатежа: 'Счета club-2020-0001, school-2020-0001' }, /school-2020-0001/],
    ['otherPayer', { ПлательщикИНН: '6827000099' }, /6827000099 is not the 6827000010/],
    ['otherPayer', { ПлательщикИНН: undefined }, /none is not the 6827000010/],
    ['otherPayer', { ПлательщикСчет: '40204810000000000099' }, /40204810000000000099/],
    ['otherPayee', { ПолучательИНН: '6827000002' }, /6827000002 is not the 6827000001/],
    ['otherPayee', { ПолучательСчет: undefined }, /none is not the 40703810000000000001/],
    ['partial', { Сумма: '12.49' }, /12\.49 of the 12\.50/],
    ['otherAmount', { Сумма: '12.51' }, /12\.51 of the 12\.50/],
    ['notExecuted', { ДатаСписано: undefined }, /ДатаСписано/],
    ['refused', { ДатаСписано: '06.10.2020' }, /2020-10-06/],
    [
      'notAccepted',
      {
        Сумма: '25.00',
        ПолучательСчет: PROVIDER_DETAILS.school.bank.account,
        ПолучательИНН: PROVIDER_DETAILS.school.inn,
        НазначениеПлатежа: 'Счет school-2020-0001',
      },
      /not accepted/,
    ],
  ];

  test('lists everything else with why, and books none of it', async () => {
    const ledger = await world();
    const before = await stateOf(ledger);
    const documents = others.map(([, fields], index) => payment({ Номер: String(100 + index), ...fields }));
    const { exitCode, json } = await runCall(
      bankImport,
      ledger,
      { json: true },
      file('rest.txt', statement(...documents)),
    );
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject(
      others.map(([why, , message], index) => ({
        number: String(100 + index),
        result: 'listed',
        why,
        message: expect.stringMatching(message),
      })),
    );
    expect(await stateOf(ledger)).toEqual(before);
  });

  test('takes the account through which the payment is settled for that of the payer', async () => {
    const ledger = await world();
    const settled = payment({ ПлательщикСчет: '40102810645370000001', ПлательщикРасчСчет: PAYER_DETAILS.bank.account });
    const { json } = await runCall(bankImport, ledger, { json: true }, file('settled.txt', statement(settled)));
    expect(json()).toMatchObject([{ result: 'paid' }]);
  });

  test('books an invoice once: a second payment, and the same document twice in a file, are listed', async () => {
    const ledger = await world();
    const documents = [payment(), payment(), payment({ Номер: '18' })];
    const listed = { result: 'listed', why: 'twice', invoice: 'club-2020-0001' };
    const path = file('twice.txt', statement(...documents));
    for (const replayed of [false, true]) {
      const { exitCode, json } = await runCall(bankImport, ledger, { json: true }, path);
      expect(exitCode).toBe(1);
      expect(json()).toMatchObject(
        [{ result: 'paid', replayed }, { ...listed, message: /line 5/ }, listed].map(asMatcher),
      );
    }
    const pay: Body = {
      command: 'payInvoice',
      number: 'club-2020-0001',
      on: '2020-10-02',
      amount: '12.50',
      reference: 'вручную',
    };
    const byHand = await runCall(bankImport, await world(pay), { json: true }, file('exact.txt', statement(payment())));
    expect(byHand.json()).toMatchObject([listed]);
  });

  test('books nothing to an invoice that is rejected', async () => {
    const ledger = await world({
      command: 'rejectInvoice',
      number: 'school-2020-0001',
      on: '2020-10-02',
      reason: 'нет журнала',
    });
    const { json } = await runCall(
      bankImport,
      ledger,
      { json: true },
      file('rejected.txt', statement(payment({ НазначениеПлатежа: 'Счет school-2020-0001' }))),
    );
    expect(json()).toMatchObject([{ why: 'notInForce' }]);
  });

  test('refuses a broken file whole, with its name and line, before anything is booked', async () => {
    const ledger = await world();
    const path = file('broken.txt', statement(payment(), payment().replace('КонецДокумента', '')));
    await expect(runCall(bankImport, ledger, {}, path)).rejects.toMatchObject({
      code: 'query.invalid',
      message: expect.stringMatching(/broken\.txt line 27: /),
    });
    await expect(runCall(bankImport, ledger, {}, join(folder, 'none.txt'))).rejects.toMatchObject({
      code: 'query.invalid',
    });
    const invoice = await clubInvoice(ledger);
    expect(invoice).toMatchObject({ status: 'accepted' });
  });
});

describe('bank export', () => {
  const options = { month: '2020-09', on: '2020-10-05' } as const;

  test('orders what is issued or accepted and due, and nothing once it is paid', async () => {
    const ledger = await world();
    const out = join(folder, 'orders.txt');
    const { exitCode, text } = await runCall(bankExport, ledger, { ...options, out });
    expect(exitCode).toBe(0);
    expect(text).toContain('    1  club-2020-0001    uo     club       12.50\n');
    expect(text).toContain('    2  school-2020-0001  uo     school     25.00\n');
    const printed = await runCall(bankExport, ledger, options);
    expect(printed.bytes).toEqual(readFileSync(out));
    await runCall(bankImport, ledger, {}, file('exact.txt', statement(payment())));
    const left = await runCall(bankExport, ledger, { ...options, json: true });
    expect(left.json()).toMatchObject([{ orderNumber: 1, number: 'school-2020-0001', amount: '25.00' }]);
    // A file of the same name from last month must not be left to be sent once more.
    const nothing = await runCall(bankExport, ledger, { ...options, month: '2020-08', out });
    expect(nothing).toMatchObject({ exitCode: 0, text: expect.stringContaining('nothing is to be paid') });
    expect(readFileSync(out).includes(bytesByHand('СекцияДокумент'))).toBe(false);
  });

  test('is no statement: imported by mistake it books nothing', async () => {
    const ledger = await world();
    const out = join(folder, 'orders.txt');
    await runCall(bankExport, ledger, { ...options, out });
    const { json } = await runCall(bankImport, ledger, { json: true }, out);
    expect(json()).toMatchObject([{ why: 'notExecuted' }, { why: 'notExecuted' }]);
  });

  test('writes nothing when a name cannot be written, names the invoice and exits 1', async () => {
    const ledger = await world({
      command: 'changeProviderDetails',
      providerId: 'school',
      on: '2020-10-02',
      name: 'Школа 🎓',
    });
    const out = join(folder, 'none.txt');
    const refused = await runCall(bankExport, ledger, { ...options, out, json: true });
    expect(refused.exitCode).toBe(1);
    expect(refused.json()).toMatchObject([{ number: 'school-2020-0001', field: 'provider.name' }]);
    expect(() => readFileSync(out)).toThrow(/ENOENT/);
    const others = await runCall(bankExport, ledger, { ...options, out, provider: 'club' });
    expect(others.exitCode).toBe(0);
    expect(readFileSync(out).length).toBeGreaterThan(0);
  });
});

/** A message given as an expression is matched by it. */
function asMatcher(expected: Readonly<Record<string, unknown>>) {
  const { message } = expected;
  return message instanceof RegExp ? { ...expected, message: expect.stringMatching(message) } : expected;
}
