import type { Progress } from '../../src/index.ts';

/** A progress bar on a terminal, and what takes it away again. */
export interface ProgressBar {
  readonly report: Progress;
  /** Leaves the terminal as it was before. */
  clear(): void;
}

const WIDTH = 24;
/** How often the bar is drawn, in milliseconds. */
const PAUSE = 100;

/**
 * A bar with rate and time left on the stream when that is a terminal; otherwise one that says nothing.
 * `unit` names what is counted, as in `events`; `now` is a clock in milliseconds that only goes forward.
 */
export function progressBar(
  label: string,
  unit: string,
  stream: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean } = process.stderr,
  now: () => number = () => performance.now(),
): ProgressBar {
  if (stream.isTTY !== true) return { report: () => undefined, clear: () => undefined };
  const started = now();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = false;
  return {
    report(done, total) {
      const at = now();
      if (at - drawnAt < PAUSE && done < total) return;
      drawnAt = at;
      drawn = true;
      stream.write(`\r\u001b[2K${progressLine(label, unit, { done, total, seconds: (at - started) / 1000 })}`);
    },
    clear() {
      if (drawn) stream.write('\r\u001b[2K');
    },
  };
}

/** The text of the bar. */
export function progressLine(
  label: string,
  unit: string,
  { done, total, seconds }: { readonly done: number; readonly total: number; readonly seconds: number },
): string {
  const part = total <= 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(part * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  const rate = seconds > 0 ? done / seconds : 0;
  const left = rate > 0 ? `, ${clockTime((total - done) / rate)} left` : '';
  return `${label} ${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${Math.round(rate).toLocaleString('en')} ${unit}/s${left}`;
}

function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
