import { describe, expect, test } from 'vitest';
import { csvRecord } from '../../api/cli/csv.ts';
import { progressBar, progressLine } from '../../api/cli/progress.ts';
import { displayWidth, textTable } from '../../api/cli/text-table.ts';

describe('a CSV record', () => {
  test.each([
    [['a', 'b c', ''], 'a,b c,\r\n'],
    [['a,b', 'say "x"', 'two\nlines'], '"a,b","say ""x""","two\nlines"\r\n'],
    [['=1+1', '+7 900', '-x', '@sum', '\tx'], "'=1+1,'+7 900,'-x,'@sum,'\tx\r\n"],
    [['-5.00', '-12', '0.10'], '-5.00,-12,0.10\r\n'],
    [['=a,b'], `"'=a,b"\r\n`],
  ])('of %j', (cells, record) => {
    expect(csvRecord(cells)).toBe(record);
  });
});

describe('a table', () => {
  test.each([
    ['Школа', 5],
    ['школа № 5', 9],
    // A Latin e with a combining acute, a two-column ideograph each, an emoji.
    ['e\u0301', 1],
    ['日本', 4],
    ['🎓', 2],
  ])('%s takes %i places', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('aligns figures to the right and lets no cell break its line or command the terminal', () => {
    const columns = [{ title: 'имя' }, { title: 'сумма', align: 'right' as const }];
    expect(
      textTable(columns, [
        ['日本', '5.00'],
        ['a\u001b[31m\nb', '1234.50'],
      ]),
    ).toBe('имя         сумма\n────────  ───────\n日本         5.00\na [31m b  1234.50\n');
  });
});

describe('a progress bar', () => {
  test('tells part, rate and time left', () => {
    expect(progressLine('rebuild', 'events', { done: 25_000, total: 100_000, seconds: 0.5 })).toBe(
      `rebuild ${'█'.repeat(6)}${'░'.repeat(18)}  25 %  50,000 events/s, 0:02 left`,
    );
    expect(progressLine('x', 'events', { done: 0, total: 0, seconds: 0 })).toContain('100 %');
  });

  test('is drawn now and then, taken away in the end, and only on a terminal', () => {
    let written: string[] = [];
    let milliseconds = 0;
    const stream = (isTTY: boolean) =>
      ({ isTTY, write: (text: string) => written.push(text) > 0 }) as unknown as NodeJS.WriteStream;
    const bar = progressBar('verify', 'events', stream(true), () => milliseconds);
    for (let done = 0; done < 100; done += 1) {
      milliseconds += 10;
      bar.report(done, 100);
    }
    bar.report(100, 100);
    bar.clear();
    // Ten reports a second, the first and the last among them, and one line to take it away.
    expect(written.length).toBe(12);
    expect(written.at(-1)).toBe('\r\u001b[2K');
    written = [];
    const silent = progressBar('verify', 'events', stream(false), () => milliseconds);
    silent.report(1, 2);
    silent.clear();
    expect(written).toEqual([]);
  });
});
