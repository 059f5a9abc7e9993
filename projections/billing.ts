import type { InvoiceLine } from '../src/domain/invoice/events.ts';
import type { CivilDate, CivilMonth } from '../src/kernel/civil-date.ts';
import { monthOf } from '../src/kernel/civil-date.ts';
import type { Kopecks } from '../src/kernel/money.ts';
import type { Projection } from './projection.ts';
import type { TableDefinition } from './table.ts';

/** What a contract's lessons of one month come to, and what of it invoices in force have billed. */
export interface BillableRow {
  contractId: string;
  month: CivilMonth;
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
  indexes: ['"contractId", "month" WHERE "open" = 1'],
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

    const change = (contractId: string, month: CivilMonth, by: Partial<BillableRow>) => {
      const row = billable.get(contractId, month) ?? emptyRow(contractId, month);
      row.lessons += by.lessons ?? 0;
      row.amount += by.amount ?? 0;
      row.billedLessons += by.billedLessons ?? 0;
      row.billedAmount += by.billedAmount ?? 0;
      row.open = row.lessons === row.billedLessons && row.amount === row.billedAmount ? 0 : 1;
      billable.put(row);
    };
    const bill = (lines: readonly InvoiceLine[], sign: 1 | -1) => {
      for (const { contractId, month, lessons, amount } of lines) {
        change(contractId, month, { billedLessons: sign * lessons, billedAmount: sign * amount });
      }
    };
    const setStatus = (number: string, fields: Partial<InvoiceRow>) => {
      const invoice = Object.assign(invoices.known(number), fields);
      invoices.put(invoice);
      return invoice;
    };

    return (event, { stream, revision }) => {
      switch (event.type) {
        case 'LessonCharged':
          change(event.contractId, monthOf(event.effectiveOn), { lessons: 1, amount: event.amount });
          return;
        case 'LessonChargeReversed':
          change(event.contractId, monthOf(event.effectiveOn), { lessons: -1, amount: -event.amount });
          return;
        case 'InvoiceLinesAdded': {
          const draft = drafts.get(event.number) ?? { number: event.number, lines: '[]' };
          drafts.put({ ...draft, lines: JSON.stringify([...linesOf(draft), ...event.lines]) });
          break;
        }
        case 'InvoiceIssued': {
          const { type: _, effectiveOn: issuedOn, lines: last, ...head } = event;
          const draft = drafts.get(event.number);
          const lines = draft === undefined ? last : [...linesOf(draft), ...last];
          if (draft !== undefined) drafts.delete(event.number);
          const life = { status: 'issued', acceptedOn: null, paidOn: null, reason: null };
          invoices.put({ ...head, issuedOn, ...life, issuedAt: revision, lines: JSON.stringify(lines) });
          bill(lines, 1);
          break;
        }
        case 'InvoiceAccepted':
          setStatus(event.number, { status: 'accepted', acceptedOn: event.effectiveOn });
          break;
        case 'InvoicePaid':
          setStatus(event.number, { status: 'paid', paidOn: event.effectiveOn });
          break;
        case 'InvoiceRejected':
        case 'InvoiceAnnulled': {
          const status = event.type === 'InvoiceRejected' ? 'rejected' : 'annulled';
          bill(linesOf(setStatus(event.number, { status, reason: event.reason })), -1);
          break;
        }
        case 'AdvanceRequested': {
          const { payerId, providerId, month, percent, amount, effectiveOn: requestedOn } = event;
          advances.put({ payerId, providerId, month, requestedOn, percent, amount });
          break;
        }
        default:
          return;
      }
      const [payerId = '', providerId = ''] = stream.slice('invoices-'.length).split('/').map(decodeURIComponent);
      pairs.put({ payerId, providerId, revision });
    };
  },
};

function emptyRow(contractId: string, month: CivilMonth): BillableRow {
  return { contractId, month, lessons: 0, amount: 0, billedLessons: 0, billedAmount: 0, open: 0 };
}

function linesOf({ lines }: { readonly lines: string }): InvoiceLine[] {
  return JSON.parse(lines) as InvoiceLine[];
}
