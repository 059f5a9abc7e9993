import type { ColumnKind } from '../model.ts';
import { MAIN } from './workbook-parts.ts';

interface Style {
  readonly font?: 'bold' | 'title' | 'small';
  readonly format?: number;
  readonly border?: boolean;
  readonly align?: 'left' | 'center' | 'right';
  readonly wrap?: boolean;
}

/** Built-in formats of numbers: a whole number, two decimals, thousands and two decimals. */
const [WHOLE, TWO_DECIMALS, MONEY, DATE] = [1, 2, 4, 164];
const FONTS = ['plain', 'bold', 'title', 'small'] as const;

/** Every look a cell can have; its place in this list is its number in the file. */
const STYLES = {
  plain: {},
  title: { font: 'title', wrap: true },
  label: { font: 'bold' },
  value: { wrap: true },
  heading: { font: 'bold', border: true, align: 'center', wrap: true },
  text: { border: true, wrap: true },
  dash: { border: true, align: 'right' },
  date: { border: true, format: DATE, align: 'center' },
  amount: { border: true, format: MONEY },
  percent: { border: true, format: TWO_DECIMALS },
  count: { border: true, format: WHOLE },
  totalText: { font: 'bold', border: true },
  totalAmount: { font: 'bold', border: true, format: MONEY },
  footAmount: { font: 'bold', format: MONEY },
  footDash: { align: 'right' },
  small: { font: 'small' },
} as const satisfies Record<string, Style>;

/** The name of a look. */
export type StyleName = keyof typeof STYLES;

const NUMBERS = new Map(Object.keys(STYLES).map((name, index) => [name, index]));

/** The number of a look. */
export function styleNumber(name: StyleName): number {
  return NUMBERS.get(name) ?? 0;
}

/** The look of a cell with a value in a column. */
export function styleOfKind(kind: ColumnKind): StyleName {
  return kind;
}

/** The part of the workbook that says what every look is. */
export function stylesPart(): string {
  const formats = Object.values<Style>(STYLES).map(formatOf);
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="${DATE}" formatCode="dd\\.mm\\.yyyy"/></numFmts><fonts count="4">${font(10)}${font(10, '<b/>')}${font(13, '<b/>')}${font(7)}</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>${['left', 'right', 'top', 'bottom'].map(thin).join('')}<diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${formats.length}">${formats.join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
}

function font(size: number, weight = ''): string {
  return `<font>${weight}<sz val="${size}"/><name val="Arial"/><family val="2"/></font>`;
}

function thin(side: string): string {
  return `<${side} style="thin"><color auto="1"/></${side}>`;
}

function formatOf({ font: name = 'plain' as never, format = 0, border = false, align, wrap = false }: Style): string {
  const fontId = FONTS.indexOf(name);
  const horizontal = align === undefined ? '' : ` horizontal="${align}"`;
  const wrapped = wrap ? ' wrapText="1"' : '';
  return `<xf numFmtId="${format}" fontId="${fontId}" fillId="0" borderId="${border ? 1 : 0}" xfId="0" applyNumberFormat="1" applyFont="1" applyBorder="1" applyAlignment="1"><alignment vertical="top"${horizontal}${wrapped}/></xf>`;
}
