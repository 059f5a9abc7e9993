import type { AdvanceDocument, AdvancedAgreement } from '../../src/index.ts';
import { readMoney } from '../../src/kernel/money.ts';
import { agreementName, annexSection, PAYABLE_COLUMN } from './annex.ts';
import { safeFileName } from './file-name.ts';
import type { Cell, DocumentColumn, DocumentModel, FootLine, Section } from './model.ts';
import { payerLines, providerLines, SIGNATURES } from './parties.ts';
import { dateInFigures, monthInWords, sumInWords } from './wording.ts';

const COLUMNS: readonly DocumentColumn[] = [
  { heading: '№ п.п.', kind: 'count', width: 8 },
  { heading: 'По соглашению', kind: 'text', width: 35 },
  { heading: 'Приложение', kind: 'text', width: 17 },
  { heading: 'Запланировано услуг на сумму, руб.', kind: 'amount', width: 20 },
  { heading: 'Аванс, руб.', kind: 'amount', width: 20 },
];
const [PLANNED_COLUMN, ADVANCE_COLUMN] = [3, 4];

/** The request for an advance (заявка на авансирование) with its annexes (SPEC section 6, document annex). */
export function advanceModel(document: AdvanceDocument): DocumentModel {
  const { requestedOn, month, payer, provider, recordedAt, digest, agreements, percent } = document;
  return {
    fileName: `${safeFileName(provider.providerId)}_${safeFileName(payer.payerId)}_${month}_avans`,
    title: titleOf(document),
    recordedAt,
    digestLabel: 'SHA-256 канонического JSON заявки',
    digest,
    sections: [
      requestSection(document),
      ...agreements.map((agreement, index) =>
        annexSection({
          index: index + 1,
          to: `заявке на авансирование от ${dateInFigures(requestedOn)}`,
          document,
          agreement,
          lines: agreement.lines.map(({ contractNumber, contractDate, certificateId, amount }) => ({
            contractNumber,
            contractDate,
            certificateId,
            // Nothing has been held yet: the part of the month's plan that is paid beforehand stands in its place.
            volume: percent * 100,
            amount: readMoney(amount),
          })),
          foot: annexFoot(agreement),
        }),
      ),
    ],
  };
}

function requestSection(document: AdvanceDocument): Section {
  const { month, payer, provider, percent, agreements } = document;
  return {
    name: 'Заявка',
    title: titleOf(document),
    landscape: false,
    head: [
      ...providerLines(provider),
      ...payerLines(payer),
      { label: 'Месяц', value: monthInWords(month) },
      { label: 'Размер аванса, %', value: String(percent) },
    ],
    columns: COLUMNS,
    rows: agreements.map((agreement, row): Cell[] => {
      const { planned, amount } = agreement;
      return [row + 1, agreementName(agreement), `№ ${row + 1}`, readMoney(planned), readMoney(amount)];
    }),
    totals: 'Итого',
    foot: requestFoot(document),
    signatures: SIGNATURES,
  };
}

function requestFoot({ planned, amount }: AdvanceDocument): FootLine[] {
  const advance = readMoney(amount);
  return [
    {
      name: 'planned',
      label: 'Запланировано услуг на сумму',
      amount: readMoney(planned),
      formula: { kind: 'columnTotal', column: PLANNED_COLUMN },
    },
    {
      name: 'advance',
      label: 'Аванс',
      amount: advance,
      formula: { kind: 'columnTotal', column: ADVANCE_COLUMN },
    },
    payable(advance),
  ];
}

/** A request bills nothing that was held, so its annex says nothing of services rendered. */
function annexFoot({ amount }: AdvancedAgreement): FootLine[] {
  const advance = readMoney(amount);
  return [
    { name: 'services', label: 'Всего оказано услуг на сумму', amount: null },
    {
      name: 'advance',
      label: 'Аванс',
      amount: advance,
      formula: { kind: 'columnTotal', column: PAYABLE_COLUMN },
    },
    payable(advance),
  ];
}

function payable(amount: number): FootLine {
  const formula = { kind: 'balance', plus: ['advance'], minus: [] } as const;
  return { name: 'due', label: 'Подлежит оплате', amount, formula, words: sumInWords(amount) };
}

function titleOf({ month, requestedOn }: AdvanceDocument): string {
  return `Заявка на авансирование за ${monthInWords(month)} от ${dateInFigures(requestedOn)}`;
}
