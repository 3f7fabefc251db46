import { expect, test } from 'vitest'
import { whileUsed } from '../../../core/src/readable/while-used.ts'

function open() {
  const log: string[] = []
  const use = whileUsed(() => {
    log.push('start')
    return () => log.push('stop')
  })
  return { log, use }
}

test('the first user starts it, the last one stops it, and it can start again', () => {
  const { log, use } = open()
  const [first, second] = [use(), use()]
  expect(log).toEqual(['start'])
  first()
  expect(log).toEqual(['start'])
  second()
  expect(log).toEqual(['start', 'stop'])
  use()()
  expect(log).toEqual(['start', 'stop', 'start', 'stop'])
})

test('who leaves twice takes nobody else along', () => {
  const { log, use } = open()
  const first = use()
  const second = use()
  first()
  first()
  expect(log).toEqual(['start'])
  second()
  expect(log).toEqual(['start', 'stop'])
})

test('what can’t start leaves no user behind', () => {
  let isDown = true
  const log: string[] = []
  const use = whileUsed(() => {
    if (isDown) throw new Error('down')
    log.push('start')
    return () => log.push('stop')
  })
  expect(use).toThrow('down')
  isDown = false
  use()()
  expect(log).toEqual(['start', 'stop'])
})
