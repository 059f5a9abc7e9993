import { readdirSync, readFileSync } from 'node:fs';

/** A case of tests/cases: commands and what the rules say about them. */
export interface CommandCase {
  title: string;
  commands: unknown[];
  expect: Expected;
}

export interface Expected {
  lines?: ExpectedLine[];
  balances?: { certificateId: string }[];
  invoices?: { number: string }[];
  pointInTime?: { on: string; asOf: string; balance: { certificateId: string } }[];
}

export interface ExpectedLine {
  line: number;
  ok: boolean;
  errorCode?: string;
  replayed?: boolean;
  outcome?: object;
}

const folder = new URL('../../cases/', import.meta.url);

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

export function smallCases(): CommandCase[] {
  const names = readdirSync(folder).filter((name) => /^\d\d-.*\.json$/.test(name));
  return names.sort().map((name) => JSON.parse(read(name)) as CommandCase);
}

export function municipality(): CommandCase {
  return {
    title: 'a generated town, municipality-small',
    commands: read('municipality-small.jsonl')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): unknown => JSON.parse(line)),
    expect: JSON.parse(read('municipality-small.expect.json')) as Expected,
  };
}
