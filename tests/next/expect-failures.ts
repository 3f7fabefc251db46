/** Turns round the tests that are named in expected-failures.ts. */
import { basename } from 'node:path'
import { afterAll, beforeEach, expect } from 'vitest'
import { expectedFailures } from './expected-failures.ts'

const met = new Set<string>()
let expected: readonly string[] = []

beforeEach(({ task }) => {
  const { name, projectName = '' } = task.file
  expected = (expectedFailures[projectName] ?? []).flatMap(
    ({ tests }) => tests[basename(name)] ?? [],
  )
  if (!expected.includes(task.name)) return
  Object.assign(task, { fails: true })
  met.add(task.name)
})

afterAll(() => expect([...met].toSorted()).toEqual([...expected].toSorted()))
