import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('the curl examples of the README, from making a key to a balance and an invoice, print what it says', async () => {
  const missing = ['bash', 'curl', 'npm'].find((program) => spawnSync(program, ['--version']).status !== 0);
  if (missing !== undefined) {
    process.stderr.write(`curl examples not tried: there is no ${missing} here\n`);
    return;
  }
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = /<!-- curl:start -->\n([\s\S]*?)<!-- curl:end -->\n\n```json\n([\s\S]*?)```/.exec(readme);
  const [, examples = '', balance = ''] = section ?? [];
  const script = [...examples.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines]) => lines).join('');
  const folder = mkdtempSync(join(tmpdir(), 'ledger-readme-'));
  try {
    const port = await freePort();
    const environment = {
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: folder,
      LEDGER_DB: join(folder, 'ledger.db'),
      PORT: String(port),
      LEDGER: `http://127.0.0.1:${port}`,
      LOG_LEVEL: 'silent',
    };
    const { exitCode, printed } = await run(script, environment);
    expect(exitCode).toBe(0);
    expect(printed).toContain('"ok":true');
    expect(printed).not.toContain('"ok":false');
    expect(balance).not.toBe('');
    expect(printed).toContain(balance.trim());
    // One lesson of 36 at 6000.00 is 166.67.
    const invoices = JSON.parse(bracedFrom(printed, '{"items"'));
    expect(invoices.items).toMatchObject([{ number: 'cdt-2024-0001', total: '166.67' }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The JSON object that begins so, up to the brace that closes it. */
function bracedFrom(text: string, beginning: string): string {
  const start = text.indexOf(beginning);
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return text.slice(start, at + 1);
  }
  return '';
}

async function run(script: string, env: NodeJS.ProcessEnv): Promise<{ exitCode: number | null; printed: string }> {
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, printed };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
