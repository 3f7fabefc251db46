import { expect, test } from 'vitest'
import {
  errorOf,
  type FollowerEvent,
  type FollowerState,
  isSettled,
  nextState,
} from '../../../core/src/capture/follower-state.ts'
import { RowsignalError } from '../../../core/src/errors.ts'

const before = new RowsignalError('capture-failed', 'before')
const now = new RowsignalError('table-not-in-schema', 'now')

const states: readonly FollowerState[] = [
  { name: 'idle' },
  { name: 'reading', aside: new Map([['a', null]]), error: undefined },
  { name: 'reading-again', error: undefined },
  { name: 'ahead' },
  { name: 'following' },
  { name: 'failed', error: before },
  { name: 'stranded', error: before },
  { name: 'ended', error: undefined },
]

const events: readonly FollowerEvent[] = [
  { type: 'begin' },
  { type: 'doubt' },
  { type: 'found' },
  { type: 'shown' },
  { type: 'fail', error: now },
  { type: 'strand', error: now },
  { type: 'end' },
]

/** Every state, and where each event leads; `-` where it does nothing. */
const table = `
               begin    doubt          found    shown      fail    strand    end
idle           reading  -              -        -          failed  stranded  ended
reading        reading  reading-again  ahead    -          failed  stranded  ended
reading-again  reading  -              reading  -          failed  stranded  ended
ahead          reading  -              -        following  failed  stranded  ended
following      reading  -              -        -          failed  stranded  ended
failed         reading  -              -        -          failed  stranded  ended
stranded       reading  -              -        -          failed  stranded  ended
ended          -        -              -        -          -       -         -
`

const transitions = table
  .trim()
  .split('\n')
  .slice(1)
  .flatMap((line) => {
    const [from, ...to] = line.split(/\s+/)
    return events.map(({ type }, index) => ({ from, event: type, to: to[index] }))
  })

test.each(transitions)('$from, at $event: $to', ({ from, event: type, to }) => {
  const state = states.find(({ name }) => name === from)!
  const event = events.find((candidate) => candidate.type === type)!
  const next = nextState(state, event)
  if (to === '-') expect(next).toBe(state)
  else expect(next).not.toBe(state)
  expect(next.name).toBe(to === '-' ? from : to)
})

test('each state and each event is in the table', () => {
  expect(transitions).toHaveLength(states.length * events.length)
  expect(new Set(transitions.map(({ from }) => from)).size).toBe(states.length)
})

test.each(['begin', 'found'] as const)(
  'a read that begins by %s has nothing set aside of the one before',
  (type) => {
    const [, reading] = states
    const state = type === 'begin' ? reading! : nextState(reading!, { type: 'doubt' })
    expect(nextState(state, { type })).toEqual({
      name: 'reading',
      aside: new Map(),
      error: undefined,
    })
  },
)

test('an error is told until a read has succeeded', () => {
  const told: unknown[] = []
  let state: FollowerState = { name: 'failed', error: before }
  for (const type of ['begin', 'doubt', 'found', 'found', 'shown'] as const) {
    state = nextState(state, { type })
    told.push([state.name, errorOf(state)])
  }
  expect(told).toEqual([
    ['reading', before],
    ['reading-again', before],
    ['reading', before],
    ['ahead', undefined],
    ['following', undefined],
  ])
})

test.each(['fail', 'strand'] as const)('a newer error takes the place of an older: %s', (type) => {
  for (const state of states) {
    if (state.name === 'ended') continue
    expect(errorOf(nextState(state, { type, error: now }))).toBe(now)
  }
})

test('the last error of a run is still there when it has ended', () => {
  expect(errorOf(nextState({ name: 'failed', error: before }, { type: 'end' }))).toBe(before)
})

test('TanStack DB is told of the states in which nothing is being read', () => {
  const settled = states.filter(isSettled).map(({ name }) => name)
  expect(settled).toEqual(['idle', 'following', 'failed', 'stranded'])
})
