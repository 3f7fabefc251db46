/// <reference types="vite/client" />
import * as db from '@tanstack/db'
import * as solidDb from '@tanstack/solid-db'
import * as svelteDb from '@tanstack/svelte-db'
import * as vueDb from '@tanstack/vue-db'
import { expect, test } from 'vitest'

test('this run is on the version of @tanstack/db that it says', () => {
  const is015 = 'DuplicateTransactionIdError' in db
  expect(is015 ? '0.15' : '0.9').toBe(import.meta.env['TANSTACK_DB'])
})

test.each([
  ['vue', vueDb],
  ['solid', solidDb],
  ['svelte', svelteDb],
])('the official adapter for %s shares the copy of @tanstack/db', (_, adapter) => {
  expect(adapter.createCollection).toBe(db.createCollection)
})
