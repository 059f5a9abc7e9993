import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The state of a socket that listens, as the kernel writes it. */
const LISTENS = '0A';

/** The process that listens on a port of this machine; none where it cannot be seen (other systems, other users). */
export function listenerOn(port: number): number | undefined {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => listeningOn(port, table)));
  if (sockets.size === 0) return undefined;
  return entriesOf('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => entriesOf(`/proc/${pid}/fd`).some((name) => sockets.has(targetOf(`/proc/${pid}/fd/${name}`))));
}

function listeningOn(port: number, table: string): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return textOf(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTENS && local.endsWith(suffix))
    .map((fields) => `socket:[${fields[9]}]`);
}

// Processes come and go while they are looked at, and some are nobody else's to see: what is not there is no listener.
function entriesOf(directory: string): string[] {
  return orNothing(() => readdirSync(directory), []);
}

function textOf(file: string): string {
  return orNothing(() => readFileSync(file, 'utf8'), '');
}

function targetOf(link: string): string {
  return orNothing(() => readlinkSync(link), '');
}

function orNothing<Answer>(look: () => Answer, nothing: Answer): Answer {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return nothing;
    throw error;
  }
}
