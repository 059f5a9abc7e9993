import type { CertificateEvent } from '../domain/certificate/events.ts';
import { certificateStream } from '../domain/certificate/events.ts';
import type { InvoiceEvent, InvoiceLine } from '../domain/invoice/events.ts';
import { invoicesStream } from '../domain/invoice/events.ts';
import type { CutEntry } from '../domain/reservation/events.ts';
import { monthOf } from '../kernel/civil-date.ts';
import type { Kopecks } from '../kernel/money.ts';
import type { CommandSession } from './command-session.ts';
import type { Pair, UnbilledSum } from './read-side.ts';

interface Sum {
  lessons: number;
  amount: Kopecks;
}

/**
 * What a cut has to bill: each contract's month totals up to the cut's revision, minus the lines of invoices in force.
 * Folded from the streams themselves, so that an interrupted run ends in the same invoice whatever came since.
 */
export async function unbilledAtCut(
  pair: Pair,
  cut: readonly CutEntry[],
  session: CommandSession,
): Promise<readonly UnbilledSum[]> {
  const billed = await billedBetween(pair, session);
  const sums: UnbilledSum[] = [];
  for (const entry of cut) {
    const { months, contract } = await totalsUpTo(entry, session);
    if (contract === undefined) continue;
    const { number: contractNumber, date: contractDate } = contract;
    for (const [month, total] of months) {
      const before = billed.get(keyOf(entry.contractId, month)) ?? { lessons: 0, amount: 0 };
      const open = { lessons: total.lessons - before.lessons, amount: total.amount - before.amount };
      sums.push({ ...entry, contractNumber, contractDate, month, ...open });
    }
  }
  return sums;
}

async function totalsUpTo({ contractId, certificateId, revision }: CutEntry, session: CommandSession) {
  const months = new Map<string, Sum>();
  let contract: (CertificateEvent & { type: 'CourseBlocked' }) | undefined;
  for (const event of await session.eventsOf(certificateStream(certificateId), revision)) {
    if (event.type === 'CourseBlocked' && event.contractId === contractId) contract = event;
    if (event.type !== 'LessonCharged' && event.type !== 'LessonChargeReversed') continue;
    if (event.contractId !== contractId) continue;
    const sign = event.type === 'LessonCharged' ? 1 : -1;
    add(months, monthOf(event.effectiveOn), { lessons: 1, amount: event.amount }, sign);
  }
  return { months, contract };
}

/** The lines of the pair's invoices in force, summed per contract and month. */
async function billedBetween({ payerId, providerId }: Pair, session: CommandSession): Promise<Map<string, Sum>> {
  const lines = new Map<string, InvoiceLine[]>();
  const inForce = new Set<string>();
  for (const event of (await session.eventsOf(invoicesStream(payerId, providerId))) as readonly InvoiceEvent[]) {
    if (event.type === 'InvoiceLinesAdded' || event.type === 'InvoiceIssued') {
      lines.set(event.number, [...(lines.get(event.number) ?? []), ...event.lines]);
    }
    if (event.type === 'InvoiceIssued') inForce.add(event.number);
    if (event.type === 'InvoiceRejected' || event.type === 'InvoiceAnnulled') inForce.delete(event.number);
  }
  const billed = new Map<string, Sum>();
  for (const number of inForce) {
    for (const line of lines.get(number) ?? []) add(billed, keyOf(line.contractId, line.month), line, 1);
  }
  return billed;
}

function add(sums: Map<string, Sum>, key: string, { lessons, amount }: Sum, sign: 1 | -1): void {
  const sum = sums.get(key) ?? { lessons: 0, amount: 0 };
  sum.lessons += sign * lessons;
  sum.amount += sign * amount;
  sums.set(key, sum);
}

function keyOf(contractId: string, month: string): string {
  return `${month}${contractId}`;
}
