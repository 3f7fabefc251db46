/** `/api`: what an app needs of its own backend, embedded sync or not. */
import type { FastifyInstance } from 'fastify'
import type { Signer } from './auth.ts'
import type { Faults } from './faults.ts'
import type { Postgres } from './postgres.ts'
import { applyUpload, maxUploadBytes } from './upload.ts'

export interface ApiParts {
  readonly postgres: Postgres
  /** Where to sync with a token; undefined: here. */
  readonly endpoint: string | undefined
  readonly signer: Signer
  readonly faults: Faults
}

export function addApiRoutes(app: FastifyInstance, parts: ApiParts): void {
  const { postgres, endpoint, signer, faults } = parts
  app.get('/api/jwks', () => signer.keySet)

  app.route<{ Querystring: { user?: string } }>({
    method: ['GET', 'POST'],
    url: '/api/token',
    handler: async ({ query }, reply) => {
      reply.header('cache-control', 'no-store')
      return { ...(await signer.issue(query.user ?? '1')), endpoint }
    },
  })

  app.post('/api/upload', { bodyLimit: maxUploadBytes }, async ({ headers, body }) => {
    const { user } = await signer.verify(headers.authorization)
    await faults.beforeUpload(user)
    await applyUpload(postgres, user, body)
    return {}
  })

  app.get('/api/faults', async ({ headers }) => {
    const { user } = await signer.verify(headers.authorization)
    return faults.of(user)
  })
  app.post('/api/faults', async ({ headers, body }) => {
    const { user } = await signer.verify(headers.authorization)
    faults.change(user, body)
    return faults.of(user)
  })
}
