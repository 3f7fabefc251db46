import { expect, test, vi } from 'vitest'
import { perObject } from '../../../core/src/readable/per-object.ts'

test('a value is made once for each object, when it is first asked for', () => {
  const make = vi.fn((key: { name: string }) => ({ of: key.name }))
  const valueOf = perObject(make)
  const [a, b] = [{ name: 'same' }, { name: 'same' }]
  expect(make).not.toHaveBeenCalled()
  expect(valueOf(a)).toBe(valueOf(a))
  expect(valueOf(b)).not.toBe(valueOf(a))
  expect(valueOf(b)).toEqual({ of: 'same' })
  expect(make).toHaveBeenCalledTimes(2)
})

test('a value that could not be made is asked for again', () => {
  let isDown = true
  const valueOf = perObject(() => {
    if (isDown) throw new Error('down')
    return {}
  })
  const key = {}
  expect(() => valueOf(key)).toThrow('down')
  isDown = false
  expect(valueOf(key)).toBe(valueOf(key))
})
