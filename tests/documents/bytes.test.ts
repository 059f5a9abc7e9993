import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DocumentFolder, SUMS_FILE } from '../../api/documents/document-folder.ts';
import { safeFileName } from '../../api/documents/file-name.ts';
import { invoiceModel } from '../../api/documents/invoice-document.ts';
import { DOCUMENT_FORMATS, renderDocument } from '../../api/documents/render.ts';
import { RENDERER_VERSION } from '../../api/documents/renderer-version.ts';
import { LedgerError } from '../../src/index.ts';
import { ODD_NAMES, sampleInvoice } from '../support/documents/sample-invoice.ts';

const KEPT = {
  pdf: 'cbc0433f60e1bb7188f3bb75ddd68ddf7c2d39e326f3632dbb9dbb12e8ee01d8',
  xlsx: 'ee4f634f7040d15decdc139cb90b55f3b0c65f32046cf5b5cbb754cacf77d563',
  csv: 'e098cf7be332a79d1ebf6e10a05ccff6947c6a9352222ffc3f096a5605313ead',
};

describe('the bytes of a document', () => {
  test('are the same in every time zone and locale, and whatever was rendered before it', async () => {
    const process = new URL('../support/documents/digests-process.ts', import.meta.url).pathname;
    const elsewhere = (TZ: string, LANG: string) =>
      spawnSync(globalThis.process.execPath, [process], {
        encoding: 'utf8',
        env: { PATH: globalThis.process.env.PATH, TZ, LANG, LC_ALL: LANG },
      }).stdout;
    const model = invoiceModel(sampleInvoice({ lines: 70, name: ODD_NAMES[2] }));
    const here: Record<string, string> = {};
    for (const format of DOCUMENT_FORMATS) here[format] = hash('sha256', await renderDocument(model, format), 'hex');
    expect(JSON.parse(elsewhere('Pacific/Kiritimati', 'ru_RU.UTF-8'))).toEqual(here);
    expect(JSON.parse(elsewhere('America/St_Johns', 'tr_TR.UTF-8'))).toEqual(here);
  });

  test('are those that were kept, as long as the renderer has the same version', async () => {
    // Kept digests, not figures of the rules: whoever has to change them raises RENDERER_VERSION with them.
    expect(RENDERER_VERSION).toBe(1);
    const model = invoiceModel(sampleInvoice({ lines: 40 }));
    const digests: Record<string, string> = {};
    for (const format of DOCUMENT_FORMATS) digests[format] = hash('sha256', await renderDocument(model, format), 'hex');
    expect(digests).toEqual(KEPT);
  });

  test('tell the time of the event and none of the machine', async () => {
    const model = invoiceModel(sampleInvoice({ lines: 1 }));
    const pdf = Buffer.from(await renderDocument(model, 'pdf')).toString('latin1');
    expect(pdf).toContain('(D:20201001150000Z)');
    expect(pdf).not.toContain(`D:${new Date().getUTCFullYear()}`);
  });
});

describe('a name of a file', () => {
  test.each([
    ['cdt-2020-0001', 'cdt-2020-0001'],
    ['ЦДТ/№ 5-2020-0001', /^5-2020-0001_[0-9a-f]{12}$/],
    ['CDT-2020-0001', /^cdt-2020-0001_[0-9a-f]{12}$/],
    ['con', /^con_[0-9a-f]{12}$/],
    ['nul.a', /^nul-a_[0-9a-f]{12}$/],
    ['../../etc/passwd', /^etc-passwd_[0-9a-f]{12}$/],
    ['😀', /^_[0-9a-f]{12}$/],
    ['a'.repeat(200), /^a{100}_[0-9a-f]{12}$/],
  ])('of %s is %s', (text, name) => {
    if (typeof name === 'string') expect(safeFileName(text)).toBe(name);
    else expect(safeFileName(text)).toMatch(name);
  });

  test('is different for different texts, capital letters or not', () => {
    const names = ['CDT-1', 'cdt-1', 'Cdt-1', 'cdt 1', 'cdt/1'].map((text) => safeFileName(text).toLowerCase());
    expect(new Set(names).size).toBe(5);
  });
});

describe('a folder of documents', () => {
  function folder(): string {
    const path = mkdtempSync(join(tmpdir(), 'documents-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    return path;
  }
  const bytes = (text: string) => new TextEncoder().encode(text);
  const set = 'documents of 2020-09';

  test('that was stopped in the middle is as it was, and the same set stands there after a second run', () => {
    const path = folder();
    const first = new DocumentFolder(path, set);
    first.add('a.pdf', bytes('a'));
    // The process is killed here.
    expect(readdirSync(path).filter((name) => !name.startsWith('.'))).toEqual([]);
    const second = new DocumentFolder(path, set);
    for (const name of ['b', 'a']) second.add(`${name}.pdf`, bytes(name));
    second.finish();
    expect(readdirSync(path).sort()).toEqual([SUMS_FILE, 'a.pdf', 'b.pdf']);
    // SHA-256 of the letters a and b.
    expect(readFileSync(join(path, SUMS_FILE), 'utf8').split('\n')).toEqual([
      `# ${set}`,
      expect.stringMatching(/^# renderer \d+$/),
      'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  a.pdf',
      '3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b.pdf',
      '',
    ]);
  });

  test('loses what only an earlier run of the same set had, and nothing else', () => {
    const path = folder();
    const earlier = new DocumentFolder(path, set);
    earlier.add('rejected.pdf', bytes('x'));
    earlier.finish();
    writeFileSync(join(path, 'notes.txt'), 'mine');
    const later = new DocumentFolder(path, set);
    later.add('again.pdf', bytes('y'));
    later.finish();
    expect(readdirSync(path).sort()).toEqual([SUMS_FILE, 'again.pdf', 'notes.txt']);
  });

  test('does not take another set in the place of the one it holds, and removes nothing outside of it', () => {
    const path = folder();
    new DocumentFolder(path, set).finish();
    expect(() => new DocumentFolder(path, 'documents of 2020-10')).toThrow(LedgerError);
    mkdirSync(join(path, 'inner'));
    writeFileSync(join(path, 'kept.txt'), 'kept');
    writeFileSync(join(path, 'inner', SUMS_FILE), `# ${set}\n${'0'.repeat(64)}  ../kept.txt\n`);
    new DocumentFolder(join(path, 'inner'), set).finish();
    expect(existsSync(join(path, 'kept.txt'))).toBe(true);
  });
});
