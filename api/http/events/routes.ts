import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ExportedEvent, FollowOptions, Ledger } from '../../../src/index.ts';
import { given } from '../../../src/kernel/given.ts';
import { acceptedOf } from '../accept.ts';
import { senderOf } from '../access/authenticate.ts';
import type { LongAnswers } from '../long-answers.ts';
import { ReaderGone } from '../long-answers.ts';
import { ND_JSON } from '../nd-json.ts';
import { failureLine } from '../problem.ts';
import { RequestError } from '../request-error.ts';
import { typed } from '../typed.ts';
import { EVENT_STREAM, serverSentEvents } from './server-sent-events.ts';

/** What the event feed needs. */
export interface EventsContext {
  readonly ledger: Ledger;
  readonly long: LongAnswers;
  /** After so many milliseconds without an event a follower is shown that the connection is alive. */
  readonly heartbeat?: number | undefined;
}

const FORMS = [ND_JSON, EVENT_STREAM] as const;
const HEARTBEAT = 15_000;
/** How much is gathered before it is handed to the connection. */
const CHUNK = 64 * 1024;
const LARGEST_LIMIT = 1_000_000_000;

const querystring = z.strictObject({
  after: z.string().optional().meta({ description: 'Go on after the event of this cursor' }),
  limit: z
    .string()
    .regex(/^[1-9]\d*$/, { error: 'is no whole number of at least 1' })
    .transform(Number)
    .refine((limit) => limit <= LARGEST_LIMIT, { error: `is more than ${LARGEST_LIMIT}` })
    .optional()
    .meta({ description: 'How many events at most, of JSON Lines; all of them where it is left out' }),
  personal: z
    .enum(['true', 'false'], { error: 'takes only: true, false' })
    .optional()
    .meta({ description: 'Also fields that disclose a person' }),
});

/** `GET /events`: the log up to now as JSON Lines, or for good as server-sent events (SPEC section 8). */
export function registerEvents(app: FastifyInstance, { ledger, long, heartbeat = HEARTBEAT }: EventsContext): void {
  typed(app).get(
    '/events',
    // Who asks for the head alone would make the ledger read its whole log for nothing.
    {
      config: { access: ['operator', 'payer', 'auditor'], produces: FORMS },
      exposeHeadRoute: false,
      schema: { querystring },
    },
    async (request, reply) => {
      const { limit, personal } = request.query;
      if (personal === 'true') refuseAuditor(request);
      const form = acceptedOf(request, FORMS);
      if (form === EVENT_STREAM && limit !== undefined) {
        throw new RequestError('request.invalid', `limit: is not taken with ${EVENT_STREAM}, which goes on for good`);
      }
      const after = form === EVENT_STREAM ? (lastSeen(request) ?? request.query.after) : request.query.after;
      const options = { ...given({ after, ...scopeOf(request) }), personal: personal === 'true' };
      await refuseOtherCursor(ledger, options);
      const signal = long.watch(request, reply);
      if (form === EVENT_STREAM) {
        reply.header('Cache-Control', 'no-store');
        return streamed(reply, form, serverSentEvents(ledger.follow({ ...options, signal }), heartbeat));
      }
      return streamed(reply, form, lines(ledger.events({ ...options, ...given({ limit }) }), signal, request));
    },
  );
}

/** A payer and its auditor see what is the payer's; an operator sees all. */
function scopeOf(request: FastifyRequest): Pick<FollowOptions, 'payerId'> {
  const { role, payerId } = senderOf(request);
  if (role === 'operator') return {};
  if (payerId === undefined) throw new RequestError('access.denied', `the role ${role} without a payer has no events`);
  return { payerId };
}

/** As in the registries: an auditor proves sums and needs no names, nor the dates that tell a birth. */
function refuseAuditor(request: FastifyRequest): void {
  if (senderOf(request).role !== 'auditor') return;
  throw new RequestError('access.denied', 'personal: an auditor may not see what discloses a person in the log');
}

/** A reader that was cut off goes on after the last event it has seen, whatever its address says. */
function lastSeen({ headers }: FastifyRequest): string | undefined {
  const last = headers['last-event-id'];
  return typeof last === 'string' && last !== '' ? last : undefined;
}

/** What is wrong with the cursor is told before the answer has begun. */
async function refuseOtherCursor(ledger: Ledger, { after }: FollowOptions): Promise<void> {
  for await (const _ of ledger.events({ ...given({ after }), limit: 1 })) return;
}

async function* lines(
  events: AsyncIterable<ExportedEvent>,
  signal: AbortSignal,
  request: FastifyRequest,
): AsyncGenerator<string> {
  let text = '';
  try {
    for await (const event of events) {
      signal.throwIfAborted();
      text += `${JSON.stringify(event)}\n`;
      if (text.length < CHUNK) continue;
      yield text;
      text = '';
    }
  } catch (error) {
    if (error instanceof ReaderGone) return;
    text += failureLine(error, request);
  }
  if (text !== '') yield text;
}

function streamed(reply: FastifyReply, form: string, text: AsyncIterable<string>): FastifyReply {
  return reply.type(form).send(Readable.from(text, { objectMode: false, highWaterMark: CHUNK }));
}
