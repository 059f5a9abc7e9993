import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

/** Whether the machine has the program; says on the console when it has not, and what is not tested therefore. */
export function machineHas(program: string, flag: string, untested: string): boolean {
  const has = spawnSync(program, [flag], { stdio: 'ignore' }).error === undefined;
  if (!has) console.warn(`${program} is not installed, so it is not tested that ${untested}`);
  return has;
}

/** The text of a PDF in the order in which it is copied, each page ended by a form feed. */
export function textOfPdf(bytes: Uint8Array): string {
  return pdftotext(bytes, '-raw');
}

/** A word of a page and its edges, in points from the page's left upper corner. */
export interface Word {
  readonly page: number;
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Every word of the first pages of a PDF with its place. */
export function wordsOfPdf(bytes: Uint8Array): Word[] {
  const pages = pdftotext(bytes, '-bbox', '-l', '12').split('<page ').slice(1);
  return pages.flatMap((page, index) =>
    [...page.matchAll(/<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)<\/word>/g)].map((match) => {
      const [, left, top, right, bottom, text = ''] = match;
      const edges = { left: Number(left), right: Number(right), top: Number(top), bottom: Number(bottom) };
      return { page: index + 1, text, ...edges };
    }),
  );
}

/** The workbook with nothing but noughts as the results of its formulas, so that only who calculates has the right ones. */
export function withoutResults(workbook: Uint8Array): Uint8Array {
  const parts = unzipSync(workbook);
  for (const [name, part] of Object.entries(parts)) {
    if (!name.startsWith('xl/worksheets/')) continue;
    parts[name] = strToU8(strFromU8(part).replace(/<\/f><v>[^<]*<\/v>/g, '</f><v>0</v>'));
  }
  return zipSync(parts);
}

/** Every sheet of a workbook as a spreadsheet shows it after it has calculated all formulas anew: rows of cells. */
export function recalculated(workbook: Uint8Array): string[][][] {
  const folder = mkdtempSync(join(tmpdir(), 'workbook-'));
  try {
    const profile = join(folder, 'profile');
    mkdirSync(join(profile, 'user'), { recursive: true });
    writeFileSync(join(profile, 'user', 'registrymodifications.xcu'), RECALCULATE_ALWAYS);
    writeFileSync(join(folder, 'book.xlsx'), workbook);
    // Tab between cells, no quotes, UTF-8, figures as they are and not as they are shown, all sheets.
    const filter = 'csv:Text - txt - csv (StarCalc):9,0,76,1,,0,false,true,false,false,false,-1';
    const { status, stdout, stderr } = spawnSync(
      'soffice',
      [
        `-env:UserInstallation=file://${profile}`,
        '--headless',
        '--convert-to',
        filter,
        '--outdir',
        folder,
        join(folder, 'book.xlsx'),
      ],
      { encoding: 'utf8', timeout: 120_000 },
    );
    if (status !== 0) throw new Error(`soffice: ${stderr}`);
    const files = [...stdout.matchAll(/-> (.+\.csv)/g)].map(([, file = '']) => file);
    return files.map((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .map((line) => line.split('\t')),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const RECALCULATE_ALWAYS = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>`;

function pdftotext(bytes: Uint8Array, ...mode: readonly string[]): string {
  const options = { input: bytes, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 } as const;
  const { status, stdout, stderr } = spawnSync('pdftotext', [...mode, '-', '-'], options);
  if (status !== 0) throw new Error(`pdftotext: ${stderr}`);
  return stdout;
}
