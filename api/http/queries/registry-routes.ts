import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ErrorCode, RegistryItem, RegistryName, RegistryOptions } from '../../../src/index.ts';
import { LedgerError } from '../../../src/index.ts';
import { given } from '../../../src/kernel/given.ts';
import { senderOf } from '../access/authenticate.ts';
import { pageOf } from '../answers/page.ts';
import type { Operation } from '../operation.ts';
import type { QueryContext } from './context.ts';
import { isKnown, tagWithRevision } from './entity-tag.ts';
import { idParameters, listQuery, personal as personalParameter } from './parameters.ts';
import { refusePersonal, rolesOf, scopeOf } from './scope.ts';

type IdParameter = keyof typeof idParameters;

/** A registry as routes: a list, the same list below what its items belong to, and a single item. */
export interface RegistryRoutes<Name extends RegistryName> {
  readonly registry: Name;
  /** The name of the list in the reference and in clients: `Payers`. */
  readonly name: string;
  readonly tag: Operation['tag'];
  /** What the list holds, in plain words. */
  readonly summary: string;
  readonly item: z.ZodType<RegistryItem<Name>>;
  readonly example: RegistryItem<Name>;
  /** Some of its fields disclose a person and are asked for with `personal`. */
  readonly personal?: boolean;
  /** Whoever may see its items sees all of their fields. */
  readonly disclosed?: boolean;
  /** The same list of one parent only, which has to be there for the asker. */
  readonly within?: {
    readonly path: string;
    readonly parent: RegistryName;
    readonly parameter: IdParameter;
    readonly condition: string;
    readonly notFound: ErrorCode;
  };
  readonly single?: {
    readonly path: string;
    readonly operationId: string;
    readonly summary: string;
    /** The conditions that together name the item, by the parameters of the path. */
    readonly key: { readonly [Parameter in IdParameter]?: string };
    readonly notFound: ErrorCode;
    /** The stream whose revision is the item's `ETag`, found by the parameters of the path. */
    readonly stream: (
      params: Readonly<Record<string, string>>,
      context: QueryContext,
    ) => Promise<string | undefined> | string;
    /** False where the item also shows what other streams say, so that the revision alone does not tell of a change. */
    readonly revalidated?: false;
  };
}

/** Registers the routes of one registry. */
export function registerRegistry<Name extends RegistryName>(
  app: FastifyInstance,
  context: QueryContext,
  routes: RegistryRoutes<Name>,
): void {
  const page = pageOf(routes.name.replace(/s$/, ''), routes.item);
  const list: Operation = {
    operationId: `list${routes.name}`,
    summary: routes.summary,
    tag: routes.tag,
    answer: {
      description: 'A page of the list',
      contents: [{ schema: page, example: { items: [routes.example], next: null } }],
    },
  };
  const more = routes.personal === true ? { personal: personalParameter.optional() } : {};
  app.get(
    `/${routes.registry}`,
    {
      config: { access: rolesOf(routes.registry), operation: list },
      schema: { querystring: listQuery(routes.registry, { more }) },
    },
    (request) => pageAsked(request, context, routes, {}),
  );
  if (routes.within !== undefined) registerWithin(app, context, { ...routes, within: routes.within }, list);
  if (routes.single !== undefined) registerSingle(app, context, { ...routes, single: routes.single });
}

function registerWithin<Name extends RegistryName>(
  app: FastifyInstance,
  context: QueryContext,
  routes: RegistryRoutes<Name> & Required<Pick<RegistryRoutes<Name>, 'within'>>,
  list: Operation,
): void {
  const { path, parent, parameter, condition, notFound } = routes.within;
  const operation = {
    ...list,
    operationId: `${list.operationId}Of${parameter.charAt(0).toUpperCase()}${parameter.slice(1, -2)}`,
    summary: `${routes.summary} of one ${parameter.slice(0, -2)}`,
  };
  const schema = {
    params: z.strictObject({ [parameter]: idParameters[parameter] }),
    querystring: listQuery(routes.registry, { without: [condition] }),
  };
  app.get(path, { config: { access: rolesOf(routes.registry), operation }, schema }, async (request) => {
    const id = String((request.params as Readonly<Record<string, string>>)[parameter]);
    const scope = scopeOf(parent, senderOf(request));
    const found = await context.ledger.registryPage(parent, { filter: { [condition]: id }, scope, limit: 1 });
    if (found.items.length === 0) throw new LedgerError(notFound, `there is no ${parameter.slice(0, -2)} ${id}`);
    return pageAsked(request, context, routes, { [condition]: id });
  });
}

function registerSingle<Name extends RegistryName>(
  app: FastifyInstance,
  context: QueryContext,
  routes: RegistryRoutes<Name> & Required<Pick<RegistryRoutes<Name>, 'single'>>,
): void {
  const { path, operationId, summary, key, notFound, stream, revalidated } = routes.single;
  const operation: Operation = {
    operationId,
    summary,
    tag: routes.tag,
    answer: {
      description: 'The item',
      contents: [{ schema: routes.item, example: routes.example }],
      headers: ['ETag'],
    },
    revalidated: revalidated ?? true,
  };
  const names = Object.keys(key) as IdParameter[];
  const schema = {
    params: z.strictObject(Object.fromEntries(names.map((name) => [name, idParameters[name]]))),
    querystring: z.strictObject(routes.personal === true ? { personal: personalParameter.optional() } : {}),
  };
  app.get(path, { config: { access: rolesOf(routes.registry), operation }, schema }, async (request, reply) => {
    const params = request.params as Readonly<Record<string, string>>;
    const filter = Object.fromEntries(names.map((name) => [key[name], params[name]]));
    const { personal = false } = request.query as { readonly personal?: boolean };
    if (personal) refusePersonal(routes.registry, senderOf(request));
    // Read before the item: a tag may name an earlier state than it was sent with, never a later one.
    const named = await stream(params, context);
    const revision = named === undefined ? undefined : await context.ledger.revisionOf(named);
    const item = await itemOf(context, routes.registry, request, { filter, personal });
    if (item === undefined) throw new LedgerError(notFound, `there is no ${Object.values(params).join(', ')}`);
    tagWithRevision(reply, revision);
    if (operation.revalidated === true && isKnown(request, revision)) return reply.code(304).send();
    return item;
  });
}

/** An item of a registry as the sender of a request may see it; none where it is not there or not the sender's. */
export async function itemOf<Name extends RegistryName>(
  { ledger }: QueryContext,
  name: Name,
  request: FastifyRequest,
  { filter, personal }: { readonly filter: Readonly<Record<string, string | undefined>>; readonly personal: boolean },
): Promise<RegistryItem<Name> | undefined> {
  const sender = senderOf(request);
  const asked = { filter, scope: scopeOf(name, sender), personal, limit: 1 };
  return (await ledger.registryPage(name, asked as RegistryOptions<Name>)).items[0];
}

/** The page of a registry that a request asks for, narrowed to what its sender may see. */
async function pageAsked<Name extends RegistryName>(
  request: FastifyRequest,
  { ledger }: QueryContext,
  { registry, disclosed = false }: RegistryRoutes<Name>,
  fixed: Readonly<Record<string, string>>,
) {
  const sender = senderOf(request);
  const { limit, after, sort, personal = disclosed, ...filter } = request.query as Readonly<Record<string, unknown>>;
  if (personal === true && !disclosed) refusePersonal(registry, sender);
  const asked = given({ limit, after, sort, personal, filter: { ...filter, ...fixed } });
  const scope = scopeOf(registry, sender);
  const { items, next = null } = await ledger.registryPage(registry, {
    ...(asked as RegistryOptions<Name>),
    scope: scope as RegistryOptions<Name>['scope'] & object,
  });
  // Where a row can be of several owners, those it shares with the sender would tell whom else they deal with.
  if (namesAnother(scope, { ...filter, ...fixed })) return { items: [], next: null };
  return { items, next };
}

/** Whether a condition that narrows to the sender's own rows is asked for with somebody else's name. */
function namesAnother(scope: Readonly<Record<string, string>>, filter: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(scope).some(([condition, own]) => (filter[condition] ?? own) !== own);
}
