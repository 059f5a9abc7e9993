import { LedgerError } from '../../kernel/errors.ts';

/** What begins the streams that are the adapter's own: those of command ids, and the one of commands copied in. */
const CLAIM = '~';
const COPIED = '!';
/** A name and the dot that ends it, which is in no name: so no ledger's prefix begins that of another. */
const PREFIX = /^[A-Za-z0-9_-]+\.$/;
/** What begins the stream that holds the metadata of another. */
const METADATA = '$$';

/**
 * The names of a ledger's streams on the server. Several ledgers can share one server: each has a prefix of its own,
 * which no other's begins with.
 */
export class StreamNames {
  readonly #prefix: string;

  constructor(prefix: string) {
    if (!PREFIX.test(prefix))
      throw new TypeError(`${prefix} may begin streams of other ledgers, or of the server itself`);
    this.#prefix = prefix;
  }

  /** The server's name of a stream of the ledger. */
  ofStream(stream: string): string {
    if (stream === '' || isOwn(stream)) {
      throw new LedgerError('store.unreadable', `${JSON.stringify(stream)} cannot be the name of a stream`);
    }
    return `${this.#prefix}${stream}`;
  }

  /** The server's name of the stream in which a command id is claimed. */
  ofClaim(commandId: string): string {
    return `${this.#prefix}${CLAIM}${commandId}`;
  }

  /** The server's name of the stream that tells where the records of copied commands stand. */
  get ofCopied(): string {
    return `${this.#prefix}${COPIED}copied`;
  }

  /** The ledger's name of a stream of the server; none where it is another's, or a claim. */
  streamOf(name: string): string | undefined {
    if (!name.startsWith(this.#prefix)) return undefined;
    const stream = name.slice(this.#prefix.length);
    return isOwn(stream) ? undefined : stream;
  }

  /** The stream, of the ledger or of a command id of it, that a stream of metadata is about; none where it is another's. */
  ofMetadata(name: string): string | undefined {
    if (!name.startsWith(METADATA)) return undefined;
    const about = name.slice(METADATA.length);
    return about.startsWith(this.#prefix) ? about.slice(this.#prefix.length) : undefined;
  }

  /** What leaves {@link ofMetadata} something, as a regular expression on names. */
  get metadataPattern(): string {
    return `^${escaped(METADATA + this.#prefix)}`;
  }

  /** What the server is to leave out of a subscription by itself, as a regular expression on names. */
  get pattern(): string {
    return `^${escaped(this.#prefix)}[^${CLAIM}${COPIED}]`;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function isOwn(stream: string): boolean {
  return stream.startsWith(CLAIM) || stream.startsWith(COPIED);
}
