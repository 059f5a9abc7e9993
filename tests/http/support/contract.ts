import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { LightMyRequestResponse } from 'fastify';
import type { OpenApiDocument, OperationObject, ResponseObject } from '../../../api/http/openapi/document-types.ts';
import type { Town } from './open-town.ts';

/** What the contract of a town says, and whether answers keep to it. */
export interface Contract {
  readonly document: OpenApiDocument;
  /** Every operation with its method and path: `GET`, `/payers/{payerId}`. */
  readonly operations: readonly ContractOperation[];
  /** What is wrong with an answer to a request of an operation; members the contract does not name are wrong too. */
  faultsOf(operation: ContractOperation, answer: LightMyRequestResponse): readonly string[];
}

export interface ContractOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

/** Reads the contract as a client does. */
export async function contractOf(town: Town): Promise<Contract> {
  const document = (await town.get('/openapi.json', { as: 'nobody' })).json<OpenApiDocument>();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...strictly(document), $id: 'contract' });
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return {
    document,
    operations,
    faultsOf({ method, path, operation }, answer) {
      const declared = operation.responses[answer.statusCode];
      if (declared === undefined) return [`${method} ${path} does not name the status ${answer.statusCode}`];
      const { content = {} } = resolved(document, declared);
      const [type = ''] = String(answer.headers['content-type'] ?? '').split(';');
      if (Object.keys(content).length === 0) return answer.body === '' ? [] : ['it has a body'];
      const pointer =
        '$ref' in declared
          ? `contract${declared.$ref}`
          : `contract#/paths/${part(path)}/${method.toLowerCase()}/responses/${answer.statusCode}`;
      if (content[type] === undefined) return [`${method} ${path} does not name the media type ${type}`];
      if (!/[/+]json$/.test(type)) return [];
      const validate = ajv.getSchema(`${pointer}/content/${part(type)}/schema`);
      if (validate === undefined) return [`${pointer} is no schema`];
      const fits = validate(answer.json());
      return fits === true ? [] : [`${ajv.errorsText(validate.errors)} in ${answer.body}`];
    },
  };
}

/** The response itself, where it is named by reference. */
export function resolved(
  { components }: OpenApiDocument,
  response: OperationObject['responses'][string],
): ResponseObject {
  if (!('$ref' in response)) return response;
  const found = components.responses[response.$ref.split('/').at(-1) ?? ''];
  if (found === undefined) throw new Error(`${response.$ref} leads nowhere`);
  return found;
}

/** Answers may get members that clients leave out of account; those of today are to be named, so tests allow no others. */
function strictly(value: unknown): object {
  if (Array.isArray(value)) return value.map((item: unknown) => (isObject(item) ? strictly(item) : item));
  const members = Object.entries(value as object).map(([name, member]) => [
    name,
    isObject(member) ? strictly(member) : (member as unknown),
  ]);
  const copy = Object.fromEntries(members) as Record<string, unknown>;
  return copy.type === 'object' && 'properties' in copy ? { additionalProperties: false, ...copy } : copy;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A name as part of a JSON pointer in a URI fragment. */
function part(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
