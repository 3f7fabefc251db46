/**
 * The table of a collection as the schema of its database has it now, with the codec of its rows. Everything that reads
 * or writes the table asks here, so that a schema change reaches all of it.
 */
import type { ResolvedTable } from '@powersync/common'
import type { RowCodec } from '../codec/codec.ts'
import type { SqlColumns } from '../codec/row-options.ts'
import type { Database } from '../libraries/powersync.ts'
import { resolveTable } from '../libraries/powersync.ts'

export interface FollowedTableOptions {
  database: Database
  /** The table as the app named it, of whatever schema. */
  table: { readonly name: string } | undefined
  createCodec(table: ResolvedTable): RowCodec
  /** What the columns of its rows are in SQL. */
  createSqlColumns(table: ResolvedTable): SqlColumns
  /** How long a write may wait for the write lock before that is told. */
  lockWarnMs: number
}

export class FollowedTable {
  readonly database: Database
  readonly lockWarnMs: number
  readonly #options: FollowedTableOptions
  #table: ResolvedTable
  #codec: RowCodec
  #sqlColumns: SqlColumns

  /** @throws {RowsignalError} `table-not-in-schema`, `unsupported-powersync`. */
  constructor(options: FollowedTableOptions) {
    this.database = options.database
    this.lockWarnMs = options.lockWarnMs
    this.#options = options
    this.#table = resolveTable(options.database, options.table)
    this.#codec = options.createCodec(this.#table)
    this.#sqlColumns = options.createSqlColumns(this.#table)
  }

  get table(): ResolvedTable {
    return this.#table
  }

  get codec(): RowCodec {
    return this.#codec
  }

  get sqlColumns(): SqlColumns {
    return this.#sqlColumns
  }

  /**
   * Looks the table up again after the schema of the database has changed. It is another object if it differs.
   *
   * @throws {RowsignalError} `table-not-in-schema` when the new schema does not have it; the old one stays then.
   */
  refresh(): void {
    const table = resolveTable(this.database, this.#options.table)
    if (JSON.stringify(table.toJSON()) === JSON.stringify(this.#table.toJSON())) return
    this.#codec = this.#options.createCodec(table)
    this.#sqlColumns = this.#options.createSqlColumns(table)
    this.#table = table
  }
}
