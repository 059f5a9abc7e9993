import type { Access } from '../access/authenticate.ts';
import type { Operation } from '../operation.ts';

/** A JSON schema of the 2020-12 draft, as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A route of the app, as the reference has to know it. */
export interface DescribedRoute {
  readonly method: string;
  /** As Fastify writes it: `/certificates/:certificateId`. */
  readonly path: string;
  readonly access: Access;
  readonly operation: Operation;
  readonly params?: unknown;
  readonly querystring?: unknown;
}

/** What the reference is made from and told by (OpenAPI 3.1); only what is used of it is typed. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: {
    readonly title: string;
    readonly version: string;
    readonly description: string;
    readonly license: { readonly name: string; readonly identifier: string };
  };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly responses: Readonly<Record<string, ResponseObject>>;
    readonly headers: Readonly<Record<string, HeaderObject>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

export interface OperationObject {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security?: readonly never[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly required: true; readonly content: ContentObject };
  readonly responses: Readonly<Record<string, ResponseObject | Reference>>;
}

export interface ParameterObject {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Reference>>;
  readonly content?: ContentObject;
}

export interface Reference {
  readonly $ref: string;
}

export type ContentObject = Readonly<Record<string, { readonly schema: JsonSchema; readonly example: unknown }>>;

export interface HeaderObject {
  readonly description: string;
  readonly schema: JsonSchema;
}
