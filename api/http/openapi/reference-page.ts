import { hash } from 'node:crypto';
import { compareCodePoints } from '../../../src/kernel/order.ts';
import type {
  JsonSchema,
  OpenApiDocument,
  OperationObject,
  ParameterObject,
  Reference,
  ResponseObject,
} from './document-types.ts';
import { STYLE } from './reference-style.ts';

/**
 * The contract as one page for people: no script, nothing loaded from anywhere, so that it is read offline and under the
 * strictest of policies.
 */
export function referencePage(document: OpenApiDocument): {
  readonly html: string;
  readonly contentSecurityPolicy: string;
} {
  const { info, tags, components } = document;
  const operations = operationsOf(document);
  const chapters = tags.map(({ name, description }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return { name, description, own };
  });
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(info.title)}: reference</title><style>${STYLE}</style></head><body>
<nav><p class="title">${escaped(info.title)} ${escaped(info.version)}</p>
${chapters.map(({ name, own }) => `<p>${escaped(name)}</p><ul>${own.map(entry).join('')}</ul>`).join('\n')}
<p><a href="#problems">problems</a></p><p><a href="#schemas">schemas</a></p><p><a href="/openapi.json">openapi.json</a></p></nav>
<main><h1>${escaped(info.title)}</h1>${info.description
    .split('\n\n')
    .map((part) => `<p>${prose(part)}</p>`)
    .join('')}
${chapters.map(({ name, description, own }) => `<h2 id="${escaped(name)}">${escaped(description)}</h2>${own.map(section).join('\n')}`).join('\n')}
<h2 id="problems">Problems</h2>${Object.entries(components.responses).map(problemSection).join('\n')}
<h2 id="schemas">Schemas</h2>${Object.entries(components.schemas).map(schemaSection).join('\n')}
</main></body></html>
`;
  const style = hash('sha256', STYLE, 'base64');
  const nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return { html, contentSecurityPolicy: `${nothing}; style-src 'sha256-${style}'` };
}

interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: OperationObject;
}

/** By path, and of one path what is read before what is changed. */
function operationsOf({ paths }: OpenApiDocument): Listed[] {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  return all.sort((a, b) => compareCodePoints(a.path, b.path) || compareCodePoints(rank(a), rank(b)));
}

function rank({ method }: Listed): string {
  return method === 'GET' ? '' : method;
}

function entry({ method, path, operation }: Listed): string {
  return `<li><a href="#${escaped(operation.operationId)}"><b class="${method}">${method}</b><span>${escaped(path)}</span></a></li>`;
}

function section({ method, path, operation }: Listed): string {
  const { operationId, summary, description = '', parameters = [], requestBody, responses } = operation;
  const bodies = Object.entries(requestBody?.content ?? {}).map(([type, content]) => contentOf('Body', type, content));
  return `<section id="${escaped(operationId)}"><h3><b class="${method}">${method}</b> <code>${escaped(path)}</code></h3>
<p>${prose(summary)}. ${prose(description)}</p>${parametersTable(parameters)}${bodies.join('')}${Object.entries(responses).map(responseOf).join('')}</section>`;
}

function parametersTable(parameters: readonly ParameterObject[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, required, description, schema, example }) =>
      `<tr><td><code class="value">${escaped(name)}</code>${required ? '' : ' <i>optional</i>'}</td><td>${place}</td><td>${typeOf(schema)}</td>` +
      `<td>${prose(description)}${example === undefined ? '' : ` <code>${escaped(String(example))}</code>`}</td></tr>`,
  );
  return `<table><tr><th>parameter</th><th>in</th><th>form</th><th>what it is</th></tr>${rows.join('')}</table>`;
}

/** Every answer but problems in full; problems look the same everywhere and have a chapter of their own. */
function responseOf([status, response]: [string, ResponseObject | Reference]): string {
  if ('$ref' in response) return ` <a class="problem" href="#Problem${status}">${status}</a>`;
  const contents = Object.entries(response.content ?? {});
  if (contents.length === 0) return `<p><b>${status}</b> ${prose(response.description)}</p>`;
  return contents.map(([type, content]) => contentOf(`${status} ${response.description}`, type, content)).join('');
}

function contentOf(
  title: string,
  type: string,
  { schema, example }: { readonly schema: JsonSchema; readonly example: unknown },
): string {
  const shown = typeof example === 'string' ? example : JSON.stringify(example, undefined, 2);
  return `<p><b>${prose(title)}</b>: ${typeOf(schema)} <i>${escaped(type)}</i></p><pre>${escaped(shown)}</pre>`;
}

function problemSection([name, { description, content = {} }]: [string, ResponseObject]): string {
  const status = name.replace('Problem', '');
  return `<section id="${name}"><h3>${status}</h3><p>${prose(description)}</p>${Object.entries(content)
    .map(([type, one]) => contentOf('Example', type, one))
    .join('')}</section>`;
}

function schemaSection([name, schema]: [string, JsonSchema]): string {
  const {
    description = '',
    properties = {},
    required = [],
  } = schema as {
    readonly description?: string;
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  const rows = Object.entries(properties).map(
    ([member, { description: what = '', ...form }]) =>
      `<tr><td><code class="value">${escaped(member)}</code>${required.includes(member) ? '' : ' <i>optional</i>'}</td>` +
      `<td>${typeOf(form)}</td><td>${prose(String(what))}</td></tr>`,
  );
  const table = rows.length === 0 ? `<p>${typeOf(schema)}</p>` : `<table>${rows.join('')}</table>`;
  return `<section id="schema-${escaped(name)}"><h3>${escaped(name)}</h3><p>${prose(description)}</p>${table}</section>`;
}

/** A schema in a few words, with links to those that have a name. */
function typeOf(schema: JsonSchema): string {
  const { $ref, type, format, pattern, items, properties, minLength, maxLength, minimum, maximum } = schema;
  const several = (schema.anyOf ?? schema.oneOf) as readonly JsonSchema[] | undefined;
  if (typeof $ref === 'string') {
    const name = escaped($ref.split('/').at(-1) ?? '');
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return `<code>${escaped(JSON.stringify(schema.const))}</code>`;
  if (Array.isArray(schema.enum))
    return schema.enum.map((value) => `<code class="value">${escaped(String(value))}</code>`).join(', ');
  if (several !== undefined) return several.map(typeOf).join(' or ');
  if (type === 'array') return `list of ${typeOf((items ?? {}) as JsonSchema)}`;
  if (type === 'object' && properties !== undefined) {
    const members = Object.entries(properties as Readonly<Record<string, JsonSchema>>);
    return `{ ${members.map(([name, member]) => `<code>${escaped(name)}</code>: ${typeOf(member)}`).join(', ')} }`;
  }
  const length = maxLength === undefined ? '' : ` of ${String(minLength ?? 0)} to ${String(maxLength)} characters`;
  const range = [
    minimum === undefined ? '' : ` from ${String(minimum)}`,
    maximum === undefined ? '' : ` to ${String(maximum)}`,
  ];
  const form =
    format === undefined
      ? pattern === undefined
        ? ''
        : ` <code>${escaped(String(pattern))}</code>`
      : ` (${escaped(String(format))})`;
  const otherwise =
    schema.default === undefined ? '' : `, ${escaped(JSON.stringify(schema.default))} where it is left out`;
  return `${escaped(String(type ?? 'anything'))}${length}${range.join('')}${form}${otherwise}`;
}

/** Text with its \`code\` set apart. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
