import { Worker } from 'node:worker_threads';
import { LedgerError } from './kernel/errors.ts';
import type { Answered, Asked, Refused, Tasks } from './second-thread-tasks.ts';

/** MiB, several times what a task needs. With more of it to have, the collector would let garbage lie. */
const HEAP_AT_MOST = 1_536;
/** MiB. What a task reads is soon done with; unasked, the engine would take three times as much for it. */
const YOUNG_AT_MOST = 48;

/**
 * A thread beside the process's own that reads the same file, for work that takes long on a large ledger. It is asked one
 * thing after another and answers in that order.
 */
export class SecondThread {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];

  /** `file` is the ledger's, which this process has open. */
  constructor(file: string) {
    // Run directly the sources are TypeScript, compiled they are not; a URL is not rewritten as an import is.
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./second-thread-tasks.${extension}`, import.meta.url), {
      workerData: { file },
      // What the process was started with is for its own script: a thread given --input-type would not begin.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_AT_MOST, maxYoungGenerationSizeMb: YOUNG_AT_MOST },
    });
    this.#worker.on('message', (answered: Answered) => this.#answer(answered));
    this.#worker.on('error', (error) => this.#refuseAll(error));
    this.#worker.on('exit', () => this.#refuseAll(new LedgerError('store.unavailable', 'the second thread has ended')));
  }

  /** Errors: those of the task. */
  ask<Name extends keyof Tasks>(
    task: Name,
    given: Parameters<Tasks[Name]>[0],
  ): Promise<Awaited<ReturnType<Tasks[Name]>>> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.push(waiting);
    // Whoever asks early awaits late; until then a refusal is nobody's fault.
    waiting.promise.catch(() => undefined);
    this.#worker.postMessage({ task, given } satisfies Asked);
    return waiting.promise as Promise<Awaited<ReturnType<Tasks[Name]>>>;
  }

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer(answered: Answered): void {
    const waiting = this.#waiting.shift();
    if ('answer' in answered) waiting?.resolve(answered.answer);
    else waiting?.reject(errorOf(answered.refused));
  }

  #refuseAll(error: unknown): void {
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}

function errorOf({ code, range, message }: Refused): Error {
  if (code !== undefined) return new LedgerError(code, message);
  return range ? new RangeError(message) : new Error(message);
}
