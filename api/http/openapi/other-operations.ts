import { z } from 'zod';
import { anyCommandAnswer, commandAnswers } from '../answers/commands.ts';
import { accessKeys, createdKey, keyExamples } from '../answers/keys.ts';
import { EVENT_STREAM } from '../events/server-sent-events.ts';
import { ND_JSON } from '../nd-json.ts';
import type { Operation } from '../operation.ts';
import { POSITION } from '../position.ts';
import { anyCommand, keyOrder } from './command-bodies.ts';
import { COMMAND_PROBLEMS, idempotencyExample, idempotencyKey, ifMatch } from './command-operations.ts';
import type { DescribedRoute } from './document-types.ts';

const loggedEvent = {
  cursor: '57',
  stream: 'certificate-0000000001',
  revision: 3,
  type: 'LessonCharged',
  effectiveOn: '2026-02-03',
  recordedAt: '2026-03-10T09:00:00Z',
  commandId: 'provider:cdt:k-17',
  data: { contractId: 'c-1', lessonId: 'l-17', amount: '166.67', lessons: 1 },
  hash: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
} as const;

const text = z.string();
const jsonObject = z.looseObject({});

/** What the reference says of routes that are neither a command on its resource nor a question, by method and path. */
export const otherOperations: Readonly<Record<string, Operation>> = {
  'POST /commands': {
    operationId: 'giveCommand',
    summary: 'Gives a command in the form of the command file',
    description: 'An `id` in the body has to be the `Idempotency-Key`.',
    tag: 'commands',
    headers: z.object({ 'Idempotency-Key': idempotencyKey, 'If-Match': ifMatch }),
    body: {
      schema: anyCommand(),
      example: { command: 'topUpNominal', certificateId: '0000000001', periodId: '2026' },
    },
    answer: {
      description: 'The command was accepted',
      contents: [
        {
          schema: anyCommandAnswer,
          example: { id: idempotencyExample, replayed: false, ...commandAnswers.topUpNominal.example },
        },
      ],
      headers: ['Idempotency-Replayed', POSITION, 'ETag'],
    },
    problems: [...COMMAND_PROBLEMS, 412],
  },
  'POST /imports': {
    operationId: 'importCommands',
    summary: 'Takes a command file and answers a result line for each command',
    description:
      'JSON Lines both ways, while they come: a result is written as soon as its command is done. Each line carries ' +
      'its own `id`. The status is 200 once the file is begun; what is refused is told by its line.',
    tag: 'commands',
    body: {
      type: ND_JSON,
      schema: text,
      example: '{"command":"topUpNominal","id":"c-7","certificateId":"0000000001","periodId":"2026"}\n',
    },
    answer: {
      description: 'A result line for each command',
      contents: [
        {
          type: ND_JSON,
          schema: text,
          example:
            '{"line":1,"id":"c-7","ok":true,"replayed":false,"events":["NominalToppedUp"],"outcome":{"nominal":"12000.00"}}\n',
        },
      ],
    },
    problems: [408, 413, 415],
  },
  'GET /events': {
    operationId: 'listEvents',
    summary: 'The log, one event a line, or as server-sent events',
    description:
      'With `Accept: text/event-stream` the answer stays open and new events follow. A payer and its auditor see what ' +
      "is the payer's; what discloses a person is left out unless it is asked for.",
    tag: 'events',
    headers: z.object({
      'Last-Event-ID': text.optional().meta({ description: 'Of server-sent events: go on after the event it names' }),
    }),
    answer: {
      description: 'Events in the order of the log; the `cursor` of an event is the `after` of those behind it',
      contents: [
        { type: ND_JSON, schema: text, example: `${JSON.stringify(loggedEvent)}\n` },
        {
          type: EVENT_STREAM,
          schema: text,
          example: `id: ${loggedEvent.cursor}\nevent: ${loggedEvent.type}\ndata: ${JSON.stringify(loggedEvent)}\n\n`,
        },
      ],
    },
  },
  'POST /keys': {
    operationId: 'createKey',
    summary: 'Makes an access key',
    description: 'Sent twice it makes two: whoever has lost an answer revokes that key and makes another.',
    tag: 'keys',
    body: { schema: keyOrder(), example: { keyId: 'payer-uo', role: 'payer', payerId: 'uo' } },
    answer: {
      status: 201,
      description: 'The key was made',
      contents: [{ schema: createdKey, example: keyExamples.created }],
    },
    problems: [409, 413, 415],
  },
  'GET /keys': {
    operationId: 'listKeys',
    summary: 'Lists access keys without their secrets',
    tag: 'keys',
    answer: { description: 'All of them', contents: [{ schema: accessKeys, example: keyExamples.all }] },
  },
  'DELETE /keys/:keyId': {
    operationId: 'revokeKey',
    summary: 'Revokes an access key for good',
    tag: 'keys',
    answer: { status: 204, description: 'It opens nothing any more', contents: [] },
  },
};

/** The routes of the service around the app, which are there only where it runs as one. */
export const serviceOperations: readonly DescribedRoute[] = [
  {
    method: 'GET',
    path: '/health/live',
    access: 'everybody',
    operation: {
      operationId: 'isLive',
      summary: 'Whether the process answers',
      tag: 'operations',
      answer: { description: 'It does', contents: [{ schema: jsonObject, example: { status: 'live' } }] },
    },
  },
  {
    method: 'GET',
    path: '/health/ready',
    access: 'everybody',
    operation: {
      operationId: 'isReady',
      summary: 'Whether it takes commands and answers questions',
      tag: 'operations',
      answer: {
        description: 'The store can be written and the read models are not too far behind',
        contents: [{ schema: jsonObject, example: { status: 'ready', eventsBehind: 0 } }],
      },
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    access: ['operator'],
    operation: {
      operationId: 'getMetrics',
      summary: 'Counters and durations in the form of Prometheus',
      description: 'Also for whoever brings the token made for this alone.',
      tag: 'operations',
      answer: {
        description: 'The metrics',
        contents: [{ type: 'text/plain', schema: text, example: 'ledger_appends_total 42\n' }],
      },
    },
  },
];

/** The contract as a document. */
export const documentOperation: Operation = {
  operationId: 'getOpenApi',
  summary: 'This contract as an OpenAPI 3.1 document',
  tag: 'reference',
  answer: { description: 'The document', contents: [{ schema: jsonObject, example: { openapi: '3.1.0' } }] },
};

/** The contract as a page. */
export const pageOperation: Operation = {
  operationId: 'readReference',
  summary: 'This contract as a page for people',
  tag: 'reference',
  answer: {
    description: 'The page',
    contents: [{ type: 'text/html', schema: text, example: '<!doctype html>' }],
  },
};
