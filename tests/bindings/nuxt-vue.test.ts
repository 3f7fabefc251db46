import * as binding from '@rowsignal/vue'
import { expect, test } from 'vitest'
import rowsignal, { type Nuxt } from '../../bindings/vue/src/nuxt.ts'

test('in Nuxt every hook of the binding needs no import', () => {
  const sources: { from: string; imports: readonly string[] }[] = []
  const hook = (name: string, add: (to: typeof sources) => void) => {
    if (name === 'imports:sources') add(sources)
  }
  rowsignal({}, { options: { vite: {} }, hook: hook as Nuxt['hook'] })
  const hooks = Object.keys(binding).filter((name) =>
    /^use|^provideSeeds$|^throwErrors$/.test(name),
  )
  expect(sources.find(({ from }) => from === '@rowsignal/vue')?.imports.toSorted()).toEqual(
    hooks.toSorted(),
  )
})
