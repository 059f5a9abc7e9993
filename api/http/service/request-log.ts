import type { FastifyBaseLogger } from 'fastify';

type Child = Parameters<FastifyBaseLogger['child']>;
type Line = [line: object, message?: string, ...more: unknown[]];

/**
 * The logger of one request, whose lines name it. Every request has one and hardly any writes to it, so the real one,
 * which costs more than its line, is made for the first line.
 */
export class RequestLog implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #named: Child;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, ...named: Child) {
    this.#parent = parent;
    this.#named = named;
  }

  get level(): FastifyBaseLogger['level'] {
    return this.#real().level;
  }

  set level(level: FastifyBaseLogger['level']) {
    this.#real().level = level;
  }

  child(...named: Child): FastifyBaseLogger {
    return this.#real().child(...named);
  }

  fatal(...line: unknown[]): void {
    this.#real().fatal(...(line as Line));
  }

  error(...line: unknown[]): void {
    this.#real().error(...(line as Line));
  }

  warn(...line: unknown[]): void {
    this.#real().warn(...(line as Line));
  }

  info(...line: unknown[]): void {
    this.#real().info(...(line as Line));
  }

  debug(...line: unknown[]): void {
    this.#real().debug(...(line as Line));
  }

  trace(...line: unknown[]): void {
    this.#real().trace(...(line as Line));
  }

  silent(...line: unknown[]): void {
    this.#real().silent(...(line as Line));
  }

  #real(): FastifyBaseLogger {
    this.#made ??= this.#parent.child(...this.#named);
    return this.#made;
  }
}
