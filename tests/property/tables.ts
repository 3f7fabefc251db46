/**
 * The tables of the programs. Every value that a program writes is a token, `<table>.<id>#<number>`, which nobody else
 * writes: a value tells where it belongs and who wrote it.
 */
import { column, Schema, Table } from '@powersync/common'
import { z } from 'zod'

const tables = {
  lists: new Table({ name: column.text }),
  todos: new Table({ title: column.text, rank: column.integer, list_id: column.text }),
  drafts: new Table({ body: column.text }, { localOnly: true }),
  places: new Table({ tags: column.text, visits: column.integer, open: column.integer }),
}

export const schema = new Schema(tables)

export type TableName = keyof typeof tables

export const tableNames = Object.keys(tables) as readonly TableName[]

/** The schema as it is while one of the tables is gone. */
export function schemaWithout(name: TableName): Schema {
  return new Schema(Object.fromEntries(Object.entries(tables).filter(([other]) => other !== name)))
}

/** A row of `places` with its JSON and boolean columns. */
export const placeSchema = z.object({
  id: z.string(),
  tags: z.array(z.string()),
  visits: z.number(),
  open: z.boolean(),
})

/** The same from SQLite's types. */
export const storedPlaceSchema = z.object({
  id: z.string(),
  tags: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  visits: z.number(),
  open: z.number().transform((open) => open === 1),
})

export type Columns = Record<string, unknown>

export function tokenFor(table: TableName, id: string, number: number): string {
  return `${table}.${id}#${number}`
}

/** The columns that hold a token, as a collection takes them. All of them are written together, always. */
export function columnsOf(table: TableName, token: string): Columns {
  const number = Number(token.split('#')[1]?.replace('!', ''))
  if (table === 'lists') return { name: token }
  if (table === 'drafts') return { body: token }
  if (table === 'todos') return { title: token, rank: number, list_id: listOf(token) }
  return { tags: [token], visits: number, open: number % 2 === 0 }
}

/** The same as SQLite takes them. */
export function storedColumnsOf(table: TableName, token: string): Record<string, string | number> {
  const columns = columnsOf(table, token) as Record<string, string | number>
  if (table !== 'places') return columns
  return { ...columns, tags: JSON.stringify(columns.tags), open: columns.open ? 1 : 0 }
}

/** The token of a row or of a part of one, in either form. */
export function tokenOf(table: TableName, row: Columns): string | undefined {
  if (table === 'lists') return row.name as string | undefined
  if (table === 'drafts') return row.body as string | undefined
  if (table === 'todos') return row.title as string | undefined
  const { tags } = row as { tags?: string | string[] }
  return (typeof tags === 'string' ? (JSON.parse(tags) as string[]) : tags)?.[0]
}

/** A todo stands in the list of its own number, so that rows of equal number are joined. */
function listOf(token: string): string {
  return token.slice(token.indexOf('.') + 1, token.indexOf('#'))
}
