import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { chainHash } from '../../events/chain.ts';
import type { NewEvent, StoredEvent } from '../../events/envelope.ts';
import type { ExpectedRevision } from '../event-store.ts';
import { CommandPendingError, CommandRecordedError, ConflictError, NO_STREAM } from '../event-store.ts';
import type { StreamNames } from './stream-names.ts';
import type { Streams } from './streams.ts';

/** Says where the record of a command is about to be appended. */
const claimFields = z.strictObject({ stream: z.string(), revision: z.int(), id: z.string(), hash: z.string() });
type Claim = z.output<typeof claimFields>;

const CLAIMS_PER_PAGE = 100;
const [TRIES, PAUSE] = [20, 100];

/**
 * Command ids, each claimed in a stream of its own before the event that records the command is appended: a server has no
 * index over events. A claim counts when the event is where it says. One whose place was taken by another event can never
 * come true, since it is appended at an exact revision; so whoever claims after it, for the same stream, is safe.
 */
export class Claims {
  readonly #streams: Pick<Streams, 'append' | 'read'>;
  readonly #names: StreamNames;

  constructor(streams: Pick<Streams, 'append' | 'read'>, names: StreamNames) {
    this.#streams = streams;
    this.#names = names;
  }

  /** The event that records a command; none while no claim has come true. */
  async record(commandId: string): Promise<StoredEvent | undefined> {
    for (const claim of (await this.#of(commandId)).toReversed()) {
      const event = await this.#fulfilled(claim);
      if (event !== undefined) return event;
    }
    return undefined;
  }

  /**
   * Claims the id for an event that is about to be appended. Errors: {@link CommandRecordedError} when another event
   * records the command, {@link CommandPendingError} while another stream may still get it.
   */
  async claim(
    commandId: string,
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
  ): Promise<void> {
    const index = events.findIndex(({ recordOf }) => recordOf === commandId);
    const { id = '', hash = '' } = events[index] ?? {};
    const claim: Claim = { stream, revision: expected + 1 + index, id, hash };
    const past = new Set<string>();
    for (let tried = 1; ; tried += 1) {
      const known = tried === 1 ? [] : await this.#of(commandId);
      const open = await this.#openAmong(known, claim, { commandId, past });
      if (open === 'own') return;
      if (open === undefined) {
        try {
          await this.#append(commandId, known.length - 1, claim);
          return;
        } catch (error) {
          if (!(error instanceof ConflictError)) throw error;
        }
      }
      if (tried === TRIES) throw new CommandPendingError(commandId, open?.stream ?? stream);
      if (open !== undefined) await wait(PAUSE);
    }
  }

  /**
   * What stands in the way of a new claim: the claim itself, made before, or one for another stream. Those that are past can
   * never come true, and are not looked at again.
   */
  async #openAmong(
    known: readonly Claim[],
    claim: Claim,
    { commandId, past }: { readonly commandId: string; readonly past: Set<string> },
  ): Promise<Claim | 'own' | undefined> {
    let open: Claim | 'own' | undefined;
    for (const other of known) {
      if (past.has(other.id)) continue;
      if (other.id === claim.id && other.hash === claim.hash) {
        open = 'own';
        continue;
      }
      const settled = await this.#settled(other);
      if (settled === 'void') past.add(other.id);
      if (settled === 'recorded') throw new CommandRecordedError(commandId);
      // At the same revision of the same stream only one of the two can be appended.
      if (settled === 'open' && other.stream !== claim.stream) open = other;
    }
    return open;
  }

  async #settled({ stream, revision, id, hash }: Claim): Promise<'recorded' | 'void' | 'open'> {
    const [event] = await this.#streams.read(this.#names.ofStream(stream), stream, revision, 1);
    if (event === undefined) return 'open';
    return event.id === id && event.hash === hash ? 'recorded' : 'void';
  }

  async #fulfilled({ stream, revision, id, hash }: Claim): Promise<StoredEvent | undefined> {
    const [event] = await this.#streams.read(this.#names.ofStream(stream), stream, revision, 1);
    return event?.id === id && event.hash === hash ? event : undefined;
  }

  async #of(commandId: string): Promise<readonly Claim[]> {
    const name = this.#names.ofClaim(commandId);
    const claims: Claim[] = [];
    for (let read = CLAIMS_PER_PAGE; read === CLAIMS_PER_PAGE; ) {
      const events = await this.#streams.read(name, name, claims.length, CLAIMS_PER_PAGE);
      for (const { data } of events) claims.push(claimFields.parse(JSON.parse(data)));
      read = events.length;
    }
    return claims;
  }

  async #append(commandId: string, expected: ExpectedRevision, claim: Claim): Promise<void> {
    const name = this.#names.ofClaim(commandId);
    const data = JSON.stringify(claim);
    const event = { id: claim.id, type: 'CommandIdClaimed', metadata: '{}', data };
    const hash = chainHash('', name, expected + 1, event);
    await this.#streams.append(name, name, expected === NO_STREAM ? NO_STREAM : expected, [{ ...event, hash }]);
  }
}
