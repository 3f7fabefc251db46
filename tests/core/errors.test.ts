import { readFile } from 'node:fs/promises'
import { isRowsignalError, RowsignalError } from '@rowsignal/core'
import { expect, test } from 'vitest'

test('every code has a heading in docs/errors.md, and every heading is a code', async () => {
  const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const source = await readFile(new URL('../../core/src/errors.ts', import.meta.url), 'utf8')
  const headings = [...page.matchAll(/^## (.+)$/gm)].map((match) => match[1])
  const codes = [...source.matchAll(/^ {2}\| '([a-z-]+)'$/gm)].map((match) => String(match[1]))
  expect(codes.length).toBeGreaterThan(10)
  expect(headings).toEqual(codes.toSorted())
})

test('an error is recognised by its brand and code, also one of another copy of the library', () => {
  const cause = new Error('below')
  const error = new RowsignalError('no-row', 'draft: row `1` is gone.', { cause })
  expect(error.message).toBe('[rowsignal] draft: row `1` is gone. (no-row)')
  expect(error.cause).toBe(cause)
  expect(isRowsignalError(error)).toBe(true)
  expect(isRowsignalError(error, 'no-row')).toBe(true)
  expect(isRowsignalError(error, 'no-provider')).toBe(false)
  const ofAnotherCopy = Object.assign(new Error('x'), {
    code: 'no-row',
    [Symbol.for('rowsignal.error')]: true,
  })
  expect(isRowsignalError(ofAnotherCopy, 'no-row')).toBe(true)
  expect(isRowsignalError(new Error('x'))).toBe(false)
  expect(isRowsignalError(undefined)).toBe(false)
})
