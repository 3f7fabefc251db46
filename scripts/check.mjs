// @ts-check
/** `npm run check`: from a fresh clone to everything about the code and the packages that needs no run of the product. */
import { build, install, must, pnpm } from './setup.mjs'

install()
build()
must('The static check', pnpm(['run', 'check:static']))
must('The site of the docs', pnpm(['--filter', '@rowsignal/docs', 'run', 'build']))
const projects = ['package', 'types', 'types-db-0.9'].flatMap((name) => ['--project', name])
must('The package check', pnpm(['exec', 'vitest', 'run', '--root', 'tests', ...projects]))
