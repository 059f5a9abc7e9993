import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandRoutes } from '../../api/http/commands/routes.ts';
import type { AccessExpectation } from './support/access-expectations.ts';
import { accessExpectations } from './support/access-expectations.ts';
import { requestFor } from './support/command-request.ts';
import type { Sender, Town } from './support/open-town.ts';
import { openTown, senders } from './support/open-town.ts';

/** What those are answered who get through: it was done, or a rule refused it. */
const THROUGH = [200, 201, 204, 409, 422];

let town: Town;

beforeAll(async () => {
  town = await openTown();
});
afterAll(() => town.close());

test('every route says in the table who may use it, and the table has no others', () => {
  const routes = town.routes.filter(({ method }) => method !== 'HEAD').map(({ method, url }) => `${method} ${url}`);
  expect(Object.keys(accessExpectations).toSorted()).toEqual(routes.toSorted());
});

test('the head of an answer is shown to nobody who may not see its body', async () => {
  for (const { url } of town.routes.filter(({ method }) => method === 'HEAD')) {
    const { may, url: named = url } = accessExpectations[`GET ${url}`] ?? { may: [] };
    if (may === 'everybody') continue;
    const answer = await town.send('HEAD', named, { as: 'nobody' });
    expect([answer.statusCode, answer.headers.etag], url).toEqual([401, undefined]);
  }
});

describe.each(Object.entries(accessExpectations))('%s', (route, expectation) => {
  const [method = '', path = ''] = route.split(' ');

  test.each([...senders, 'nobody'] as const)('%s', async (sender) => {
    const { url, body } = requestOf(path, expectation);
    const before = await town.ledger.status();
    const sending = { as: sender, ...(expectation.headers && { headers: expectation.headers }) };
    const answer = method === 'POST' ? await town.post(url, body ?? {}, sending) : await send(method, url, sending);
    const expected = expectedOf(sender, expectation);
    expect(expected, answer.body).toContain(answer.statusCode);
    if (expected === THROUGH) return;
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect((await town.ledger.status()).events, 'who is not let in changes nothing').toBe(before.events);
  });
});

function send(method: string, url: string, sending: { readonly as: Sender | 'nobody' }) {
  return method === 'GET' ? town.get(url, sending) : town.send(method, url, sending);
}

function expectedOf(sender: Sender | 'nobody', { may, foreign = 403 }: AccessExpectation): readonly number[] {
  if (may === 'everybody') return THROUGH;
  if (sender === 'nobody' || sender === 'revoked') return [401];
  if (sender === 'operator' || may.includes(sender)) return THROUGH;
  const role = roleOf(sender);
  return may.some((other) => roleOf(other) === role) ? [foreign] : [403];
}

function roleOf(sender: Sender): string | undefined {
  return sender.split('-')[0];
}

function requestOf(path: string, { url, body, fields }: AccessExpectation): { url: string; body: unknown } {
  if (url !== undefined) return { url, body };
  const route = commandRoutes.find((candidate) => candidate.path === path);
  if (route === undefined) throw new Error(`${path} is no command: its line in the table needs a url`);
  return requestFor(route.command, { ...route.example, ...fields });
}
