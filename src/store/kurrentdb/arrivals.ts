import type { AllStreamResolvedEvent, AllStreamSubscription } from '@eventstore/db-client';

/** How many events may wait for whoever takes them before the server is asked to pause, and how many may still. */
const [FULL, ROOM] = [4_000, 1_000];
/** How many events are given at once at most. */
const TAKEN_AT_ONCE = 1_000;

/** The subscription is over, and nobody has asked for that. */
export class SubscriptionEnded extends Error {
  constructor() {
    super('the server has ended the subscription');
    this.name = 'SubscriptionEnded';
  }
}

/**
 * The events of a subscription, gathered until they are taken: to wait for each of them costs more than to fold it. Once it
 * has failed, what had arrived before is still given, in its order.
 */
export class Arrivals {
  readonly #subscription: AllStreamSubscription;
  readonly #signal: AbortSignal;
  #events: AllStreamResolvedEvent[] = [];
  #failed: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  #over: (() => void) | undefined;
  #arrived = 0;
  #isDisturbed = false;
  readonly #stop = () => this.fail(new SubscriptionEnded());

  constructor(subscription: AllStreamSubscription, { signal }: { readonly signal: AbortSignal }) {
    this.#subscription = subscription;
    this.#signal = signal;
    signal.addEventListener('abort', this.#stop, { once: true });
    subscription
      .on('data', (event) => this.#arrive(event))
      .on('error', (error) => this.fail(error))
      .on('close', () => this.fail(new SubscriptionEnded()))
      .on('end', () => this.fail(new SubscriptionEnded()));
  }

  /** Tells when the server has begun to send. */
  onceConfirmed(tell: () => void): void {
    this.#subscription.once('confirmation', tell);
  }

  /** Tells when nothing arrives any more, though what had arrived may still be given. */
  onceOver(tell: () => void): void {
    this.#over = tell;
  }

  /** How many events the server has sent up to now, those that wait in the client's own buffer among them. */
  get sent(): number {
    return this.#arrived + this.#subscription.readableLength;
  }

  /**
   * What has arrived; waits while that is nothing, and answers nothing only when it is disturbed. Errors: what the
   * subscription failed with.
   */
  async next(): Promise<readonly AllStreamResolvedEvent[]> {
    while (this.#events.length === 0) {
      if (this.#failed !== undefined) throw this.#failed.error;
      if (this.#isDisturbed) break;
      const { promise, resolve } = Promise.withResolvers<void>();
      // What arrives in the same turn of the event loop is taken together.
      this.#wake = () => void setImmediate(resolve);
      await promise;
    }
    this.#isDisturbed = false;
    const taken = this.#events.length <= TAKEN_AT_ONCE ? this.#events : this.#events.slice(0, TAKEN_AT_ONCE);
    this.#events = this.#events.length <= TAKEN_AT_ONCE ? [] : this.#events.slice(TAKEN_AT_ONCE);
    if (this.#events.length <= ROOM) this.#subscription.resume();
    return taken;
  }

  /** Lets whoever waits for events go on without any. */
  disturb(): void {
    this.#isDisturbed = true;
    this.#woken();
  }

  /** Lets go of the subscription. */
  end(): void {
    this.#signal.removeEventListener('abort', this.#stop);
    this.fail(new SubscriptionEnded());
    // An error that comes after the end is nobody's business. To destroy the stream alone would leave the server's side open.
    this.#subscription.on('error', () => undefined);
    this.#subscription.unsubscribe().catch(() => undefined);
    this.#subscription.destroy();
  }

  /** Nothing arrives any more, for this reason. */
  fail(error: unknown): void {
    if (this.#failed !== undefined) return;
    this.#failed = { error };
    this.#over?.();
    this.#woken();
  }

  #arrive(event: AllStreamResolvedEvent): void {
    // The client gives events even after it has been told to stop.
    if (this.#failed !== undefined) return;
    this.#events.push(event);
    this.#arrived += 1;
    if (this.#events.length >= FULL) this.#subscription.pause();
    this.#woken();
  }

  #woken(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
