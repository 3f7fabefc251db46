// @ts-check
/**
 * What the test commands run, by projects of `tests/vitest.config.ts`, which checks that none is missing here. Each list is
 * one process of vitest.
 */

/** What `npm test` runs. */
export const runs = {
  node: [
    'core',
    'core-alone',
    'core-db-0.9',
    'core-db-0.9-alone',
    'property',
    'property-db-0.9',
    'fault',
    'leak',
    'bindings',
    'bindings-db-0.9',
    'bindings-leak',
    'backend',
    'types',
    'types-db-0.9',
    'package',
  ],
  bindings: ['browser-bindings'],
  browser: ['browser'],
}

/** What `npm run test:full` runs: all. */
export const fullRuns = {
  node: [
    ...runs.node,
    'backend-at-size',
    'quickstart',
    'fault-db-0.9',
    'leak-db-0.9',
    'bindings-leak-db-0.9',
  ],
  bindings: [...runs.bindings, 'browser-bindings-db-0.9'],
  browser: runs.browser,
}

/** The core's, on the newest @tanstack/db. */
export const coreProjects = ['core', 'core-alone']

/** The projects that run the sources in Node, on the newest @tanstack/db: they need no build, no browser and no types. */
export const sourceProjects = [
  ...coreProjects,
  'property',
  'fault',
  'leak',
  'bindings',
  'bindings-leak',
  'backend',
  'backend-at-size',
]
