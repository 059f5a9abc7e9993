import type { RegistryName } from '../../../src/index.ts';
import { readMoney } from '../../../src/kernel/money.ts';
import type { Cell } from '../model.ts';
import { printable } from '../wording.ts';
import type { RegistryColumn } from './headings.ts';
import { inWords, registryForms } from './headings.ts';

/** The columns of a registry, those of its list behind its own. */
export function registryColumns(name: RegistryName): readonly RegistryColumn[] {
  const { columns, list } = registryForms[name];
  return [...columns, ...(list?.columns ?? [])];
}

/** The rows of an item: one, or one for each item of its list. What is not known is an empty text. */
export function registryRows(name: RegistryName, item: object): readonly (readonly Cell[])[] {
  const { columns, list } = registryForms[name];
  const head = columns.map((column) => cellOf(item, column));
  if (list === undefined) return [head];
  const listed = memberOf(item, list.member) as readonly object[];
  return (listed.length === 0 ? [{}] : listed).map((one) => [
    ...head,
    ...list.columns.map((column) => cellOf(one, column)),
  ]);
}

function cellOf(item: object, { path, kind }: RegistryColumn): Cell {
  const value = path.split('.').reduce<unknown>((part, member) => memberOf(part, member), item);
  if (value === undefined) return '';
  if (kind === 'amount') return readMoney(String(value));
  if (typeof value === 'number') return value;
  return printable(inWords(path, String(value)));
}

function memberOf(value: unknown, member: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
}
