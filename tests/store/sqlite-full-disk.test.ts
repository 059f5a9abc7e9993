import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { openLedger } from '../../src/index.ts';

const program = new URL('../support/store/filling-process.ts', import.meta.url).pathname;
const KIBIBYTES = 600;

/** A way to let a real disk run full under another process, and to give it room again. */
interface SmallDisk {
  readonly command: readonly string[];
  giveRoom(pid: number): void;
  remove(): void;
}

/** A file system of its own in memory; an administrator may mount one. A ballast file takes half of it. */
function tmpfs(folder: string): SmallDisk | string {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${4 * KIBIBYTES}k`, 'tmpfs', folder]);
  if (mounted.status !== 0) return 'no tmpfs may be mounted here';
  writeFileSync(join(folder, 'ballast'), Buffer.alloc(3 * KIBIBYTES * 1024));
  return {
    command: [process.execPath, program],
    giveRoom: () => rmSync(join(folder, 'ballast')),
    remove: () => spawnSync('umount', [folder]),
  };
}

/** A limit on the size of each file the process writes, which its parent can lift. */
function fileSizeLimit(): SmallDisk | string {
  if (spawnSync('prlimit', ['--version']).status !== 0) return 'there is no prlimit here';
  return {
    command: ['prlimit', `--fsize=${KIBIBYTES * 1024}:unlimited`, process.execPath, program],
    giveRoom: (pid) => spawnSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']),
    remove: () => undefined,
  };
}

describe('when the disk is full', () => {
  test.each([
    ['a file system without room', tmpfs],
    ['a file that may not grow', fileSizeLimit],
  ])('%s: what is not written is refused, and with room again everything goes on', async (_, makeSmall) => {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-full-'));
    const disk = makeSmall(folder);
    if (typeof disk === 'string') {
      process.stderr.write(`full disk not tried: ${disk}\n`);
      return;
    }
    try {
      const file = join(folder, 'ledger.db');
      const [executable = '', ...args] = [...disk.command, file];
      const child = spawn(executable, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      const rounds = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

      const full = JSON.parse(String((await rounds.next()).value)) as {
        answers: Record<string, string>;
        probes: string;
      };
      const { done = [], refused = [] } = Object.groupBy(Object.keys(full.answers), (id) =>
        full.answers[id] === 'done' ? 'done' : 'refused',
      );
      expect(done.length).toBeGreaterThan(20);
      expect(refused.length).toBeGreaterThanOrEqual(20);
      for (const id of refused) expect(full.answers[id]).toMatch(/^store\.unavailable: .+ledger\.db/);

      expect(full.probes).toBe('store.unavailable');

      disk.giveRoom(child.pid ?? 0);
      child.stdin.write('\n');
      const again = JSON.parse(String((await rounds.next()).value)) as {
        answers: Record<string, string>;
        probes: string;
        findings: string[];
      };
      expect(again.findings).toEqual([]);
      expect(again.probes).toBe('done');
      for (const id of done) expect(again.answers[id]).toBe('replayed');
      for (const id of refused) expect(again.answers[id]).toBe('done');
      expect(await ended).toBe(0);

      expect(existsSync(file) && statSync(file).size).toBeGreaterThan(KIBIBYTES * 1024);
      const ledger = await openLedger({ store: `sqlite:${file}` });
      expect(await ledger.verify()).toMatchObject({ ok: true, events: done.length + refused.length });
      await ledger.close();
    } finally {
      disk.remove();
      rmSync(folder, { recursive: true });
    }
  });
});
