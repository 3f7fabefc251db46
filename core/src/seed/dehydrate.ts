/** Rows as text in a page, and back: what JSON says, and the values of columns that it does not. */
import { RowsignalError } from '../errors.ts'
import { isPlain } from '../readable/same-value.ts'

/** What stands for a value that JSON does not know: an object of this one key, and a name. */
const mark = '$rowsignal'

/**
 * Rows, and whatever they are in, as a text that is safe inside of a `<script type="application/json">` of a page: no text of
 * a row ends the script. `rehydrate` gives them back.
 *
 * Not needed where the framework carries data by itself: `useAsyncData` of Nuxt, `load` of SvelteKit, `query` of SolidStart.
 *
 * Shape: JSON, dates, bigints and bytes; a column that is `undefined` is left out.
 *
 * @throws {RowsignalError} `value-unsupported` for anything else, such as an object of a class.
 * @example
 * `<script type="application/json" id="seeds">${dehydrate({ todos: rows })}</script>`
 */
export function dehydrate(value: unknown): string {
  return JSON.stringify(pack(value, [])).replaceAll('<', '\\u003c')
}

/**
 * What `dehydrate` has made a text of.
 *
 * @example
 * const page = rehydrate(document.querySelector('#seeds')!.textContent) as { todos: Todo[] }
 */
export function rehydrate(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => unpack(value))
}

function pack(value: unknown, path: readonly string[]): unknown {
  if (typeof value === 'bigint') return { [mark]: ['bigint', `${value}`] }
  if (value instanceof Date) return { [mark]: ['date', value.getTime()] }
  if (value instanceof Uint8Array) return { [mark]: ['bytes', [...value]] }
  if (Array.isArray(value)) return value.map((item, index) => pack(item, [...path, `${index}`]))
  if (isPlain(value)) {
    const packed = Object.entries(value).map(([name, inner]) => [
      name,
      pack(inner, [...path, name]),
    ])
    // An object that looks like one of ours is told as the list of its entries.
    return mark in value ? { [mark]: ['object', packed] } : Object.fromEntries(packed)
  }
  if (isOfJson(value)) return value
  throw new RowsignalError(
    'value-unsupported',
    `seed: \`${path.join('.')}\` is a value that a page can’t carry. It takes what JSON says, dates, bigints and bytes.`,
  )
}

function isOfJson(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    Number.isFinite(value)
  )
}

function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(mark in value)) return value
  const [kind, inner] = value[mark] as [string, never]
  if (kind === 'bigint') return BigInt(inner)
  if (kind === 'date') return new Date(inner)
  if (kind === 'bytes') return Uint8Array.from(inner)
  return Object.fromEntries(inner)
}
