import type { InvoiceLine } from '../src/domain/invoice/events.ts';
import type { CivilDate, CivilMonth } from '../src/kernel/civil-date.ts';
import { monthOf } from '../src/kernel/civil-date.ts';
import type { Kopecks } from '../src/kernel/money.ts';
import type { Origin, Projection } from './projection.ts';
import type { TableDefinition } from './table-definition.ts';

/** What a contract's lessons of one month come to, and what of it invoices in force have billed. */
export interface BillableRow {
  readonly contractId: string;
  readonly month: CivilMonth;
  lessons: number;
  amount: Kopecks;
  billedLessons: number;
  billedAmount: Kopecks;
  /** 1 while something is not billed. */
  open: number;
}

export interface InvoiceRow {
  number: string;
  payerId: string;
  providerId: string;
  month: CivilMonth;
  issuedOn: CivilDate;
  status: string;
  acceptedOn: CivilDate | null;
  paidOn: CivilDate | null;
  reason: string | null;
  services: Kopecks;
  corrections: Kopecks;
  carriedIn: Kopecks;
  advance: Kopecks;
  total: Kopecks;
  due: Kopecks;
  carriedOut: Kopecks;
  /** The revision of its issue in the pair's own stream: the order of issue. */
  issuedAt: number;
  /** JSON of the lines, amounts in kopecks. */
  lines: string;
}

export interface AdvanceRow {
  payerId: string;
  providerId: string;
  month: CivilMonth;
  requestedOn: CivilDate;
  percent: number;
  amount: Kopecks;
}

export interface PairRow {
  payerId: string;
  providerId: string;
  /** The revision of the pair's own stream up to which its invoices are folded. */
  revision: number;
}

interface DraftRow {
  number: string;
  lines: string;
}

export const billableTable: TableDefinition<BillableRow> = {
  name: 'billable',
  key: ['contractId', 'month'],
  columns: {
    contractId: 'TEXT',
    month: 'TEXT',
    lessons: 'INTEGER',
    amount: 'INTEGER',
    billedLessons: 'INTEGER',
    billedAmount: 'INTEGER',
    open: 'INTEGER',
  },
  changing: { lessons: true, amount: true, billedLessons: true, billedAmount: true, open: true },
  indexes: ['"contractId", "month" WHERE "open" = 1'],
  // Lessons are in a certificate's stream, what is billed of them in that of a pair.
  merge: {
    assignments: `"lessons" = "lessons" + excluded."lessons", "amount" = "amount" + excluded."amount",
      "billedLessons" = "billedLessons" + excluded."billedLessons",
      "billedAmount" = "billedAmount" + excluded."billedAmount",
      "open" = "lessons" + excluded."lessons" <> "billedLessons" + excluded."billedLessons"
        OR "amount" + excluded."amount" <> "billedAmount" + excluded."billedAmount"`,
  },
};

export const invoiceTable: TableDefinition<InvoiceRow> = {
  name: 'invoice',
  key: ['number'],
  columns: {
    number: 'TEXT',
    payerId: 'TEXT',
    providerId: 'TEXT',
    month: 'TEXT',
    issuedOn: 'TEXT',
    status: 'TEXT',
    acceptedOn: 'TEXT',
    paidOn: 'TEXT',
    reason: 'TEXT',
    services: 'INTEGER',
    corrections: 'INTEGER',
    carriedIn: 'INTEGER',
    advance: 'INTEGER',
    total: 'INTEGER',
    due: 'INTEGER',
    carriedOut: 'INTEGER',
    issuedAt: 'INTEGER',
    lines: 'TEXT',
  },
  indexes: ['"month"', '"payerId", "providerId"'],
};

export const advanceTable: TableDefinition<AdvanceRow> = {
  name: 'advance',
  key: ['payerId', 'providerId', 'month'],
  columns: {
    payerId: 'TEXT',
    providerId: 'TEXT',
    month: 'TEXT',
    requestedOn: 'TEXT',
    percent: 'INTEGER',
    amount: 'INTEGER',
  },
};

export const pairTable: TableDefinition<PairRow> = {
  name: 'pair',
  key: ['payerId', 'providerId'],
  columns: { payerId: 'TEXT', providerId: 'TEXT', revision: 'INTEGER' },
};

const draftTable: TableDefinition<DraftRow> = {
  name: 'invoice_draft',
  key: ['number'],
  columns: { number: 'TEXT', lines: 'TEXT' },
};

/** Billable sums per contract and month, invoices with their lines, advances (SPEC section 6). */
export const billing: Projection = {
  name: 'billing',
  version: 2,
  tables: [
    billableTable as never,
    invoiceTable as never,
    advanceTable as never,
    pairTable as never,
    draftTable as never,
  ],
  folding(tables) {
    const billable = tables.table(billableTable);
    const invoices = tables.table(invoiceTable);
    const advances = tables.table(advanceTable);
    const pairs = tables.table(pairTable);
    const drafts = tables.table(draftTable);

    const sumOf = (contractId: string, month: CivilMonth) =>
      billable.editOr(() => emptyRow(contractId, month), contractId, month);
    const count = (contractId: string, month: CivilMonth, lessons: number, amount: Kopecks) => {
      const row = sumOf(contractId, month);
      row.lessons += lessons;
      row.amount += amount;
      row.open = isOpen(row);
    };
    const bill = (lines: readonly InvoiceLine[], sign: 1 | -1) => {
      for (const { contractId, month, lessons, amount } of lines) {
        const row = sumOf(contractId, month);
        row.billedLessons += sign * lessons;
        row.billedAmount += sign * amount;
        row.open = isOpen(row);
      }
    };
    const moved = ({ stream, revision }: Origin) => {
      const [payerId = '', providerId = ''] = stream.slice('invoices-'.length).split('/').map(decodeURIComponent);
      pairs.put({ payerId, providerId, revision });
    };
    const setStatus = (number: string, fields: Partial<InvoiceRow>, origin: Origin) => {
      moved(origin);
      return Object.assign(invoices.edit(number), fields);
    };
    const free = (number: string, status: string, reason: string, origin: Origin) => {
      bill(linesOf(setStatus(number, { status, reason }, origin)), -1);
    };

    return {
      LessonCharged: ({ contractId, effectiveOn, amount }) => count(contractId, monthOf(effectiveOn), 1, amount),
      LessonChargeReversed: ({ contractId, effectiveOn, amount }) =>
        count(contractId, monthOf(effectiveOn), -1, -amount),
      InvoiceLinesAdded: ({ number, lines }, origin) => {
        const draft = drafts.get(number) ?? { number, lines: '[]' };
        drafts.put({ number, lines: JSON.stringify([...linesOf(draft), ...lines]) });
        moved(origin);
      },
      InvoiceIssued: ({ type: _, effectiveOn: issuedOn, lines: last, ...head }, origin) => {
        const draft = drafts.get(head.number);
        const lines = draft === undefined ? last : [...linesOf(draft), ...last];
        drafts.delete(head.number);
        const life = { status: 'issued', acceptedOn: null, paidOn: null, reason: null };
        invoices.put({ ...head, issuedOn, ...life, issuedAt: origin.revision, lines: JSON.stringify(lines) });
        bill(lines, 1);
        moved(origin);
      },
      InvoiceAccepted: ({ number, effectiveOn }, origin) => {
        setStatus(number, { status: 'accepted', acceptedOn: effectiveOn }, origin);
      },
      InvoicePaid: ({ number, effectiveOn }, origin) => {
        setStatus(number, { status: 'paid', paidOn: effectiveOn }, origin);
      },
      InvoiceRejected: ({ number, reason }, origin) => free(number, 'rejected', reason, origin),
      InvoiceAnnulled: ({ number, reason }, origin) => free(number, 'annulled', reason, origin),
      AdvanceRequested: ({ payerId, providerId, month, percent, amount, effectiveOn: requestedOn }, origin) => {
        advances.put({ payerId, providerId, month, requestedOn, percent, amount });
        moved(origin);
      },
    };
  },
};

function isOpen(row: BillableRow): number {
  return row.lessons === row.billedLessons && row.amount === row.billedAmount ? 0 : 1;
}

function emptyRow(contractId: string, month: CivilMonth): BillableRow {
  return { contractId, month, lessons: 0, amount: 0, billedLessons: 0, billedAmount: 0, open: 0 };
}

function linesOf({ lines }: { readonly lines: string }): InvoiceLine[] {
  return JSON.parse(lines) as InvoiceLine[];
}
