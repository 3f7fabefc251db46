/** Which texts `dateColumn` reads, and that it reads no other as some instant. */
import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, dateColumn } from '@rowsignal/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

/** The instant, or undefined for a bad row. */
function read(stored: string): string | undefined {
  const result = dateColumn().read(stored)
  return result.issues === undefined ? result.value.toISOString() : undefined
}

const dates: [writer: string, stored: string, iso: string][] = [
  ['PowerSync, timestamptz', '2026-11-24T22:43:19.637076Z', '2026-11-24T22:43:19.637Z'],
  ['PowerSync before ISO 8601', '2026-11-24 22:43:19.637076Z', '2026-11-24T22:43:19.637Z'],
  ['PowerSync, timestamp', '2026-12-01T10:00:00.000000', '2026-12-01T10:00:00.000Z'],
  ['PowerSync, seconds only', '2026-12-01T10:00:00Z', '2026-12-01T10:00:00.000Z'],
  ['Postgres, date', '2026-12-01', '2026-12-01T00:00:00.000Z'],
  ['Postgres, timestamp', '2026-12-01 10:00:00', '2026-12-01T10:00:00.000Z'],
  ['Postgres, timestamptz', '2026-12-01 10:00:00.123456+02', '2026-12-01T08:00:00.123Z'],
  ['Postgres, half an hour', '2026-12-01 10:00:00-05:30', '2026-12-01T15:30:00.000Z'],
  ['Postgres, an old zone', '1900-01-01 00:19:32+00:19:32', '1900-01-01T00:00:00.000Z'],
  ['Postgres, a far year', '12345-12-01 10:00:00+00', '+012345-12-01T10:00:00.000Z'],
  ['Postgres, an early year', '0044-03-15', '0044-03-15T00:00:00.000Z'],
  ['SQLite', '2026-12-01 10:00:00', '2026-12-01T10:00:00.000Z'],
  ['SQLite, minutes', '2026-12-01T10:00', '2026-12-01T10:00:00.000Z'],
  ['SQLite, subsec', '2026-12-01 10:00:00.500', '2026-12-01T10:00:00.500Z'],
  ['JavaScript', '2026-12-01T10:00:00.000Z', '2026-12-01T10:00:00.000Z'],
  ['JavaScript, a far year', '+012345-12-01T10:00:00.000Z', '+012345-12-01T10:00:00.000Z'],
  ['JavaScript, before year 0', '-000001-12-01T10:00:00.000Z', '-000001-12-01T10:00:00.000Z'],
  ['Ruby, Time#to_s', '2026-12-01 10:00:00 +0200', '2026-12-01T08:00:00.000Z'],
  ['Ruby, Time#to_s in UTC', '2026-12-01 10:00:00 UTC', '2026-12-01T10:00:00.000Z'],
  ['Ruby, Time#iso8601', '2026-12-01T10:00:00-07:00', '2026-12-01T17:00:00.000Z'],
  ['Go, RFC 3339', '2026-12-01T10:00:00.123456789+05:30', '2026-12-01T04:30:00.123Z'],
  ['Go, Time.String', '2026-12-01 10:00:00.5 +0200 CEST', '2026-12-01T08:00:00.500Z'],
  ['Go, Time.String in UTC', '2026-12-01 10:00:00 +0000 UTC', '2026-12-01T10:00:00.000Z'],
  ['Go, a nameless zone', '2026-12-01 10:00:00 -0300 -03', '2026-12-01T13:00:00.000Z'],
  ['Go, Time.Now', '2026-12-01 10:00:00.5 +0000 UTC m=+0.012', '2026-12-01T10:00:00.500Z'],
  ['Python, str', '2026-12-01 10:00:00.123456+02:00', '2026-12-01T08:00:00.123Z'],
  ['Python, isoformat', '2026-12-01T10:00:00', '2026-12-01T10:00:00.000Z'],
  ['RFC 3339 in small letters', '2026-12-01t10:00:00z', '2026-12-01T10:00:00.000Z'],
  ['the end of a day', '2026-12-31T24:00:00Z', '2027-01-01T00:00:00.000Z'],
  ['space around it', ' 2026-12-01 ', '2026-12-01T00:00:00.000Z'],
]

test.each(dates)('%s: %j is read as %s, in every zone', (_writer, stored, iso) => {
  expect(read(stored)).toBe(iso)
})

const refused = [
  '',
  'now',
  '2026',
  '2026-12',
  '20261201',
  '20261201T100000Z',
  '1796119200000',
  '10:00:00',
  '2026-13-01',
  '2026-00-10',
  '2026-12-00',
  '2026-12-32',
  '2026-02-30',
  '2023-02-29',
  '1900-02-29',
  '2026-04-31',
  '26-12-01',
  '1234567-12-01',
  '2026-1-1',
  '+275761-01-01',
  '2026-12-01 25:00',
  '2026-12-01 24:01',
  '2026-12-01 24:00:00.001',
  '2026-12-01 10:60',
  '2026-12-01 10:00:60',
  '2026-12-01 10',
  '2026-12-01 10:00:',
  '2026-12-01 10:00:00.',
  '2026-12-01 10:00:00 PM',
  '2026-12-01 10:00:00PM',
  '2026-12-01 10:00:00 garbage',
  '2026-12-01 10:00:00 PST',
  '2026-12-01 10:00:00 CEST',
  '2026-12-01 10:00:00 Europe/Berlin',
  '2026-12-01T10:00:00+02:00[Europe/Berlin]',
  '2026-12-01 10:00:00+24',
  '2026-12-01+02',
  '2026-12-01 10:00:00+02 PM',
  '2026-12-01 10:00:00 BC',
  '0044-03-15 BC',
  'infinity',
  '-infinity',
  'Tue Dec 01 10:00:00 2026 CET',
  '12/01/2026 10:00:00 CET',
  '01.12.2026 10:00',
  'Tue Dec 01 2026 10:00:00 GMT+0200 (CEST)',
  'Tue, 01 Dec 2026 10:00:00 GMT',
  '2026-W49-2',
  '2026-12-01\n10:00',
  '2026-12-01T10:00:00Z 2026',
  '٢٠٢٦-12-01',
  '2026-12-01 10:00:00Z+02',
]

test.each(refused)('the text %j is a bad row', (stored) => {
  expect(read(stored)).toBeUndefined()
})

test.each([8.64e15 + 1, 1e300, 2n ** 63n - 1n])('the number %d is a bad row', (stored) => {
  expect(dateColumn().read(stored).issues).toHaveLength(1)
})

const two = (number: number): string => String(number).padStart(2, '0')
/** The forms in which an offset is written; seconds only where a form has them. */
const offsets = fc
  .record({
    sign: fc.constantFrom(1, -1),
    hours: fc.nat(23),
    minutes: fc.nat(59),
    seconds: fc.constantFrom(0, 0, 32),
  })
  .chain(({ sign, hours, minutes, seconds }) => {
    const s = sign < 0 ? '-' : '+'
    const [h, m] = [two(hours), two(minutes)]
    const forms = [`${s}${h}:${m}:${two(seconds)}`, ` ${s}${h}:${m}:${two(seconds)}`]
    if (seconds === 0)
      forms.push(`${s}${h}:${m}`, ` ${s}${h}${m}`, ` ${s}${h}${m} CEST`, `${s}${h}${m}`)
    if (minutes === 0 && seconds === 0) forms.push(`${s}${h}`, ` ${s}${h}00 ${s}${h}`)
    const ms = sign * ((hours * 60 + minutes) * 60 + seconds) * 1000
    return fc.record({ text: fc.constantFrom(...forms), ms: fc.constant(ms) })
  })
const zones = fc.oneof(
  fc.constantFrom('', 'Z', 'z', ' UTC', ' GMT', ' Z').map((text) => ({ text, ms: 0 })),
  offsets,
)
const times = fc.record({
  day: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-30'), noInvalidDate: true }),
  separator: fc.constantFrom(' ', 'T', 't'),
  fraction: fc.stringMatching(/^\d{0,9}$/),
  zone: zones,
})

test('every way to write an instant is read as that instant', () => {
  fc.assert(
    fc.property(times, ({ day, separator, fraction, zone }) => {
      const iso = day.toISOString()
      const local = `${iso.slice(0, 10)}${separator}${iso.slice(11, 19)}${fraction && `.${fraction}`}`
      const whole = Date.parse(`${iso.slice(0, 19)}Z`)
      const ms = Math.trunc(Number(`0.${fraction || '0'}`) * 1000 + 1e-9)
      expect(read(local + zone.text)).toBe(new Date(whole + ms - zone.ms).toISOString())
    }),
    { numRuns: 2000 },
  )
})

test('a day that the calendar does not have is a bad row', () => {
  const parts = fc.tuple(fc.integer({ min: 1, max: 9999 }), fc.nat(13), fc.nat(32))
  fc.assert(
    fc.property(parts, ([year, month, day]) => {
      const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
      const lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
      const exists = day >= 1 && day <= (lengths[month - 1] ?? 0)
      expect(read(text)).toBe(exists ? `${text}T00:00:00.000Z` : undefined)
    }),
    { numRuns: 2000 },
  )
})

test('what is put into a text that names an instant makes it a bad row, or leaves the instant', () => {
  const extra = fc.oneof(
    fc.string({ minLength: 1, maxLength: 4 }),
    fc.constantFrom(' AM', ' PM', 'PST', ' EST', ' BC', '[UTC]', 'Z', 'T', '(', ' am', '\0'),
  )
  const texts = fc.constantFrom(...dates.map(([, stored]) => stored))
  fc.assert(
    fc.property(texts, extra, fc.nat(60), (stored, added, at) => {
      fc.pre(!/[\d+.-]/.test(added))
      const place = Math.min(at, stored.length)
      const changed = read(stored.slice(0, place) + added + stored.slice(place))
      expect([undefined, read(stored)]).toContain(changed)
    }),
    { numRuns: 3000 },
  )
})

/** What a sync may bring to a number column. SQLite's views cast a text to the number that it begins with: 2026. */
const inNumbers: [stored: unknown, iso: string | undefined][] = [
  [1796119200000, '2026-12-01T10:00:00.000Z'],
  ['1796119200000', '2026-12-01T10:00:00.000Z'],
  ['2026-12-01T10:00:00.123456Z', undefined],
  ['2026-12-01 10:00:00+02', undefined],
  ['2026-12-01', undefined],
  ['tomorrow', undefined],
  ['', undefined],
]

test.each(inNumbers)('a number column that holds %j shows the date %s', async (stored, iso) => {
  const schema = new Schema({ t: new Table({ integer: column.integer, real: column.real }) })
  const database = await openDatabase(schema)
  const columns = { integer: dateColumn(), real: dateColumn() }
  const watcher = createPowerSyncCollection({ database, table: schema.props.t, columns })
  await watcher.preload()
  await database.execute('INSERT INTO ps_data__t(id, data) VALUES (?, ?)', [
    'a',
    JSON.stringify({ integer: stored, real: stored }),
  ])
  const reader = createPowerSyncCollection({ database, table: schema.props.t, columns })
  await reader.preload()
  for (const collection of [watcher, reader]) {
    await eventually(() => expect(collection.size + collection.utils.badRows.size).toBe(1))
    const row = collection.get('a')
    expect([row?.integer?.toISOString(), row?.real?.toISOString()]).toEqual([iso, iso])
  }
})
