// @ts-check
/**
 * `npm run fuzz -- --minutes N [--seed S] [--path P] [--db 0.15|0.9]`: random programs for N minutes, on both versions of
 * @tanstack/db at the same time if none is given. A failure prints its smallest program and how to run it again.
 */
import { parseArgs } from 'node:util'
import { install, pnpm } from './setup.mjs'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    path: { type: 'string' },
    db: { type: 'string' },
  },
})
const projects = values.db === undefined ? ['0.15', '0.9'] : [values.db]

install()
console.log(
  `seed ${values.seed}, ${values.minutes} minutes, @tanstack/db ${projects.join(' and ')}`,
)
const passed = pnpm(
  [
    'exec',
    'vitest',
    'run',
    '--root',
    'tests',
    '--disable-console-intercept',
    '--maxWorkers',
    String(projects.length),
    ...projects.flatMap((version) => [
      '--project',
      version === '0.9' ? 'property-db-0.9' : 'property',
    ]),
    'property/programs.test.ts',
  ],
  {
    ROWSIGNAL_FUZZ_MINUTES: values.minutes,
    ROWSIGNAL_FUZZ_SEED: values.seed,
    ...(values.path === undefined ? {} : { ROWSIGNAL_FUZZ_PATH: values.path }),
  },
)
process.exit(passed ? 0 : 1)
