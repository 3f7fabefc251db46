/** Whether the measure of the other tests can see a leak at all. */
import { expect, test } from 'vitest'
import { allowedBytes, bytesOfOurs } from '../support/heap.ts'

const kept: number[][] = []

/** 50 numbers: some hundred bytes. */
const keep = async (): Promise<void> => void kept.push(Array.from({ length: 50 }, () => 0))
const forget = async (): Promise<void> => void Array.from({ length: 50 }, () => 0)

test('what stays of each round is seen, unless the same stays without us', async () => {
  expect(await bytesOfOurs(forget, forget)).toBeLessThanOrEqual(allowedBytes)
  expect(await bytesOfOurs(keep, forget)).toBeGreaterThan(2 * allowedBytes)
  expect(await bytesOfOurs(keep, keep)).toBeLessThanOrEqual(allowedBytes)
})
