import type { MonthCheck, MonthFinding, PairAttendance } from '../../../src/index.ts';
import { MONTH_FINDING_KINDS } from '../../../src/index.ts';
import type { Call } from '../call.ts';
import { dayOption, monthOption, pairOptions } from '../options.ts';
import type { Column } from '../text-table.ts';
import { textTable } from '../text-table.ts';

/** How many findings of one kind a table shows; `--json` has all of them. */
const SHOWN = 20;

const HEADINGS: Readonly<Record<MonthFinding['kind'], string>> = {
  attendanceMissing: 'Planned lessons without attendance',
  attendanceRefused: 'Attendance refused and not sent again',
  invoiceRejected: 'Rejected invoices not issued again',
  bankDetailsMissing: 'No bank details to pay with',
  attendanceIncomplete: 'Less recorded than planned',
  recordedAfterInvoice: 'Recorded after the invoice',
  carriedInWaits: 'Carried amounts that wait',
  endedWithBlock: 'Contracts ended with money still blocked',
  frozenLong: 'Frozen for more than 30 days',
  agreementAtLimit: 'Agreements at their limit',
  agreementNearLimit: 'Agreements near their limit',
  agreementEnding: 'Agreements that end',
  comingOfAge: 'Certificates that reach 18',
};

/** `invoices check`: what would make the month wrong; exit 1 when something blocks it (SPEC section 6). */
export const checkMonth: Call = {
  name: 'invoices check',
  arguments: [],
  options: ['month', 'on', 'payer', 'provider', 'personal', 'json'],
  summary: 'what would make the month wrong before it is invoiced, with what to do; exit 1 when something blocks it',
  details: `Blocking: contracts with planned lessons and no attendance, refused attendance of the month not sent again, rejected
invoices not issued again, bank details no payment order can be written with. The rest is worth knowing. With --json
one object: month, on, invoicedFrom, deadline, blocking, advice, attendance (per pair, recorded of planned), findings.`,
  examples: ['invoices check --month 2020-09', 'invoices check --month 2020-12 --on 2020-12-25 --provider cdt --json'],
  reads: true,
  async run({ ledger, options, output }) {
    const asked = { ...dayOption(options), ...pairOptions(options), personal: options.personal === true };
    const found = await ledger.invoicesCheck(monthOption(options), asked);
    if (options.json === true) await output.json(found);
    else await output.write(checkText(found));
    return found.blocking > 0 ? 1 : 0;
  },
};

const ATTENDANCE: readonly Column[] = [
  { title: 'payer' },
  { title: 'provider' },
  { title: 'contracts', align: 'right' },
  { title: 'recorded', align: 'right' },
  { title: 'planned', align: 'right' },
  { title: 'contracts without any', align: 'right' },
];

/** The check as a clerk reads it: what blocks first, grouped by kind, with what to do once per group. */
function checkText({ month, on, invoicedFrom, deadline, blocking, advice, attendance, findings }: MonthCheck): string {
  const head = `${month} on ${on}: may be invoiced from ${invoicedFrom}, due by ${deadline}\n`;
  const verdict = blocking === 0 ? 'nothing blocks the month' : `${blocking} to mend before the month is invoiced`;
  const lessons = attendance.length === 0 ? '' : `\n${textTable(ATTENDANCE, attendance.map(attendanceRow))}`;
  const groups = (['blocking', 'advice'] as const).map((severity) => {
    const kinds = MONTH_FINDING_KINDS.map((kind) =>
      findings.filter((finding) => finding.kind === kind && finding.severity === severity),
    );
    const listed = kinds.filter((group) => group.length > 0).map(groupText);
    return listed.length === 0 ? '' : `\n${severity === 'blocking' ? 'BLOCKING' : 'TO KNOW'}\n${listed.join('')}`;
  });
  return `${head}${verdict}, ${advice} worth knowing\n${lessons}${groups.join('')}`;
}

function attendanceRow(pair: PairAttendance): string[] {
  const { payerId, providerId, contracts, recorded, planned, contractsWithoutAttendance } = pair;
  return [payerId, providerId, ...[contracts, recorded, planned, contractsWithoutAttendance].map(String)];
}

function groupText(group: readonly MonthFinding[]): string {
  const [first] = group;
  if (first === undefined) return '';
  const rows = group.slice(0, SHOWN).map(({ date = '', message, stream }) => [`  ${date}`, message, stream]);
  const more = group.length > SHOWN ? `  … and ${group.length - SHOWN} more (--json lists them all)\n` : '';
  const table = textTable([{ title: '  date' }, { title: 'what' }, { title: 'stream' }], rows);
  return `\n${HEADINGS[first.kind]} (${group.length}): ${first.whatToDo}\n${table}${more}`;
}
