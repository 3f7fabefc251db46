// @ts-check
/**
 * What the test commands run, by projects of `tests/vitest.config.ts`, which checks that none is missing here. A run is
 * one process of vitest; `full` are its projects that only `npm run test:full` has.
 */

/**
 * @typedef {object} Run
 * @property {string} name
 * @property {readonly string[]} projects
 * @property {readonly string[]} full
 */

/** What runs in a browser wants the machine for itself, so there are three. @type {readonly Run[]} */
export const runs = [
  {
    name: 'node',
    projects: [
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
    full: [
      'backend-at-size',
      'quickstart',
      'ssr-apps',
      'fault-db-0.9',
      'leak-db-0.9',
      'bindings-leak-db-0.9',
      'bindings-vue-3.6',
      'bindings-svelte-async',
      'bindings-solid-2',
    ],
  },
  { name: 'bindings', projects: ['browser-bindings'], full: ['browser-bindings-db-0.9'] },
  {
    name: 'browser',
    projects: ['browser', 'browser-faults'],
    full: ['browser-at-size', 'browser-faults-long', 'firefox'],
  },
]

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
