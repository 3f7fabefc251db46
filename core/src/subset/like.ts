/**
 * `like` of @tanstack/db in SQL: `%` is any run, `_` one UTF-16 unit, nothing is escaped, case counts. SQLite's own `LIKE`
 * knows no case, and of letters only those of ASCII.
 */
import { bind, raw, sql, type Sql } from './sql-text.ts'
import { isAscii } from './values.ts'

export interface Like {
  /** NULL where the text is, and where SQLite can't tell. */
  readonly matches: Sql
  /** Whether it is NULL for no text. */
  readonly isExact: boolean
  /** Takes all matches, by an index. */
  readonly range?: Sql
}

const maxPattern = 1000

/** @param pattern Without NUL and halves of surrogate pairs. Undefined: too long for SQLite. */
export function likeOf(text: Sql, pattern: string, ignoresCase: boolean): Like | undefined {
  if (pattern.length > maxPattern) return undefined
  if (ignoresCase) {
    return { matches: ofAscii(text, sql`lower(${text})`, pattern.toLowerCase()), isExact: false }
  }
  const simple = /^(%*)([^%_]*)(%*)$/.exec(pattern)
  if (simple === null) {
    const range = rangeOf(text, /^[^%_]*/.exec(pattern)![0])
    return { matches: ofAscii(text, text, pattern), isExact: false, ...(range && { range }) }
  }
  const [, before, part, after] = simple as unknown as [string, string, string, string]
  if (part === '' && before + after !== '')
    return { matches: sql`${text} = ${text}`, isExact: true }
  if (before === '' && after === '') return { matches: sql`${text} = ${bind(part)}`, isExact: true }
  if (before !== '' && after !== '') {
    return { matches: sql`instr(${text}, ${bind(part)}) > 0`, isExact: true }
  }
  // By bytes: `substr` of a text counts to its first NUL. Of an empty blob it is NULL.
  const bytes = raw(String(new TextEncoder().encode(part).length))
  const blob = sql`CAST(${text} AS BLOB)`
  const end = sql`CAST(${bind(part)} AS BLOB)`
  const isLonger = sql`octet_length(${text}) >= ${bytes}`
  if (after === '') {
    return { matches: sql`(${isLonger} AND substr(${blob}, -${bytes}) = ${end})`, isExact: true }
  }
  const range = rangeOf(text, part)
  const matches = sql`(${isLonger} AND substr(${blob}, 1, ${bytes}) = ${end})`
  return { matches, isExact: true, ...(range && { range }) }
}

/** Told for ASCII: in other texts a `_` may be half of a character, and there are more letters than SQLite knows. */
function ofAscii(text: Sql, compared: Sql, pattern: string): Sql {
  const glob = pattern.replaceAll(/[*?[]/g, '[$&]').replaceAll(/%+/g, '*').replaceAll('_', '?')
  return sql`iif(${isAscii(text)}, ${compared} GLOB ${bind(glob)}, NULL)`
}

/** Texts that begin so, and perhaps a few more. */
function rangeOf(text: Sql, prefix: string): Sql | undefined {
  const characters = Array.from(prefix)
  const last = characters.pop()?.codePointAt(0)
  // The next of these would be no character.
  if (last === undefined || last === 0xd7ff || last === 0x10ffff) return undefined
  const next = characters.join('') + String.fromCodePoint(last + 1)
  return sql`(${text} >= ${bind(prefix)} AND ${text} < ${bind(next)})`
}
