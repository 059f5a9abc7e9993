import { hash } from 'node:crypto';
import { canonicalJson } from '../../src/application/canonical-json.ts';
import type { InvoiceDocument } from '../../src/index.ts';
import { laterInstant } from '../../src/kernel/instant.ts';
import { readMoney } from '../../src/kernel/money.ts';
import { safeFileName } from './file-name.ts';
import type { Cell, DocumentColumn, DocumentModel } from './model.ts';
import { payerLines, SIGNATURES } from './parties.ts';
import { monthInWords, printable, printableOr, sumInWords } from './wording.ts';

/** What the summary tells of an invoice: all but its lines, so that a month of them stays small. */
export type SummarisedInvoice = Omit<InvoiceDocument, 'agreements'>;

const COLUMNS: readonly DocumentColumn[] = [
  { heading: '№ п.п.', kind: 'count', width: 5 },
  { heading: 'Поставщик', kind: 'text', width: 19 },
  { heading: 'ИНН', kind: 'text', width: 10 },
  { heading: '№ счёта', kind: 'text', width: 11 },
  { heading: 'Дата счёта', kind: 'date', width: 8 },
  { heading: 'Всего оказано услуг на сумму, руб.', kind: 'amount', width: 11 },
  { heading: 'Аванс, руб.', kind: 'amount', width: 9 },
  { heading: 'Перенесено с предыдущего счёта, руб.', kind: 'amount', width: 9 },
  { heading: 'Подлежит оплате, руб.', kind: 'amount', width: 9 },
  { heading: 'Переносится на следующий счёт, руб.', kind: 'amount', width: 9 },
];
const DUE_COLUMN = 8;

/**
 * The payer's summary of a month (реестр счетов), with a line of totals. The invoices are those of one payer and month,
 * at least one, in the order they are listed in.
 */
export function summaryModel(invoices: readonly SummarisedInvoice[]): DocumentModel {
  const first = invoices[0];
  if (first === undefined) throw new RangeError('a summary lists at least one invoice');
  const last = invoices.reduce((latest, invoice) => {
    return laterInstant(latest.recordedAt, invoice.recordedAt) === latest.recordedAt ? latest : invoice;
  }, first);
  const due = invoices.reduce((sum, invoice) => sum + readMoney(invoice.due), 0);
  const title = `Реестр счетов за ${monthInWords(first.month)}`;
  const listed = invoices.map(({ number, digest }) => ({ number, digest }));
  return {
    fileName: `${safeFileName(first.payer.payerId)}_${first.month}_reestr`,
    title,
    recordedAt: last.recordedAt,
    digestLabel: 'SHA-256 канонического JSON реестра',
    digest: hash('sha256', canonicalJson({ month: first.month, payerId: first.payer.payerId, listed }), 'hex'),
    sections: [
      {
        name: 'Реестр счетов',
        title,
        landscape: true,
        // The payer as it stood when the last of the invoices was issued.
        head: payerLines(last.payer),
        columns: COLUMNS,
        rows: invoices.map(summaryRow),
        totals: 'Итого',
        foot: [
          {
            name: 'due',
            label: 'Подлежит оплате',
            amount: due,
            formula: { kind: 'columnTotal', column: DUE_COLUMN },
            words: sumInWords(due),
          },
        ],
        signatures: SIGNATURES,
      },
    ],
  };
}

function summaryRow(invoice: SummarisedInvoice, row: number): Cell[] {
  return [
    row + 1,
    printable(invoice.provider.name),
    printableOr(invoice.provider.inn),
    printable(invoice.number),
    invoice.issuedOn,
    readMoney(invoice.services) + readMoney(invoice.corrections),
    readMoney(invoice.advance),
    readMoney(invoice.carriedIn),
    readMoney(invoice.due),
    readMoney(invoice.carriedOut),
  ];
}
