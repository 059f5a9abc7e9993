import type { Cell, DocumentModel, Section } from '../model.ts';
import { columnTotal } from '../totals.ts';
import { BYTE_ORDER_MARK, peopleRecord, textRecord } from './record.ts';

/** The document as one CSV file: its forms below each other, an empty line between them. */
export function renderCsv({ sections, digestLabel, digest }: DocumentModel): Uint8Array {
  const forms = sections.map(formText).join('\r\n');
  return new TextEncoder().encode(`${BYTE_ORDER_MARK}${forms}\r\n${textRecord(digestLabel, digest)}`);
}

function formText(section: Section): string {
  const { title, head, columns, rows, foot, signatures } = section;
  const kinds = columns.map(({ kind }) => kind);
  return [
    textRecord(title),
    ...head.map(({ label, value }) => textRecord(label, value)),
    textRecord(...columns.map(({ heading }) => heading)),
    ...rows.map((row) => peopleRecord(row, kinds)),
    ...totalsText(section),
    ...foot.flatMap(({ label, amount, words }) => [
      peopleRecord([label, amount], ['text', 'amount']),
      ...(words === undefined ? [] : [textRecord(`${label} (прописью)`, words)]),
    ]),
    ...signatures.map((signature) => textRecord(signature)),
  ].join('');
}

function totalsText({ columns, rows, totals }: Section): string[] {
  if (totals === undefined) return [];
  const cells = columns.map(({ kind }, column): Cell => (kind === 'amount' ? columnTotal(rows, column) : ''));
  return [
    peopleRecord(
      [totals, ...cells.slice(1)],
      columns.map(({ kind }) => (kind === 'amount' ? kind : 'text')),
    ),
  ];
}
