import { randomUUID } from 'node:crypto';
import type { PeriodClosing } from '../../../src/index.ts';
import { LedgerError, systemClock } from '../../../src/index.ts';
import { DEFAULT_ZONE } from '../../../src/kernel/clock.ts';
import { civilDateAt } from '../../../src/kernel/instant.ts';
import type { Call, LedgerCallContext } from '../call.ts';
import type { Options } from '../options.ts';
import { dayOption } from '../options.ts';
import type { Column } from '../text-table.ts';
import { textTable } from '../text-table.ts';

/** How many rows of one list a table shows; `--json` has all of them. */
const SHOWN = 20;

/** `period close`: a funding period is closed, with a report beforehand (SPEC section 3). */
export const closePeriod: Call = {
  name: 'period close',
  arguments: [],
  options: ['payer', 'period', 'on', 'dry-run', 'id', 'json'],
  summary: 'closes a funding period: blocks are released, what is available expires; a report says so beforehand',
  details: `The report: what expires per group, contracts whose block is released, invoices not paid, charges not invoiced, and
attendance that would be lost. With --dry-run it is all, nothing changes, and it works before the period is over; the exit
code is then 1 where closing would be refused, with why. With --json one object: the report, dryRun, and after the
close replayed and eventCounts.`,
  examples: [
    'period close --payer uo --period 2020 --dry-run',
    'period close --payer uo --period 2020 --on 2021-01-15 --json',
  ],
  reads: ({ 'dry-run': dryRun }) => dryRun === true,
  async run({ ledger, options, output }: LedgerCallContext) {
    const { payerId, periodId } = periodOptions(options);
    const { on = civilDateAt(systemClock.now(), DEFAULT_ZONE) } = dayOption(options);
    const dryRun = options['dry-run'] === true;
    const report = await ledger.periodClosing(payerId, periodId, { on });
    if (options.json !== true) await output.write(reportText(report));
    if (dryRun) {
      if (options.json === true) await output.json({ ...report, dryRun });
      return report.refusal === undefined ? 0 : 1;
    }
    // The report is out before anything happens, also where what follows is refused.
    await output.flush();
    const command = { command: 'closePeriod', id: options.id ?? randomUUID(), payerId, periodId, on } as const;
    const { replayed, eventCounts = {} } = await ledger.execute(command);
    if (options.json === true) await output.json({ ...report, dryRun, replayed, eventCounts });
    else await output.write(`\n${closedText(periodId, replayed, eventCounts)}`);
    return 0;
  },
};

function periodOptions({ payer, period }: Options): { readonly payerId: string; readonly periodId: string } {
  if (payer === undefined) throw new LedgerError('query.invalid', '--payer is missing');
  if (period === undefined) throw new LedgerError('query.invalid', '--period is missing');
  return { payerId: payer, periodId: period };
}

function reportText(report: PeriodClosing): string {
  const { payerId, periodId, from, until, on, refusal, certificates, released, expires, contracts } = report;
  const groups = report.groups.map(({ groupId, certificates: topped, ...figures }) => [
    groupId,
    String(topped),
    ...[figures.nominal, figures.charged, figures.available, figures.blocked, figures.expires],
  ]);
  const head = `period ${periodId} of payer ${payerId}, ${from} to ${until}, to be closed on ${on}
${contracts.length} contracts release ${released}, ${certificates} certificates let ${expires} expire\n`;
  return [
    head,
    refusal === undefined ? '' : `it may not be closed: ${refusal.code}: ${refusal.message}\n`,
    `\n${textTable(columns('group', '#certificates', '#nominal', '#charged', '#available', '#blocked', '#expires'), groups)}`,
    section(
      'Blocks that are released',
      columns('contract', 'provider', 'number', 'ends', '#amount'),
      contracts.map((one) => [one.contractId, one.providerId, one.number, one.until, one.amount]),
    ),
    section(
      'Invoices not paid',
      columns('number', 'provider', 'month', 'status', '#due'),
      report.openInvoices.map((one) => [one.number, one.providerId, one.month, one.status, one.due]),
    ),
    section(
      'Charges not invoiced',
      columns('provider', 'month', '#lessons', '#amount'),
      report.notInvoiced.map((one) => [one.providerId, one.month, String(one.lessons), one.amount]),
    ),
    section(
      'Attendance that would be lost: fewer lessons recorded than planned',
      columns('contract', 'provider', '#recorded', '#planned'),
      report.attendanceMissing.map((one) => [
        one.contractId,
        one.providerId,
        String(one.recorded),
        String(one.planned),
      ]),
    ),
    section(
      'Attendance that would be lost: refused and not sent again',
      columns('contract', 'provider', 'lesson', 'date', 'why'),
      report.attendanceRefused.map((one) => [one.contractId, one.providerId, one.lessonId, one.date, one.code]),
    ),
  ].join('');
}

function section(title: string, titles: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const more = rows.length > SHOWN ? `… and ${rows.length - SHOWN} more (--json lists them all)\n` : '';
  return `\n${title} (${rows.length})\n${textTable(titles, rows.slice(0, SHOWN))}${more}`;
}

/** Titles; one that begins with # is of figures. */
function columns(...titles: readonly string[]): readonly Column[] {
  return titles.map((title) => (title.startsWith('#') ? { title: title.slice(1), align: 'right' } : { title }));
}

function closedText(periodId: string, replayed: boolean, counts: Readonly<Record<string, number>>): string {
  const { BlockReleased: blocks = 0, PeriodClosed: certificates = 0 } = counts;
  const before = replayed ? ' before' : '';
  return `period ${periodId} is closed${before}: ${blocks} blocks released, ${certificates} certificates expired\n`;
}
