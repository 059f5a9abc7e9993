import { hash } from 'node:crypto';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandRoutes } from '../../api/http/commands/routes.ts';
import { PROBLEM_JSON } from '../../api/http/problem.ts';
import type { Contract } from './support/contract.ts';
import { contractOf, resolved } from './support/contract.ts';
import type { Town } from './support/open-town.ts';
import { openTown, senders } from './support/open-town.ts';
import { queryExpectations } from './support/query-expectations.ts';

let town: Town;
let contract: Contract;
beforeAll(async () => {
  town = await openTown();
  // An advance and a refused entry, so that no list of the town is empty.
  await town.post('/advances', { month: '2026-03', on: '2026-03-10', percent: 50 });
  const attendance = [{ contractId: 'c-1', status: 'attended' }];
  await town.post('/lessons', { lessonId: 'too-early', date: '2026-01-13', attendance });
  contract = await contractOf(town);
});
afterAll(() => town.close());

describe('the contract', () => {
  test('is an OpenAPI 3.1 document that a linter finds nothing in, its examples fit their schemas', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        'no-invalid-media-type-examples': 'error',
        'no-unused-components': 'error',
        'operation-description': 'error',
        'operation-parameters-unique': 'error',
        'operation-singular-tag': 'error',
        'parameter-description': 'error',
        'tag-description': 'error',
        // The document and the page are open to everybody and cannot be asked wrongly.
        'operation-4xx-response': 'off',
      },
    });
    const source = JSON.stringify(contract.document);
    const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
  });

  test('tells of every route, and of no other', () => {
    const registered = town.routes
      .filter(({ method }) => method !== 'HEAD' && method !== 'OPTIONS')
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
    const told = contract.operations.map(({ method, path }) => `${method} ${path}`);
    const hint = 'give the route a config.operation, or a line in api/http/openapi/other-operations.ts';
    expect(told.toSorted(), `a route is not in the contract: ${hint}`).toEqual(registered.toSorted());
  });

  test('has an example of every body and answer, and names the problems of whoever is refused', () => {
    for (const { method, path, operation } of contract.operations) {
      const name = `${method} ${path}`;
      const bodies = Object.values(operation.requestBody?.content ?? {});
      const [first] = Object.entries(operation.responses);
      const answers = Object.values(resolved(contract.document, first?.[1] ?? { description: '' }).content ?? {});
      expect(Number(first?.[0]), name).toBeLessThan(300);
      expect(method === 'POST' ? bodies : [1], name).not.toHaveLength(0);
      expect(first?.[0] === '204' ? [1] : answers, name).not.toHaveLength(0);
      for (const { example } of [...bodies, ...answers]) expect(example, name).toBeDefined();
      if (operation.security !== undefined) continue;
      for (const status of [401, 403]) {
        const { content } = resolved(contract.document, operation.responses[status] ?? { description: '' });
        expect(content, `${name} ${status}`).toHaveProperty([PROBLEM_JSON]);
      }
    }
  });

  test('asks every command for an Idempotency-Key', () => {
    const commands = contract.operations.filter(
      ({ method, path }) => method === 'POST' && !/^\/(imports|keys)/.test(path),
    );
    expect(commands.length).toBeGreaterThan(30);
    for (const { operation } of commands) {
      expect(operation.parameters).toContainEqual(
        expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
      );
    }
  });

  test('writes money as text and dates with their format in every body', () => {
    const { BlockCourse } = contract.document.components.schemas;
    expect(BlockCourse).toMatchObject({
      additionalProperties: false,
      properties: { price: { type: 'string' }, date: { type: 'string', format: 'date' } },
    });
    expect(BlockCourse?.required).not.toContain('certificateId');
  });

  test('says of every field of every command what it is', () => {
    const { schemas } = contract.document.components;
    const bodies = commandRoutes.flatMap(({ command }) => {
      const name = `${command.charAt(0).toUpperCase()}${command.slice(1)}`;
      return [name, `${name}Command`];
    });
    for (const name of bodies) {
      const { properties } = schemas[name] as { properties: Record<string, { description?: string }> };
      for (const [field, { description }] of Object.entries(properties)) {
        expect(description, `${name}.${field} belongs into api/http/openapi/field-descriptions.ts`).toBeTruthy();
      }
    }
  });
});

describe('the reference for people', () => {
  test('needs no script and loads nothing: its policy allows its own style alone', async () => {
    const { headers, body } = await town.get('/docs', { as: 'nobody' });
    const style = /<style>(.*?)<\/style>/s.exec(body)?.[1] ?? '';
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual([
      "default-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
    ]);
    expect(body).not.toMatch(/<script|<link|<img|style=|href="(?![#/])/);
  });

  test('leads to every operation, problem and schema', async () => {
    const { body } = await town.get('/docs', { as: 'nobody' });
    const ids = new Set([...body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    for (const { operation } of contract.operations) expect(ids).toContain(operation.operationId);
    for (const [, target = ''] of body.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  });
});

describe('answers keep to the contract', () => {
  const questions = Object.entries(queryExpectations).map(([route, { url }]) => ({ route, url }));

  test.each(questions)('$route', async ({ route, url }) => {
    const [method = '', path = ''] = route.replaceAll(/:(\w+)/g, '{$1}').split(' ');
    const operation = contract.operations.find((one) => one.method === method && one.path === path);
    if (operation === undefined) throw new Error(`${route} is not in the contract`);
    for (const sender of senders) {
      expect(contract.faultsOf(operation, await town.get(url, { as: sender })), `to ${sender}`).toEqual([]);
    }
    const all = await town.get(url);
    expect(all.statusCode).toBe(200);
    expect(all.body).not.toContain('"items":[]');
  });
});
