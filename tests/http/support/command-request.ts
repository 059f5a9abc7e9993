import { pathFields } from '../../../api/http/commands/command-route.ts';
import { commandRoutes } from '../../../api/http/commands/routes.ts';
import type { CommandName } from '../../../src/index.ts';

/** The request that gives a command over its own route: the fields its path names are left out of the body. */
export function requestFor(
  command: CommandName,
  fields: Readonly<Record<string, unknown>>,
): { readonly url: string; readonly body: Record<string, unknown> } {
  const path = routeOf(command).path;
  const named = pathFields(path);
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(fields[name])));
  return { url, body: Object.fromEntries(Object.entries(fields).filter(([name]) => !named.includes(name))) };
}

/** The example of a command's route. */
export function exampleOf(command: CommandName): Record<string, unknown> {
  return { ...routeOf(command).example };
}

function routeOf(command: CommandName) {
  const route = commandRoutes.find((candidate) => candidate.command === command);
  if (route === undefined) throw new Error(`${command} has no route`);
  return route;
}
