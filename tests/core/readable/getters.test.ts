import { expect, test } from 'vitest'
import { withGetters } from '../../../core/src/readable/getters.ts'

test('the getters of both are asked at each read, those of the second first', () => {
  let [left, right] = [1, 10]
  const both = withGetters(
    {
      get left() {
        return left
      },
      get shared() {
        return 'base'
      },
    },
    {
      get right() {
        return right
      },
      get shared() {
        return 'own'
      },
    },
  )
  expect([both.left, both.right, both.shared]).toEqual([1, 10, 'own'])
  left = 2
  right = 20
  expect([both.left, both.right]).toEqual([2, 20])
  expect(Object.keys(both).toSorted()).toEqual(['left', 'right', 'shared'])
})
