import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
});

test('the embedding example of the README runs and prints what it says', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /<!-- example:start -->\n```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const source = new URL('../src/index.ts', import.meta.url).href;
  const printed: unknown[] = [];
  vi.spyOn(console, 'log').mockImplementation((value: unknown) => void printed.push(value));
  const body = example.replace(
    /import \{ (.*) \} from 'certificate-ledger';/,
    `const { $1 } = await load('${source}');`,
  );
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  await new AsyncFunction('load', 'console', body)((module: string) => import(module), console);
  expect(printed).toEqual(['payer.not_found', true]);
});
