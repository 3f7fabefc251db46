/**
 * Where the rows are and who brings them to the clients: Postgres and sync endpoint embedded (`embedded.ts`), or a
 * Postgres server and a PowerSync Service (`service.ts`). The API is the same on both.
 */
import type { FastifyInstance } from 'fastify'
import type { Signer } from './auth.ts'
import type { Faults } from './faults.ts'
import type { Postgres } from './postgres.ts'

export interface Source {
  readonly postgres: Postgres
  /** Where clients sync; undefined: at the backend itself, by `addRoutes`. */
  readonly endpoint: string | undefined
  addRoutes(app: FastifyInstance, parts: SourceParts): void
  close(): Promise<void>
}

export interface SourceParts {
  readonly signer: Signer
  readonly faults: Faults
  readonly stallMs: number
  /** Aborted when the backend stops, so that open streams end. */
  readonly stopping: AbortSignal
}
