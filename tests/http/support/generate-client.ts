import { mkdirSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';
import { openTown } from './open-town.ts';

/** Writes the types of a client from the contract, as any developer would; the tests' client is checked against them. */
const out = new URL('../../../out/', import.meta.url);
const town = await openTown({ empty: true });
const types = astToString(await openapiTS((await town.get('/openapi.json', { as: 'nobody' })).body));
await town.close();
mkdirSync(out, { recursive: true });
writeFileSync(new URL('api-types.d.ts', out), types);
