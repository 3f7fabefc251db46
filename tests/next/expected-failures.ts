/**
 * Tests of the conformance bodies that fail on a version of a framework that is to come, and why. Each is run, and it is
 * an error when one passes or is not there any more. README.md has the same causes.
 */
export interface ExpectedFailure {
  readonly cause: string
  /** By the file's name. */
  readonly tests: Record<string, readonly string[]>
}

export const expectedFailures: Record<string, readonly ExpectedFailure[]> = {
  'bindings-vue-3.6': [
    {
      cause: 'Vue 3.6 does not tell whether something tracks what is read, so nobody is warned',
      tests: {
        'vue.test.ts': [
          'a watcher outside of components that reads a row whose list has ended is warned',
        ],
      },
    },
    {
      cause:
        'a Vapor component has no instance that is public, so what it shows of a list that has ended is not followed',
      tests: {
        'vapor.test.ts': [
          'a row that outlives its list is followed by what shows it, and then let go',
        ],
      },
    },
    {
      cause:
        'Vapor gives a component the object that it had before while all columns of the new one are equal',
      tests: { 'vapor.test.ts': ['a changed query shows its own rows alone'] },
    },
  ],
  'bindings-solid-2': [
    {
      cause: 'Solid 2 has no `createResource`, which `@tanstack/solid-db` calls',
      tests: {
        'solid.test.ts': ['eager', 'on-demand', 'progressive'].map(
          (mode) => `the official useLiveQuery takes a PowerSync collection that is ${mode}`,
        ),
      },
    },
    {
      cause: 'Solid 2 has no `Suspense` and no `startTransition`: every change is a transition',
      tests: {
        'transition-solid.test.ts': [
          'a live row of useRows',
          'a live row of useLiveQuery',
          'useRow',
          'useReadable',
        ].map((way) => `the old page goes on while a transition waits: ${way}`),
      },
    },
    {
      cause: 'Solid 2 has another `setStore`, which takes a function',
      tests: {
        'ecosystem-solid.test.ts': [
          'live rows pass through a store as they are, and one of copies leaves the plain rows alone',
        ],
      },
    },
  ],
}
