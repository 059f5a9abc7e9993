import { describe, expect, test } from 'vitest';
import { invoicesStatus } from '../../api/cli/calls/invoices.ts';
import { checkMonth } from '../../api/cli/calls/month-check.ts';
import { CLERK, monthWorld, opened } from '../support/month-world.ts';
import type { Body } from '../support/nodes/school-world.ts';
import { block, lesson } from '../support/nodes/school-world.ts';
import { runCall } from '../support/run-call.ts';

const month = '2020-09';
/** Two lessons, both in September: 50.00 each. */
const short = (contractId: string, certificateId: string, providerId: string) =>
  block(contractId, certificateId, { until: '2020-09-30', lessons: 2, providerId });

async function world(...bodies: readonly Body[]) {
  return opened(await monthWorld(), CLERK, ...bodies);
}

describe('invoices check', () => {
  test('exits 1 while something blocks the month, and names it with what to do', async () => {
    const ledger = await world(
      short('k1', '01', 'club'),
      short('k2', '02', 'school'),
      lesson('l1', '2020-09-07', 'k2'),
    );
    const { exitCode, text } = await runCall(checkMonth, ledger, { month });
    expect(exitCode).toBe(1);
    const lines = text.split('\n');
    expect(lines[0]).toBe('2020-09 on 2020-10-01: may be invoiced from 2020-10-01, due by 2020-10-02');
    expect(lines[1]).toBe('1 to mend before the month is invoiced, 4 worth knowing');
    expect(text).toMatch(/uo +club +1 +0 +2 +1\nuo +school +1 +1 +2 +0\n/);
    expect(text).toContain('Planned lessons without attendance (1): record its lessons with recordLesson');
    expect(text).toMatch(
      /2020-09-30 {2}contract k1 .*0 of 2 lessons planned in 2020-09 are recorded +certificate-01\n/,
    );
    expect(text.indexOf('BLOCKING')).toBeLessThan(text.indexOf('TO KNOW'));
  });

  test('exits 0 when nothing does, whatever is worth knowing', async () => {
    const ledger = await world(short('k1', '01', 'club'), lesson('l1', '2020-09-07', 'k1'));
    const { exitCode, text } = await runCall(checkMonth, ledger, { month });
    expect(exitCode).toBe(0);
    expect(text).toContain('nothing blocks the month, 2 worth knowing');
    expect(text).not.toContain('BLOCKING');
  });

  test('with --json is the object that the library answers', async () => {
    const ledger = await world(short('k1', '01', 'club'), short('k2', '02', 'school'));
    const { exitCode, json } = await runCall(checkMonth, ledger, {
      month,
      on: '2020-10-01',
      provider: 'school',
      json: true,
    });
    expect(exitCode).toBe(1);
    expect(json()).toEqual([await ledger.invoicesCheck(month, { providerId: 'school' })]);
  });
});

describe('invoices status', () => {
  test('tells the deadline, the 2nd, and who is late: without an invoice, or with one that came after it', async () => {
    const store = await monthWorld();
    await opened(
      store,
      CLERK,
      short('k1', '01', 'club'),
      short('k2', '02', 'school'),
      lesson('l1', '2020-09-07', 'k1', 'k2'),
    );
    const on = '2020-10-03';
    const issue = { command: 'issueInvoices', month, on, providerId: 'club' };
    const ledger = await opened(store, '2020-10-03T09:00:00Z', issue);
    const { text } = await runCall(invoicesStatus, ledger, { month, on });
    expect(text).toContain('due by 2020-10-02');
    expect(text).toContain('Late, after 2020-10-02: uo/club (club-2020-0001 of 2020-10-03), uo/school\n');
    const inTime = await runCall(invoicesStatus, ledger, { month, on: '2020-10-02', provider: 'school' });
    expect(inTime.text).not.toContain('Late');
  });
});
