/**
 * Who is asking. There are two users and no passwords: whoever reaches the backend may be either, which is why it
 * listens on this machine only. The tokens themselves are real: RS256, short-lived, with a public key set that a
 * PowerSync Service can check them by.
 */
import { readFile, writeFile } from 'node:fs/promises'
import {
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWK,
} from 'jose'
import { RequestError } from './errors.ts'

const audience = 'rowsignal-playground'
const users = ['1', '2']

export interface Signer {
  /** The public keys, as `/api/jwks` hands them out. */
  readonly keySet: JSONWebKeySet
  /** A token for one of the two users. */
  issue(user: string): Promise<{ token: string; expiresAt: Date }>
  /** The user of an `Authorization` header. @throws {RequestError} `no-token`, `token-expired`, `token-invalid`. */
  verify(header: string | undefined): Promise<Session>
}

export interface Session {
  readonly user: string
  /** Epoch ms UTC. */
  readonly expiresAt: number
}

/** Reads the signing key from `keyFile`, or makes it there at the first start. */
export async function createSigner(keyFile: string, tokenSeconds: number): Promise<Signer> {
  const jwk = await readOrMakeKey(keyFile)
  const privateKey = await importJWK(jwk, 'RS256')
  const { kty, n, e, kid, alg } = jwk
  const keySet = { keys: [{ kty, n, e, kid, alg, use: 'sig' } as JWK] }
  const publicKeys = createLocalJWKSet(keySet)

  return {
    keySet,
    async issue(user) {
      if (!users.includes(user)) throw new RequestError('unknown-user', 'The users are 1 and 2.')
      const issuedAt = Math.floor(Date.now() / 1000)
      const expiresAt = issuedAt + tokenSeconds
      const token = await new SignJWT()
        .setProtectedHeader({ alg: 'RS256', kid: jwk.kid ?? '' })
        .setSubject(user)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(privateKey)
      return { token, expiresAt: new Date(expiresAt * 1000) }
    },
    async verify(header) {
      // The SDK's sync client says Token, everyone else Bearer.
      const token = /^(?:Token|Bearer) (.+)$/.exec(header ?? '')?.[1]
      if (token === undefined) throw new RequestError('no-token', 'Sign in at /api/token first.')
      try {
        const options = { audience, algorithms: ['RS256'], requiredClaims: ['sub', 'exp'] }
        const { payload } = await jwtVerify(token, publicKeys, options)
        const { sub = '', exp = 0 } = payload
        if (users.includes(sub)) return { user: sub, expiresAt: exp * 1000 }
      } catch (error) {
        if (error instanceof errors.JWTExpired)
          throw new RequestError('token-expired', 'The token has expired. Ask for a new one.')
        if (!(error instanceof errors.JOSEError)) throw error
      }
      throw new RequestError('token-invalid', 'The token is not one of this backend.')
    },
  }
}

async function readOrMakeKey(keyFile: string): Promise<JWK> {
  try {
    return JSON.parse(await readFile(keyFile, 'utf8')) as JWK
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid: crypto.randomUUID(), alg: 'RS256' }
  await writeFile(keyFile, JSON.stringify(jwk), { mode: 0o600 })
  return jwk
}
