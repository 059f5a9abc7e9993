import type { InvoiceDocument, InvoiceDocumentLine, InvoicedAgreement } from '../../src/index.ts';
import { proportion, readMoney } from '../../src/kernel/money.ts';
import type { AnnexLine } from './annex.ts';
import { agreementName, annexSection, PAYABLE_COLUMN } from './annex.ts';
import { safeFileName } from './file-name.ts';
import type { Cell, DocumentColumn, DocumentModel, FootLine, Section } from './model.ts';
import { payerLines, providerLines, SIGNATURES } from './parties.ts';
import { dateInFigures, monthInWords, NOTHING, printable, sumInWords } from './wording.ts';

const COLUMNS: readonly DocumentColumn[] = [
  { heading: '№ п.п.', kind: 'count', width: 8 },
  { heading: 'По соглашению', kind: 'text', width: 29 },
  { heading: 'Приложение', kind: 'text', width: 13 },
  { heading: 'Всего оказано услуг на сумму, руб.', kind: 'amount', width: 18 },
  { heading: 'Аванс, руб.', kind: 'amount', width: 16 },
  { heading: 'К оплате, руб.', kind: 'amount', width: 16 },
];
const [SERVICES_COLUMN, ADVANCE_COLUMN] = [3, 4];

/** The invoice (счёт) with its annexes, one per agreement of its lines' contracts (SPEC section 6, document annex). */
export function invoiceModel(document: InvoiceDocument): DocumentModel {
  const { number, issuedOn, recordedAt, digest, agreements } = document;
  const to = `счёту от ${dateInFigures(issuedOn)} № ${printable(number)}`;
  const annexes = agreements.filter(({ lines }) => lines.length > 0);
  return {
    fileName: safeFileName(number),
    title: `Счёт № ${printable(number)} от ${dateInFigures(issuedOn)}`,
    recordedAt,
    digestLabel: 'SHA-256 канонического JSON счёта',
    digest,
    sections: [
      invoiceSection(document, annexes),
      ...annexes.map((agreement, index) =>
        annexSection({
          index: index + 1,
          to,
          document,
          agreement,
          lines: agreement.lines.map(annexLine),
          foot: annexFoot(agreement),
        }),
      ),
    ],
  };
}

function invoiceSection(document: InvoiceDocument, annexes: readonly InvoicedAgreement[]): Section {
  const { number, issuedOn, month, payer, provider, agreements } = document;
  return {
    name: 'Счёт',
    title: `Счёт № ${printable(number)} от ${dateInFigures(issuedOn)}`,
    landscape: false,
    head: [...providerLines(provider), ...payerLines(payer), { label: 'Месяц', value: monthInWords(month) }],
    columns: COLUMNS,
    rows: agreements.map((agreement, row): Cell[] => {
      const annex = annexes.indexOf(agreement) + 1;
      const [services, advance] = [readMoney(agreement.services), readMoney(agreement.advance)];
      const name = agreementName(agreement);
      return [row + 1, name, annex === 0 ? NOTHING : `№ ${annex}`, services, advance, services - advance];
    }),
    totals: 'Итого',
    foot: invoiceFoot(document),
    signatures: SIGNATURES,
  };
}

/** What is nought and follows from nothing is left out: a reader looks for what it could have been. */
function invoiceFoot(document: InvoiceDocument): FootLine[] {
  const [corrections, carriedIn] = [readMoney(document.corrections), readMoney(document.carriedIn)];
  const [due, carriedOut] = [readMoney(document.due), readMoney(document.carriedOut)];
  const terms = { plus: carriedIn === 0 ? ['services'] : ['services', 'carriedIn'], minus: ['advance'] };
  return [
    {
      name: 'services',
      label: 'Всего оказано услуг на сумму',
      amount: readMoney(document.services) + corrections,
      formula: { kind: 'columnTotal', column: SERVICES_COLUMN },
    },
    ...(corrections === 0
      ? []
      : [{ name: 'corrections', label: 'в том числе корректировки прошлых месяцев', amount: corrections }]),
    {
      name: 'advance',
      label: 'Аванс',
      amount: readMoney(document.advance),
      formula: { kind: 'columnTotal', column: ADVANCE_COLUMN },
    },
    ...(carriedIn === 0 ? [] : [{ name: 'carriedIn', label: 'Перенесено с предыдущего счёта', amount: carriedIn }]),
    {
      name: 'due',
      label: 'Подлежит оплате',
      amount: due,
      formula: { kind: 'balance', ...terms, part: 'positive' },
      words: sumInWords(due),
    },
    ...(carriedOut === 0
      ? []
      : [
          {
            name: 'carriedOut',
            label: 'Переносится на следующий счёт',
            amount: carriedOut,
            formula: { kind: 'balance', ...terms, part: 'negative' } as const,
          },
        ]),
  ];
}

/** An annex tells its part of the total and can come out negative; what is due is told by the invoice alone. */
function annexFoot({ services, advance }: InvoicedAgreement): FootLine[] {
  const payable = readMoney(services) - readMoney(advance);
  return [
    {
      name: 'services',
      label: 'Всего оказано услуг на сумму',
      amount: readMoney(services),
      formula: { kind: 'columnTotal', column: PAYABLE_COLUMN },
    },
    { name: 'advance', label: 'Аванс', amount: readMoney(advance) },
    {
      name: 'due',
      label: 'Подлежит оплате',
      amount: payable,
      formula: { kind: 'balance', plus: ['services'], minus: ['advance'] },
      words: sumInWords(payable),
    },
  ];
}

function annexLine(line: InvoiceDocumentLine): AnnexLine {
  const { contractNumber, contractDate, certificateId, amount } = line;
  return { contractNumber, contractDate, certificateId, volume: volumeOf(line), amount: readMoney(amount) };
}

/** Lessons charged of lessons planned, in hundredths of a percent, half up; none for a correction (SPEC section 6). */
function volumeOf({ kind, lessons, plannedLessons }: InvoiceDocumentLine): number | null {
  if (kind === 'correction' || plannedLessons === 0) return null;
  return Math.sign(lessons) * proportion(10_000, Math.abs(lessons), plannedLessons);
}
