import type { z } from 'zod';

/** The chapters of the reference, in its order. */
export const tags = {
  certificates: 'Certificates: money, freezes, lessons and contracts of children',
  invoices: 'Invoices and advances between providers and payers',
  registers: 'Payers with periods and groups, providers, agreements, programmes',
  commands: 'Commands in the form of the command file, one or many',
  events: 'The log',
  keys: 'Access keys',
  operations: 'The service itself',
  reference: 'This reference',
} as const;

/** A body or an answer: its schema, and an example that fits it. */
export interface Content {
  /** `application/json` where it is left out. */
  readonly type?: string;
  readonly schema: z.ZodType;
  readonly example: unknown;
}

/** What the reference says of a route beyond its path and the schemas of its parameters. */
export interface Operation {
  /** The name of the call in generated clients. */
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: keyof typeof tags;
  readonly headers?: z.ZodObject;
  readonly body?: Content;
  /** One answer, in one or more media types; its status is 200 where it is left out. */
  readonly answer: {
    readonly status?: number;
    readonly description: string;
    readonly contents: readonly Content[];
    /** Names of `components.headers`. */
    readonly headers?: readonly string[];
  };
  /** Statuses of problems beyond those that follow from the route itself. */
  readonly problems?: readonly number[];
  /** Answers `If-None-Match` with 304. */
  readonly revalidated?: boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation;
  }
}
