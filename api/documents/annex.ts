import type { AgreementOnDocument, DocumentHead } from '../../src/index.ts';
import type { CivilDate } from '../../src/kernel/civil-date.ts';
import type { Kopecks } from '../../src/kernel/money.ts';
import type { Cell, DocumentColumn, FootLine, Section } from './model.ts';
import { SIGNATURES } from './parties.ts';
import { dateInFigures, monthInWords, printable, printableOr } from './wording.ts';

/** The table of both kinds of annex (SPEC section 6, document annex). */
const COLUMNS: readonly DocumentColumn[] = [
  { heading: '№ п.п.', kind: 'count', width: 8 },
  { heading: '№ договора', kind: 'text', width: 25 },
  { heading: 'Дата договора', kind: 'date', width: 13 },
  { heading: 'Номер сертификата', kind: 'text', width: 24 },
  { heading: 'Объём оказания услуги, %', kind: 'percent', width: 14 },
  { heading: 'К оплате, руб.', kind: 'amount', width: 16 },
];
/** Which of them the amounts stand in. */
export const PAYABLE_COLUMN = COLUMNS.length - 1;

/** One line of an annex. */
export interface AnnexLine {
  readonly contractNumber: string;
  readonly contractDate: CivilDate;
  readonly certificateId: string;
  /** Hundredths of a percent; `null` where nothing was planned. */
  readonly volume: number | null;
  readonly amount: Kopecks;
}

/** What an annex is made of. */
export interface Annex {
  /** Which of the document's annexes it is, from 1 on. */
  readonly index: number;
  /** The document it belongs to: `счёту от 01.10.2020 № cdt-2020-0001`. */
  readonly to: string;
  readonly document: DocumentHead;
  readonly agreement: AgreementOnDocument;
  readonly lines: readonly AnnexLine[];
  readonly foot: readonly FootLine[];
}

/** The annex of a document: the lines under one agreement. */
export function annexSection({ index, to, document, agreement, lines, foot }: Annex): Section {
  return {
    name: `Приложение ${index}`,
    title: `Приложение № ${index} к ${to}`,
    landscape: false,
    head: [
      { label: 'По соглашению', value: agreementName(agreement) },
      { label: 'Месяц', value: monthInWords(document.month) },
      { label: 'Поставщик', value: printable(document.provider.name) },
      { label: 'ОГРН', value: printableOr(document.provider.ogrn) },
    ],
    columns: COLUMNS,
    rows: lines.map((line, row): Cell[] => [
      row + 1,
      printable(line.contractNumber),
      line.contractDate,
      printable(line.certificateId),
      line.volume,
      line.amount,
    ]),
    foot,
    signatures: SIGNATURES,
  };
}

/** `№ 1/2020 от 16.12.2019` */
export function agreementName({ number, date }: AgreementOnDocument): string {
  return `№ ${printable(number)} от ${dateInFigures(date)}`;
}
