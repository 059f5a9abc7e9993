import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { AccessKeyOrder } from '../domain/access-key/commands.ts';
import { accessKeyOrder } from '../domain/access-key/commands.ts';
import { createAccessKey, revokeAccessKey } from '../domain/access-key/decide.ts';
import type { AccessKeyEvent } from '../domain/access-key/events.ts';
import { ACCESS_KEYS_STREAM } from '../domain/access-key/events.ts';
import type { AccessKey, AccessKeysState } from '../domain/access-key/state.ts';
import { decodeEvent } from '../events/codec.ts';
import type { EventMetadata } from '../events/envelope.ts';
import type { CivilDate } from '../kernel/civil-date.ts';
import type { Clock } from '../kernel/clock.ts';
import { DEFAULT_ZONE } from '../kernel/clock.ts';
import { LedgerError, refuse } from '../kernel/errors.ts';
import { given } from '../kernel/given.ts';
import type { Instant } from '../kernel/instant.ts';
import { civilDateAt, laterInstant } from '../kernel/instant.ts';
import type { EventStore } from '../store/event-store.ts';
import { accessKeys } from './categories.ts';
import { sentenceOf } from './commands.ts';
import type { Recorder } from './recorder.ts';
import { retried } from './retried.ts';
import type { LoadedStream, StreamCache } from './stream-cache.ts';

/** A key that was just made; its secret is shown this once and kept nowhere. */
export interface CreatedAccessKey extends Pick<AccessKey, 'keyId' | 'role' | 'payerId' | 'providerId'> {
  readonly key: string;
}

/** Told from other secrets at a glance, by people and by scanners that look for leaked ones. */
const PREFIX = 'ledger_';
const RANDOM_BYTES = 32;
/** How many digests of secrets are remembered. */
const REMEMBERED = 10_000;
/** For so many milliseconds a key that was revoked by another node is still known to this one. */
const TRUSTED_FOR = 1_000;

/** The keys by which systems reach a ledger over HTTP; only their digests are kept, in the event store. */
export class AccessKeys {
  readonly #store: EventStore;
  readonly #streams: StreamCache;
  readonly #recorder: Recorder;
  readonly #clock: Clock;
  /** The digests of the secrets that were in force when they were asked for: the same ones come over and over. */
  readonly #digests = new Map<string, string>();
  /** When the keys were last compared with their stream, by the process's own clock. */
  #confirmedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: {
    readonly store: EventStore;
    readonly streams: StreamCache;
    readonly recorder: Recorder;
    readonly clock: Clock;
  }) {
    this.#store = parts.store;
    this.#streams = parts.streams;
    this.#recorder = parts.recorder;
    this.#clock = parts.clock;
  }

  /** Makes a key. Errors: `command.invalid`, `key.already_exists`, `store.unavailable`. */
  create(order: AccessKeyOrder, by?: string): Promise<CreatedAccessKey> {
    return this.createUnknown(order, by);
  }

  /** The same for an order whose shape is not known: the body of a request. */
  async createUnknown(order: unknown, by?: string): Promise<CreatedAccessKey> {
    const parsed = accessKeyOrder.safeParse(order);
    if (!parsed.success) throw new LedgerError('command.invalid', parsed.error.issues.map(sentenceOf).join('; '));
    const key = `${PREFIX}${randomBytes(RANDOM_BYTES).toString('base64url')}`;
    const named = { ...parsed.data, keyId: parsed.data.keyId ?? randomUUID() };
    await this.#change(named.keyId, by, (state, today) =>
      createAccessKey(named, { today, digest: digestOf(key) }, state),
    );
    const { keyId, role, payerId, providerId } = named;
    return { keyId, key, role, ...given({ payerId, providerId }) };
  }

  /** Revokes a key: from the answer on nobody is known by it. Errors: `key.not_found`, `store.unavailable`. */
  revoke(keyId: string, by?: string): Promise<void> {
    return this.#change(keyId, by, (state, today) => revokeAccessKey(keyId, { today }, state));
  }

  /** Every key ever made, without its secret, in the order of their making. */
  async all(): Promise<readonly AccessKey[]> {
    return [...(await this.#loaded()).state.keys.values()];
  }

  /** The key that is known by this secret and in force. */
  async find(secret: string): Promise<AccessKey | undefined> {
    return this.findAtOnce(secret) ?? (await this.#loaded()).state.inForce.get(digestOf(secret));
  }

  /** The same without waiting; none also where the keys have to be asked for first. */
  findAtOnce(secret: string): AccessKey | undefined {
    const known = this.#digests.get(secret);
    const digest = known ?? digestOf(secret);
    const key = this.#atHand()?.state.inForce.get(digest);
    if (key !== undefined && known === undefined) this.#remember(secret, digest);
    return key;
  }

  #remember(secret: string, digest: string): void {
    if (this.#digests.size >= REMEMBERED) this.#digests.clear();
    this.#digests.set(secret, digest);
  }

  /** The keys without asking the store, where that is not too long ago: another node may have revoked one since. */
  #atHand(): LoadedStream<AccessKeysState> | undefined {
    if (this.#store.shared && performance.now() - this.#confirmedAt > TRUSTED_FOR) return undefined;
    return this.#streams.atHand(accessKeys, ACCESS_KEYS_STREAM);
  }

  async #loaded(): Promise<LoadedStream<AccessKeysState>> {
    const asked = performance.now();
    const loaded = await this.#streams.load(accessKeys, ACCESS_KEYS_STREAM, { confirmed: true });
    this.#confirmedAt = asked;
    return loaded;
  }

  async #change(
    keyId: string,
    by: string | undefined,
    decide: (state: AccessKeysState, today: CivilDate) => readonly AccessKeyEvent[],
  ): Promise<void> {
    const { losses } = this.#store;
    const now: Instant = laterInstant(this.#clock.now(), this.#recorder.last);
    if (this.#recorder.hasLost) await this.#recorder.recover();
    await retried(async () => {
      const loaded = await this.#loaded();
      const events = decide(loaded.state, civilDateAt(now, DEFAULT_ZONE));
      if (events.length === 0) return;
      const metadata: EventMetadata = {
        // A key says nothing of certificates and does not move the clock: whoever moves history in needs one first.
        recordedAt: laterInstant(this.#recorder.last, loaded.recordedAt ?? this.#recorder.last),
        commandId: `${ACCESS_KEYS_STREAM}:${keyId}`,
        ...(by === undefined ? {} : { by }),
      };
      await this.#streams.append(accessKeys, loaded, events, () => metadata);
    });
    await this.#store.settled();
    if (losses !== this.#store.losses) refuse('store.unavailable', `key ${keyId}: was lost before it was durable`);
  }
}

/** Every key of a ledger, without its secret, in the order of their making; for a ledger open for questions alone. */
export async function accessKeysIn(store: EventStore): Promise<readonly AccessKey[]> {
  const events = (await store.read(ACCESS_KEYS_STREAM)).map((stored) => decodeEvent(stored) as AccessKeyEvent);
  return [...events.reduce(accessKeys.evolve, accessKeys.initial()).keys.values()];
}

function digestOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
