import { executionAsyncResource } from 'node:async_hooks';

/**
 * Keeps one object of those that `process.nextTick` queues. V8 forgets the shape of an object when a collection finds none
 * of its kind, and has the code that makes it ask for every member from then on: a tick takes eight times as long, for the
 * rest of the process's life, and a request needs several.
 */
export function keepOneTick(): void {
  process.nextTick(() => {
    kept.push(executionAsyncResource());
  });
}

const kept: object[] = [];
