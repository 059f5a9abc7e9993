import type { CivilDate } from '../../src/kernel/civil-date.ts';
import type { Instant } from '../../src/kernel/instant.ts';
import type { Kopecks } from '../../src/kernel/money.ts';

/**
 * What the cells of a column hold: a text; a civil date; kopecks; hundredths of a percent; a whole number. Every renderer
 * writes them its own way from the same values.
 */
export type ColumnKind = 'text' | 'date' | 'amount' | 'percent' | 'count';

/** A value of a cell, by the kind of its column; `null` is nothing, written as a dash. */
export type Cell = string | CivilDate | number | null;

/** A column of a document's table. */
export interface DocumentColumn {
  readonly heading: string;
  readonly kind: ColumnKind;
  /** Its part of the table's width, in hundredths. */
  readonly width: number;
}

/** A line of a head: what is told, and what it is. */
export interface HeadLine {
  readonly label: string;
  readonly value: string;
}

/** How an amount of a foot follows from the table and from other amounts of the foot, by their names. */
export type FootFormula =
  | { readonly kind: 'columnTotal'; readonly column: number }
  | {
      readonly kind: 'balance';
      readonly plus: readonly string[];
      readonly minus: readonly string[];
      /** Only the part above or below zero. */
      readonly part?: 'positive' | 'negative';
    };

/** An amount under a table. */
export interface FootLine {
  /** By which formulas refer to it. */
  readonly name: string;
  readonly label: string;
  /** `null` where the document says nothing about it. */
  readonly amount: Kopecks | null;
  readonly formula?: FootFormula;
  /** The amount in words. */
  readonly words?: string;
}

/** One form: a head, a table, a foot. It begins on a page of its own, or is a sheet of its own. */
export interface Section {
  /** At most 31 characters, as a sheet may be named. */
  readonly name: string;
  readonly title: string;
  readonly landscape: boolean;
  readonly head: readonly HeadLine[];
  readonly columns: readonly DocumentColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** The label of a line that totals the columns of amounts. */
  readonly totals?: string;
  readonly foot: readonly FootLine[];
  /** Who signs, and what else is put under the form. */
  readonly signatures: readonly string[];
}

/** A document, computed once from the ledger's answer; the renderers add no figure of their own. */
export interface DocumentModel {
  /** What its files are named, without the ending. */
  readonly fileName: string;
  readonly title: string;
  /** The document's own time: the instant its event was recorded at. */
  readonly recordedAt: Instant;
  /** What {@link digest} is taken of, as in `SHA-256 канонического JSON счёта`. */
  readonly digestLabel: string;
  /** In hexadecimal digits. */
  readonly digest: string;
  readonly sections: readonly Section[];
}
