import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exclusively } from '../support/exclusively.ts';
import { runMain } from '../support/run-main.ts';

const main = new URL('../../api/cli/main.ts', import.meta.url).pathname;
const town = new URL('../cases/municipality-small.jsonl', import.meta.url).pathname;
const expected = JSON.parse(
  readFileSync(new URL('../cases/municipality-small.expect.json', import.meta.url), 'utf8'),
) as {
  readonly balances: readonly { readonly certificateId: string; readonly periods: readonly unknown[] }[];
  readonly invoices: readonly Record<string, unknown>[];
};
let folder = '';
let file = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-questions-'));
  file = join(folder, 'ledger.db');
  const { status, stderr } = runProcess('import', town, '--clock', 'file');
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function run(...args: string[]) {
  return runMain(args, { LEDGER_DB: file });
}

function runProcess(...args: string[]) {
  return spawnSync(process.execPath, [main, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: process.env.PATH, LEDGER_DB: file },
  });
}

async function lines(...args: string[]): Promise<Record<string, unknown>[]> {
  const { status, stdout, stderr } = await run(...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('registries', () => {
  test('list every certificate with its figures, page by page as in one stream', async () => {
    const whole = await lines('registry', 'certificates', '--json');
    const figures = new Map(
      expected.balances.map(({ certificateId, periods }) => [
        certificateId,
        (periods as { contracts?: unknown }[]).map(({ contracts: _, ...period }) => period),
      ]),
    );
    const withFigures = whole.filter(({ periods }) => (periods as unknown[]).length > 0);
    expect(withFigures.length).toBeGreaterThan(20);
    for (const { certificateId, periods } of withFigures) expect(periods).toEqual(figures.get(String(certificateId)));
    const first = await lines('registry', 'certificates', '--json', '--limit', '7');
    const { next } = first.at(-1) as { next: string };
    const second = await lines('registry', 'certificates', '--json', '--limit', '7', '--after', next);
    expect([...first.slice(0, 7), ...second.slice(0, 7)]).toEqual(whole.slice(0, 14));
  });

  test('narrow by filters, and leave out what discloses a person unless asked', async () => {
    const contracts = await lines('registry', 'contracts', '--provider', 'cdt', '--status', 'released', '--json');
    expect(contracts.length).toBeGreaterThan(0);
    for (const contract of contracts) expect(contract).toMatchObject({ providerId: 'cdt', status: 'released' });
    const [certificate] = await lines('registry', 'certificates', '--limit', '1', '--json');
    expect(certificate).not.toHaveProperty('validUntil');
    const [asked] = await lines('registry', 'certificates', '--limit', '1', '--json', '--personal');
    expect(asked).toHaveProperty('validUntil');
  });

  test('as CSV for programs have a record for each row, quoted where it has to be', async () => {
    const { status, stdout } = await run('registry', 'providers', '--csv', '--fields');
    expect(status).toBe(0);
    const [head, ...records] = stdout.trimEnd().split('\r\n');
    expect(head).toBe('providerId,name,legalForm,inn,kpp,ogrn,status,suspendedFrom,bank.bik,bank.account,bank.name');
    expect(records).toHaveLength((await lines('registry', 'providers', '--json')).length);
    expect(records).toContain(
      'dialog,АНО «Диалог»,organisation,6827000005,,1026800000005,active,,046850649,40703810000000000005,Тамбовское ОСБ',
    );
  });

  test('as CSV for people have Russian headings, semicolons and decimal commas', async () => {
    const { status, stdout } = await run('registry', 'agreements', '--csv');
    expect(status).toBe(0);
    const [head, ...records] = stdout.trimEnd().split('\r\n');
    expect(head).toBe(
      '\ufeffКод соглашения;№ соглашения;Дата соглашения;Код плательщика;Код поставщика;Действует с;Действует по;' +
        'Предел, руб.;Использовано, руб.',
    );
    const agreements = await lines('registry', 'agreements', '--json');
    expect(records).toEqual(
      agreements.map(({ agreementId, number, date, payerId, providerId, from, until, totalLimit = '', inUse }) => {
        const [dated, begins, ends] = [date, from, until].map((day) => String(day).split('-').reverse().join('.'));
        const [limit, used] = [totalLimit, inUse].map((amount) => String(amount).replace('.', ','));
        return [agreementId, number, dated, payerId, providerId, begins, ends, limit, used].join(';');
      }),
    );
  });

  test('an unknown registry, filter or status is named, with those that are known', async () => {
    expect(await run('registry', 'children')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('certificates'),
    });
    expect(await run('registry', 'payers', '--status', 'active')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('payers cannot be filtered by status'),
    });
    expect(await run('registry', 'contracts', '--status', 'frozen')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('none of active, terminated, released'),
    });
  });
});

describe('invoices', () => {
  test('listed whole are those of the expectation', async () => {
    expect(await lines('invoices', 'list', '--json')).toEqual(expected.invoices);
  });

  test('shown with events: the events of a line come to its lessons and its amount', async () => {
    for (const { number } of expected.invoices.slice(0, 6)) {
      const [invoice] = await lines('invoices', 'show', String(number), '--events', '--json');
      for (const line of (invoice?.lines ?? []) as readonly Record<string, unknown>[]) {
        const events = line.events as readonly { readonly lessons: number; readonly amount: string }[];
        const kopecks = events.reduce((sum, { amount }) => sum + Number(amount.replace('.', '')), 0);
        expect(kopecks).toBe(Number(String(line.amount).replace('.', '')));
        expect(events.reduce((sum, { lessons }) => sum + lessons, 0)).toBe(line.lessons);
      }
    }
  });

  test('status tells the pairs of the month, who is late, and what waits', async () => {
    const [status] = await lines('invoices', 'status', '--month', '2020-10', '--on', '2020-11-03', '--json');
    const numbers = expected.invoices
      .filter(({ month, status }) => month === '2020-10' && status !== 'rejected' && status !== 'annulled')
      .map(({ number }) => number);
    const pairs = status?.pairs as readonly { readonly invoice?: { readonly number: string } }[];
    expect(pairs.flatMap(({ invoice }) => (invoice === undefined ? [] : [invoice.number])).sort()).toEqual(numbers);
    expect(status).toMatchObject({ month: '2020-10', invoicedFrom: '2020-11-01', deadline: '2020-11-02' });
  });

  test('as documents are the same files however often they are written, and their summary has the totals of the ledger', async () => {
    const out = join(folder, 'documents');
    const write = () => run('invoices', 'documents', '--month', '2020-10', '--format', 'csv', '--out', out);
    expect(await write()).toMatchObject({ status: 0, stderr: '' });
    const sums = readFileSync(join(out, 'SHA256SUMS'), 'utf8');
    expect((await write()).status).toBe(0);
    expect(readFileSync(join(out, 'SHA256SUMS'), 'utf8')).toBe(sums);
    const files = readdirSync(out).sort();
    const inForce = expected.invoices.filter(({ month, status }) => {
      return month === '2020-10' && status !== 'rejected' && status !== 'annulled';
    });
    const summary = 'uo-michurinsk_2020-10_reestr.csv';
    expect(files).toEqual(['SHA256SUMS', ...inForce.map(({ number }) => `${number}.csv`), summary]);
    const due = inForce.reduce((sum, invoice) => sum + Number(String(invoice.due).replace('.', '')), 0);
    const text = readFileSync(join(out, summary), 'utf8');
    expect(text).toContain(`\r\nПодлежит оплате;${Math.floor(due / 100)},${String(due % 100).padStart(2, '0')}\r\n`);
    const [first] = inForce;
    expect((await run('invoices', 'show', String(first?.number), '--format', 'csv')).stdout).toBe(
      readFileSync(join(out, `${first?.number}.csv`), 'utf8'),
    );
    expect(await run('invoices', 'documents', '--month', '2020-09', '--out', out)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('take another folder'),
    });
  });

  test('one that is not there is refused, a month that is none is no question', async () => {
    expect(await run('invoices', 'show', 'cdt-1999-0001')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('invoice.not_found'),
    });
    expect((await run('invoices', 'status', '--month', '2020-13')).status).toBe(2);
  });
});

describe('the log', () => {
  test('is exported in order and goes on after a cursor; what discloses a person only when asked for', async () => {
    const events = await lines('export', 'events', '--limit', '50');
    expect(events).toHaveLength(50);
    const [next] = await lines('export', 'events', '--after', String(events[9]?.cursor), '--limit', '1');
    expect(next).toEqual(events[10]);
    const issued = async (personal: string[]) =>
      (await lines('export', 'events', ...personal)).find(({ type }) => type === 'CertificateIssued')?.data;
    expect(await issued([])).not.toHaveProperty('validUntil');
    expect(await issued(['--personal'])).toHaveProperty('validUntil');
    expect((await run('export', 'events', '--after', 'nowhere')).status).toBe(2);
  });

  test('is verified, also against a digest of before; a digest that is none is named', async () => {
    const digest = join(folder, 'digest.json');
    const [verified] = await lines('verify', '--json');
    expect(verified).toMatchObject({ ok: true, findings: [] });
    writeFileSync(digest, JSON.stringify(verified));
    expect(await run('verify', '--expect', digest)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing is wrong'),
    });
    writeFileSync(digest, JSON.stringify({ ...verified, digest: 'another' }));
    expect(await run('verify', '--expect', digest)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('has changed'),
    });
    writeFileSync(digest, '[]');
    expect(await run('verify', '--expect', digest)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('verify --json'),
    });
  });

  test('and its read models stand at the same place, built anew or not', async () => {
    const [status] = await lines('status', '--json');
    expect(status).toMatchObject({ openIntents: [], readModels: { position: status?.position, eventsBehind: 0 } });
    expect((await run('rebuild', '--projection', 'billing')).stdout).toContain('as before');
    expect(await run('rebuild', '--projection', 'nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('projection.not_found'),
    });
  });
});

describe('a call', () => {
  test('reads beside a process that writes', async () => {
    await exclusively(file, async () => {
      expect(runProcess('balance', String(expected.balances[0]?.certificateId), '--json').status).toBe(0);
      expect(runProcess('registry', 'payers').status).toBe(0);
      expect(runProcess('verify').status).toBe(0);
      const close = ['period', 'close', '--payer', 'uo-michurinsk', '--period', '2021', '--on', '2022-01-10'];
      expect(runProcess(...close, '--dry-run')).toMatchObject({ status: 0, stderr: '' });
      expect(runProcess(...close)).toMatchObject({ status: 2, stderr: expect.stringContaining('store.locked') });
      expect(runProcess('rebuild')).toMatchObject({ status: 2, stderr: expect.stringContaining('store.locked') });
    });
  });

  test('refuses options it would ignore, words too many or too few, and names that are none', async () => {
    expect((await run('balance', '--month', '2020-10', 'x')).stderr).toContain('balance takes no --month');
    expect((await run('balance')).stderr).toContain('CERT is missing');
    expect((await run('status', 'now')).stderr).toContain('does not take now');
    expect((await run('sum')).stderr).toContain('there is no call sum');
    expect((await run('coverage', '--on', 'today')).status).toBe(2);
  });

  test('shows its own help with examples', async () => {
    const { status, stdout } = await run('registry', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('certificate-ledger registry contracts --provider cdt --status active');
    expect((await run('help', 'invoices', 'issue')).stdout).toContain('--month M');
  });

  test('of an unknown certificate, and of a ledger that is not there, tells them apart', async () => {
    expect(await run('balance', 'nobody')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('certificate.not_found'),
    });
    expect(await run('balance', 'nobody', '--db', join(folder, 'none.db'))).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('store.unreadable'),
    });
  });

  test('that nobody reads any more ends quietly', async () => {
    const child = spawn(process.execPath, [main, 'export', 'events', '--db', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (text: Buffer) => {
      errors += String(text);
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });
});

describe('Ctrl-C in the middle of an import', () => {
  test('ends it with a sentence and exit code 2; what was answered is done, and the file can be sent again', async () => {
    const database = join(folder, 'interrupted.db');
    const child = spawn(process.execPath, [main, 'import', town, '--clock', 'file', '--db', database], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [printed, errors] = ['', ''];
    child.stdout.on('data', (text: Buffer) => {
      if (printed === '') child.kill('SIGINT');
      printed += String(text);
    });
    child.stderr.on('data', (text: Buffer) => {
      errors += String(text);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(2);
    expect(errors).toMatch(/interrupted by SIGINT after line \d+; what was answered is done/);
    const answered = printed.trimEnd().split('\n').length;
    expect(answered).toBeLessThan(2710);
    const again = (await run('import', town, '--clock', 'file', '--db', database)).stdout.trimEnd().split('\n');
    const accepted = printed
      .trimEnd()
      .split('\n')
      .filter((line) => line.includes('"ok":true'));
    expect(again.slice(0, answered).filter((line) => line.includes('"replayed":true')).length).toBeGreaterThanOrEqual(
      accepted.length,
    );
    expect(await lines('invoices', 'list', '--json', '--db', database)).toEqual(expected.invoices);
  });
});
