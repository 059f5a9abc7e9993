import { existsSync, readdirSync } from 'node:fs';

/** A bench prints its table and answers nothing; each lives in the file of its name beside this one. */
interface Bench {
  run(args: readonly string[]): Promise<void>;
}

const [name, ...args] = process.argv.slice(2);
const file = new URL(`./${name}.ts`, import.meta.url);
if (name === undefined || name === 'main' || !existsSync(file)) {
  const names = readdirSync(import.meta.dirname).filter((entry) => entry.endsWith('.ts') && entry !== 'main.ts');
  process.stderr.write(`npm run -s bench -- NAME; there are: ${names.map((entry) => entry.slice(0, -3)).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const bench = (await import(file.href)) as Bench;
  await bench.run(args);
}
