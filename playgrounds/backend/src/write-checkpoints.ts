/**
 * Write checkpoints: how a client learns that what it has uploaded is in what it downloads. They are numbers that only
 * grow, kept for each client; an open stream is told of its own client's without asking Postgres again.
 */
import type { Queryable } from './postgres.ts'

export interface Client {
  readonly user: string
  readonly id: string
}

export interface WriteCheckpoints {
  /**
   * Gives the client its next write checkpoint. It counts as reached as soon as it is stored, so what the client has
   * uploaded must be in the log by then.
   */
  next(client: Client): Promise<string>
  /** The same with a number that the client has chosen; an older one changes nothing. */
  reach(client: Client, wanted: string): Promise<string>
  /** Follows those of one client, from now on. */
  follow(client: Client, changed: () => void): Promise<Followed>
}

export interface Followed {
  readonly reached: bigint | undefined
  readonly stop: () => void
}

export function createWriteCheckpoints(sql: Queryable): WriteCheckpoints {
  /** By client, what is to be told when it has reached one. */
  const followers = new Map<string, Set<(reached: bigint) => void>>()
  const keyOf = ({ user, id }: Client) => `${user}/${id}`
  const tell = (client: Client, rows: readonly { checkpoint: string }[]) => {
    const checkpoint = rows[0]?.checkpoint ?? '0'
    for (const follower of followers.get(keyOf(client)) ?? []) follower(BigInt(checkpoint))
    return checkpoint
  }
  return {
    async next(client) {
      const { rows } = await sql.query<{ checkpoint: string }>(
        `insert into sync.write_checkpoints as known values ($1, $2, 1)
         on conflict (user_id, client_id) do update set checkpoint = known.checkpoint + 1
         returning checkpoint::text`,
        [client.user, client.id],
      )
      return tell(client, rows)
    },
    async reach(client, wanted) {
      const { rows } = await sql.query<{ checkpoint: string }>(
        `insert into sync.write_checkpoints as known values ($1, $2, $3)
         on conflict (user_id, client_id) do update
           set checkpoint = greatest(known.checkpoint, excluded.checkpoint)
         returning checkpoint::text`,
        [client.user, client.id, wanted],
      )
      return tell(client, rows)
    },
    async follow(client, changed) {
      let reached: bigint | undefined
      const key = keyOf(client)
      const own = followers.get(key) ?? new Set()
      const follower = (checkpoint: bigint) => {
        if (reached !== undefined && checkpoint <= reached) return
        reached = checkpoint
        changed()
      }
      const stop = () => {
        own.delete(follower)
        if (own.size === 0 && followers.get(key) === own) followers.delete(key)
      }
      // Before the table is read, so that none is missed in between.
      followers.set(key, own.add(follower))
      try {
        const { rows } = await sql.query<{ checkpoint: string }>(
          `select checkpoint::text from sync.write_checkpoints where user_id = $1 and client_id = $2`,
          [client.user, client.id],
        )
        if (rows[0] !== undefined) follower(BigInt(rows[0].checkpoint))
      } catch (error) {
        stop()
        throw error
      }
      return {
        get reached() {
          return reached
        },
        stop,
      }
    },
  }
}
