import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

const main = new URL('../../../api/cli/main.ts', import.meta.url).pathname;

/** What a call of the command line, in a process of its own, printed and answered. */
export interface Called {
  /** None when it was killed. */
  readonly exitCode: number | null;
  readonly text: string;
  readonly errors: string;
}

/** Runs a call in a process of its own. */
export async function call(...words: readonly string[]): Promise<Called> {
  const { PATH } = process.env;
  const child = spawn(process.execPath, [main, ...words], { env: { PATH }, stdio: ['ignore', 'pipe', 'pipe'] });
  const [text, errors] = [textOf(child.stdout), textOf(child.stderr)];
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  return { exitCode, text: text.join(''), errors: errors.join('') };
}

function textOf(stream: Readable): string[] {
  const pieces: string[] = [];
  stream.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece));
  return pieces;
}

/** The printed lines as JSON; an unfinished last one, of a process that was killed, is left out. */
export function jsonLines<Line>({ text }: Called): Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}
