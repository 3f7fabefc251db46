import type { Box } from '../contract.ts'

export function createBox<T>(value: T): Box<T> {
  let current = $state.raw(value)
  return {
    get value() {
      return current
    },
    set value(next) {
      current = next
    },
  }
}
