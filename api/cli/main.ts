#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Compiling some two hundred modules takes most of a short call, so what Node has compiled is kept between calls.
enableCompileCache();
const { run } = await import('./run.ts');

process.exitCode = await run(process.argv.slice(2), process.env);
