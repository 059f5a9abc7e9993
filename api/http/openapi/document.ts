import { z } from 'zod';
import type { Content } from '../operation.ts';
import { tags } from '../operation.ts';
import { POSITION, positionHeader } from '../position.ts';
import type {
  ContentObject,
  DescribedRoute,
  HeaderObject,
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  Reference,
  ResponseObject,
} from './document-types.ts';
import { problemResponses, problemsOf } from './problems.ts';
import { componentSchemas, inlineSchema, propertiesOf, saidOf, schemaOf } from './schemas.ts';

/** The version of the contract; it changes when what is there already changes its meaning. */
const VERSION = '1.0.0';

const INTRODUCTION = `The ledger of children's education certificates over HTTP.

Amounts are decimal strings with two digits, dates \`YYYY-MM-DD\`, months \`YYYY-MM\`, instants UTC. Every request but
those of the service itself carries \`Authorization: Bearer KEY\`; a key sees the rows of its owner alone, and what is
not its owner's is answered like what is not there. Every command carries an \`Idempotency-Key\`: sent again with the
same body it is answered again and changes nothing. A question after a command's answer sees what the command did; where
several servers share a store, a question to another of them does when it carries the answer's \`Ledger-Position\`.
Lists are pages \`{"items": […], "next": cursor or null}\`. What fails is answered as \`application/problem+json\`;
programs decide by its \`code\`. Members may be added to answers: leave out of account what you do not know.`;

const HEADERS: Readonly<Record<string, HeaderObject>> = {
  ETag: {
    description: 'The revision of what was answered or changed, for `If-Match` and `If-None-Match`',
    schema: { type: 'string' },
  },
  'Idempotency-Replayed': {
    description: '`true` where the command had been accepted before',
    schema: { type: 'string', enum: ['true'] },
  },
  [POSITION]: {
    description:
      'Where several servers share a store: sent with a question to any of them, it is answered with this seen',
    schema: { type: 'string' },
  },
  'Retry-After': { description: 'After how many seconds it is worth another try', schema: { type: 'integer' } },
  'WWW-Authenticate': { description: 'How to say who one is', schema: { type: 'string' } },
};

/** The reference of an app's routes, in their order. */
export function openApiDocument(routes: readonly DescribedRoute[]): OpenApiDocument {
  const used = new Set(routes.map(({ operation }) => operation.tag));
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationObject(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Certificate ledger',
      version: VERSION,
      description: INTRODUCTION,
      license: { name: 'Apache License 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    tags: Object.entries(tags).flatMap(([name, description]) =>
      used.has(name as keyof typeof tags) ? [{ name, description }] : [],
    ),
    paths,
    components: {
      schemas: componentSchemas(),
      responses: problemResponses(),
      headers: HEADERS,
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An access key, or a token of the identity provider' },
      },
    },
  };
}

function operationObject(route: DescribedRoute): OperationObject {
  const { operation, access } = route;
  const { operationId, summary, tag, body, answer, revalidated } = operation;
  const parameters = parametersOf(route);
  const may = access === 'everybody' ? 'For everybody.' : `For: ${access.join(', ')}.`;
  const success: ResponseObject = {
    description: answer.description,
    ...(answer.headers === undefined ? {} : { headers: referencesTo(answer.headers) }),
    ...(answer.contents.length === 0 ? {} : { content: contentObject(answer.contents) }),
  };
  const unchanged = { 304: { description: 'Nothing has changed since the revision named in `If-None-Match`' } };
  return {
    operationId,
    summary,
    description: [operation.description, may].filter((part) => part !== undefined).join(' '),
    tags: [tag],
    ...(access === 'everybody' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentObject([body]) } }),
    responses: {
      [answer.status ?? 200]: success,
      ...(revalidated === true ? unchanged : {}),
      ...Object.fromEntries(problemsOf(route, parameters).map((status) => [status, problemReference(status)])),
    },
  };
}

function parametersOf({ operation, params, querystring, method, access }: DescribedRoute): ParameterObject[] {
  const asks = method === 'GET' && access !== 'everybody';
  const revalidation: ParameterObject = {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'The `ETag` of an earlier answer; 304 while nothing has changed since',
    schema: { type: 'string' },
    example: '"7"',
  };
  return [
    ...parametersIn('path', params),
    ...parametersIn('query', querystring),
    ...parametersIn('header', operation.headers),
    ...(operation.revalidated === true ? [revalidation] : []),
    ...(asks ? parametersIn('header', z.object({ [POSITION]: positionHeader })) : []),
  ];
}

function parametersIn(place: ParameterObject['in'], declared: unknown): ParameterObject[] {
  return propertiesOf(declared).map(({ name, schema, required }) => {
    const { description = '', examples: _, ...form } = inlineSchema(schema);
    const { examples = [], default: otherwise } = saidOf(schema);
    return {
      name,
      in: place,
      required,
      description: String(description),
      schema: otherwise === undefined ? form : { ...form, default: otherwise },
      ...(examples.length === 0 ? {} : { example: examples[0] }),
    };
  });
}

function contentObject(contents: readonly Content[]): ContentObject {
  return Object.fromEntries(
    contents.map(({ type = 'application/json', schema, example }) => [type, { schema: schemaOf(schema), example }]),
  );
}

function referencesTo(headers: readonly string[]): Readonly<Record<string, Reference>> {
  return Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function problemReference(status: number): Reference {
  return { $ref: `#/components/responses/Problem${status}` };
}
